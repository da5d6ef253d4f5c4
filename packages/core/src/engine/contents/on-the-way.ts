import type { OrderedCapability } from "../../contract/index.ts";
import { afterCall, diffOrdered, toCalls } from "../../ordered/index.ts";
import { asListed } from "./bound-contents.ts";
import type { BegunArrangement } from "./list-orders.ts";

/** What an entry is called by now, by what it was called when an arrangement was begun. */
export type NameNow = (name: string) => string;

/**
 * Whether a list is just what calls of ours have made of it, as far as they have come. Else a person has been there.
 * @returns what its entries are called by now, because those without an id are told apart by their order; `undefined`: it is not
 */
export function onTheWay(
  { from, becomes }: Pick<BegunArrangement, "from" | "becomes">,
  now: readonly string[],
  capability: OrderedCapability,
): NameNow | undefined {
  let list = from;
  const calls = toCalls(diffOrdered(from, becomes), capability).calls;
  for (const call of [undefined, ...calls]) {
    if (call) list = afterCall(list, call);
    const listed = asListed(list);
    if (listed.length === now.length && listed.every((name, at) => name === now[at])) return nameIn(list, listed);
  }
  return undefined;
}

/** @param listed the same list with the names that it has once it is listed anew */
export function nameIn(list: readonly string[], listed: readonly string[]): NameNow {
  const names = new Map(list.map((name, at) => [name, listed[at] ?? name]));
  return (name) => names.get(name) ?? name;
}
