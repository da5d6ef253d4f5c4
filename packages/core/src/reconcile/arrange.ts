import { mergeOrdered } from "../ordered/index.ts";
import type { SideLetter } from "./conflicts.ts";
import type { TableName } from "./decision-table.ts";
import { copiesBehind, type Token, tokensOf } from "./list-tokens.ts";

/** One entry of an ordered list. */
export interface ArrangedEntry {
  /** What the service calls it: the id of what it refers to, or any other name for what has none. */
  readonly entry: string;
  /** What both sides know it by, once the decision table has spoken; absent: this side alone has it. */
  readonly shared?: string;
}

export interface ArrangedSide {
  /** The list as it is. */
  readonly list: readonly ArrangedEntry[];
  /** What it was before we began to rearrange it: all that is otherwise by now was done by us. */
  readonly before?: readonly ArrangedEntry[];
  /** What is to be put into it: the entry by what both sides know it by. */
  readonly adds: ReadonlyMap<string, string>;
  /**
   * What it lacks and is not taken to have lost: what is not known, what is held back, and what is put there again. Each
   * keeps its place on the other side.
   */
  readonly excused: ReadonlySet<string>;
  /** `once`: an item can stand in the list at most once. */
  readonly copies: "kept" | "once";
  readonly maxItems?: number;
}

export interface ArrangeInput {
  readonly table: TableName;
  /** In order, what both sides held when they last agreed, by what both know it by; nothing if they never did. */
  readonly base: readonly string[];
  readonly a: ArrangedSide;
  readonly b: ArrangedSide;
  /** What the decision table takes from a side because the other has lost it, also what both never agreed on the place of. */
  readonly removed?: ReadonlySet<string>;
  /** Whose order counts where both sides changed it. */
  readonly winner: SideLetter;
}

export interface Arrangement {
  /** What each side shall hold, by its own names. A side that is not written is given as it is. */
  readonly a: readonly string[];
  readonly b: readonly string[];
  /** What both will hold then, in order: the next base. */
  readonly agreed: readonly string[];
  /** Both sides put what they share in an order of their own, and the winner's was taken. */
  readonly bothMoved: boolean;
  /** Copies that the other side cannot hold, and what was to be put there and has no room, by the side that lacks them. */
  readonly leftOut: {
    readonly [S in SideLetter]: { readonly copies: number; readonly beyondLimit: readonly string[] };
  };
}

/**
 * Where everything goes once the decision table has said what stays: additions after their left neighbours, what one side
 * moved, also on the other, and what only one side has, where it stands (J1 to J4). Pure.
 */
export function arrange(input: ArrangeInput): Arrangement {
  const isOnce = input.a.copies === "once" || input.b.copies === "once";
  const a = tokensOf("a", input.a.list, isOnce);
  const b = tokensOf("b", input.b.list, isOnce);
  const gone = goneFrom(input);
  const known = input.base.filter((token) => !gone.has(token));
  const base = isOnce ? [...new Set(known)] : known;
  const seen = {
    a: beforeUs("a", input.a, a, new Set([...namesOf(b), ...gone]), isOnce),
    b: beforeUs("b", input.b, b, new Set([...namesOf(a), ...gone]), isOnce),
  };
  const sides = { a: excusing(input.a, a, seen.a), b: excusing(input.b, b, seen.b) };
  const lists = [without(seen.a, gone), without(seen.b, gone)] as const;
  const { merged: inPlace, bothMoved } = merge({ ...input, ...sides }, base, ...lists);
  const merged = copiesBehind(copiesBehind(inPlace, a), b);
  const isWritten = (side: SideLetter) => side === "b" || input.table === "two-way";
  const goals = {
    a: isWritten("a") ? goalOf(input.a, a, merged) : unchanged(a),
    b: isWritten("b") ? goalOf(input.b, b, merged) : unchanged(b),
  };
  // Both still agree on what a side does not show for now, and on its place: what it shows later tells what changed there meanwhile.
  const excused = new Set([...input.a.excused, ...input.b.excused]);
  const agreed = agreedIn(merged, goals.a.places, goals.b.places);
  return {
    a: entriesOf(goals.a.places),
    b: entriesOf(goals.b.places),
    agreed: input.table === "additive" ? shownTo(base, a, goals.b) : withExcused(agreed, base, excused),
    bothMoved: bothMoved && input.table === "two-way",
    leftOut: {
      a: { copies: isOnce && isWritten("a") ? copiesIn(b) : 0, beyondLimit: entriesOf(goals.a.beyondLimit) },
      b: { copies: isOnce ? copiesIn(a) : 0, beyondLimit: entriesOf(goals.b.beyondLimit) },
    },
  };
}

/** What both had and one side has lost goes with all its copies, as the decision table has it. */
function goneFrom({ base, table, removed, ...sides }: ArrangeInput): ReadonlySet<string> {
  const has = ({ list, excused }: ArrangedSide) => new Set([...list.flatMap(({ shared }) => shared ?? []), ...excused]);
  const [onA, onB] = [has(sides.a), has(sides.b)];
  const lost = base.filter((token) => !onB.has(token) || !(onA.has(token) || table === "additive"));
  return new Set([...lost, ...(removed ?? [])]);
}

function without(list: readonly Token[], gone: ReadonlySet<string>): Token[] {
  return list.filter(({ token }) => !gone.has(token));
}

function entriesOf(list: readonly Token[]): string[] {
  return list.map(({ entry }) => entry);
}

/** What is there now and was neither there before nor is known otherwise somebody else has put there. */
function beforeUs(
  side: SideLetter,
  { before }: ArrangedSide,
  now: Token[],
  known: ReadonlySet<string>,
  isOnce: boolean,
): Token[] {
  if (!before) return now;
  const then = tokensOf(side, before, isOnce);
  const had = new Set(namesOf(then));
  return now.every(({ token }) => had.has(token) || known.has(token)) ? then : now;
}

/** What was not there when our calls began, though both had agreed on it, and was put there again: nobody has removed it. */
function excusing(side: ArrangedSide, now: readonly Token[], seen: readonly Token[]): ArrangedSide {
  const had = new Set(namesOf(seen));
  const putByUs = namesOf(now).filter((token) => !had.has(token));
  return { ...side, excused: new Set([...side.excused, ...putByUs]) };
}

function namesOf(list: readonly Token[]): string[] {
  return list.map(({ token }) => token);
}

function merge({ table, winner, ...sides }: ArrangeInput, base: readonly string[], a: Token[], b: Token[]) {
  const all = new Set(base);
  // What only A has lost stays on B, also a copy.
  const excusedA = table === "additive" ? all : sides.a.excused;
  const onA = withExcused(namesOf(a), base, excusedA);
  const onB = withExcused(namesOf(b), base, sides.b.excused);
  if (table === "two-way") return mergeOrdered({ base, a: onA, b: onB, winner });
  if (table === "additive") return mergeOrdered({ base, a: onA, b: onB, winner: "a" });
  // A mirror shows what A is: whatever happened to what both have on B is undone.
  const shown = new Set(onA);
  return mergeOrdered({ base: onB.filter((token) => shown.has(token)), a: onA, b: onB, winner: "a" });
}

/** The list with what it is excused for, where the base has it. */
function withExcused(
  list: readonly string[],
  base: readonly string[],
  excused: ReadonlySet<string>,
): readonly string[] {
  const left = counted(list);
  const behind = new Map<string, string[]>();
  const nth = new Map<string, number>();
  let anchor = "";
  let isWhole = true;
  for (const token of base) {
    const count = left.get(token) ?? 0;
    if (count > 0) {
      left.set(token, count - 1);
      const place = (nth.get(token) ?? 0) + 1;
      nth.set(token, place);
      anchor = `${place} ${token}`;
    } else if (excused.has(token)) {
      isWhole = false;
      const waiting = behind.get(anchor);
      if (waiting) waiting.push(token);
      else behind.set(anchor, [token]);
    }
  }
  if (isWhole) return list;
  const places = new Map<string, number>();
  const result = [...(behind.get("") ?? [])];
  for (const token of list) {
    const place = (places.get(token) ?? 0) + 1;
    places.set(token, place);
    result.push(token, ...(behind.get(`${place} ${token}`) ?? []));
  }
  return result;
}

interface Goal {
  readonly places: readonly Token[];
  readonly beyondLimit: readonly Token[];
}

function unchanged(list: readonly Token[]): Goal {
  return { places: list, beyondLimit: [] };
}

/** What a side can hold of the merged list: what it has, and what is to be put there. */
function goalOf({ adds, maxItems }: ArrangedSide, list: readonly Token[], merged: readonly string[]): Goal {
  const own = Map.groupBy(list, ({ token }) => token);
  const used = new Map<string, number>();
  const stays = new Set(merged);
  const places: (Token & { readonly isNew: boolean })[] = [];
  for (const token of merged) {
    const entries = own.get(token);
    const nth = used.get(token) ?? 0;
    used.set(token, nth + 1);
    const has = entries?.[nth];
    if (has) {
      // Without the first of them, the further copies go as well.
      if (has.copyOf === undefined || stays.has(has.copyOf)) places.push({ ...has, isNew: false });
      continue;
    }
    const entry = entries?.[0]?.entry ?? adds.get(token);
    if (entry !== undefined) places.push({ entry, token, isNew: true });
  }
  return withinLimit(places, maxItems);
}

/** What is there stays; what was to be put there gives way, the last first. */
function withinLimit(
  places: readonly (Token & { readonly isNew: boolean })[],
  maxItems = Number.POSITIVE_INFINITY,
): Goal {
  let over = places.length - maxItems;
  if (over <= 0) return { places, beyondLimit: [] };
  const beyondLimit: Token[] = [];
  const kept: Token[] = [];
  for (const place of places.toReversed()) {
    if (place.isNew && over > 0) {
      over--;
      beyondLimit.push(place);
    } else kept.push(place);
  }
  return { places: kept.reverse(), beyondLimit: beyondLimit.reverse() };
}

/**
 * What A has and B was given, whatever B has made of it since: what the user removed from B or moved there, the next run
 * finds so again.
 */
function shownTo(base: readonly string[], a: readonly Token[], { places, beyondLimit }: Goal): string[] {
  const given = new Set([...base, ...namesOf(places)]);
  const lacking = counted(beyondLimit.map(({ token }) => token));
  return namesOf(a.toReversed())
    .filter((token) => {
      const left = lacking.get(token) ?? 0;
      lacking.set(token, left - 1);
      return given.has(token) && left <= 0;
    })
    .reverse();
}

/** What both sides hold of the merged list, as often as the one that has fewer. */
function agreedIn(merged: readonly string[], a: readonly Token[], b: readonly Token[]): string[] {
  const left = { a: counted(namesOf(a)), b: counted(namesOf(b)) };
  return merged.filter((token) => {
    const onA = left.a.get(token) ?? 0;
    const onB = left.b.get(token) ?? 0;
    if (onA === 0 || onB === 0) return false;
    left.a.set(token, onA - 1);
    left.b.set(token, onB - 1);
    return true;
  });
}

function copiesIn(list: readonly Token[]): number {
  return list.filter(({ copyOf }) => copyOf !== undefined).length;
}

function counted(list: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const token of list) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}
