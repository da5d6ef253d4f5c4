import type { OrderedCapability } from "../contract/index.ts";
import { diffOrdered, type OrderedScript, type Placed } from "./diff.ts";
import { rangeMoves } from "./range-moves.ts";

/**
 * One call. Places count from 0 in the list as it is before this call.
 * - `remove`: these copies, ascending.
 * - `remove-every`: all copies of these.
 * - `move`: `length` entries from `start` on go before the entry at `before`, or to the end if it is the list's length; it
 *   never lies within them. Spotify's reorder: `range_start`, `range_length`, `insert_before`.
 * - `insert`: before the entry at `at`, or at the end if it is the list's length (always so where nothing else can be).
 * - `order`: all entries of the list in their new order. Deezer's `order=`.
 */
export type OrderedCall =
  | { readonly kind: "remove"; readonly entries: readonly Placed[] }
  | { readonly kind: "remove-every"; readonly tokens: readonly string[] }
  | { readonly kind: "move"; readonly start: number; readonly length: number; readonly before: number }
  | { readonly kind: "insert"; readonly at: number; readonly tokens: readonly string[] }
  | { readonly kind: "order"; readonly tokens: readonly string[] };

export interface OrderedCalls {
  /** To be made one after the other. */
  readonly calls: readonly OrderedCall[];
  /** The list after the last of them. */
  readonly after: readonly string[];
  /** How many entries of `after` would have to move to make it what is wanted; above 0 only where nothing can be moved. */
  readonly outOfPlace: number;
}

/**
 * The calls that make what is wanted of a list: removals, then moves, then inserts (before moves where they can only be at
 * the end). A list is never replaced as a whole. What stands and goes together does so in one call.
 *
 * Where a removal takes all copies, those that shall be left are inserted again: until then the list has fewer, and what cannot
 * be inserted (a local file) must not be in such a script. Where nothing can be moved, entries keep the order of the list, and
 * inserts follow their left neighbour if they can be anywhere.
 * @throws {RangeError} entries per call that are not a whole number from 1
 */
export function toCalls(script: OrderedScript, capability: OrderedCapability): OrderedCalls {
  const { insert, remove } = capability.perCall;
  for (const entries of [insert, remove]) {
    if (!Number.isSafeInteger(entries) || entries < 1)
      throw new RangeError("a call takes a whole number of entries from 1");
  }
  if (capability.remove === "token") {
    const { calls, rest } = removeEvery(script, remove);
    return restOf(rest, calls, capability);
  }
  return restOf(script, removeEntries(script.removes, remove), capability);
}

/** The list after one call. */
export function afterCall(list: readonly string[], call: OrderedCall): string[] {
  switch (call.kind) {
    case "remove": {
      const places = new Set(call.entries.map(({ at }) => at));
      return list.filter((_, place) => !places.has(place));
    }
    case "remove-every": {
      const tokens = new Set(call.tokens);
      return list.filter((token) => !tokens.has(token));
    }
    case "move": {
      const moved = list.slice(call.start, call.start + call.length);
      const rest = list.toSpliced(call.start, call.length);
      return rest.toSpliced(call.before > call.start ? call.before - call.length : call.before, 0, ...moved);
    }
    case "insert":
      return list.toSpliced(call.at, 0, ...call.tokens);
    case "order":
      return [...call.tokens];
  }
}

/** From the end on, so that the places of those before are still what they were. */
function removeEntries(removes: readonly Placed[], perCall: number): OrderedCall[] {
  const entries = chunksOf(removes.toReversed(), perCall);
  return entries.map((some) => ({ kind: "remove", entries: some.toReversed() }));
}

/** Copies that shall be left are gone then as well: what is missing is told anew. */
function removeEvery(script: OrderedScript, perCall: number): { calls: OrderedCall[]; rest: OrderedScript } {
  const tokens = new Set(script.removes.map(({ token }) => token));
  const calls = chunksOf([...tokens], perCall).map((some): OrderedCall => ({ kind: "remove-every", tokens: some }));
  if (tokens.size === 0) return { calls, rest: script };
  const left = script.current.filter((token) => !tokens.has(token));
  return { calls, rest: diffOrdered(left, script.wanted) };
}

/** An entry of what is wanted, with its place there. */
interface Entry {
  readonly token: string;
  readonly to: number;
  readonly is: "staying" | "moving" | "new";
}

/** What is to be done after the removals, to a list that holds nothing else than what is wanted. */
function restOf(script: OrderedScript, removals: readonly OrderedCall[], capability: OrderedCapability): OrderedCalls {
  const kept = keptOf(script);
  const inserted = script.inserts.map(({ token, at }): Entry => ({ token, to: at, is: "new" }));
  const result = (calls: readonly OrderedCall[], list: readonly Entry[]): OrderedCalls => {
    const after = list.map(({ token }) => token);
    const outOfPlace = capability.moves === "none" ? diffOrdered(after, script.wanted).moves.length : 0;
    return { calls: [...removals, ...calls], after, outOfPlace };
  };
  const perCall = capability.perCall.insert;
  const appended = [...kept, ...inserted];
  const appends = insertsIn(appended, perCall);
  const wanted = appended.toSorted((left, right) => left.to - right.to);
  const goal = capability.moves === "none" ? afterNeighbours(kept, wanted) : wanted;
  const inserts = insertsIn(goal, perCall);
  const isAnywhere = capability.insert === "anywhere";
  switch (capability.moves) {
    case "none":
      return isAnywhere ? result(inserts, goal) : result(appends, appended);
    case "range":
      if (isAnywhere) return result([...movesOf(kept), ...inserts], wanted);
      return result([...appends, ...movesOf(appended)], wanted);
    case "whole-order": {
      const calls = [...appends, ...orderOf(appended, script.wanted)];
      const isShorter = isAnywhere && script.moves.length === 0 && inserts.length < calls.length;
      return result(isShorter ? inserts : calls, wanted);
    }
  }
}

/** What is in both lists, in the order in which it stands now. */
function keptOf({ stays, moves }: OrderedScript): Entry[] {
  const kept = [
    ...stays.map(({ token, from, to }) => ({ from, entry: { token, to, is: "staying" } as const })),
    ...moves.map(({ token, from, to }) => ({ from, entry: { token, to, is: "moving" } as const })),
  ];
  return kept.sort((left, right) => left.from - right.from).map(({ entry }) => entry);
}

/** New entries that were appended stay at the end if they belong there. */
function movesOf(list: readonly Entry[]): OrderedCall[] {
  const lastStaying = list.findLast(({ is }) => is === "staying")?.to ?? -1;
  return rangeMoves(list.map(({ to, is }) => ({ to, stays: is === "staying" || (is === "new" && to > lastStaying) })));
}

function orderOf(list: readonly Entry[], wanted: readonly string[]): OrderedCall[] {
  return list.every(({ token }, at) => token === wanted[at]) ? [] : [{ kind: "order", tokens: wanted }];
}

/** What is there as it stands, and new entries after their left neighbours. */
function afterNeighbours(kept: readonly Entry[], wanted: readonly Entry[]): Entry[] {
  const runs = new Map<Entry | undefined, Entry[]>();
  let neighbour: Entry | undefined;
  for (const entry of wanted) {
    if (entry.is !== "new") neighbour = entry;
    const run = runs.get(neighbour) ?? [];
    run.push(entry);
    runs.set(neighbour, run);
  }
  return [undefined, ...kept].flatMap((entry) => runs.get(entry) ?? []);
}

/** Inserts of new entries from the first place to the last, when all others stand as given. */
function insertsIn(list: readonly Entry[], perCall: number): OrderedCall[] {
  const calls: OrderedCall[] = [];
  let run: string[] = [];
  list.forEach(({ token, is }, at) => {
    if (is !== "new") return;
    run.push(token);
    if (run.length < perCall && list[at + 1]?.is === "new") return;
    calls.push({ kind: "insert", at: at + 1 - run.length, tokens: run });
    run = [];
  });
  return calls;
}

function chunksOf<T>(list: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < list.length; start += size) chunks.push(list.slice(start, start + size));
  return chunks;
}
