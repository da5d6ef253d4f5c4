import type { Dice } from "./seeded.ts";

/** Which tracks (or albums, or artists) to put somewhere: given ids, or that many of the catalogue's, drawn by seed. */
export type TrackChoice = readonly string[] | number;

/** When seeded entries were added. */
export interface SeedDates {
  /** Time of the newest entry, epoch ms. Default: the clock's now. */
  readonly newestAt?: number;
  /** Distance between entries. Default: one hour. */
  readonly stepMs?: number;
}

const HOUR_MS = 3_600_000;

/** The ids asked for, in the order in which they are to stand; a number draws the same tracks every time. */
export function chooseTracks(
  choice: TrackChoice,
  available: readonly { readonly id: string }[],
  dice: Dice,
): readonly string[] {
  if (typeof choice !== "number") return choice;
  if (!Number.isInteger(choice) || choice < 0 || choice > available.length) {
    throw new RangeError(`The catalogue has ${available.length} tracks to draw from; ${choice} were asked for.`);
  }
  const drawn = available.map(({ id }) => ({ id, place: dice.fraction("seeding", id) }));
  return drawn
    .sort((a, b) => a.place - b.place)
    .slice(0, choice)
    .map(({ id }) => id);
}

/** Dates for entries given newest first. */
export function seedDates(count: number, now: number, dates: SeedDates): number[] {
  const newest = dates.newestAt ?? now;
  return Array.from({ length: count }, (_, index) => newest - index * (dates.stepMs ?? HOUR_MS));
}
