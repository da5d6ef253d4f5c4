import type { Recording } from "@syncer/testkit";

/** Songs that long lists may hold; short ones keep to the first few, among which all the odd ones are. */
export const SONGS = 44;
const FEW_SONGS = 12;

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
] as const;
const PLACES = ["Quarry Street", "Saffron Hill", "Timberyard", "Undertow Bay"] as const;
const ENSEMBLE = "Zymurgists";
const NAMES = ["Lanternfish", "Mizzenmast", "Nettlework", "Ostinatissimo", "Palimpsestic", "Quillwright"] as const;

/** Texts of which none may ever be stored. */
export const listTexts: readonly string[] = [...WORDS, ...PLACES, ENSEMBLE, ...NAMES];

/** The first service lacks song 3, the second song 4. */
export function isIn(service: number, song: number): boolean {
  return song !== service + 3;
}

export function isInBoth(song: number): boolean {
  return isIn(0, song) && isIn(1, song);
}

/** The songs of a service that lists of this history may hold. */
export function songsOf(service: number, isLarge: boolean): readonly number[] {
  return Array.from({ length: isLarge ? SONGS : FEW_SONGS }, (_, song) => song).filter((song) => isIn(service, song));
}

export function catalogueOf(service: number, prefix: string): ReadonlyMap<string, Recording> {
  const recordings = songsOf(service, true).map(
    (song): Recording => ({
      id: `${prefix}${song}`,
      title: `${WORDS[song % WORDS.length]} ${PLACES[Math.floor(song / WORDS.length) % PLACES.length]}`,
      artist: `The ${song + 1} ${ENSEMBLE}`,
      lengthMs: 60_000 + song * 17_000,
      isrc: `GBXYZ26${String(song).padStart(5, "0")}`,
    }),
  );
  return new Map(recordings.map((recording) => [recording.id, recording]));
}

/** The song that an id of a {@link catalogueOf} stands for. */
export function songOf(id: string): number {
  return Number.parseInt(id.replace(/^\D+/, ""), 10);
}

/** What a list is called. The number stays in it, so that a copy is known for what it is a copy of. */
export function nameOf(serial: number, renamed: number): string {
  return `${NAMES[renamed % NAMES.length]} list ${serial}`;
}

export function serialOf(name: string): number {
  const found = / list (\d+)/.exec(name)?.[1];
  if (found === undefined) throw new RangeError(`no list of ours is called "${name}"`);
  return Number(found);
}
