import { report as log } from "../connections/connection-events.ts";
import { DeferredError } from "../contract/index.ts";
import type { PairPlan } from "../engine/plans/plan.ts";
import type { PairReport } from "../engine/reports/report.ts";
import { countsOf, type JobRow, logOf } from "../engine/runs/job-records.ts";
import { HOLD_MS, type Hold, keepRenewing } from "../engine/runs/keep-renewing.ts";
import type { PairRow } from "../engine/runs/run-context.ts";
import type { PlanOptions, RunOptions } from "../engine/runs/run-pair.ts";
import { InvalidRequestError, RunError, SyncerError } from "../errors/index.ts";
import type { Guard } from "../ports/index.ts";
import type { ClaimedJob } from "./claim-job.ts";
import { type Circumstances, decideOutcome, type RunResult } from "./decide-outcome.ts";
import { type JobParts, namesOf } from "./job-parts.ts";
import { type RunRecord, settleJob } from "./settle-job.ts";
import type { Slice } from "./slice.ts";

/** Runs a pair, as the engine does. */
export type RunPair = (pair: PairRow, options: RunOptions) => Promise<PairReport>;
/** Plans a pair, as the engine does. */
export type PlanPair = (pair: PairRow, options: PlanOptions) => Promise<PairPlan>;

export interface RunJobOptions {
  readonly run: RunPair;
  readonly plan: PlanPair;
  /** Aborts when the worker stops. */
  readonly stopping: AbortSignal;
  /** Aborts when somebody cancels the job, here or elsewhere; the lock's renewals look for that. */
  readonly cancel: AbortController;
  readonly slice: Slice;
  /** Told of what is no error of this SDK's: a bug, of ours or of a provider's. */
  readonly onError: (error: unknown, jobId: string) => void;
}

/** Does a job that is ours, and writes down what becomes of it. Never rejects: what cannot be recorded is recovered. */
export async function runJob(parts: JobParts, claimed: ClaimedJob, options: RunJobOptions): Promise<void> {
  const { cancel, stopping } = options;
  const lost = new AbortController();
  const hold = holdJob(parts, claimed, cancel, lost);
  const signal = AbortSignal.any([cancel.signal, stopping, lost.signal]);
  try {
    await attempt(parts, claimed, options, signal);
  } catch {
    // The storage is away. The lock ends by itself, and whoever looks then gives the job back.
    log(parts, { level: "warn", event: "job.not-recorded", ...briefly(claimed) });
  } finally {
    await hold.end();
  }
}

async function attempt(
  parts: JobParts,
  claimed: ClaimedJob,
  { run, plan, stopping, cancel, slice, onError }: RunJobOptions,
  signal: AbortSignal,
): Promise<void> {
  const { job } = claimed;
  const [pair] = await parts.storage.select({ table: "sync_pairs", where: { id: job.pair_id } });
  const circumstances = (): Circumstances => ({
    halted: cancel.signal.aborted ? "cancelled" : stopping.aborted ? "stopped" : slice.isOver ? "sliced" : undefined,
    nowMs: parts.clock.now(),
    jitter: parts.random.uniform(),
  });
  let recorded = false;
  const settle = async (result: RunResult, record?: RunRecord) => {
    const outcome = decideOutcome(result, job, circumstances());
    await settleJob(parts, job, claimed.mine, outcome, record);
    recorded = true;
  };
  const close = (report: PairReport) => {
    const of = { id: job.pair_id, tenant_id: job.tenant_id };
    const record = { increment: countsOf(report), statements: [logOf(parts, of, job.id, report)] };
    return settle(resultOf(report, job), record);
  };
  if (!pair) return await settle(failure(new InvalidRequestError("pair.unknown", { pairId: job.pair_id })));
  try {
    if (job.task === "plan") {
      const planned = await plan(pair, { signal, jobId: job.id });
      const { storePlan } = await import("../engine/stored-plans/store-plan.ts");
      return await settle({ status: "succeeded", left: false }, await storePlan(parts, pair, job, planned));
    }
    const given = { id: job.id, close, isSliceOver: (sinceMs: number) => slice.ask(sinceMs) };
    const report = await run(pair, { signal, trigger: job.trigger, job: given, ...workOf(job) });
    // What never began, because another run holds the pair, closed nothing.
    if (!recorded) await settle(resultOf(report, job));
  } catch (error) {
    if (!SyncerError.is(error)) {
      log(parts, { level: "error", event: "job.crashed", ...briefly(claimed) });
      // A host's hook is no part of the job; what it throws is the host's own affair.
      void Promise.resolve()
        .then(() => onError(error, job.id))
        .catch(() => {});
    }
    if (!recorded) await settle(failure(error));
  }
}

function workOf({ task, plan_id, undoes }: JobRow): Pick<RunOptions, "storedPlan" | "undo"> {
  if (task === "apply" && plan_id !== null) return { storedPlan: plan_id };
  return task === "undo" && undoes !== null ? { undo: undoes } : {};
}

/** What is no error of ours is a bug; it may have to do with what is being synced, and so may pass. */
function failure(error: unknown): RunResult {
  if (error instanceof DeferredError) return { status: "deferred", left: false, deferredUntilMs: error.untilMs };
  const { code, remedy } = SyncerError.is(error) ? error : { code: "job.crashed", remedy: "retry" as const };
  return { status: "failed", left: false, error: { code, remedy } };
}

function resultOf(report: PairReport, { task }: JobRow): RunResult {
  const { status, counts, items, error, deferredUntilMs } = report;
  // Of a stored plan, what has moved is somebody's to look at anew: it will not fit a second time.
  const moved =
    task !== "apply" &&
    items.some(({ kind, reason }) => kind === "refused" && reason?.code === "refused.precondition-moved");
  return {
    status,
    left: counts.left > 0 || moved,
    ...(error ? { error } : {}),
    ...(deferredUntilMs === undefined ? {} : { deferredUntilMs }),
  };
}

/** Keeps the row ours, and learns on the way whether another process wants it cancelled. */
function holdJob(parts: JobParts, { job, mine }: ClaimedJob, cancel: AbortController, lost: AbortController): Hold {
  const { storage, clock } = parts;
  const ours: Guard = { table: "sync_jobs", where: mine, must: "exist" };
  const wanted: Guard = { table: "sync_jobs", where: { id: job.id, cancel_requested: false }, must: "exist" };
  return keepRenewing(clock, clock.now() + HOLD_MS, async (locked_until) => {
    const statements = [{ update: "sync_jobs" as const, set: { locked_until }, where: { id: job.id } }];
    const result = await storage.write({ guards: cancel.signal.aborted ? [ours] : [ours, wanted], statements });
    if (result.applied) return true;
    if (result.failedGuard === 1) {
      cancel.abort(new RunError("run.aborted", {}));
      return (await storage.write({ guards: [ours], statements })).applied;
    }
    lost.abort(new RunError("run.lease-lost", { pairId: job.pair_id }));
    return false;
  });
}

function briefly({ job }: ClaimedJob): { readonly tenantId: string; readonly pairId: string; readonly jobId: string } {
  const { tenantId, pairId, jobId } = namesOf(job);
  return { tenantId, pairId, jobId };
}
