import type { Shelf, ShelvedList } from "./shelf.ts";
import { countsOf, sharedIn } from "./standing.ts";

export interface SideOfList {
  readonly shelf: Shelf;
  readonly list: ShelvedList;
}

export function isFull({ shelf, list }: SideOfList): boolean {
  return list.entries.length >= (shelf.habits.maxItems ?? Number.POSITIVE_INFINITY);
}

/**
 * Whether both sides hold the same of what both can hold, in the same order, as often as both allow.
 * @param exempt songs of which nothing is said
 * @returns what is wrong, or `undefined`
 */
export function outOfStep(
  sides: readonly [SideOfList, SideOfList],
  exempt: (song: number) => boolean,
): string | undefined {
  const isOnce = sides.some(({ shelf }) => shelf.habits.copies === "once");
  const [a, b] = sides.map(({ list }) => {
    const songs = sharedIn(list).filter((song) => !exempt(song));
    return isOnce ? [...new Set(songs)] : songs;
  }) as [number[], number[]];
  const shown = `${a.join(" ")} | ${b.join(" ")}`;
  const anyFull = sides.some(isFull);
  const [onA, onB] = [new Map(countsOf(sides[0].list)), new Map(countsOf(sides[1].list))];
  for (const song of new Set([...a, ...b])) {
    const [here, there] = [onA.get(song) ?? 0, onB.get(song) ?? 0];
    const lacking = isOnce ? Math.min(here, 1) - Math.min(there, 1) : here - there;
    const excused = lacking === 0 || (lacking > 0 ? isFull(sides[1]) : isFull(sides[0]));
    if (!excused) return `song ${song} is ${here} and ${there} times there: ${shown}`;
  }
  if (sides.some(({ shelf }) => shelf.habits.moves === "none")) return undefined;
  const [left, right] = anyFull ? [alone(a, b), alone(b, a)] : [a, b];
  const isSame = left.length === right.length && left.every((song, at) => song === right[at]);
  return isSame ? undefined : `in another order: ${shown}`;
}

/** What stands once in both. */
function alone(list: readonly number[], other: readonly number[]): number[] {
  const once = (songs: readonly number[], song: number) => songs.indexOf(song) === songs.lastIndexOf(song);
  return list.filter((song) => once(list, song) && other.includes(song) && once(other, song));
}
