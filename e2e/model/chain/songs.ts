import type { Recording } from "@syncer/testkit";

/** Songs that large libraries may hold; small ones keep to the first few, among which all the odd ones are. */
export const SONGS = 60;
export const FEW_SONGS = 14;
export const SERVICES = 3;

/** So odd that they stand in no hash. */
const WORDS = [
  "Ambergris",
  "Bridgewater",
  "Copperplate",
  "Dunesmoke",
  "Emberlight",
  "Fernweh",
  "Graniteer",
  "Kitemaker",
];
const PLACES = [
  "Quarry Street",
  "Saffron Hill",
  "Timberyard",
  "Undertow Bay",
  "Velvet Lane",
  "Wintergreen",
  "Yarrowgate",
  "Oxbow Reach",
];
const ENSEMBLES = ["Zymurgists", "Oologists", "Campanologists", "Phillumenists", "Vexillologists"];

/** Texts of which none may ever be stored. */
export const songTexts: readonly string[] = [...WORDS, ...PLACES, ...ENSEMBLES];

/** Recordings of a song in the catalogue of a service: of three songs two somewhere, of three none somewhere. */
export function copiesOf(song: number, service: number): number {
  if (song < SERVICES) return song === service || song === 2 ? 2 : 1;
  return song === service + SERVICES ? 0 : 1;
}

/** The catalogue of a service. Two of them agree on nothing but the ISRC and the texts of a song. */
export function catalogueOf(service: number, prefix: string): readonly Recording[] {
  return Array.from({ length: SONGS }, (_, song) => song).flatMap((song) =>
    Array.from({ length: copiesOf(song, service) }, (_, copy) => ({
      id: `${prefix}${song}${copy === 0 ? "" : "b"}`,
      title: `${WORDS[song % WORDS.length]} ${PLACES[Math.floor(song / WORDS.length) % PLACES.length]}`,
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
