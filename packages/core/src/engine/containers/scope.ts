import { otherThan, type SideLetter } from "../../reconcile/index.ts";
import type { InScope } from "../documents/document-world.ts";
import type { Side } from "../plans/plan.ts";
import type { ContainerSelection, NameRule } from "../requests/selection.ts";

/** What a selection asks of a container. */
export interface Selectable {
  /** Without a prefix. */
  readonly name?: string;
  readonly isOwned: boolean;
  readonly size?: number;
}

/** One side as a selection sees it. Ids are stored keys. */
export interface SelectableSide {
  readonly side: Side;
  key(id: string): string;
  /** As listed; `undefined` for what is not there. */
  container(key: string): Selectable | undefined;
}

/**
 * What a selection says of the containers of a run. Pure; asks both sides for what they list at the time of the question.
 * @param decides the sides that rules are asked of; where none of them has it, the other one is
 */
export function scopeOf(
  selection: ContainerSelection,
  sides: { readonly [S in SideLetter]: SelectableSide },
  decides: readonly SideLetter[],
): InScope {
  const { ids, exceptIds, ...rules } = selection;
  const keys = (letter: SideLetter, lists: typeof ids) => {
    const { side, key } = sides[letter];
    return new Set(lists?.[side]?.map(key));
  };
  const named = { a: keys("a", ids), b: keys("b", ids) };
  const left = { a: keys("a", exceptIds), b: keys("b", exceptIds) };
  const hasRules = Object.keys(rules).length > 0;
  return (aId, bId) => {
    const isAmong = (sets: { readonly [S in SideLetter]: ReadonlySet<string> }) =>
      (aId !== undefined && sets.a.has(aId)) || (bId !== undefined && sets.b.has(bId));
    if (isAmong(left) || (ids && !isAmong(named))) return false;
    if (!hasRules) return true;
    const there = {
      a: aId === undefined ? undefined : sides.a.container(aId),
      b: bId === undefined ? undefined : sides.b.container(bId),
    };
    return fits(rules, there, decides);
  };
}

type Rules = Omit<ContainerSelection, "ids" | "exceptIds">;

function fits(
  { ownedOnly, names, size }: Rules,
  there: { readonly [S in SideLetter]: Selectable | undefined },
  decides: readonly SideLetter[],
): boolean {
  const asked = decides.flatMap((letter) => there[letter] ?? []);
  const judged = asked.length > 0 ? asked : decides.flatMap((letter) => there[otherThan(letter)] ?? []);
  if (ownedOnly && judged.some(({ isOwned }) => !isOwned)) return false;
  if (names && judged.some(({ name }) => name === undefined || !names.some((rule) => isCalled(name, rule))))
    return false;
  // A copy is shorter until it is filled, and where its service lacks something.
  const lengths = [there.a, there.b].flatMap((each) => each?.size ?? []);
  const longest = lengths.length > 0 ? Math.max(...lengths) : undefined;
  if (!size || longest === undefined) return true;
  return longest >= (size.min ?? 0) && longest <= (size.max ?? Number.POSITIVE_INFINITY);
}

function isCalled(name: string, rule: NameRule): boolean {
  const called = comparable(name).trim();
  return "equals" in rule
    ? called === comparable(rule.equals).trim()
    : called.startsWith(comparable(rule.startsWith).trimStart());
}

function comparable(text: string): string {
  return text.normalize("NFC").toLowerCase().replace(/\s+/g, " ");
}
