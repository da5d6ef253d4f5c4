import type { UniversalTrack } from "@syncer/core";
import type { Random } from "./seeded-random.ts";
import { otherRecording } from "./views-other.ts";
import { drop, type MadePair, mistype, otherCatalogue } from "./views-same.ts";

/** Spoils one side as careless exports do: values with errors, missing, cut off or in the wrong field. */
type Soil = (track: UniversalTrack, random: Random) => UniversalTrack;

const artistOf = ({ artists }: UniversalTrack): string => artists.join(", ");

const soils: Readonly<Record<string, Soil>> = {
  "typing errors": (track, random) => ({
    ...track,
    title: track.title.length > 5 ? mistype(track.title, random) : track.title,
    artists: track.artists.map((name, i) => (i === 0 && name.length > 6 ? mistype(name, random) : name)),
  }),
  swapped: (track) => ({ ...track, title: artistOf(track), artists: [track.title] }),
  "cut off": (track, random) => {
    const kept = Math.max(8, Math.ceil(track.title.length * 0.7));
    return kept >= track.title.length
      ? track
      : { ...track, title: track.title.slice(0, kept).trimEnd() + random.pick(["…", "...", ""]) };
  },
  "case and spacing": (track, random) => {
    const change = random.pick([
      (text: string) => text.toUpperCase(),
      (text: string) => text.replace(/([^\p{L}\p{N}\s])/gu, " $1 "),
      (text: string) => `  ${text.toLowerCase().replaceAll(" ", "  ")} `,
      (text: string) => text.replaceAll(" ", "_"),
    ]);
    return { ...track, title: change(track.title), artists: track.artists.map(change) };
  },
  "artist in title": (track, random) => ({
    ...track,
    title: random.chance(0.7) ? `${track.title} ${artistOf(track)}` : `${artistOf(track)} ${track.title}`,
    artists: [],
  }),
  "album in title": (track) =>
    track.album === undefined ? track : { ...drop(track, "album"), title: `${track.title} ${track.album}` },
  "all in title": (track) => ({
    ...drop(track, "album"),
    title: [track.title, artistOf(track), track.album ?? ""].join(" ").trim(),
    artists: [],
  }),
  "title in artist": (track) => ({ ...track, title: "", artists: [`${artistOf(track)} ${track.title}`] }),
  "artist in album": (track) => ({ ...track, album: `${track.album ?? ""} ${artistOf(track)}`.trim(), artists: [] }),
  "no artist": (track) => ({ ...track, artists: [] }),
  "no facts": (track) => drop(track, "album", "durationMs", "isrc", "trackNumber", "releaseDate", "explicit"),
};

/** What the spoiling cannot turn into the very same text. */
const otherClasses = new Set(["cover", "homonym", "same artist, other song", "another take", "version on one side"]);
/** A cut takes the version away with it, and without facts nothing tells two takes apart. */
const needsTail = new Set(["another take", "version on one side"]);

/** One spoiled pair of the same recording and one of two recordings. */
export function dirtyPairs(
  track: UniversalTrack,
  other: UniversalTrack,
  random: Random,
): readonly (MadePair & { readonly same: boolean })[] {
  const name = random.pick(Object.keys(soils));
  const soil = soils[name];
  const plainly = name === "cut off" || name === "no facts";
  const apart = drawOther(track, other, random, (kind) => otherClasses.has(kind) && !(plainly && needsTail.has(kind)));
  if (soil === undefined) return [];
  const label = `dirty: ${name}`;
  return [
    { class: label, same: true, a: drop(track, "isrc"), b: soil(otherCatalogue(track, random), random) },
    ...(apart === undefined ? [] : [{ class: label, same: false, a: apart.a, b: soil(apart.b, random) }]),
  ];
}

/** A pair of two recordings, of a class that is wanted. */
export function drawOther(
  track: UniversalTrack,
  other: UniversalTrack,
  random: Random,
  isWanted: (name: string) => boolean,
): MadePair | undefined {
  for (let tries = 0; tries < 12; tries++) {
    const made = random.pick(otherRecording).make(track, random, other);
    if (made !== undefined && isWanted(made.class)) return made;
  }
  return undefined;
}
