import type { OrderedCall } from "./calls.ts";
import { CountedPlaces } from "./counted-places.ts";

/** An entry to be put in order. */
export interface Ranked {
  /** Where it shall stand relative to the others; each has its own. */
  readonly to: number;
  /** Those that stay are in order among themselves; the others are put between them. */
  readonly stays: boolean;
}

/**
 * Moves that put a list in order, each entry at most once. From the first place to the last, each is put right after the one
 * before it, together with those that already follow it as they shall.
 */
export function rangeMoves(list: readonly Ranked[]): OrderedCall[] {
  const calls: OrderedCall[] = [];
  const ordered = list.map((entry, at) => ({ ...entry, at: at + 1 })).sort((left, right) => left.to - right.to);
  // Place 0 is the front of the list. What was moved is counted at the entry that it follows, of those that stay.
  const places = new CountedPlaces(list.length + 1);
  for (const { at } of ordered) places.add(at, 1);
  let anchor = 0;
  for (let next = 0; next < ordered.length; ) {
    const run = runFrom(ordered, next, places);
    const [first] = run;
    if (first === undefined) {
      anchor = ordered[next]?.at ?? anchor;
      next++;
      continue;
    }
    calls.push({ kind: "move", start: places.before(first.at), length: run.length, before: places.before(anchor + 1) });
    for (const { at } of run) places.add(at, -1);
    places.add(anchor, run.length);
    next += run.length;
  }
  return calls;
}

/** What has to move and stands together, in order: none if the entry stays. */
function runFrom<T extends Ranked & { readonly at: number }>(
  ordered: readonly T[],
  first: number,
  places: CountedPlaces,
): T[] {
  const run: T[] = [];
  for (let next = first; next < ordered.length; next++) {
    const entry = ordered[next];
    const [head] = run;
    if (entry === undefined || entry.stays) break;
    if (head !== undefined && places.before(entry.at) !== places.before(head.at) + run.length) break;
    run.push(entry);
  }
  return run;
}
