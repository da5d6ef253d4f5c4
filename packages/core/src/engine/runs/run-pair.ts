import { collectionsOf, DeferredError, receiverOf } from "../../contract/index.ts";
import { InvalidRequestError, RunError, SyncerError } from "../../errors/index.ts";
import type { Row, Statement } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import { addressOf } from "../links/addresses.ts";
import type { PairPlan, Side } from "../plans/plan.ts";
import { assertUnaltered } from "../plans/plan-integrity.ts";
import { withConfirmed } from "../plans/with-confirmed.ts";
import { failedReport, reportOf } from "../reports/build-reports.ts";
import type { PairReport } from "../reports/report.ts";
import { withForecasts } from "../undo/forecast.ts";
import { afterRun, afterSync, announceHolds, announcePause, pauseReason } from "./after-run.ts";
import { closeJob, crashJob, type GivenJob, openJob, type RunTrigger } from "./job-records.ts";
import { acquireRunLease, type Lease } from "./lease.ts";
import { openSides } from "./open-sides.ts";
import type { PairRow, RunContext } from "./run-context.ts";
import { summaryOf } from "./run-summary.ts";
import { type ShapeOfRun, shapeOf } from "./shapes.ts";

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly trigger: RunTrigger;
  /** Apply exactly this; absent: plan first. */
  readonly plan?: PairPlan;
  /** Names the held plan that a person has confirmed. */
  readonly confirm?: string;
  /** A job of its own that it goes on with: what it had planned moved before it was carried out. */
  readonly continues?: string;
  /** The run whose writes it takes back, instead of syncing. */
  readonly undo?: string;
  /** The stored plan of which it does what still holds, and nothing else. */
  readonly storedPlan?: string;
  /** The job that it works for; absent: it opens and closes one of its own. */
  readonly job?: GivenJob;
}

export interface PlanOptions {
  readonly signal: AbortSignal;
  /** The job whose progress it is; absent: a call's of its own. */
  readonly jobId?: string;
  /** The run to take back, instead of syncing. */
  readonly undo?: string;
}

/** A dry run: reads and decides; no service and no table is written. */
export async function planPair(
  parts: EngineParts,
  pair: PairRow,
  { signal, jobId = "", undo }: PlanOptions,
): Promise<PairPlan> {
  assertRunnable(parts, pair, undo);
  try {
    const context = await openSides(parts, pair, { jobId, signal });
    return withForecasts(context, await (await shapeFor(context, { undo })).plan(context));
  } catch (error) {
    throw knownError(signal, error) ?? error;
  }
}

/** Taking a run back, or carrying out what was stored, is seldom asked for, and loaded then. */
async function shapeFor(
  context: RunContext,
  { undo, storedPlan }: { readonly undo?: string | undefined; readonly storedPlan?: string | undefined },
): Promise<ShapeOfRun> {
  if (storedPlan !== undefined)
    return await (await import("../stored-plans/stored-shape.ts")).storedShape(context, storedPlan);
  if (undo === undefined) return await shapeOf(context);
  return await (await import("../undo/undo-shape.ts")).undoShape(context, undo);
}

/**
 * One run of one pair: lease, recovery, plan, guards, apply, record. Whatever happens is in the report; only a storage
 * that cannot even record it makes this reject.
 */
export async function runPair(parts: EngineParts, pair: PairRow, options: RunOptions): Promise<PairReport> {
  const startedAtMs = parts.clock.now();
  const lease = await acquireRunLease(parts, {
    tenantId: pair.tenant_id,
    pairId: pair.id,
    collections: await writtenCollections(parts, pair),
  });
  if (!lease) {
    const busy = new InvalidRequestError("pair.busy", { pairId: pair.id });
    return failedReport({ pair, startedAtMs }, startedAtMs, busy, "busy");
  }
  try {
    return await runLeased(parts, lease, pair, options, startedAtMs);
  } finally {
    await lease.release();
  }
}

/** Names of the collections that a run of the pair writes. */
async function writtenCollections(parts: EngineParts, pair: PairRow): Promise<readonly string[]> {
  const name = (side: Side, type = pair.sync_type) => `collection:${addressOf(pair, side)}:${type}`;
  if (pair.mode === "bidirectional") return [name("source"), name("target")];
  const [source, target] = [pair.source_connection_id, pair.target_connection_id];
  const [from, to] = pair.mode === "sync-to" ? [target, source] : [source, target];
  const written = pair.mode === "sync-to" ? "source" : "target";
  return [name(written, parts.registry.hasLog(pair.sync_type) ? await receiverName(parts, pair, from, to) : undefined)];
}

/** What a log holds may go into another collection, which other pairs write, too. */
async function receiverName(parts: EngineParts, pair: PairRow, from: string, to: string): Promise<string | undefined> {
  const providerOf = async (connectionId: string) => {
    const { service } = await parts.connections.get({ tenantId: pair.tenant_id, userId: pair.user_id, connectionId });
    return parts.registry.get(service);
  };
  try {
    const [reader, writer] = [await providerOf(from), await providerOf(to)];
    const receiver = receiverOf(reader, writer, pair.sync_type);
    return collectionsOf(writer).find(([, collection]) => collection === receiver)?.[0];
  } catch (error) {
    // A connection that is gone is for the run to tell.
    if (SyncerError.is(error)) return undefined;
    throw error;
  }
}

async function runLeased(
  parts: EngineParts,
  lease: Lease,
  asked: PairRow,
  options: RunOptions,
  startedAtMs: number,
): Promise<PairReport> {
  // Another run may have ended, or the pair been changed, since it was read; from here on nobody else runs it.
  const [pair] = await parts.storage.select({ table: "sync_pairs", where: { id: asked.id } });
  if (!pair) {
    const gone = new InvalidRequestError("pair.unknown", { pairId: asked.id });
    return failedReport({ pair: asked, startedAtMs }, startedAtMs, gone, "failed");
  }
  const jobId = await openJob(parts, pair, options);
  const of = { tenantId: pair.tenant_id, userId: pair.user_id, pairId: pair.id };
  parts.emit({ type: "run.started", jobId, ...of });
  const run: Run = { parts, pair, lease, jobId, startedAtMs };
  let report: PairReport;
  try {
    report = await runUnderLease(run, options);
  } catch (error) {
    report = await reportFailure(run, error, options.signal).catch(async (bug: unknown) => {
      // Who gave the job tells what became of it; of a run of its own nobody else would.
      if (!options.job) await crashJob(parts, jobId, bug).catch(() => {});
      throw bug;
    });
  }
  await (options.job?.close(report) ?? closeJob(parts, pair, jobId, report));
  parts.emit({
    type: "run.finished",
    jobId,
    ...of,
    status: report.status,
    ...(report.error ? { errorCode: report.error.code } : {}),
    syncType: pair.sync_type,
    ...summaryOf(report, run.context),
  });
  return report;
}

interface Run {
  readonly parts: EngineParts;
  readonly pair: PairRow;
  readonly lease: Lease;
  readonly jobId: string;
  readonly startedAtMs: number;
  /** Set once both sides are open. */
  context?: RunContext;
}

/** @throws {SyncerError} the pair is paused, or a service asked for quiet that has not passed */
function assertRunnable(parts: EngineParts, pair: PairRow, undo?: string): void {
  // What a container holds is synced with the containers.
  if (pair.container !== "") throw new InvalidRequestError("pair.unknown", { pairId: pair.id });
  // Who takes a run back may well have stopped the pair first.
  const isStopped = undo !== undefined && (pair.state_reason ?? "pair.paused-by-host") === "pair.paused-by-host";
  if (pair.state === "paused" && !isStopped) {
    throw new InvalidRequestError("pair.paused", {
      pairId: pair.id,
      reason: pair.state_reason ?? "pair.paused-by-host",
    });
  }
  if (pair.not_before !== null && pair.not_before > parts.clock.now()) {
    throw new DeferredError("the service", pair.not_before);
  }
}

async function runUnderLease(
  run: Run,
  { signal, plan: given, confirm, job, storedPlan, undo = given?.undoes }: RunOptions,
): Promise<PairReport> {
  const { parts, pair, lease, jobId } = run;
  assertRunnable(parts, pair, undo);
  if (given) await assertUnaltered(parts, pair, given);
  const context = await openSides(parts, pair, { jobId, signal });
  run.context = context;
  const record = async (statements: readonly Statement[]) => {
    lease.assertHeld();
    await commit(context, lease, statements);
  };
  const shape = await shapeFor(context, { undo, storedPlan });
  // A dry run only saw what this one now records.
  const recovered = given ? await shape.recover(context, record) : undefined;
  const confirmed = given && confirm !== undefined ? withConfirmed(pair, given, confirm) : given;
  const plan = confirmed ?? withForecasts(context, await shape.plan(context, record));
  announceHolds(parts, pair, plan);
  if (hasOperations(plan) && parts.beforeApply && !(await parts.beforeApply(plan))) {
    throw new InvalidRequestError("plan.vetoed", { pairId: pair.id });
  }
  const result = await shape.apply(
    applying(context, plan, storedPlan === undefined ? job : undefined),
    lease,
    plan,
    given !== undefined,
  );
  const untilMs = result.deferred?.untilMs ?? plan.deferredUntilMs;
  await commit(context, lease, [afterRun(parts, pair, plan, result, untilMs), ...afterSync(parts, pair, plan, result)]);
  if (untilMs !== undefined) {
    announceLimit(parts, pair, result.deferred?.params.service ?? context.to.provider.name, untilMs);
  }
  return reportOf(context, { ...plan, recovered: recovered ?? plan.recovered }, result, run);
}

function hasOperations({ operations, contents = [] }: PairPlan): boolean {
  return operations.length > 0 || contents.some((each) => each.operations.length > 0);
}

/**
 * From here on, and not before, a run may be told to leave the rest to another one, which reads and plans anew. What a
 * person has confirmed, or what is stored, is done in one go: the rest of it would be another plan, and be held again.
 */
function applying(context: RunContext, plan: PairPlan, job: GivenJob | undefined): RunContext {
  const isConfirmed = context.pair.confirmed_plan_hash !== null && !plan.hold;
  return job && !isConfirmed ? { ...context, isSliceOver: (sinceMs) => job.isSliceOver(sinceMs) } : context;
}

async function commit({ parts, pair }: RunContext, lease: Lease, statements: readonly Statement[]): Promise<void> {
  if (statements.length === 0) return;
  const result = await parts.storage.write({ guards: lease.guards, statements });
  if (!result.applied) throw new RunError("run.lease-lost", { pairId: pair.id });
}

/** What a failure means for the pair: put off, paused, or only reported. */
async function reportFailure(run: Run, error: unknown, signal: AbortSignal): Promise<PairReport> {
  const { parts, pair } = run;
  const known = knownError(signal, error);
  if (!known) throw error;
  const now = parts.clock.now();
  const pause = pauseReason(known);
  const deferred = known instanceof DeferredError ? known : undefined;
  const set: Partial<Row<"sync_pairs">> = {
    last_run_at: now,
    updated_at: now,
    ...(pause ? { state: "paused", state_reason: pause } : {}),
    ...(deferred ? { not_before: deferred.untilMs } : {}),
  };
  const recorded = await parts.storage.write({
    guards: run.lease.guards,
    statements: [{ update: "sync_pairs", set, where: { id: pair.id } }],
  });
  // A run that was overtaken says nothing about the pair any more.
  if (!recorded.applied) return failedReport(run, now, known, "failed");
  if (pause) announcePause(parts, pair, pause);
  // A quiet that was known before the run began has been announced.
  if (deferred && deferred.untilMs !== pair.not_before) {
    announceLimit(parts, pair, deferred.params.service, deferred.untilMs);
  }
  return failedReport(run, now, known, deferred ? "deferred" : "failed");
}

/** Errors of ours, and the caller's abort; anything else is a bug and must not be dressed up as a result. */
function knownError(signal: AbortSignal, error: unknown): SyncerError | undefined {
  if (SyncerError.is(error)) return error;
  return signal.aborted ? new RunError("run.aborted", {}, { cause: error }) : undefined;
}

function announceLimit({ emit }: EngineParts, pair: PairRow, service: string, untilMs: number): void {
  emit({
    type: "limit.reached",
    tenantId: pair.tenant_id,
    userId: pair.user_id,
    pairId: pair.id,
    service,
    untilMs,
  });
}
