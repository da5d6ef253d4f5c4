import type { UniversalTrack } from "@syncer/core";
import type { Random } from "./seeded-random.ts";

/** One pair of tracks that stands for a failure class. */
export interface MadePair {
  readonly class: string;
  readonly a: UniversalTrack;
  readonly b: UniversalTrack;
}

export interface View {
  /** `undefined` where the class does not apply to this track. */
  make(track: UniversalTrack, random: Random, other: UniversalTrack): MadePair | undefined;
}

export function drop(track: UniversalTrack, ...fields: readonly (keyof UniversalTrack)[]): UniversalTrack {
  const kept = Object.entries(track).filter(([name]) => !fields.includes(name as keyof UniversalTrack));
  return Object.fromEntries(kept) as UniversalTrack;
}

export const freshCode = (random: Random): string => `ZZAAA${String(random.between(0, 9_999_999)).padStart(7, "0")}`;

/**
 * The same recording in another catalogue, with what usually differs. The rates of codes follow measured ones: of linked
 * entries that both have a code, 21 to 22 % carry different ones; most other services show none in lists.
 */
export function otherCatalogue(track: UniversalTrack, random: Random): UniversalTrack {
  const lengthMs = (track.durationMs ?? 0) + random.between(-1_500, 1_500);
  let shown: UniversalTrack = { ...track, durationMs: Math.round(lengthMs / 1_000) * 1_000 };
  const code = random.next();
  if (code < 0.5) shown = drop(shown, "isrc");
  else if (code < 0.61) shown = { ...shown, isrc: freshCode(random) };
  const album = random.next();
  if (album < 0.2) shown = drop(shown, "album", "trackNumber");
  else if (album < 0.4 && track.album) shown = { ...shown, album: `${track.album} (Deluxe Edition)` };
  else if (album < 0.65)
    shown = { ...shown, album: random.pick(compilations), trackNumber: random.between(1, 40), releaseDate: "2014" };
  if (random.chance(0.25)) shown = drop(shown, "durationMs");
  if (random.chance(0.5)) shown = drop(shown, "explicit");
  if (random.chance(0.4)) shown = drop(shown, "releaseDate");
  if (random.chance(0.5)) shown = drop(shown, "trackNumber");
  return shown;
}

const compilations = [
  "Greatest Hits",
  "Best of the Decade",
  "Summer Party 2014",
  "100 Road Songs",
  "Now and Then, Vol. 3",
];
const neutralTails = [
  " - Remastered",
  " - 2011 Remaster",
  " (Remastered 2009)",
  " [Explicit]",
  " (Album Version)",
  " (Official Video)",
  " (Bonus Track)",
  " - Original Mix",
  " (Official Audio)",
  " (Lyric Video)",
  " - Deluxe Edition",
];

export const pieces = [
  "Northern Harbour",
  "Go",
  "Second Winter",
  "Slow Lantern",
  "Home",
  "Velvet Signal",
  "Glass Meadow",
  "Blue Orchard",
];

/** A closing bracket that is none of guests, version or edition. */
const subtitle = / \((?!feat|with|ft|[^)]*(?:mix|edit|version|live|remaster|acoustic))[^()]+\)$/i;
const plainTitle = (title: string): boolean => !/ [-–] |[([]/.test(title);

/** Ways in which one recording differs between catalogues; each is one failure class. */
export const sameRecording: readonly View[] = [
  view("fields", (track) => track),
  view("neutral tail", (track, random) => ({ ...track, title: track.title + random.pick(neutralTails) })),
  view("letters", (track, random) => ({
    ...track,
    title: respell(track.title, random),
    artists: track.artists.map((name) => respell(name, random)),
  })),
  view("artists joined", (track, random) => ({
    ...track,
    artists: [track.artists.join(random.pick([", ", " & ", " x ", " / ", "; ", " and "]))],
  })),
  view("artists fewer", (track) => ({ ...track, artists: track.artists.slice(0, 1) })),
  view("artists more", (track, random, other) => ({
    ...track,
    artists: random.chance(0.5)
      ? [...track.artists, ...other.artists]
      : [...other.artists.slice(0, 1), ...track.artists],
  })),
  view("guests in title", (track, random) => {
    const [main, ...guests] = track.artists;
    if (main === undefined || guests.length === 0 || /feat|with/i.test(track.title)) return undefined;
    return {
      ...track,
      title: `${track.title} ${random.pick(["(feat. %)", "(with %)", "feat. %", "[ft. %]"]).replace("%", guests.join(" & "))}`,
      artists: [main],
    };
  }),
  view("version written otherwise", (track, random) => {
    const dash = /^(.+?) - (.+)$/.exec(track.title);
    const [, head = "", tail = ""] = dash ?? [];
    if (!dash || /[([]/.test(track.title)) return undefined;
    const bracketed = { ...track, title: `${head} (${tail})` };
    return random.chance(0.5) && /remix|mix|edit|version|remaster/i.test(tail)
      ? { ...track, title: head, version: tail }
      : bracketed;
  }),
  view(
    "version in brackets",
    (track, random) => {
      const title = plainTitle(track.title) ? `${track.title} (${random.pick(versions)})` : undefined;
      return title && { ...track, title };
    },
    (track, random) => ({
      ...track,
      title: track.title.replace(/ \(([^()]*)\)$/, random.pick([" - $1", " [$1]", " ($1)"])),
    }),
  ),
  view("upload", (track, random) => ({
    ...drop(track, "isrc", "album", "trackNumber", "explicit", "releaseDate"),
    title: `${track.artists[0]} - ${track.title}${random.pick([" (Official Video)", "", " [Official Music Video]", " (Lyrics)", " (Audio)"])}`,
    artists: [random.pick(["Vevo Hits", `${track.artists[0]} - Topic`, "Melody Channel", `${track.artists[0]}VEVO`])],
    durationMs: (track.durationMs ?? 0) + random.between(-1_000, 9_000),
  })),
  view("soft version", (track, random) =>
    plainTitle(track.title)
      ? {
          ...track,
          title: `${track.title}${random.pick([" - Radio Edit", " - Single Version", " (Mono)", " - Radio Version"])}`,
        }
      : undefined,
  ),
  view("typing error", (track, random) =>
    track.title.length < 8 || /\d| [-–] |[([]/.test(track.title)
      ? undefined
      : { ...track, title: mistype(track.title, random) },
  ),
  {
    make(track, random) {
      if (!plainTitle(track.title) || /\d| [ivx]+$/i.test(track.title)) return undefined;
      const at = random.between(0, 5);
      const [one, two] = random.chance(0.5) ? partForms : [...partForms].reverse();
      const titled = (forms: readonly string[] | undefined): string => track.title + (forms?.[at] ?? "");
      const a = { ...track, title: titled(one) };
      return {
        class: "part written otherwise",
        a: drop(a, "isrc"),
        b: otherCatalogue({ ...track, title: titled(two) }, random),
      };
    },
  },
  view("tail left out", (track, random) =>
    plainTitle(track.title)
      ? { ...track, title: `${track.title}${random.pick([" (%)", " - %", " [%]"]).replace("%", random.pick(pieces))}` }
      : { ...track, title: track.title.replace(subtitle, "") },
  ),
];

/** Six numbers, as two catalogues write them. */
const partForms = [
  [", Pt. 1", " (Part 2)", " Vol. 3", " II", " No. 4", ", Act I"],
  [" (Part One)", " Pt. II", ", Volume 3", ", Part 2", " Number Four", " (Act 1)"],
] as const;

export const versions = [
  "Live",
  "Acoustic",
  "Nova Remix",
  "Extended Mix",
  "Instrumental",
  "Live at the Dome",
  "Demo",
  "Club Mix",
  "Karaoke Version",
  "Unplugged",
  "Sped Up",
  "Piano Version",
  "Orbit Dub",
  "Peel Session",
  "A Cappella",
  "Alternate Take",
  "Kestrel Rework",
  "Astra Bootleg",
  "Mashup",
  "VIP Mix",
  "Slowed + Reverb",
  "8D Audio",
  "Nightcore",
  "Cover",
  "Orchestral Version",
  "Stripped",
  "Re-Recorded",
  "Versión en Español",
  "German Version",
  "Reprise",
  "Commentary",
  "En vivo",
  "Live-Session",
];

function view(
  name: string,
  change: (track: UniversalTrack, random: Random, other: UniversalTrack) => UniversalTrack | undefined | "",
  then: (track: UniversalTrack, random: Random) => UniversalTrack = (track) => track,
): View {
  return {
    make(track, random, other) {
      const changed = change(track, random, other);
      if (!changed) return undefined;
      const rewritten = then(changed, random);
      // A rewriting of both sides (a version that both carry) starts from the changed track.
      const a = rewritten === changed ? track : changed;
      const soft = name === "soft version";
      const b = otherCatalogue(rewritten, random);
      return {
        class: name,
        a: random.chance(0.6) ? drop(a, "isrc") : a,
        b: soft && track.durationMs ? { ...b, durationMs: track.durationMs } : b,
      };
    },
  };
}

function respell(text: string, random: Random): string {
  const changes = [
    (s: string) => s.toUpperCase(),
    (s: string) => s.toLowerCase(),
    (s: string) => s.replaceAll("'", "’"),
    (s: string) => s.normalize("NFD").replace(/[\u0300-\u036f]/g, ""),
    (s: string) => s.replaceAll("&", "and"),
    (s: string) => s.replace(/^The /, ""),
    (s: string) => s.replace(/(?<=\w)-(?=\w)/g, " "),
    (s: string) => s.replaceAll(".", ""),
  ];
  return random.pick(changes)(random.pick(changes)(text)) || text;
}

export function mistype(text: string, random: Random): string {
  const at = random.between(1, text.length - 2);
  const kind = random.next();
  if (kind < 0.4) return text.slice(0, at) + text.slice(at + 1);
  if (kind < 0.7) return text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2);
  return text.slice(0, at) + random.pick([..."aeiouns"]) + text.slice(at);
}
