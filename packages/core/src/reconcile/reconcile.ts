import type { ConflictPolicy, SideLetter, Winner } from "./conflicts.ts";
import type { ConflictAction, TableLinkState, TableName } from "./decision-table.ts";
import { Groups, type Member, type Presence } from "./groups.ts";
import { Verdicts } from "./verdicts.ts";

/** What is known of one side: a function of an item's id on that side. */
export type SideFacts = (id: string) => Presence;

export type LinkState =
  | "linked"
  | "pending"
  | "unmatched"
  | "uncertain"
  | "refused"
  | "detached"
  | "suppressed"
  | "conflict";

/** A stored link, as much of it as decides. */
export interface LinkFacts {
  readonly key: string;
  /** Absent while unresolved, unless a counterpart has been found in this run. */
  readonly aId?: string;
  readonly bId?: string;
  /** The side that it was first seen on. */
  readonly origin: SideLetter;
  readonly state: LinkState;
  readonly alias: boolean;
}

/** An item that has no link yet, with the counterpart found for it, if any. */
export type Arrival =
  | { readonly origin: "a"; readonly key: string; readonly aId: string; readonly bId?: string }
  | { readonly origin: "b"; readonly key: string; readonly aId?: string; readonly bId: string };

/** What decides about documents beside their presence. Absent for sets of references, which have nothing to edit. */
export interface DocumentFacts {
  readonly policy: ConflictPolicy;
  /** Which side is the pair's source. */
  readonly source: SideLetter;
  /** Whether all of a side was read. While not, it may have what was not found there, and no copy is made. */
  readonly complete: { readonly [S in SideLetter]: boolean };
  /** Whether both sides hold the same, in canonical form. Asked only of items that both sides have. */
  equal(aId: string, bId: string): boolean;
  /** The side that changed or deleted the item later, by the services' own clocks; `undefined`: a tie, or unknown. */
  later(aId: string, bId: string): SideLetter | undefined;
  /** Of a link in conflict: what is on record, if both sides and the policy still are as when it was recorded. */
  recorded(key: string): { readonly decision?: SideLetter } | undefined;
}

export interface ReconcileInput {
  readonly table: TableName;
  readonly links: Iterable<LinkFacts>;
  /** A row listed twice counts once; one that has a link is no arrival. */
  readonly arrivals: Iterable<Arrival>;
  /** Items on B that no link knows; only prune looks at them. */
  readonly strays: Iterable<string>;
  /**
   * Whether all of A was read, unreadable rows included, and a counterpart was looked for to the end for each of its
   * items. While not, a stray may be what A has, and prune leaves strays alone.
   */
  readonly aComplete: boolean;
  readonly a: SideFacts;
  readonly b: SideFacts;
  readonly documents?: DocumentFacts;
}

/**
 * One decision. `keys` are the links it concerns: several where entries of one side share one item of the other, a
 * primary link before its aliases, and those before newcomers. Where an item is written, they are all that stand for it.
 *
 * `create`, `update`, `remove` are writes to the side `on`; `merge` writes both, or only `on`. The rest changes links
 * only: `advance` records that both sides are equal again, `conflict` that they differ and nobody has won.
 */
export interface Decision {
  readonly action:
    | "create"
    | "update"
    | "merge"
    | "remove"
    | "link"
    | "advance"
    | "detach"
    | "suppress"
    | "drop"
    | "conflict";
  readonly on?: SideLetter;
  /** Empty for a stray, which no link knows. */
  readonly keys: readonly string[];
  /** The entry of A and the one of B, where it is one. */
  readonly aId?: string;
  readonly bId?: string;
  /** Both sides had changed it: how, and who wins. */
  readonly conflict?: { readonly kind: ConflictAction; readonly winner: Winner };
}

export interface Reconciliation {
  readonly decisions: readonly Decision[];
  /** Items left alone because a side is not known: while there are any, a cursor must not call the run settled. */
  readonly waiting: number;
  /** Links that go although one side has the item: it is new to the next run, which has to read all of that side. */
  readonly readAgain: boolean;
  /** Items of either side with neither a link nor a counterpart. */
  readonly unmatched: readonly string[];
}

/**
 * Compares both sides with what they last agreed on. Pure: the result depends on its input only, not on the order of
 * links, arrivals or pages.
 *
 * Decisions come in an order in which a run may be cut off anywhere: a link that knows what a user did is dropped only
 * after its heirs have been told.
 */
export function reconcile(input: ReconcileInput): Reconciliation {
  const groups = new Groups();
  const arrivals = [...input.arrivals];
  const arrived = new Set(arrivals.map(({ key }) => key));
  const inStep: LinkFacts[] = [];
  for (const link of input.links) {
    if (isInStep(input, link) && !arrived.has(link.key)) inStep.push(link);
    else groups.add(memberOf(input, link));
  }
  for (const { key, aId, bId, origin } of arrivals) {
    groups.add({
      key,
      aId,
      bId,
      origin,
      link: "none",
      conflict: false,
      a: presenceOf(input, "a", aId),
      b: presenceOf(input, "b", bId),
      rank: "2 newcomer",
    });
  }
  addConcerned(input, groups, inStep);

  const verdicts = new Verdicts(input);
  for (const group of groups) verdicts.ofGroup(group);
  for (const member of groups.alone) verdicts.ofAlone(member);
  if (input.table === "prune") {
    for (const bId of new Set(input.strays)) if (!groups.hasB(bId)) verdicts.ofStray(bId);
  }
  return verdicts.result();
}

/** Nearly all links of a library: nothing is to be done about them, unless they share an item with others. */
function isInStep(input: ReconcileInput, { state, aId, bId }: LinkFacts): boolean {
  return state === "linked" && presenceOf(input, "a", aId) === "present" && presenceOf(input, "b", bId) === "present";
}

/**
 * Adds what is in step where it shares an item with something that is not: that item is there all the same. To make a
 * group for each of the others would take most of the memory of a run, and what shares an item only with those that are
 * in step themselves changes nothing.
 */
function addConcerned(input: ReconcileInput, groups: Groups, inStep: readonly LinkFacts[]): void {
  // Prune asks of each stray whether any link knows it.
  const all = input.table === "prune";
  const concerned = inStep.filter((link) => all || groups.hasAny(link));
  for (const link of concerned) groups.add(memberOf(input, link));
}

function memberOf(input: ReconcileInput, { key, aId, bId, origin, state, alias }: LinkFacts): Member {
  return {
    key,
    aId,
    bId,
    origin,
    link: tableState(state),
    conflict: state === "conflict",
    a: presenceOf(input, "a", aId),
    b: presenceOf(input, "b", bId),
    rank: alias ? "1 alias" : "0 primary",
  };
}

/** A document without a counterpart has none on the other side only if all of that was read. */
function presenceOf(input: ReconcileInput, side: SideLetter, id: string | undefined): Presence {
  if (id !== undefined) return side === "a" ? input.a(id) : input.b(id);
  return input.documents && !input.documents.complete[side] ? "unknown" : "absent";
}

function tableState(state: LinkState): TableLinkState {
  if (state === "conflict") return "linked";
  return state === "linked" || state === "detached" || state === "suppressed" ? state : "unresolved";
}
