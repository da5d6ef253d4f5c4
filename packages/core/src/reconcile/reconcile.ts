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
  readonly arrivals: Iterable<Arrival>;
  /** Items on B that no link knows; only prune looks at them. */
  readonly strays: Iterable<string>;
  readonly a: SideFacts;
  readonly b: SideFacts;
}

/**
 * One decision. `keys` are the links it concerns: several where entries of A share one item of B, the first of them
 * being the primary link. `create`, `remove` are writes to B; the rest only changes links.
 */
export interface Decision {
  readonly action: Exclude<Action, "nothing" | "wait">;
  readonly keys: readonly string[];
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

/** One entry of A in a group that shares an item of B. */
interface Member {
  readonly key: string;
  readonly aId: string;
  readonly link: TableLinkState;
  readonly a: SideState;
}

/**
 * Compares both sides with what they last agreed on. Pure: the result depends on its input only, not on the order of
 * links, arrivals or pages. Decisions come sorted by action and key.
 */
export function reconcile(input: ReconcileInput): Reconciliation {
  const decisions: Decision[] = [];
  const unmatched: string[] = [];
  let waiting = 0;

  const put = (action: Action | undefined, decision: Omit<Decision, "action">) => {
    if (action === "wait") waiting += decision.keys.length;
    else if (action !== undefined && action !== "nothing") decisions.push({ action, ...decision });
  };

  for (const [bId, members] of groupByCounterpart(input, (member) => {
    if (member.link === "unresolved" && member.a === "-") put("drop", { keys: [member.key], aId: member.aId });
    else if (member.a === "?") waiting++;
    else if (member.a === "+") unmatched.push(member.key);
  })) {
    decideGroup(input, bId, members, put);
  }

  if (input.table === "prune") {
    for (const bId of input.strays)
      put(decide("prune", "0", presentAs(input.b(bId), "+", "0"), "none"), { keys: [], bId });
  }

  decisions.sort(byActionAndKey);
  unmatched.sort();
  return { decisions, waiting, unmatched };
}

/** Groups links and arrivals by their item on B; those without one go to `alone`. */
function groupByCounterpart(input: ReconcileInput, alone: (member: Member) => void): Map<string, Member[]> {
  const groups = new Map<string, Member[]>();
  const add = (bId: string | undefined, member: Member) => {
    const group = bId === undefined ? undefined : groups.get(bId);
    if (bId === undefined) alone(member);
    else if (group) group.push(member);
    else groups.set(bId, [member]);
  };
  for (const { key, aId, bId, state } of input.links) {
    add(bId, { key, aId, link: tableState(state), a: presentAs(input.a(aId), "=", "-") });
  }
  for (const { key, aId, bId } of input.arrivals) {
    add(bId, { key, aId, link: "none", a: presentAs(input.a(aId), "+", "0") });
  }
  return groups;
}

type Put = (action: Action | undefined, decision: Omit<Decision, "action">) => void;

/** One item of B and everything of A that stands for it. */
function decideGroup(input: ReconcileInput, bId: string, members: Member[], put: Put): void {
  const only = members.length === 1 ? members[0] : undefined;
  if (only) {
    put(decide(input.table, only.a, stateOfB(input.b(bId), only.link), only.link), {
      keys: [only.key],
      aId: only.aId,
      bId,
    });
    return;
  }
  members.sort(byKey);
  const link = linkOfGroup(members);
  const staying = members.filter(({ a }) => a === "=" || a === "+");
  const unknown = members.filter(({ a }) => a === "?");
  const leaving = members.filter(({ a }) => a === "-");

  // The shared item stays while anything of A stands for it, or may: entries that are gone leave quietly.
  if (staying.length > 0 || unknown.length > 0) {
    for (const { key, aId } of leaving) put("drop", { keys: [key], aId });
    if (staying.length > 0) decideStaying(input, bId, link, staying, put);
    if (unknown.length > 0) put("wait", { keys: unknown.map(({ key }) => key) });
    return;
  }
  const action = decide(input.table, "-", stateOfB(input.b(bId), link), link);
  put(action, { keys: leaving.map(({ key }) => key), bId });
}

/**
 * Entries of A that are there and share an item of B. What is decided for the item holds for all of them, newcomers
 * included: a newcomer never brings back a copy that the user deleted.
 */
function decideStaying(
  input: ReconcileInput,
  bId: string,
  link: TableLinkState,
  staying: readonly Member[],
  put: Put,
): void {
  const a: SideState = link === "none" ? "+" : "=";
  const action = decide(input.table, a, stateOfB(input.b(bId), link), link);
  const keys = staying.map(({ key }) => key);
  const newcomers = staying.filter((member) => member.link !== link).map(({ key }) => key);
  if (action === "nothing") {
    const joins = link === "suppressed" ? "suppress" : "link";
    if (newcomers.length > 0) put(joins, { keys: newcomers, bId });
  } else put(action, { keys, bId });
}

/** What a group was last agreed to be: the strongest of its members' states. */
function linkOfGroup(members: readonly Member[]): TableLinkState {
  const states = new Set(members.map(({ link }) => link));
  for (const state of ["linked", "suppressed", "detached", "unresolved"] as const) if (states.has(state)) return state;
  return "none";
}

function stateOfB(presence: Presence, link: TableLinkState): SideState {
  const agreedOn = link === "linked" || link === "detached" || link === "suppressed";
  return agreedOn ? presentAs(presence, "=", "-") : presentAs(presence, "+", "0");
}

function presentAs(presence: Presence, present: SideState, absent: SideState): SideState {
  if (presence === "unknown") return "?";
  return presence === "present" ? present : absent;
}

function tableState(state: LinkState): TableLinkState {
  return state === "linked" || state === "detached" || state === "suppressed" ? state : "unresolved";
}

function byKey(left: { readonly key: string }, right: { readonly key: string }): number {
  return left.key < right.key ? -1 : left.key > right.key ? 1 : 0;
}

function byActionAndKey(left: Decision, right: Decision): number {
  const l = sortKey(left);
  const r = sortKey(right);
  return l < r ? -1 : l > r ? 1 : 0;
}

function sortKey({ action, keys, bId }: Decision): string {
  return `${action} ${keys[0] ?? ""} ${bId ?? ""}`;
}
