import { longestCommon } from "./common-subsequence.ts";

/** An entry that is in both lists, with its places (from 0) in each. */
export interface Kept {
  readonly token: string;
  readonly from: number;
  readonly to: number;
}

/** An entry of one list, with its place (from 0) there. */
export interface Placed {
  readonly token: string;
  readonly at: number;
}

/** What makes one list of another, in terms of both; `toCalls` makes calls of it. */
export interface OrderedScript {
  readonly current: readonly string[];
  readonly wanted: readonly string[];
  /** Left where they are; ascending in both lists. */
  readonly stays: readonly Kept[];
  /** Ascending by `to`. */
  readonly moves: readonly Kept[];
  /** Places in `current`, ascending. */
  readonly removes: readonly Placed[];
  /** Places in `wanted`, ascending. */
  readonly inserts: readonly Placed[];
  /** Moves, removes and inserts, each of one entry. There is no way with fewer. */
  readonly edits: number;
}

/**
 * The fewest moves, removes and inserts of single entries that make `wanted` of `current`. Tokens are opaque: equal tokens
 * are copies of one thing, and are told apart by counting. Copies that one list has more of are removed or inserted; of those
 * that both have, as many as possible stay (see `longestCommon`), and the others move.
 */
export function diffOrdered(current: readonly string[], wanted: readonly string[]): OrderedScript {
  const stays = staysOf(current, wanted);
  const left = withoutPlaces(
    current,
    stays.map(({ from }) => from),
  );
  const places = byToken(left);
  const moves: Kept[] = [];
  const inserts: Placed[] = [];
  for (const { token, at } of withoutPlaces(
    wanted,
    stays.map(({ to }) => to),
  )) {
    const copy = places.get(token)?.next();
    if (copy === undefined) inserts.push({ token, at });
    else moves.push({ token, from: copy.at, to: at });
  }
  const moved = new Set(moves.map(({ from }) => from));
  const removes = left.filter(({ at }) => !moved.has(at));
  const edits = moves.length + removes.length + inserts.length;
  return { current, wanted, stays, moves, removes, inserts, edits };
}

/** Copies of one thing in the order of their list, taken one by one. */
class Copies {
  readonly #copies: Placed[] = [];
  #taken = 0;

  add(copy: Placed): void {
    this.#copies.push(copy);
  }

  next(): Placed | undefined {
    return this.#copies[this.#taken++];
  }
}

/** Groups entries by what they are copies of. */
function byToken(entries: Iterable<Placed>): ReadonlyMap<string, Copies> {
  const groups = new Map<string, Copies>();
  for (const entry of entries) {
    const group = groups.get(entry.token) ?? new Copies();
    group.add(entry);
    groups.set(entry.token, group);
  }
  return groups;
}

function withoutPlaces(list: readonly string[], ascending: readonly number[]): Placed[] {
  const rest: Placed[] = [];
  let next = 0;
  list.forEach((token, at) => {
    if (ascending[next] === at) next++;
    else rest.push({ token, at });
  });
  return rest;
}

/** Common ends always stay: that never costs an entry between them its place. */
function staysOf(current: readonly string[], wanted: readonly string[]): Kept[] {
  const shorter = Math.min(current.length, wanted.length);
  let head = 0;
  while (head < shorter && current[head] === wanted[head]) head++;
  let tail = 0;
  while (tail < shorter - head && current.at(-1 - tail) === wanted.at(-1 - tail)) tail++;
  const [left, right] = numbered(current.slice(head, current.length - tail), wanted.slice(head, wanted.length - tail));
  const places = [
    ...Array.from({ length: head }, (_, place) => [place, place] as const),
    ...longestCommon(left, right).map(([from, to]) => [from + head, to + head] as const),
    ...Array.from({ length: tail }, (_, i) => [current.length - tail + i, wanted.length - tail + i] as const),
  ];
  return places.map(([from, to]) => ({ token: current[from] ?? "", from, to }));
}

/** Both lists with numbers for their tokens, the same for equal ones. */
function numbered(left: readonly string[], right: readonly string[]): readonly [Int32Array, Int32Array] {
  const numbers = new Map<string, number>();
  const numberOf = (token: string): number => {
    const known = numbers.get(token) ?? numbers.size;
    numbers.set(token, known);
    return known;
  };
  return [Int32Array.from(left, numberOf), Int32Array.from(right, numberOf)];
}
