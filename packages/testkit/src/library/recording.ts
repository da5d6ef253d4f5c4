import type { UniversalTrack } from "@syncer/core";

/** A recording in a synthetic catalogue. Recordings of one catalogue may share an ISRC: they stand for the same thing. */
export interface Recording {
  readonly id: string;
  readonly title: string;
  readonly artist: string;
  readonly lengthMs: number;
  /** As {@link UniversalTrack} has it; absent: nothing but title and artist names it. */
  readonly isrc?: string;
}

/** @param service under whose name the id is given */
export function toTrack(service: string, { id, title, artist, lengthMs, isrc }: Recording): UniversalTrack {
  return {
    title,
    artists: [artist],
    durationMs: lengthMs,
    ...(isrc === undefined ? {} : { isrc }),
    externalIds: { [service]: id },
  };
}

/**
 * A catalogue of invented songs.
 *
 * @param songs by number, one recording each, with the ids `<prefix>0`, `<prefix>1` and so on. A number that comes twice
 * gives two recordings of one song, with one ISRC; a number that another catalogue does not have gives a song that it lacks.
 */
export function inventedRecordings(prefix: string, songs: readonly number[]): readonly Recording[] {
  return songs.map((song, index) => ({
    id: `${prefix}${index}`,
    title: titleOf(song),
    artist: "The Inventors",
    lengthMs: 180_000 + (song % 60) * 1_000,
    isrc: `GBXYZ26${String(song).padStart(5, "0")}`,
  }));
}

/** So unlike each other that nobody takes one for another. */
function titleOf(song: number): string {
  const word = (digit: number) => WORDS[digit % WORDS.length];
  const rest = Math.floor(song / WORDS.length);
  return rest === 0 ? `${word(song)}` : `${word(song)} ${titleOf(rest - 1)}`;
}

const WORDS = [
  "Amber",
  "Bridges",
  "Copper Lanterns",
  "Dunes",
  "Embers",
  "Fernweh",
  "Granite",
  "Harbourmaster",
  "Islands",
  "Juniper",
  "Kites",
  "Lacquer",
  "Marzipan",
  "Nightfall",
  "Orchard",
  "Pebbles",
  "Quarry Street",
  "Rope and Tar",
  "Saffron",
  "Timber",
  "Undertow",
  "Velvet",
  "Wintergreen",
  "Xylophone",
  "Yarrow",
  "Zeppelin",
];
