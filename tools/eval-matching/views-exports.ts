import type { UniversalTrack } from "@syncer/core";
import type { Random } from "./seeded-random.ts";
import { drawOther } from "./views-dirty.ts";
import { drop, type MadePair, otherCatalogue } from "./views-same.ts";

type Export = (track: UniversalTrack, random: Random) => UniversalTrack;

const artistOf = ({ artists }: UniversalTrack): string => artists.join(", ");
const kinds = ["Pop", "Hip-Hop/Rap", "Rock", "R&B/Soul", "Dance , Music , Electronic", "Soundtrack"];

/** Lists of files and rows of shops, as programs write them that know a title and little more. */
const exports: Readonly<Record<string, Export>> = {
  "album behind a dash": (track) =>
    track.album === undefined ? track : { ...drop(track, "album"), title: `${track.title} - ${track.album}` },
  "artist before a dash": (track) => ({ ...track, title: `${artistOf(track)} - ${track.title}`, artists: [] }),
  "list number": (track, random) => {
    const number = String(track.trackNumber ?? random.between(1, 20)).padStart(2, "0");
    const form = random.pick(["%-", "%. ", "% - ", "0%-"]);
    return { ...track, title: form.replace("%", number) + track.title };
  },
  "name of a file": (track) => ({
    ...drop(track, "album"),
    title: `${artistOf(track)} - ${track.title}`.replaceAll(" ", "_"),
    artists: [],
  }),
  "columns run together": runTogether,
};

/** A shop's row: values of other columns behind the title, in the order of the columns. */
function runTogether(track: UniversalTrack, random: Random): UniversalTrack {
  const seconds = Math.round((track.durationMs ?? 0) / 1_000);
  const [noArtist, noAlbum, noLength] = [random.chance(0.5), random.chance(0.5), random.chance(0.3) && seconds > 0];
  const some = (values: readonly string[]): readonly string[] => (random.chance(0.25) ? [random.pick(values)] : []);
  const values = [
    track.title,
    noArtist ? artistOf(track) : "",
    noAlbum ? (track.album ?? "") : "",
    ...some(kinds),
    ...some(["$ 1.29", "$0.99", "€ 1,29"]),
    ...some(["℗ 2014 Meadow Records", "(c) 2009 Lantern Entertainment , LLC"]),
    noLength ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` : "",
    ...some(["31-Mar-15", "August 23 , 2011"]),
  ];
  const missing = [...(noAlbum ? (["album"] as const) : []), ...(noLength ? (["durationMs"] as const) : [])];
  const title = values.filter((value) => value !== "").join(" ");
  return { ...drop(track, ...missing), title, artists: noArtist ? [] : track.artists };
}

/** What no export can turn into the very same text. */
const otherClasses = new Set(["cover", "same artist, other song", "another take", "version on one side"]);

/** One exported pair of the same recording and one of two recordings; as often as not, both sides are exported. */
export function exportedPairs(
  track: UniversalTrack,
  random: Random,
  other: UniversalTrack,
): readonly (MadePair & { readonly same: boolean })[] {
  const name = random.pick(Object.keys(exports));
  const write = exports[name] ?? ((given) => given);
  const source = drop(name === "columns run together" && random.chance(0.5) ? write(track, random) : track, "isrc");
  const label = `dirty: ${name}`;
  const apart = drawOther(track, other, random, (kind) => otherClasses.has(kind));
  return [
    { class: label, same: true, a: source, b: write(drop(otherCatalogue(track, random), "isrc"), random) },
    ...(apart === undefined
      ? []
      : [{ class: label, same: false, a: apart.a, b: write(drop(apart.b, "isrc"), random) }]),
  ];
}
