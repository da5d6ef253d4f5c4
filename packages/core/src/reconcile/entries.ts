import { otherThan, type SideLetter } from "./conflicts.ts";
import type { Action, SideState, TableLinkState, TableName } from "./decision-table.ts";
import type { Member, Presence } from "./groups.ts";

/** What the decision table wants to know of one item. */
export interface ItemState {
  readonly a: SideState;
  readonly b: SideState;
  readonly link: TableLinkState;
}

export const bothSides: readonly SideLetter[] = ["a", "b"];

/** An item for which there is one entry. */
export function stateOfEntry({ a, b, link, origin }: Member): ItemState {
  return { a: sideState(a, link, origin === "a"), b: sideState(b, link, origin === "b"), link };
}

/** An item for which there are several: it is on a side while any entry is, and gone when all are proven gone. */
export function stateOfItem(members: readonly Member[], table: TableName): ItemState {
  const [a, b] = [presenceOf(members, "a"), presenceOf(members, "b")];
  const link = linkOf(members, table, isThere(b));
  const origin = originOf(members, isThere(a));
  return { a: sideState(a, link, origin === "a"), b: sideState(b, link, origin === "b"), link };
}

/**
 * @param first whether the item was first seen on this side, which matters while it has never been agreed on. A newcomer
 * that is gone where it came from contradicts itself: the tables have no row for that.
 */
export function sideState(presence: Presence, link: TableLinkState, first: boolean): SideState {
  if (presence === "unknown") return "?";
  const known = link === "unresolved" ? first : link !== "none";
  if (presence === "absent") return known || first ? "-" : "0";
  if (!known) return "+";
  return presence === "changed" && link === "linked" ? "~" : "=";
}

function presenceOf(members: readonly Member[], side: SideLetter): Presence {
  const seen = new Set(members.map((member) => member[side]));
  return byWeight.find((presence) => seen.has(presence)) ?? "absent";
}

const byWeight: readonly Presence[] = ["present", "changed", "unknown"];

/**
 * What an item was last agreed to be: the strongest of its entries' states. They differ where ids were merged, or where
 * an entry was not known when the others were decided. One-way, a copy that the user deleted is not brought back by the
 * others; two-way, what both sides agreed on comes first, and of what is left from one-way times that which asks for no
 * write.
 */
function linkOf(members: readonly Member[], table: TableName, onB: boolean): TableLinkState {
  const states = new Set(members.map(({ link }) => link));
  const [kept, other] = onB ? (["detached", "suppressed"] as const) : (["suppressed", "detached"] as const);
  const strongestFirst: readonly TableLinkState[] =
    table === "two-way" ? ["linked", kept, other, "unresolved"] : ["suppressed", "linked", "detached", "unresolved"];
  return strongestFirst.find((state) => states.has(state)) ?? "none";
}

/** Where an item that was never agreed on comes from: where an entry still is as it came, else where it is missing. */
function originOf(members: readonly Member[], onA: boolean): SideLetter {
  const asItCame = members.find((member) => isThere(member[member.origin]));
  if (asItCame) return asItCame.origin;
  const [first] = members;
  return members.every(({ origin }) => origin === first?.origin) ? (first?.origin ?? "a") : onA ? "b" : "a";
}

export function isThere(presence: Presence): boolean {
  return presence === "present" || presence === "changed";
}

export function idOf(member: Member, side: SideLetter): string | undefined {
  return side === "a" ? member.aId : member.bId;
}

/** The entries of an item, by what an action means for them. */
export interface Sorted {
  /** It means them. */
  readonly concerned: readonly Member[];
  /** It may mean them: nobody knows whether they are there. */
  readonly unknown: readonly Member[];
  /** They are gone, and the item has others to stand for it. */
  readonly gone: readonly Member[];
}

export function sortOut(members: readonly Member[], action: Action): Sorted {
  const sides = neededOn(action);
  const concerned: Member[] = [];
  const unknown: Member[] = [];
  const gone: Member[] = [];
  for (const member of members) {
    if (sides.every((side) => isThere(member[side])) && !isWithdrawn(member, action)) concerned.push(member);
    else if (sides.some((side) => member[side] === "unknown")) unknown.push(member);
    else gone.push(member);
  }
  return { concerned, unknown, gone };
}

/** Where an entry has to be to be meant: an item is made for entries of the other side, and taken from its own. */
function neededOn(action: Action): readonly SideLetter[] {
  switch (action) {
    case "create B":
    case "suppress":
    case "remove A":
      return ["a"];
    case "create A":
    case "detach":
    case "remove B":
      return ["b"];
    default:
      return bothSides;
  }
}

/** What its own user took back before it was agreed on is not made there again, though others ask for the item. */
function isWithdrawn({ link, origin }: Member, action: Action): boolean {
  const made: SideLetter | undefined = action === "create A" ? "a" : action === "create B" ? "b" : undefined;
  return origin === made && (link === "none" || link === "unresolved");
}

/** The items that some entries stand for, by side. */
export class Held {
  readonly #ids: { readonly [S in SideLetter]: ReadonlySet<string | undefined> };

  constructor(members: readonly Member[]) {
    this.#ids = { a: new Set(members.map(({ aId }) => aId)), b: new Set(members.map(({ bId }) => bId)) };
  }

  has(member: Member, side: SideLetter): boolean {
    return this.#ids[side].has(idOf(member, side));
  }
}

/** Entries that one decision can speak of: of one side, standing for one item of the other; for a write, its item. */
export function partsOf(members: readonly Member[], written: SideLetter | undefined): Iterable<readonly Member[]> {
  const [only, another] = members;
  if (only && !another) return [members];
  const parts = new Map<string, Member[]>();
  for (const member of members) {
    const side = written ?? otherThan(member.origin);
    const key = `${side}:${idOf(member, side)}`;
    const part = parts.get(key);
    if (part) part.push(member);
    else parts.set(key, [member]);
  }
  return parts.values();
}

/** A primary link before its aliases, and those before newcomers. */
export function byRankAndKey(left: Member, right: Member): number {
  return compare(left.rank, right.rank) || compare(left.key, right.key);
}

export function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
