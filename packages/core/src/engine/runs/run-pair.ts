import { DeferredError } from "../../contract/index.ts";
import { InvalidRequestError, RunError, SyncerError } from "../../errors/index.ts";
import type { Row, Statement } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { PairPlan } from "../plans/plan.ts";
import { planHash } from "../plans/plan-hash.ts";
import { assertUnaltered } from "../plans/plan-integrity.ts";
import { failedReport, reportOf } from "../reports/build-reports.ts";
import type { PairReport } from "../reports/report.ts";
import { afterRun, announceHolds, announcePause, pauseReason } from "./after-run.ts";
import { closeJob, crashJob, type GivenJob, openJob, type RunTrigger } from "./job-records.ts";
import { acquireRunLease, type Lease } from "./lease.ts";
import { openSides } from "./open-sides.ts";
import type { PairRow, RunContext } from "./run-context.ts";
import { shapeOf } from "./shapes.ts";

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly trigger: RunTrigger;
  /** Apply exactly this; absent: plan first. */
  readonly plan?: PairPlan;
  /** Names the held plan that a person has confirmed. */
  readonly confirm?: string;
  /** The job that it works for; absent: it opens and closes one of its own. */
  readonly job?: GivenJob;
}

/** A dry run: reads and decides; no service and no table is written. */
export async function planPair(parts: EngineParts, pair: PairRow, signal: AbortSignal): Promise<PairPlan> {
  assertRunnable(parts, pair);
  try {
    const context = await openSides(parts, pair, { jobId: "", signal });
    return await (await shapeOf(context)).plan(context);
  } catch (error) {
    throw knownError(signal, error) ?? error;
  }
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
    collections: writtenCollections(pair),
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
function writtenCollections(pair: PairRow): readonly string[] {
  const name = (connectionId: string) => `collection:${connectionId}:${pair.sync_type}`;
  const source = name(pair.source_connection_id);
  const target = name(pair.target_connection_id);
  if (pair.mode === "bidirectional") return [source, target];
  return [pair.mode === "sync-to" ? source : target];
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
function assertRunnable(parts: EngineParts, pair: PairRow): void {
  // What a container holds is synced with the containers.
  if (pair.container !== "") throw new InvalidRequestError("pair.unknown", { pairId: pair.id });
  if (pair.state === "paused") {
    throw new InvalidRequestError("pair.paused", {
      pairId: pair.id,
      reason: pair.state_reason ?? "pair.paused-by-host",
    });
  }
  if (pair.not_before !== null && pair.not_before > parts.clock.now()) {
    throw new DeferredError("the service", pair.not_before);
  }
}

async function runUnderLease(run: Run, { signal, plan: given, confirm, job }: RunOptions): Promise<PairReport> {
  const { parts, pair, lease, jobId } = run;
  assertRunnable(parts, pair);
  if (given) await assertUnaltered(parts, pair, given);
  const context = await openSides(parts, pair, { jobId, signal });
  run.context = context;
  const record = async (statements: readonly Statement[]) => {
    lease.assertHeld();
    await commit(context, lease, statements);
  };
  const shape = await shapeOf(context);
  // A dry run only saw what this one now records.
  const recovered = given ? await shape.recover(context, record) : undefined;
  const confirmed = given && confirm !== undefined ? withConfirmed(pair, given, confirm) : given;
  const plan = confirmed ?? (await shape.plan(context, record));
  announceHolds(parts, pair, plan);
  if (hasOperations(plan) && parts.beforeApply && !(await parts.beforeApply(plan))) {
    throw new InvalidRequestError("plan.vetoed", { pairId: pair.id });
  }
  const result = await shape.apply(applying(context, plan, job), lease, plan, given !== undefined);
  const untilMs = result.deferred?.untilMs ?? plan.deferredUntilMs;
  await commit(context, lease, [afterRun(parts, pair, plan, result, untilMs)]);
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
 * person has confirmed is done in one go: the rest of it would be another plan, and be held again.
 */
function applying(context: RunContext, plan: PairPlan, job: GivenJob | undefined): RunContext {
  const isConfirmed = context.pair.confirmed_plan_hash !== null && !plan.hold;
  return job && !isConfirmed ? { ...context, isSliceOver: (sinceMs) => job.isSliceOver(sinceMs) } : context;
}

/**
 * The plan with what was held released, if it is exactly what the person confirmed. What is held of a container's contents
 * is confirmed for its own pair: where everything goes then is for the next run to plan.
 */
function withConfirmed(pair: PairRow, plan: PairPlan, confirm: string): PairPlan {
  const { hold, ...rest } = plan;
  if (!hold || hold.hash !== confirm) throw new InvalidRequestError("plan.stale", { pairId: pair.id });
  const operations = [...plan.operations, ...hold.operations];
  return { ...rest, operations, hash: planHash(pair, operations) };
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
