import { mergeOrdered } from "../ordered/index.ts";
import { type ArrangedEntry, type ArrangedSide, type ArrangeInput, type Arrangement, arrange } from "./arrange.ts";
import type { SideLetter } from "./conflicts.ts";

/** What both sides share, as each has it: another order, or more copies; and not to be made the same. */
export interface ApartOrders {
  readonly a: readonly string[];
  readonly b: readonly string[];
}

export interface ApartArrangement extends Arrangement {
  /** The next two orders; absent: from now on both sides have one. */
  readonly apart?: ApartOrders;
}

/**
 * Arranges two lists whose orders were left different on purpose, by taking a run back. As long as nobody moves anything, each
 * side keeps its own order, and what is added or removed goes where it would go if the other side had that order. As soon as
 * somebody moves something on one side, its order counts for both again. Pure.
 */
export function arrangeApart(input: Omit<ArrangeInput, "base">, orders: ApartOrders): ApartArrangement {
  const moved = { a: isMoved(listOf(input.a), orders.a), b: isMoved(listOf(input.b), orders.b) };
  // A copy that only one side has was not removed from the other: nobody takes it for that because something was moved.
  const base = moved.a ? asOftenAs(orders.b, orders.a) : asOftenAs(orders.a, orders.b);
  if (moved.a || moved.b) return arrange({ ...input, base });
  const isOnce = input.a.copies === "once" || input.b.copies === "once";
  const asA = arrange({ ...input, base: orders.a, b: inTermsOf(input.b, orders.b, orders.a, isOnce) });
  const asB = arrange({ ...input, base: orders.b, a: inTermsOf(input.a, orders.a, orders.b, isOnce) });
  const apart = { a: asA.agreed, b: asB.agreed };
  return {
    a: asA.a,
    b: asB.b,
    agreed: asA.agreed,
    bothMoved: false,
    // Copies are told where the other side is as it is.
    leftOut: {
      a: { ...asA.leftOut.a, copies: asB.leftOut.a.copies },
      b: { ...asB.leftOut.b, copies: asA.leftOut.b.copies },
    },
    ...(isOneOrder(apart) ? {} : { apart }),
  };
}

/** What two lists share, as each of them has it. Where a side can hold each item once, so can what is shared. */
export function sharedOrders(
  lists: { readonly [S in SideLetter]: readonly ArrangedEntry[] },
  copies: ArrangedSide["copies"],
): ApartOrders {
  const tokens = { a: tokensIn(lists.a), b: tokensIn(lists.b) };
  const shared = (own: readonly string[], other: readonly string[]) => {
    const there = new Set(other);
    const both = own.filter((token) => there.has(token));
    return copies === "once" ? [...new Set(both)] : both;
  };
  return { a: shared(tokens.a, tokens.b), b: shared(tokens.b, tokens.a) };
}

export function isOneOrder({ a, b }: ApartOrders): boolean {
  return a.length === b.length && a.every((token, place) => token === b[place]);
}

function listOf({ list, before }: ArrangedSide): readonly ArrangedEntry[] {
  return before ?? list;
}

function tokensIn(list: readonly ArrangedEntry[]): readonly string[] {
  return list.flatMap(({ shared }) => shared ?? []);
}

function asOftenAs(tokens: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const token of others) left.set(token, (left.get(token) ?? 0) + 1);
  return tokens.filter((token) => {
    const count = left.get(token) ?? 0;
    left.set(token, count - 1);
    return count > 0;
  });
}

/** Whether what is left of an order has come into another one. */
function isMoved(list: readonly ArrangedEntry[], order: readonly string[]): boolean {
  const now = asOftenAs(tokensIn(list), order);
  const then = asOftenAs(order, now);
  return now.some((token, place) => token !== then[place]);
}

/**
 * The side as if it had begun with the other side's order, and its user had then done to that what he has done to his own. Where
 * one of them can hold an item once, without further copies: where these stand is of this side alone.
 */
function inTermsOf(
  { list: all, before: _, ...side }: ArrangedSide,
  own: readonly string[],
  other: readonly string[],
  isOnce: boolean,
): ArrangedSide {
  const list = isOnce ? firstCopies(all) : all;
  const nameOf = ({ entry, shared }: ArrangedEntry) => (shared === undefined ? `- ${entry}` : `+ ${shared}`);
  const named = (tokens: readonly string[]) => tokens.map((shared) => nameOf({ entry: "", shared }));
  const { merged } = mergeOrdered({ base: named(own), a: named(other), b: list.map(nameOf), winner: "a" });
  const entries = new Map(list.map((each) => [nameOf(each), each]));
  return { ...side, list: merged.map((name) => entries.get(name) ?? { entry: name, shared: name.slice(2) }) };
}

function firstCopies(list: readonly ArrangedEntry[]): readonly ArrangedEntry[] {
  const seen = new Set<string>();
  return list.filter(({ shared }) => {
    if (shared === undefined) return true;
    const isFirst = !seen.has(shared);
    seen.add(shared);
    return isFirst;
  });
}
