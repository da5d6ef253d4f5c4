import {
  type AlbumSign,
  type AlbumSignName,
  type AlbumSigns,
  albumBias,
  albumSign,
  albumWeights,
  doubtfulAtMost,
} from "./album-signs.ts";
import { compareArtists } from "./compare-artists.ts";
import { compareExplicit, compareNumbers, compareYears } from "./compare-facts.ts";
import { compareTitles } from "./compare-titles.ts";
import { compareVersions } from "./compare-versions.ts";
import type { PreparedAlbum } from "./prepare-album.ts";

/** How two albums compare. It holds no names: grades and a number only. */
export interface AlbumComparison {
  /** The probability that both are the same release, 0..1; exactly 0 after a veto. */
  readonly confidence: number;
  /** The sign that rules it out, whatever else agrees. */
  readonly veto?: AlbumSignName;
  readonly signs: AlbumSigns;
}

/** In the order in which they rule an album out. */
const ruling = ["title", "artists", "version", "numbers", "release"] as const;

/**
 * Symmetric. A common code is evidence that the words have to bear out; without one, what the words rule out is another
 * album.
 */
export function compareReleases(a: PreparedAlbum, b: PreparedAlbum): AlbumComparison {
  const sameCode = a.upc !== undefined && a.upc === b.upc;
  const words = {
    title: compareTitles(a.named, b.named),
    artists: compareArtists(a.named, b.named),
    version: compareVersions(a.named, b.named),
    numbers: compareNumbers(a.named, b.named),
  };
  const edition = compareEditions(a, b);
  const count = compareCounts(a, b, edition);
  const signs: AlbumSigns = {
    ...words,
    edition,
    count,
    release: compareTypes(a, b, count),
    year: compareYears(a.named, b.named),
    explicit: compareExplicit(a.named, b.named),
    upc: compareCodes(a, b, words),
  };
  const veto = sameCode ? undefined : ruling.find((name) => signs[name].state === "disagree");
  if (veto !== undefined) return { confidence: 0, veto, signs };
  const confidence = probabilityOf(signs);
  const isDoubtful = !sameCode && (edition.state === "disagree" || !isTold(a, b, signs));
  return { confidence: isDoubtful ? Math.min(confidence, doubtfulAtMost) : confidence, signs };
}

/** Of a name that an artist gives to several albums, the year tells which is meant. */
function isTold(a: PreparedAlbum, b: PreparedAlbum, { year }: AlbumSigns): boolean {
  return (!a.isGeneric && !b.isGeneric) || year.grade === "same" || year.grade === "near";
}

function compareEditions(a: PreparedAlbum, b: PreparedAlbum): AlbumSign<"edition"> {
  const grades = albumSign.edition;
  if (a.editions.join() === b.editions.join()) {
    if (a.isRemaster !== b.isRemaster) return grades["remaster-one-sided"];
    return a.editions.length === 0 && !a.isRemaster ? grades["both-plain"] : grades.same;
  }
  return a.editions.length === 0 || b.editions.length === 0 ? grades["one-sided"] : grades.different;
}

function compareCounts(a: PreparedAlbum, b: PreparedAlbum, edition: AlbumSign<"edition">): AlbumSign<"count"> {
  const grades = albumSign.count;
  if (a.trackCount === undefined || b.trackCount === undefined) return grades.unknown;
  if (a.trackCount === b.trackCount) return grades.same;
  if (edition.state === "disagree") return grades.explained;
  const more = Math.max(a.trackCount, b.trackCount);
  const apart = more - Math.min(a.trackCount, b.trackCount);
  return more > 2 && apart <= Math.max(1, more / 10) ? grades.near : grades.different;
}

function compareTypes(a: PreparedAlbum, b: PreparedAlbum, count: AlbumSign<"count">): AlbumSign<"release"> {
  const grades = albumSign.release;
  if (a.type === undefined || b.type === undefined) return grades.unknown;
  if (a.type === b.type) return grades.same;
  const isSingle = a.type === "single" || b.type === "single";
  const isEp = a.type === "ep" || b.type === "ep";
  return isSingle && !isEp && count.grade !== "same" ? grades.other : grades.near;
}

/** An equal code counts in full only if nothing plain speaks against it: labels send wrong ones. */
function compareCodes(
  a: PreparedAlbum,
  b: PreparedAlbum,
  { title, artists, version, numbers }: Pick<AlbumSigns, "title" | "artists" | "version" | "numbers">,
): AlbumSign<"upc"> {
  const grades = albumSign.upc;
  if (a.upc === undefined || b.upc === undefined) return grades.unknown;
  if (a.upc !== b.upc) return grades.different;
  const isNamed = title.state === "agree" || (title.state === "unknown" && artists.state === "agree");
  const isContradicted = [artists, version, numbers].some(({ state }) => state === "disagree");
  return isNamed && !isContradicted ? grades.same : grades["same-unsound"];
}

function probabilityOf(signs: AlbumSigns): number {
  const logOdds =
    albumBias +
    albumWeights.title[signs.title.grade] +
    albumWeights.artists[signs.artists.grade] +
    albumWeights.version[signs.version.grade] +
    albumWeights.numbers[signs.numbers.grade] +
    albumWeights.edition[signs.edition.grade] +
    albumWeights.count[signs.count.grade] +
    albumWeights.release[signs.release.grade] +
    albumWeights.year[signs.year.grade] +
    albumWeights.explicit[signs.explicit.grade] +
    albumWeights.upc[signs.upc.grade];
  return 1 / (1 + Math.exp(-logOdds));
}
