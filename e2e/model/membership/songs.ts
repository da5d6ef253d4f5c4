import type { Recording } from "@syncer/testkit";

/** Songs that large libraries may hold; small ones keep to the first few, among which all the odd ones are. */
export const SONGS = 72;
export const FEW_SONGS = 14;

/** So unlike each other that nobody takes one for another, and so odd that they stand in no hash. */
const WORDS = [
  "Ambergris",
  "Bridgewater",
  "Copperplate",
  "Dunesmoke",
  "Emberlight",
  "Fernweh",
  "Graniteer",
  "Harbourmaster",
  "Islander",
  "Juniperus",
  "Kitemaker",
  "Lacquered",
] as const;
const PLACES = ["Quarry Street", "Saffron Hill", "Timberyard", "Undertow Bay", "Velvet Lane", "Wintergreen"] as const;
const ENSEMBLES = ["Zymurgists", "Oologists", "Campanologists", "Phillumenists", "Vexillologists"] as const;

/** Texts of which none may ever be stored. */
export const songTexts: readonly string[] = [...WORDS, ...PLACES, ...ENSEMBLES];

function titleOf(song: number): string {
  return `${WORDS[song % WORDS.length]} ${PLACES[Math.floor(song / WORDS.length) % PLACES.length]}`;
}

/** How many recordings of a song the catalogue of a service has: of some two, of a few none. */
function copiesOf(song: number, service: number): number {
  if (song === 0) return service === 0 ? 2 : 1;
  if (song === 1) return service === 1 ? 2 : 1;
  if (song === 2) return 2;
  // The first service lacks song 3, the second song 4.
  return song === service + 3 ? 0 : 1;
}

/** The catalogue of one of two services. They agree on nothing but the ISRC and the texts of a song. */
export function catalogueOf(service: number, prefix: string): readonly Recording[] {
  return Array.from({ length: SONGS }, (_, song) => song).flatMap((song) =>
    Array.from({ length: copiesOf(song, service) }, (_, copy) => ({
      id: `${prefix}${song}${copy === 0 ? "" : "b"}`,
      title: titleOf(song),
      artist: `The ${song + 1} ${ENSEMBLES[song % ENSEMBLES.length]}`,
      lengthMs: 60_000 + song * 17_000,
      isrc: `GBXYZ26${String(song).padStart(5, "0")}`,
    })),
  );
}

/** The song that an id of a {@link catalogueOf} stands for. */
export function songOf(id: string): number {
  return Number.parseInt(id.replace(/^\D+/, ""), 10);
}

/** The n-th of a list that has one. */
export function nth<T>(list: ArrayLike<T>, index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`there is no ${index}`);
  return found;
}
