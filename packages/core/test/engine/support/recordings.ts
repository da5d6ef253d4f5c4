/** A recording as an invented service knows it. */
export interface Recording {
  readonly id: string;
  readonly title: string;
  readonly isrc: string;
}

/** So unlike each other that no matcher takes one for another. */
const TITLES = [
  "Amber Kites",
  "Bridges",
  "Copper Lanterns at Noon",
  "Dunes",
  "Embers over Quarry Street",
  "Fernweh",
  "Granite Orchard",
  "Harbourmaster",
  "Island of Pebbles",
  "Juniper",
  "Nightfall Express",
  "Saffron",
  "Timber, Rope and Tar",
  "Undertow",
  "Velvet Machines",
  "Wintergreen",
];

/** How many recordings the left service has; the right one has fewer. */
export const LEFT_COUNT = 16;

/**
 * Three of the left service's recordings out of sixteen stand for one of the right service's, twice; two it does not
 * have at all. The rest are one to one.
 */
function songOf(left: number): number | undefined {
  if (left < 3) return 0;
  if (left < 6) return 1;
  return left < 8 ? undefined : left;
}

function recordingOf(prefix: string, index: number, song: number): Recording {
  const title = TITLES[song] ?? `Only here, no. ${song}`;
  return { id: `${prefix}${index}`, title, isrc: `GBXYZ26${String(song).padStart(5, "0")}` };
}

const indexes = Array.from({ length: LEFT_COUNT }, (_, index) => index);

export const leftRecordings = indexes.map((index) => recordingOf("left-", index, songOf(index) ?? index));

export const rightRecordings = [...new Set(indexes.flatMap((index) => songOf(index) ?? []))].map((song) =>
  recordingOf("right-", song, song),
);

/** The right service's id for one of the left service's; `undefined` where it does not have it. */
export function counterpartOf(leftId: string): string | undefined {
  const song = songOf(Number(leftId.slice("left-".length)));
  return song === undefined ? undefined : `right-${song}`;
}
