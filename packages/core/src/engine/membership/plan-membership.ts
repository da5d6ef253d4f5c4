import type { UniversalTrack } from "../../items/index.ts";
import type { Statement } from "../../ports/index.ts";
import { guard, weighWishes } from "../../reconcile/index.ts";
import { type LinkSet, readLinks, type StoredLink } from "../links/links.ts";
import { type Recovered, recoveredOutcomes } from "../links/recovered.ts";
import { readWishes } from "../links/rings.ts";
import type { PairPlan } from "../plans/plan.ts";
import { planHash } from "../plans/plan-hash.ts";
import { basisOf, planHead, withHold } from "../plans/plan-parts.ts";
import { requestsOf } from "../reports/build-reports.ts";
import type { ItemOutcome } from "../reports/report.ts";
import { assertSameAccounts } from "../runs/open-sides.ts";
import { flipped, isTwoWay, type RunContext } from "../runs/run-context.ts";
import { decideAll } from "./decide.ts";
import { estimate } from "./estimate.ts";
import { toOperations } from "./operations.ts";
import type { SideReading } from "./read-side.ts";
import { isUnresolved, readBothSides, recordedOnA, recordedOnB } from "./read-sides.ts";
import { type RecentWrites, readRecentWrites } from "./recent-writes.ts";
import { readOpenIntents, recover } from "./recover.ts";
import { removedInVain } from "./removed-in-vain.ts";
import { type Resolution, type ResolveResult, resolve } from "./resolve.ts";
import { type Seekers, seekersOn } from "./seekers.ts";
import { askForTakedowns } from "./takedown.ts";
import { toUnmatched } from "./unmatched.ts";
import { except, type World } from "./world.ts";

export interface PlanOptions {
  /** Remembers resolutions while they come; absent in a dry run, which changes nothing. */
  readonly checkpoint?: (resolutions: readonly Resolution[], links: LinkSet) => Promise<void>;
  /** Records what recovery found; absent in a dry run. */
  readonly commit?: (statements: readonly Statement[]) => Promise<void>;
}

/** Reads both sides, resolves what is new, decides and guards. Writes nothing to any service. */
export async function planMembership(context: RunContext, options: PlanOptions): Promise<PairPlan> {
  const { pair, parts } = context;
  const now = parts.clock.now();
  const recent = await readRecentWrites(context, now);
  const { stored, due, a, b, rebuild, recovered } = await readAndRecover(context, recent, options, now);
  await assertSameAccounts(context);

  const { world, resolutions, unsyncable, deferredUntilMs } = await findCounterparts(context, options, {
    stored,
    due,
    a,
    b,
  });
  const { reconciled, verdict, known, overlooked } = await decideAndGuard(context, world, recent);
  const hasher = await parts.hashes.forTenant(pair.tenant_id);
  const describe = { ...world, known };
  const released = await toOperations(context, hasher, verdict.released, describe);
  const heldOperations = await toOperations(context, hasher, verdict.held, describe);
  const { operations, hold } = withHold(pair, released, heldOperations, verdict.reasons);
  const unmatched = [
    ...resolutions.flatMap((each) => (each.found ? [] : [toUnmatched(context, each, stored, now)])),
    ...unsyncable,
  ];
  return {
    ...planHead(context),
    basis: { from: basisOf(a), to: basisOf(b) },
    operations,
    ...(hold ? { hold } : {}),
    recovered: await recoveredOutcomes(context, recovered),
    unmatched,
    quiet: a.extent === "unchanged" && b.extent === "unchanged" && operations.length === 0 && !hold,
    readAgain: reconciled.readAgain || overlooked,
    requests: requestsOf(context),
    estimate: estimate(context, operations),
    hash: planHash(pair, operations),
    plannedAtMs: now,
    ...(deferredUntilMs === undefined ? {} : { deferredUntilMs }),
    ...(rebuild ? { rebuild } : {}),
  };
}

interface Known {
  readonly stored: LinkSet;
  readonly due: ReadonlySet<string>;
  readonly a: SideReading;
  readonly b: SideReading;
}

/** Records what interrupted calls have done after all, if there are any. */
export async function recoverOpenIntents(
  context: RunContext,
  commit: (statements: readonly Statement[]) => Promise<void>,
): Promise<readonly ItemOutcome[]> {
  const open = await readOpenIntents(context);
  if (open.length === 0) return [];
  const now = context.parts.clock.now();
  const { recovered } = await readAndRecover(context, await readRecentWrites(context, now), { commit }, now);
  return await recoveredOutcomes(context, recovered);
}

async function readAndRecover(
  context: RunContext,
  recent: RecentWrites,
  { commit }: PlanOptions,
  now: number,
): Promise<Known & { readonly rebuild: boolean; readonly recovered: readonly Recovered[] }> {
  const before = await readLinks(context.parts.storage, context.pair.id, context.from.side);
  const dueBefore = dueForRetry(before, now);
  const open = await readOpenIntents(context);
  const readings = await readBothSides(context, before, dueBefore, recent);
  const { stored, readAgain, recovered, statements } = recover(context, before, open, readings);
  if (statements.length > 0) await commit?.(statements);
  const due = dueForRetry(stored, now);
  return { stored, due, recovered, ...(readAgain ? await readBothSides(context, stored, due, recent) : readings) };
}

/**
 * What has waited long enough for another search. Not what has turned out to be another's counterpart since: it has one,
 * and would be due, and all of its side read, for ever.
 */
function dueForRetry({ links }: LinkSet, now: number): Set<string> {
  const due = new Map<string, StoredLink>();
  for (const link of links.values()) if (isUnresolved(link) && (link.retryAtMs ?? 0) <= now) due.set(link.key, link);
  if (due.size === 0) return new Set();
  const linked = new Set<string>();
  for (const { state, aId, bId } of links.values()) if (state === "linked") linked.add(`a:${aId}`).add(`b:${bId}`);
  for (const [key, { origin, aId, bId }] of due) {
    if (linked.has(origin === "a" ? `a:${aId}` : `b:${bId}`)) due.delete(key);
  }
  return new Set(due.keys());
}

/**
 * Looks for counterparts of what is new on A; two-way, then for what is new on B and was not found to be a counterpart
 * itself.
 */
async function findCounterparts(context: RunContext, { checkpoint }: PlanOptions, { stored, due, a, b }: Known) {
  const threshold = context.pair.match_threshold;
  const remember = checkpoint ? { checkpoint: (lot: readonly Resolution[]) => checkpoint(lot, stored) } : {};
  const onA = seekersOn(context, "a", a, stored, due, await removedInVain(context, "a", a));
  const hasB = (id: string) => b.facts(context.to.ids.key(id)) === "present";
  const forward = await resolve(context, {
    seekers: onA.seekers,
    held: b.arrivals,
    has: hasB,
    threshold,
    ...remember,
  });
  const taken = new Set(forward.resolutions.flatMap((each) => (each.found ? [each.toId] : [])));
  let onB: Seekers = { seekers: [], unsyncable: [] };
  let backward: ResolveResult = { resolutions: [], doubtful: new Set() };
  if (isTwoWay(context)) {
    const all = seekersOn(context, "b", b, stored, due, await removedInVain(context, "b", b));
    onB = { ...all, seekers: all.seekers.filter(({ itemId }) => !taken.has(itemId)) };
    const hasA = (id: string) => a.facts(context.from.ids.key(id)) === "present";
    backward = await resolve(flipped(context), {
      seekers: onB.seekers,
      held: a.arrivals,
      has: hasA,
      threshold,
      ...remember,
    });
  }
  // What turned out to be another's counterpart has one.
  const met = new Set(backward.resolutions.flatMap((each) => (each.found ? [each.toId] : [])));
  const alone = forward.resolutions.filter((each) => each.found || !met.has(each.seeker.itemId));
  const resolutions = [...alone, ...backward.resolutions];
  const deferred = forward.deferred ?? backward.deferred;
  const world: World = {
    stored,
    seekers: [...onA.seekers, ...onB.seekers],
    found: new Map(resolutions.flatMap((each) => (each.found ? [[each.seeker.key, each] as const] : []))),
    searchedOut: !deferred && resolutions.every((each) => each.found || each.verdict !== "failed"),
    doubtful: forward.doubtful,
    a,
    b,
  };
  return {
    world,
    resolutions,
    unsyncable: [
      ...onA.unsyncable.filter(({ itemId }) => !met.has(itemId)),
      ...onB.unsyncable.filter(({ itemId }) => !taken.has(itemId)),
    ],
    ...(deferred ? { deferredUntilMs: deferred.untilMs } : {}),
  };
}

/** Decides, guards, and asks the services about what would be removed: what they withdrew nobody has removed. */
async function decideAndGuard(context: RunContext, world: World, recent: RecentWrites) {
  const reconciled = await decideAndWeigh(context, world);
  const verdict = guardAll(context, world, reconciled.decisions, recent);
  const first = {
    reconciled,
    verdict,
    known: new Map<string, UniversalTrack>(),
    overlooked: overlooks(context, world, world),
  };
  if (verdict.held.length > 0) return first;
  const { a, b, items: known } = await askForTakedowns(context, verdict.released, world);
  if (a.size === 0 && b.size === 0) return { ...first, known };
  const again = await decideAndWeigh(context, world, { a, b });
  const facts = { a: { facts: except(world.a.facts, a) }, b: { facts: except(world.b.facts, b) } };
  const overlooked = overlooks(context, world, facts);
  return { reconciled: again, verdict: guardAll(context, world, again.decisions, recent), known, overlooked };
}

/** In a ring of pairs the table alone does not know which of two wishes is the later one. */
async function decideAndWeigh(context: RunContext, world: World, taken?: Parameters<typeof decideAll>[2]) {
  const reconciled = decideAll(context, world, taken);
  if (!context.inRing || !isTwoWay(context)) return reconciled;
  const ids = (side: "aId" | "bId") => reconciled.decisions.flatMap((decision) => decision[side] ?? []);
  const wishes = await readWishes(context, { a: ids("aId"), b: ids("bId") });
  const { decisions, waiting } = weighWishes(reconciled.decisions, wishes, context.parts.clock.now());
  return { ...reconciled, decisions, readAgain: reconciled.readAgain || waiting };
}

/**
 * Whether a link that stays as it is records another thing than was seen, because the other side is not known, or did
 * not let the write happen. A probe that says that nothing has changed would stand for what is recorded.
 */
function overlooks(
  context: RunContext,
  { stored, found }: World,
  { a, b }: { readonly a: HasFacts; readonly b: HasFacts },
): boolean {
  for (const { seeker, toId } of found.values()) {
    const [other, { facts }] = seeker.origin === "a" ? [context.to, b] : [context.from, a];
    if (facts(other.ids.key(toId)) === "unknown") return true;
  }
  for (const link of stored.links.values()) {
    const onA = link.aId === undefined ? "absent" : a.facts(link.aId);
    const onB = link.bId === undefined ? "absent" : b.facts(link.bId);
    const waits = onA === "unknown" || onB === "unknown" || link.state === "refused";
    if (!waits) continue;
    if (onA !== "unknown" && onA !== recordedOnA(link)) return true;
    if (onB !== "unknown" && onB !== recordedOnB(link)) return true;
  }
  return false;
}

type HasFacts = Pick<SideReading, "facts">;

function guardAll(
  { pair }: RunContext,
  world: World,
  decisions: Parameters<typeof guard>[0]["decisions"],
  { removedLately }: RecentWrites,
) {
  let linked = 0;
  let onA = 0;
  let onB = 0;
  for (const { state, origin } of world.stored.links.values()) {
    if (state === "linked") linked++;
    if (state === "linked" || state === "suppressed" || (state !== "detached" && origin === "a")) onA++;
    if (state === "linked" || (state !== "suppressed" && state !== "detached" && origin === "b")) onB++;
  }
  const emptied = (side: SideReading, had: number) => side.extent === "full" && side.rows === 0 && had > 0;
  return guard({
    decisions,
    links: linked,
    removedLately,
    emptySide: emptied(world.a, onA) || emptied(world.b, onB),
    changed: { a: 0, b: 0 },
    confirmFirst: pair.delete_free || (pair.prune && !pair.pruned_once),
  });
}
