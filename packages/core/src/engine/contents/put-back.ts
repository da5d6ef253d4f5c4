import { diffOrdered } from "../../ordered/index.ts";
import type { BoundContents } from "./bound-contents.ts";

/**
 * What a list can become now: of what the service has withdrawn nobody can put another copy there, so none is asked for until
 * it can be read again. For the same reason all of its copies stay where a removal takes all of them, to put back what is left.
 */
export function withinReach(
  { collection, rows }: Pick<BoundContents, "collection" | "rows">,
  list: readonly string[],
  goal: readonly string[],
): readonly string[] {
  const unreadable = new Set(rows().flatMap(({ state, id }) => (state === "listed" || id === undefined ? [] : [id])));
  if (unreadable.size === 0) return goal;
  const reachable = withoutMore(list, goal, unreadable);
  const isByToken = collection.write?.capability.remove === "token";
  return isByToken ? withAllCopies(list, reachable, unreadable) : reachable;
}

/** Of these, no more copies than the list has; those that it has stay what they are. */
export function withoutMore(
  list: readonly string[],
  goal: readonly string[],
  tokens: ReadonlySet<string>,
): readonly string[] {
  if (tokens.size === 0) return goal;
  const { inserts } = diffOrdered(list, goal);
  const more = new Set(inserts.flatMap(({ token, at }) => (tokens.has(token) ? [at] : [])));
  return more.size === 0 ? goal : goal.filter((_, place) => !more.has(place));
}

function withAllCopies(
  list: readonly string[],
  goal: readonly string[],
  tokens: ReadonlySet<string>,
): readonly string[] {
  const wanted = new Set(goal);
  const { removes, stays, moves } = diffOrdered(list, goal);
  const staying = removes.filter(({ token }) => tokens.has(token) && wanted.has(token));
  if (staying.length === 0) return goal;
  const places = new Map([...stays, ...moves].map(({ from, to }) => [from, to]));
  const behind = Map.groupBy(staying, ({ at }) => leftOf(at, places));
  const tokensBehind = (place: number) => behind.get(place)?.map(({ token }) => token) ?? [];
  return [...tokensBehind(FRONT), ...goal.flatMap((token, place) => [token, ...tokensBehind(place)])];
}

const FRONT = -1;

/** Where the nearest entry on the left that stays in the list goes. */
function leftOf(at: number, places: ReadonlyMap<number, number>): number {
  for (let place = at - 1; place >= 0; place--) {
    const to = places.get(place);
    if (to !== undefined) return to;
  }
  return FRONT;
}
