import type { UniversalItem } from "../../items/index.ts";
import type { Statement } from "../../ports/index.ts";
import { guard, type SideLetter, weighWishes } from "../../reconcile/index.ts";
import { type LinkSet, readLinks } from "../links/links.ts";
import { type Recovered, recoveredOutcomes } from "../links/recovered.ts";
import { readWishes } from "../links/rings.ts";
import { type ReadOverruled, readOverruled } from "../overrides/read-overruled.ts";
import type { PairPlan } from "../plans/plan.ts";
import { planHash } from "../plans/plan-hash.ts";
import { basisOf, planHead, withHold } from "../plans/plan-parts.ts";
import { requestsOf } from "../reports/build-reports.ts";
import type { ItemOutcome } from "../reports/report.ts";
import { assertSameAccounts } from "../runs/open-sides.ts";
import { flipped, isTwoWay, type RunContext, sideOf } from "../runs/run-context.ts";
import { decideAll } from "./decide.ts";
import { dueForRetry } from "./due.ts";
import { estimate } from "./estimate.ts";
import { toOperations } from "./operations.ts";
import { membershipOf, type SideReading } from "./read-side.ts";
import { readBothSides, recordedOnA, recordedOnB } from "./read-sides.ts";
import { type RecentWrites, readRecentWrites } from "./recent-writes.ts";
import { readOpenIntents, recover } from "./recover.ts";
import { release } from "./release.ts";
import { removedInVain } from "./removed-in-vain.ts";
import { type Resolution, type ResolveResult, resolve } from "./resolve.ts";
import { type Seekers, seekersOn } from "./seekers.ts";
import { askForTakedowns } from "./takedown.ts";
import { toUnmatched } from "./unmatched.ts";
import { except, type World } from "./world.ts";
import { type Overturned, overturn, wrongOn } from "./wrong-copies.ts";

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
  const known = await readAndRecover(context, recent, options, now);
  const { stored, a, b, rebuild, recovered } = known;
  await assertSameAccounts(context);

  const { world, resolutions, unsyncable, deferredUntilMs } = await findCounterparts(context, options, known);
  const { reconciled, verdict, withdrawn, overlooked } = await decideAndGuard(context, world, recent);
  const hasher = await parts.hashes.forTenant(pair.tenant_id);
  const describe = { ...world, known: withdrawn.items };
  const released = await toOperations(context, hasher, verdict.released, describe);
  const heldOperations = await toOperations(context, hasher, verdict.held, describe);
  const { operations, hold } = withHold(pair, released, heldOperations, verdict.reasons);
  const unmatched = [
    ...resolutions.flatMap((each) => (each.found ? [] : [toUnmatched(context, each, stored, now)])),
    ...unsyncable,
  ];
  return {
    ...planHead(context),
    basis: { from: basisOf(rested(a, withdrawn.a)), to: basisOf(rested(b, withdrawn.b)) },
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
  /** The links as stored, without what the user's decisions speak against. */
  readonly stored: LinkSet;
  readonly rules: ReadOverruled;
  readonly overturned: Overturned;
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
  const rules = await readOverruled(context, membershipOf(context, context.from).kind);
  const open = await readOpenIntents(context);
  const read = async (links: LinkSet) => {
    const { stored, released } = release(links, rules.overruled);
    const due = dueForRetry(stored, now, rules.overruled);
    const readings = () => readBothSides(context, stored, due, recent, released.length > 0);
    return { stored, released, due, readings };
  };
  const first = await read(before);
  const readings = await first.readings();
  const { stored, readAgain, recovered, statements } = recover(context, before, open, readings);
  if (statements.length > 0) await commit?.(statements);
  const second = await read(stored);
  const overturned = await overturn(context, second, second.due);
  const { due } = second;
  return {
    stored: second.stored,
    rules,
    overturned,
    due,
    recovered,
    ...(readAgain ? await second.readings() : readings),
  };
}

/**
 * Looks for counterparts of what is new on A; two-way, then for what is new on B and was not found to be a counterpart
 * itself.
 */
async function findCounterparts(context: RunContext, { checkpoint }: PlanOptions, known: Known) {
  const { stored, due, a, b, overturned, rules } = known;
  const threshold = context.pair.match_threshold;
  const { kind } = membershipOf(context, context.to);
  const remember = checkpoint ? { checkpoint: (lot: readonly Resolution[]) => checkpoint(lot, stored) } : {};
  const seekers = async (side: SideLetter, reading: SideReading) => {
    const own = withoutWrong(context, side, reading, overturned);
    return seekersOn(context, side, own, stored, due, await removedInVain(context, side, own));
  };
  const onA = await seekers("a", a);
  const hasB = (id: string) => b.facts(context.to.ids.key(id)) === "present";
  const forward = await resolve(context, {
    kind,
    seekers: onA.seekers,
    held: b.arrivals,
    has: hasB,
    threshold,
    rules: { overruled: rules.overruled, open: (keys) => rules.open("b", keys) },
    ...remember,
  });
  const taken = new Set(forward.resolutions.flatMap((each) => (each.found ? [each.toId] : [])));
  let onB: Seekers = { seekers: [], unsyncable: [] };
  let backward: ResolveResult = { resolutions: [], doubtful: new Set() };
  if (isTwoWay(context)) {
    const all = await seekers("b", b);
    onB = { ...all, seekers: all.seekers.filter(({ itemId }) => !taken.has(itemId)) };
    const hasA = (id: string) => a.facts(context.from.ids.key(id)) === "present";
    backward = await resolve(flipped(context), {
      kind,
      seekers: onB.seekers,
      held: a.arrivals,
      has: hasA,
      threshold,
      rules: { overruled: rules.overruled.flipped(), open: (keys) => rules.open("a", keys) },
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
    overturned,
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

/** A reading without what this pair has put there by mistake: it looks for nothing. */
function withoutWrong(
  context: RunContext,
  side: SideLetter,
  reading: SideReading,
  overturned: Overturned,
): SideReading {
  const wrong = wrongOn(side, overturned);
  if (wrong.size === 0) return reading;
  const { ids } = sideOf(context, side);
  const arrivals = reading.arrivals.filter(({ id }) => id === undefined || !wrong.has(ids.key(id)));
  return { ...reading, arrivals };
}

/** Decides, guards, and asks the services about what would be removed: what they withdrew nobody has removed. */
async function decideAndGuard(context: RunContext, world: World, recent: RecentWrites) {
  const reconciled = await decideAndWeigh(context, world);
  const verdict = guardAll(context, world, reconciled.decisions, recent);
  const first = {
    reconciled,
    verdict,
    withdrawn: { a: new Set<string>(), b: new Set<string>(), items: new Map<string, UniversalItem>() },
    overlooked: overlooks(context, world, world),
  };
  if (verdict.held.length > 0) return first;
  const withdrawn = await askForTakedowns(context, verdict.released, world);
  const { a, b } = withdrawn;
  if (a.size === 0 && b.size === 0) return { ...first, withdrawn };
  const again = await decideAndWeigh(context, world, { a, b });
  const facts = { a: { facts: except(world.a.facts, a) }, b: { facts: except(world.b.facts, b) } };
  const overlooked = overlooks(context, world, facts);
  return { reconciled: again, verdict: guardAll(context, world, again.decisions, recent), withdrawn, overlooked };
}

/** What is missing because its service withdrew it may be there again by now, of which no fingerprint tells. */
function rested(reading: SideReading, withdrawn: ReadonlySet<string>): SideReading {
  return withdrawn.size === 0 ? reading : { ...reading, forADay: true };
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
