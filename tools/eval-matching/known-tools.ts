import type { UniversalTrack } from "@syncer/core";

/** Rules of public tools, written anew from the description "How known tools weigh" in the notes on matching. */

const foldedOf = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/&/g, " and ")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

const guests = /[ ([](?:feat|ft|featuring|with)\b\.?.*$/i;
const tail = /\s*[([].*?[)\]]|\s+[-–]\s+.*$/g;

/** Levenshtein's distance, row by row. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

const codeOf = (track: UniversalTrack): string => track.isrc?.replaceAll("-", "").toUpperCase() ?? "";

function spelling(a: string, b: string): number {
  const [x, y] = [foldedOf(a).replaceAll(" ", ""), foldedOf(b).replaceAll(" ", "")];
  const longer = Math.max(x.length, y.length);
  return longer === 0 ? 0 : editsBetween(x, y) / longer;
}

/** What brackets or guests add to the distance is charged at a part of its weight only. */
function lenientSpelling(a: string, b: string): number {
  let [left, right] = [a, b];
  let now = spelling(left, right);
  let charged = 0;
  for (const [pattern, charge] of [
    [guests, 0.1],
    [tail, 0.3],
  ] as const) {
    const [shorterLeft, shorterRight] = [left.replace(pattern, ""), right.replace(pattern, "")];
    if (shorterLeft === "" || shorterRight === "") continue;
    const without = spelling(shorterLeft, shorterRight);
    if (without >= now) continue;
    charged += (now - without) * charge;
    [left, right, now] = [shorterLeft, shorterRight, without];
  }
  return Math.min(1, now + charged);
}

/**
 * beets: title 3, artist 2, length 2 (free within 10 s, full at 40 s), position 1; what a side does not know is left
 * out. Returned as 1 - distance; beets takes a match alone from 0.96.
 */
export function beetsScore(a: UniversalTrack, b: UniversalTrack): number {
  const charges: (readonly [weight: number, share: number])[] = [[3, lenientSpelling(a.title, b.title)]];
  if (a.artists.length > 0 && b.artists.length > 0)
    charges.push([2, lenientSpelling(a.artists.join(" "), b.artists.join(" "))]);
  if (a.durationMs && b.durationMs) {
    const apartS = Math.abs(a.durationMs - b.durationMs) / 1_000;
    charges.push([2, Math.min(1, Math.max(0, apartS - 10) / 30)]);
  }
  if (a.trackNumber && b.trackNumber) charges.push([1, a.trackNumber === b.trackNumber ? 0 : 1]);
  const all = charges.reduce((sum, [weight]) => sum + weight, 0);
  return 1 - charges.reduce((sum, [weight, share]) => sum + weight * share, 0) / all;
}

const versionWord =
  /\b(?:re)?(?:mix|edit|live|acoustic|instrumental|karaoke|demo|version|dub|session|unplugged|extended|cover|rework|bootleg|reprise)\w*\b/i;
const segment = /[([]([^)\]]*)[)\]]|\s[-–]\s+([^([]*)/g;

/** The title without tails, and the tails that name a version. */
function takeApart({ title, version }: UniversalTrack): { stem: string; versions: string } {
  const named = [...title.matchAll(segment)].flatMap(([, inside, dashed]) => inside ?? dashed ?? []);
  if (version) named.push(version);
  return {
    stem: foldedOf(title.replace(segment, " ").replace(guests, "")) || foldedOf(title),
    versions: named
      .filter((text) => versionWord.test(text))
      .map(foldedOf)
      .sort()
      .join(" "),
  };
}

function namesOf(track: UniversalTrack): ReadonlySet<string> {
  return new Set(
    track.artists
      .flatMap((name) => name.split(/\s*[,;/&]\s*| feat\.? | x /i).map(foldedOf))
      .filter((name) => name !== ""),
  );
}

function sharesArtist(a: UniversalTrack, b: UniversalTrack): boolean {
  const names = namesOf(b);
  return [...namesOf(a)].some((name) => names.has(name));
}

function apartMs(a: UniversalTrack, b: UniversalTrack): number | undefined {
  return a.durationMs && b.durationMs ? Math.abs(a.durationMs - b.durationMs) : undefined;
}

/**
 * Music Assistant: an equal ISRC within 8 s is enough, a different one says nothing; else every gate has to open:
 * folded title, an artist, version words, explicit flag, and then the album with the position, or the length to 3 s.
 */
export function musicAssistantScore(a: UniversalTrack, b: UniversalTrack): number {
  const apart = apartMs(a, b);
  if (codeOf(a) !== "" && codeOf(a) === codeOf(b) && (apart ?? 0) <= 8_000) return 1;
  const [left, right] = [takeApart(a), takeApart(b)];
  if (left.stem !== right.stem || left.versions !== right.versions || !sharesArtist(a, b)) return 0;
  if (a.explicit !== undefined && b.explicit !== undefined && a.explicit !== b.explicit) return 0;
  const sameAlbum = Boolean(a.album && b.album) && foldedOf(a.album ?? "") === foldedOf(b.album ?? "");
  if (sameAlbum && a.trackNumber !== undefined && a.trackNumber === b.trackNumber) return 1;
  return apart !== undefined && apart <= 3_000 ? 1 : 0;
}

const bothOrNeither = ["instrumental", "acapella", "remix"];

/** spotify_to_tidal: length to 2 s, one title stem in the other, three words on both or neither side, one artist. */
export function spotifyToTidalScore(a: UniversalTrack, b: UniversalTrack): number {
  const apart = apartMs(a, b);
  if (apart === undefined || apart > 2_000 || !sharesArtist(a, b)) return 0;
  const full = ({ title, version }: UniversalTrack): string => `${title} ${version ?? ""}`.toLowerCase();
  if (bothOrNeither.some((word) => full(a).includes(word) !== full(b).includes(word))) return 0;
  const [left, right] = [takeApart(a).stem, takeApart(b).stem];
  return left.includes(right) || right.includes(left) ? 1 : 0;
}
