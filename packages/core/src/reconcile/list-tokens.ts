import type { ArrangedEntry } from "./arrange.ts";
import type { SideLetter } from "./conflicts.ts";

/** An entry with the name that it is merged by. */
export interface Token {
  readonly entry: string;
  readonly token: string;
  /** A further copy of what the other side can hold once: this side alone has it. */
  readonly copyOf?: string;
}

export function tokensOf(side: SideLetter, list: readonly ArrangedEntry[], isOnce: boolean): Token[] {
  const copies = new Map<string, number>();
  return list.map(({ entry, shared }) => {
    if (shared === undefined) return { entry, token: `${side} ${entry}` };
    const nth = (copies.get(shared) ?? 0) + 1;
    copies.set(shared, nth);
    if (!isOnce || nth === 1) return { entry, token: shared };
    return { entry, token: `${side} ${nth} ${entry}`, copyOf: shared };
  });
}

/**
 * Of copies, the first is the one that both sides have. A further one goes with its left neighbour; where that has gone to before
 * the first, it stays behind the nearest neighbour that has not: else it would be the first, and move what nobody has moved.
 * @param list of the side that has the copies
 */
export function copiesBehind(merged: readonly string[], list: readonly Token[]): readonly string[] {
  const places = new Map(merged.map((token, place) => [token, place]));
  const placeOf = (token: string) => places.get(token) ?? -1;
  const isEarly = ({ token, copyOf = token }: Token) => placeOf(token) < placeOf(copyOf);
  const behind = new Map<number, string[]>();
  const early = new Set<string>();
  for (const [at, copy] of list.entries()) {
    const { token, copyOf = token } = copy;
    if (!isEarly(copy)) continue;
    const isBehind = (other: Token) => placeOf(other.token) >= placeOf(copyOf) && !isEarly(other);
    const place = placeOf(list.slice(0, at).findLast(isBehind)?.token ?? copyOf);
    behind.set(place, [...(behind.get(place) ?? []), token]);
    early.add(token);
  }
  if (early.size === 0) return merged;
  return merged.flatMap((token, place) => (early.has(token) ? [] : [token, ...(behind.get(place) ?? [])]));
}
