import { diffOrdered, toCalls } from "../../ordered/index.ts";
import type { Statement } from "../../ports/index.ts";
import { type ArrangedHistory, arrangeHistory, type PlacedPlay } from "../../reconcile/index.ts";
import { type BoundContents, namesOf } from "../contents/bound-contents.ts";
import { readListOrders } from "../contents/list-orders.ts";
import { onTheWay } from "../contents/on-the-way.ts";
import type { StoredLink } from "../links/links.ts";
import type { LinkPrecondition, PlannedOperation } from "../plans/plan.ts";
import { reason } from "../plans/reasons.ts";
import type { ItemOutcome } from "../reports/report.ts";
import type { RunContext } from "../runs/run-context.ts";
import { type Counterpart, type Counterparts, findCounterparts } from "./find-counterparts.ts";
import type { LogOperations } from "./log-operations.ts";
import type { LogWorld } from "./log-world.ts";
import { listsOf, type OwnedList, readEntries, readOwnedList, type WritableLists } from "./owned-list.ts";
import { abandon, type Commit, missedAgain, nothing, type Planned } from "./planned.ts";
import { listKey, matchOf } from "./plays.ts";

/** The playlist of this pair, and what is known of its link. */
interface KnownList {
  readonly lists: WritableLists;
  readonly list: OwnedList;
  /** Whether its link says that it is there. */
  readonly isLinked: boolean;
  /** Makes it. */
  readonly create: PlannedOperation;
}

/** Plans what the playlist becomes that takes the plays. */
export async function planList(
  context: RunContext,
  world: LogWorld,
  operations: LogOperations,
  commit?: Commit,
): Promise<Planned> {
  const known = await readKnownList(context, world, operations);
  const { list, lists, create } = known;
  if (list.state === "settling") return notNow(context);
  if (list.state === "gone")
    return { ...nothing, operations: [suppressList(context, operations, create, list.id)], readAgain: true };
  const state = await readListState(context, world, known);
  if (state === "unsteady") return notNow(context);
  const { recovered, plays, found } = await recoverEntries(context, world, state, lists, commit);
  operations.noteFound(found);
  const counterparts = await findCounterparts(context, world, commit);
  const fresh = world.choice.fresh.flatMap((play): Candidate[] => {
    const counterpart = counterparts.byItem.get(play.itemId);
    return counterpart ? [{ ...play, toId: counterpart.toId, stands: "not-yet", counterpart }] : [];
  });
  const candidates = [...plays, ...fresh];
  const arranged = arrange(state, lists, candidates, world.history.length);
  const entries = entryOperations(context, operations, candidates, arranged);
  const order = arrangementOf(context, operations, state, arranged.becomes);
  const isNeeded = list.state === "none" && order !== undefined;
  const capability = lists.contents.write.capability;
  const { calls } = toCalls(diffOrdered(state.entries, arranged.becomes), capability);
  return {
    ...nothing,
    operations: [
      ...(isNeeded ? [create] : []),
      ...(list.state === "there" && !known.isLinked ? [linkOf(operations, create, list.found.id)] : []),
      ...entries,
      ...(order ? [order] : []),
      ...missedAgain(world, counterparts, operations),
    ],
    unmatched: counterparts.unmatched,
    recovered,
    rows: arranged.becomes.length,
    requests: calls.length + (isNeeded ? 1 : 0),
    ...deferral(counterparts),
  };
}

/** Nothing is concluded from what the service shows now; the next run looks again. */
function notNow({ to }: RunContext): Planned {
  return { ...nothing, readAgain: true, left: [{ kind: "left", on: to.side, reason: reason("refused.settling", {}) }] };
}

function deferral({ deferredUntilMs }: Counterparts): Pick<Planned, "deferredUntilMs"> {
  return deferredUntilMs === undefined ? {} : { deferredUntilMs };
}

/** A play that may get an entry, with how its counterpart was found. */
interface Candidate extends PlacedPlay {
  /** Absent: it is new. */
  readonly link?: StoredLink;
  readonly counterpart: Counterpart;
}

async function readKnownList(context: RunContext, world: LogWorld, operations: LogOperations): Promise<KnownList> {
  const { from, to } = context;
  const lists = listsOf(context);
  const link = world.stored.links.get(listKey(to.side));
  const name = world.history.name ?? `Recently played on ${from.provider.displayName}`;
  const create = creationOf(context, world, operations, name);
  const id = link?.bId === undefined ? undefined : operations.toId(link.bId);
  const list = await readOwnedList(context, {
    lists,
    link,
    id,
    calls: world.calls,
    name,
    operationId: create.id,
  });
  const wasGone = link?.state === "suppressed";
  // Whoever has the pair run again after that wants another one.
  const isLinked = link?.state === "linked";
  return { lists, list: wasGone && list.state === "gone" ? { state: "none" } : list, isLinked, create };
}

function creationOf(
  context: RunContext,
  { stored }: LogWorld,
  operations: LogOperations,
  name: string,
): PlannedOperation {
  const { from, to } = context;
  const key = listKey(to.side);
  const link = stored.links.get(key);
  const generation = link?.generation ?? stored.tombstones.get(key) ?? 0;
  const precondition: LinkPrecondition = {
    key,
    generation,
    ...(link ? { state: link.state } : {}),
  };
  return operations.make({
    kind: "create",
    on: to.side,
    links: [precondition],
    reason: reason("add.list", { from: from.provider.displayName }),
    item: { name },
  });
}

/** One that is made in its place is of the next generation. */
function suppressList(
  { to }: RunContext,
  operations: LogOperations,
  { links }: PlannedOperation,
  id: string,
): PlannedOperation {
  const why = reason("suppress.deleted", { to: to.provider.displayName });
  return operations.make({
    kind: "suppress",
    toId: id,
    links: links.map((each) => ({ ...each, toId: id, repoints: true as const })),
    reason: why,
  });
}

/** The playlist is there: made by a call of which nobody knew, or back after it was gone. */
function linkOf(operations: LogOperations, { links }: PlannedOperation, id: string): PlannedOperation {
  const own = links.map((each) => ({ ...each, toId: id }));
  return operations.make({ kind: "link", toId: id, links: own, reason: reason("link.both", {}) });
}

/** What the playlist holds. */
interface ListState {
  /** Names of its entries. */
  readonly entries: readonly string[];
  /**
   * What calls of ours were leading to that did not come to their end, as long as nobody else has been there since; else what
   * it holds. Where our own calls have left things half way is nobody's wish.
   */
  readonly base: readonly string[];
  /** Nobody else has been there since our calls began: see {@link arrangeHistory}. */
  readonly isIntact: boolean;
}

/** @returns `unsteady` if two readings differ, or one shows only a part: nothing is concluded from either */
async function readListState(
  context: RunContext,
  world: LogWorld,
  { list, lists }: KnownList,
): Promise<ListState | "unsteady"> {
  // A new one takes what the one before held.
  if (list.state !== "there") return { entries: [], base: [], isIntact: true };
  const { contents } = list;
  if (!contents.isWhole()) return "unsteady";
  const entries = namesOf(contents.rows());
  const begun = await readBegun(context, world, lists, entries);
  const state = { entries, base: begun ?? entries, isIntact: begun !== undefined };
  const { removed } = arrange(state, lists, world.plays.standing, world.history.length);
  const isProof =
    removed.length === 0 || contents.references.read.totals === "exact" || (await isSame(context, contents, entries));
  return isProof ? state : "unsteady";
}

/** Where totals prove nothing, absence takes two equal readings. */
async function isSame(context: RunContext, contents: BoundContents, before: readonly string[]): Promise<boolean> {
  await readEntries(context, contents);
  const now = namesOf(contents.rows());
  return now.length === before.length && now.every((name, place) => name === before[place]);
}

/** What an interrupted run was making of the list, if the list is now what it was before or what calls of that run have made of it. */
async function readBegun(
  { parts, pair, to }: RunContext,
  { plays }: LogWorld,
  lists: WritableLists,
  entries: readonly string[],
): Promise<readonly string[] | undefined> {
  const { begun } = await readListOrders(parts.storage, pair.id);
  const own = begun[to.side];
  const keyOf = (name: string) => (name.startsWith("#") ? name : to.ids.key(name));
  if (!own || !onTheWay(own, entries.map(keyOf), lists.contents.write.capability)) return undefined;
  const names = new Map([...entries, ...plays.standing.map(({ toId }) => toId)].map((name) => [keyOf(name), name]));
  // What the service did not take is in neither.
  return own.becomes.flatMap((key) => names.get(key) ?? []);
}

/** A run was about to put it there. */
function isBegun(play: PlacedPlay & { readonly link?: StoredLink }): boolean {
  return play.stands === "not-yet" && play.link?.state === "pending";
}

function arrange(
  { base, isIntact }: Pick<ListState, "base" | "isIntact">,
  lists: WritableLists,
  plays: readonly PlacedPlay[],
  length: number,
): ArrangedHistory {
  const { copies, maxItems } = lists.contents.write;
  // What was to be put there stands in what the calls were leading to.
  const asMeant = isIntact
    ? plays.map((play) => (isBegun(play) ? { ...play, stands: "maybe" as const } : play))
    : plays;
  const most = maxItems === undefined ? {} : { maxItems };
  return arrangeHistory({ list: base, plays: asMeant, length, copies, isIntact, ...most });
}

/** Records which plays have an entry by calls of which nobody knew, and that these calls are known by now. */
async function recoverEntries(
  context: RunContext,
  world: LogWorld,
  state: ListState,
  lists: WritableLists,
  commit: Commit | undefined,
): Promise<{
  readonly recovered: readonly ItemOutcome[];
  readonly plays: readonly Candidate[];
  readonly found: ReadonlySet<string>;
}> {
  const { pair, parts, to } = context;
  const { standing } = world.plays;
  const asItIs = { base: state.entries, isIntact: false };
  const found = new Set(arrange(asItIs, lists, standing, world.history.length).found);
  const set = { state: "linked", reason: "link.recovered", updated_at: parts.clock.now() } as const;
  const statements: Statement[] = [
    ...(found.size > 0
      ? [{ update: "links" as const, set, where: { pair_id: pair.id, link_key: { in: [...found] } } }]
      : []),
    ...(world.calls.ids.length > 0 ? abandon(context, world.calls.ids) : []),
  ];
  if (statements.length > 0) await commit?.(statements);
  const plays = standing.map((play): Candidate => {
    const stands = found.has(play.key) ? "surely" : play.stands === "surely" ? "surely" : "not-yet";
    return { ...play, stands, counterpart: { toId: play.toId, ...matchOf(play.link) } };
  });
  const recovered = standing.flatMap((play): ItemOutcome[] =>
    found.has(play.key) ? [{ kind: "linked", on: to.side, toId: play.toId, reason: reason("link.recovered", {}) }] : [],
  );
  return { recovered, plays, found };
}

function entryOperations(
  { to }: RunContext,
  operations: LogOperations,
  candidates: readonly Candidate[],
  arranged: ArrangedHistory,
): readonly PlannedOperation[] {
  const byKey = new Map(candidates.map((each) => [each.key, each]));
  const each = (keys: readonly string[], make: (play: Candidate) => PlannedOperation) =>
    keys.flatMap((key) => {
      const play = byKey.get(key);
      return play ? [make(play)] : [];
    });
  const wrong = reason("remove.by-override", { at: to.provider.displayName });
  const isTaken = new Set(arranged.becomes);
  const whyLeftOut = ({ isWrong, toId }: Candidate) => {
    if (isWrong) return reason("drop.by-override", {});
    return isTaken.has(toId) ? reason("drop.played-again", {}) : reason("drop.past-length", {});
  };
  return [
    ...each([...arranged.placed, ...arranged.found], (play) => operations.add(play, play.counterpart)),
    ...each(arranged.removed, (play) => operations.suppress(play, play.toId)),
    ...each(arranged.trimmed, (play) =>
      operations.remove(play, play.toId, play.isWrong ? wrong : reason("remove.past-length", {})),
    ),
    ...each(arranged.superseded, (play) => operations.drop(play, reason("drop.played-again", {}), play.toId)),
    ...each(arranged.leftOut, (play) => operations.drop(play, whyLeftOut(play), play.toId)),
  ];
}

function arrangementOf(
  { to }: RunContext,
  operations: LogOperations,
  { entries: was }: ListState,
  becomes: readonly string[],
): PlannedOperation | undefined {
  const { moves, inserts, removes, edits } = diffOrdered(was, becomes);
  if (edits === 0) return undefined;
  const counts = { moves: moves.length, inserts: inserts.length, removes: removes.length };
  return operations.make({
    kind: "arrange",
    on: to.side,
    links: [],
    reason: reason("arrange.order", counts),
    arrangement: { was, becomes, ...counts },
  });
}

/** Records what calls of an interrupted run have put into the list, before a plan that was made elsewhere is carried out. */
export async function recoverList(
  context: RunContext,
  world: LogWorld,
  operations: LogOperations,
  commit: Commit,
): Promise<readonly ItemOutcome[]> {
  const known = await readKnownList(context, world, operations);
  const state = known.list.state === "there" ? await readListState(context, world, known) : "unsteady";
  return state === "unsteady" ? [] : (await recoverEntries(context, world, state, known.lists, commit)).recovered;
}
