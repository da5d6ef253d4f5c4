import { newestFirst, type Play } from "../../reconcile/index.ts";
import type { PairPlan } from "../plans/plan.ts";
import { planHash } from "../plans/plan-hash.ts";
import { planHead } from "../plans/plan-parts.ts";
import { reason } from "../plans/reasons.ts";
import { requestsOf } from "../reports/build-reports.ts";
import type { ItemOutcome, UnmatchedItem } from "../reports/report.ts";
import type { RunContext } from "../runs/run-context.ts";
import { findCounterparts } from "./find-counterparts.ts";
import { LogOperations } from "./log-operations.ts";
import { type LogWorld, readLogWorld } from "./log-world.ts";
import { planList, recoverList } from "./plan-list.ts";
import { abandon, type Commit, missedAgain, nothing, type Planned } from "./planned.ts";

/**
 * Reads what was played since the last time and plans where it goes: into the other side's log, or into the playlist that this
 * pair keeps there. Writes nothing to any service.
 */
export async function planLog(context: RunContext, commit?: Commit): Promise<PairPlan> {
  const world = await readLogWorld(context);
  const operations = await LogOperations.of(context, world);
  const planned = world.isQuiet
    ? nothing
    : world.receiver.shape === "log"
      ? await planEntries(context, world, operations, commit)
      : await planList(context, world, operations, commit);
  const { past, forgotten } = world.choice;
  // What is not dealt with in this run is looked at again by the next one, and not remembered as past.
  const drops = planned.readAgain
    ? []
    : [
        ...past.map((play) => operations.drop(play, whyPast(world, play))),
        ...forgotten.map((play) => operations.drop(play, reason("drop.forgotten", {}))),
      ];
  const isQuiet = world.isQuiet && drops.length === 0;
  const unsyncable = isQuiet ? [] : unsyncableItems(context, world);
  return toPlan(context, world, {
    ...planned,
    operations: [...planned.operations, ...drops],
    unmatched: [...planned.unmatched, ...unsyncable],
  });
}

function whyPast({ choice, plays, receiver }: LogWorld, { itemId }: Play) {
  if (plays.known.some(({ state, itemId: missed }) => state === "missed" && missed === itemId))
    return reason("drop.resting", {});
  const isOnce = receiver.shape === "containers" && receiver.contents.write?.copies === "once";
  const isAgain = isOnce && [...choice.fresh, ...plays.standing].some((play) => play.itemId === itemId);
  return isAgain ? reason("drop.played-again", {}) : reason("drop.past-length", {});
}

/** Entries of a log are appended oldest first; the same one again changes nothing, so that a lost answer needs no look. */
async function planEntries(
  context: RunContext,
  world: LogWorld,
  operations: LogOperations,
  commit: Commit | undefined,
): Promise<Planned> {
  if (world.calls.ids.length > 0) await commit?.(abandon(context, world.calls.ids));
  const counterparts = await findCounterparts(context, world, commit);
  const waiting = world.plays.standing.filter(({ stands, isWrong }) => stands !== "surely" && !isWrong);
  const wrong = world.plays.standing.filter(({ stands, isWrong }) => stands !== "surely" && isWrong);
  const adds = [...world.choice.fresh, ...waiting]
    .toSorted(newestFirst)
    .reverse()
    .flatMap((play) => {
      const counterpart = counterparts.byItem.get(play.itemId);
      return counterpart ? [operations.add(play, counterpart)] : [];
    });
  const drops = wrong.map((play) => operations.drop(play, reason("drop.by-override", {}), play.toId));
  const batchSize = (world.receiver.shape === "log" && world.receiver.write?.batchSize) || 1;
  return {
    ...nothing,
    operations: [...adds, ...drops, ...missedAgain(world, counterparts, operations)],
    unmatched: counterparts.unmatched,
    requests: Math.ceil(adds.length / batchSize),
    ...(counterparts.deferredUntilMs === undefined ? {} : { deferredUntilMs: counterparts.deferredUntilMs }),
  };
}

function unsyncableItems({ from }: RunContext, { reading }: LogWorld): UnmatchedItem[] {
  return reading.unsyncable.flatMap((entry): UnmatchedItem[] => {
    if (entry.state !== "unsyncable") return [];
    const why = reason(`unsyncable.${entry.reason}`, {});
    return [{ side: from.side, itemId: entry.id ?? "", verdict: "unsyncable", reason: why, attempts: 0 }];
  });
}

function toPlan(context: RunContext, world: LogWorld, planned: Planned): PairPlan {
  const { pair, parts, to } = context;
  const { operations, rows, requests, deferredUntilMs, ...told } = planned;
  const nowMs = parts.clock.now();
  const { rateLimit } = to.provider.transport;
  const head = planHead(context);
  return {
    ...head,
    request: { ...head.request, options: { ...head.request.options, history: world.history } },
    basis: {
      from: { rows: world.reading.rows, listedAtMs: world.listedAtMs },
      to: { rows, listedAtMs: nowMs },
    },
    ...told,
    operations,
    quiet: world.isQuiet && operations.length === 0,
    requests: requestsOf(context),
    estimate: {
      requests,
      expectedEndMs: nowMs + Math.ceil((requests * rateLimit.perMs) / rateLimit.requests),
    },
    hash: planHash(pair, operations),
    plannedAtMs: nowMs,
    ...(deferredUntilMs === undefined ? {} : { deferredUntilMs }),
  };
}

/** Records what calls of an interrupted run have done after all. */
export async function recoverLog(context: RunContext, commit: Commit): Promise<readonly ItemOutcome[]> {
  const world = await readLogWorld(context);
  if (world.calls.ids.length === 0 || world.receiver.shape === "log") return [];
  return await recoverList(context, world, await LogOperations.of(context, world), commit);
}
