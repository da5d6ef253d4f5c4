import { type Action, decide, type SideState, type TableLinkState, type TableName } from "./decision-table.ts";

/** Whether a side has an item, as far as what was read proves it. */
export type Presence = "present" | "absent" | "unknown";

/** What is known of one side: a function of an item's id on that side. */
export type SideFacts = (id: string) => Presence;

export type LinkState = "linked" | "pending" | "unmatched" | "uncertain" | "refused" | "detached" | "suppressed";

/** A stored link, as much of it as decides. */
export interface LinkFacts {
  readonly key: string;
  readonly aId: string;
  /** Absent while unresolved, unless a counterpart has been found in this run. */
  readonly bId?: string;
  readonly state: LinkState;
  readonly alias: boolean;
}

/** An item on A that has no link yet, with the counterpart found for it, if any. */
export interface Arrival {
  readonly key: string;
  readonly aId: string;
  readonly bId?: string;
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
}

/**
 * One decision. `keys` are the links it concerns: several where entries of A share one item of B, a primary link
 * before its aliases, and those before newcomers. `create`, `remove` are writes to B; the rest only changes links.
 */
export interface Decision {
  readonly action: Exclude<Action, "nothing" | "wait">;
  /** Empty for a stray, which no link knows. */
  readonly keys: readonly string[];
  /** The entry of A, where it is one. */
  readonly aId?: string;
  readonly bId?: string;
}

export interface Reconciliation {
  readonly decisions: readonly Decision[];
  /** Items left alone because a side is not known: while there are any, a cursor must not call the run settled. */
  readonly waiting: number;
  /** Items of A with neither a link nor a counterpart. */
  readonly unmatched: readonly string[];
}

/** One entry of A, which may share its item of B with others. */
interface Member {
  readonly key: string;
  readonly aId: string;
  readonly link: TableLinkState;
  readonly a: SideState;
  readonly rank: "0 primary" | "1 alias" | "2 newcomer";
}

/** Takes what the table says for some entries; what it says nothing of is left alone and not called settled. */
type Put = (action: Action | undefined, members: readonly Member[], bId?: string) => void;

/**
 * Compares both sides with what they last agreed on. Pure: the result depends on its input only, not on the order of
 * links, arrivals or pages.
 *
 * Decisions come in an order in which a run may be cut off anywhere: a link that knows what a user did is dropped only
 * after its heirs have been told.
 */
export function reconcile(input: ReconcileInput): Reconciliation {
  const decisions: Decision[] = [];
  const unmatched: string[] = [];
  let waiting = 0;

  const put: Put = (action, concerned, bId) => {
    if (action === "nothing") return;
    if (action === "wait" || action === undefined) {
      waiting += Math.max(1, concerned.length);
      return;
    }
    // Entries that share an item may have been decided in different runs: some may be where they shall be.
    const members = concerned.filter(({ link }) => link !== statesAfter[action]);
    if (members.length === 0 && concerned.length > 0) return;
    const only = members.length === 1 ? members[0] : undefined;
    decisions.push({
      action,
      keys: members.map(({ key }) => key),
      ...(only && { aId: only.aId }),
      ...(bId !== undefined && { bId }),
    });
  };

  const { groups, alone } = groupByCounterpart(input);
  for (const [bId, members] of groups) decideGroup(input, bId, members, put);
  for (const member of alone) {
    if (member.a === "+") unmatched.push(member.key);
    else if (member.a !== "=") put(decide(input.table, member.a, "0", member.link), [member]);
  }
  if (input.table === "prune") {
    for (const bId of new Set(input.strays)) {
      if (!groups.has(bId))
        put(decide("prune", input.aComplete ? "0" : "?", stateOfB(input, bId, "none"), "none"), [], bId);
    }
  }

  decisions.sort(byActionAndKey);
  unmatched.sort();
  return { decisions, waiting, unmatched };
}

/** Groups links and arrivals by their item on B; those without one are alone. */
function groupByCounterpart(input: ReconcileInput): { groups: Map<string, Member[]>; alone: Member[] } {
  const groups = new Map<string, Member[]>();
  const alone: Member[] = [];
  const seen = new Set<string>();
  const add = (bId: string | undefined, member: Member) => {
    if (seen.has(member.key)) return;
    seen.add(member.key);
    const group = bId === undefined ? alone : groups.get(bId);
    if (group) group.push(member);
    else if (bId !== undefined) groups.set(bId, [member]);
  };
  for (const { key, aId, bId, state, alias } of input.links) {
    const a = presentAs(input.a(aId), "=", "-");
    add(bId, { key, aId, link: tableState(state), a, rank: alias ? "1 alias" : "0 primary" });
  }
  for (const { key, aId, bId } of input.arrivals) {
    add(bId, { key, aId, link: "none", a: presentAs(input.a(aId), "+", "0"), rank: "2 newcomer" });
  }
  return { groups, alone };
}

/** Actions that only record a state, and which one. */
const statesAfter: { readonly [A in Action]?: TableLinkState } = {
  link: "linked",
  detach: "detached",
  suppress: "suppressed",
};

/**
 * One item of B and everything of A that stands for it. Together they are looked up as one item: it is on A while any
 * entry is, and gone only when all of them are proven gone.
 */
function decideGroup(input: ReconcileInput, bId: string, members: Member[], put: Put): void {
  members.sort(byRankAndKey);
  const staying = members.filter(({ a }) => a === "=" || a === "+");
  const unknown = members.filter(({ a }) => a === "?");
  const leaving = members.filter(({ a }) => a === "-");
  const link = linkOfGroup(members);

  const present: SideState = link === "none" ? "+" : "=";
  const a = staying.length > 0 ? present : unknown.length > 0 ? "?" : "-";
  const action = decide(input.table, a, stateOfB(input, bId, link), link);
  if (action === "wait" || staying.length === 0) {
    put(action, members, bId);
    return;
  }

  // What holds for the item holds for all that stand for it, newcomers included: a newcomer never brings back a copy
  // that the user deleted.
  const joined = link === "suppressed" ? "suppress" : "link";
  put(action === "nothing" ? joined : action, staying, bId);
  if (unknown.length > 0) put("wait", unknown);
  // The item has others to stand for it, so entries that are gone leave quietly.
  for (const member of leaving) put("drop", [member]);
}

/**
 * What a group was last agreed to be: the strongest of its members' states. They differ where ids were merged, or where
 * an entry was not known when the others were decided; a copy that the user deleted is not brought back by either.
 */
function linkOfGroup(members: readonly Member[]): TableLinkState {
  const states = new Set(members.map(({ link }) => link));
  for (const state of strongestFirst) if (states.has(state)) return state;
  return "none";
}

const strongestFirst: readonly TableLinkState[] = ["suppressed", "linked", "detached", "unresolved"];

function stateOfB(input: ReconcileInput, bId: string, link: TableLinkState): SideState {
  const agreedOn = link === "linked" || link === "detached" || link === "suppressed";
  return agreedOn ? presentAs(input.b(bId), "=", "-") : presentAs(input.b(bId), "+", "0");
}

function presentAs(presence: Presence, present: SideState, absent: SideState): SideState {
  if (presence === "unknown") return "?";
  return presence === "present" ? present : absent;
}

function tableState(state: LinkState): TableLinkState {
  return state === "linked" || state === "detached" || state === "suppressed" ? state : "unresolved";
}

function byRankAndKey(left: Member, right: Member): number {
  return compare(left.rank, right.rank) || compare(left.key, right.key);
}

/** Links that take over come before links that are forgotten, see `reconcile`. */
const order: readonly Decision["action"][] = ["link", "suppress", "detach", "create", "remove", "drop"];

function byActionAndKey(left: Decision, right: Decision): number {
  return (
    order.indexOf(left.action) - order.indexOf(right.action) ||
    compare(left.keys[0] ?? "", right.keys[0] ?? "") ||
    compare(left.bId ?? "", right.bId ?? "")
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
