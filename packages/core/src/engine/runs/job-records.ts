import { newHandle } from "../../crypto/index.ts";
import { SyncerError } from "../../errors/index.ts";
import type { Row, Statement } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { PairReport } from "../reports/report.ts";
import type { PairRow } from "./run-context.ts";
import type { RunOptions } from "./run-pair.ts";

export type RunTrigger = Row<"sync_jobs">["trigger"];

/** Manual work comes first. */
const PRIORITY = { manual: 10, automatic: 1 } as const;
/** Five attempts in all. */
const MAX_RETRIES = 4;
/** What rows of a job mean: 1 is a sync, which workers of all releases understand; 2 has a task. */
export const JOB_FORMAT = 2;
const SYNC_FORMAT = 1;

/** A worker leaves what is newer to others, and sets aside what nobody knows any more. */
export function isKnownFormat(format: number): boolean {
  return format >= SYNC_FORMAT && format <= JOB_FORMAT;
}

export type JobRow = Row<"sync_jobs">;
export type JobLane = JobRow["lane"];
/** What a job is to do: to sync, or with one stored plan or one earlier run what its `task` says. */
export type JobWork = Pick<JobRow, "task" | "plan_id" | "undoes">;

export const SYNC: JobWork = { task: "sync", plan_id: null, undoes: null };

/** Jobs that wait to do the same for the same pair: there is one at most. */
export function waitingFor({ pair_id, task, plan_id, undoes }: Pick<JobRow, "pair_id"> & JobWork) {
  return { pair_id, task, plan_id, undoes, status: "queued" } as const;
}

/** A job that a worker has taken, and that the run is to work for instead of opening one of its own. */
export interface GivenJob {
  readonly id: string;
  /** Writes down how the run ended; called while the run still holds its lease. */
  close(report: PairReport): Promise<void>;
  /**
   * Whether the run is to leave the rest of its plan to another one, because it has written for long and other jobs
   * wait. Asked between operations, and only once one of them was done: so each slice of a job moves something.
   * @param sinceMs when the run began to carry its plan out
   */
  isSliceOver(sinceMs: number): Promise<boolean>;
}

/** How urgent work of a lane is: the greater number goes first. */
export function priorityOf(lane: JobLane): number {
  return PRIORITY[lane];
}

/** A job as it comes into the world: nothing done, nobody has it. */
export function newJob(
  parts: EngineParts,
  pair: PairRow,
  given: Pick<JobRow, "trigger" | "status" | "lane" | "next_retry_at" | "started_at"> & Partial<JobWork>,
): JobRow {
  const work: JobWork = { ...SYNC, ...given };
  const now = parts.clock.now();
  return {
    id: newHandle("job", parts.random),
    tenant_id: pair.tenant_id,
    user_id: pair.user_id,
    pair_id: pair.id,
    sync_type: pair.sync_type,
    ...given,
    task: work.task,
    plan_id: work.plan_id,
    undoes: work.undoes,
    format: work.task === "sync" ? SYNC_FORMAT : JOB_FORMAT,
    worker_id: null,
    locked_until: null,
    cancel_requested: false,
    priority: priorityOf(given.lane),
    retry_count: 0,
    max_retries: MAX_RETRIES,
    finished_at: null,
    items_processed: 0,
    items_added: 0,
    items_updated: 0,
    items_deleted: 0,
    items_unmatched: 0,
    items_refused: 0,
    requests: 0,
    error_code: null,
    created_at: now,
    updated_at: now,
  };
}

/**
 * Writes down that a run has begun, and that whatever ran this pair before has ended: it can no longer hold the lease.
 * What a worker has is left to the workers, who know better what becomes of it.
 * @returns the job's id
 */
export async function openJob(
  parts: EngineParts,
  pair: PairRow,
  { trigger, job, undo, plan, continues }: Pick<RunOptions, "trigger" | "job" | "undo" | "plan" | "continues">,
): Promise<string> {
  const now = parts.clock.now();
  const cutOff: Statement = {
    update: "sync_jobs",
    set: { status: "failed", error_code: "run.lease-lost", finished_at: now, updated_at: now },
    where: { pair_id: pair.id, status: "running", worker_id: null },
  };
  if (continues !== undefined) {
    const set = { status: "running", finished_at: null, updated_at: now } as const;
    await parts.storage.write({ statements: [cutOff, { update: "sync_jobs", set, where: { id: continues } }] });
    return continues;
  }
  const lane = trigger === "manual" ? "manual" : "automatic";
  const undoes = undo ?? plan?.undoes ?? null;
  const begun = { trigger, lane, status: "running", next_retry_at: null, started_at: now } as const;
  const own = job ? [] : [newJob(parts, pair, { ...begun, ...(undoes === null ? {} : { task: "undo", undoes }) })];
  await parts.storage.write({
    statements: [cutOff, ...own.map((row): Statement => ({ insert: "sync_jobs", rows: [row] }))],
  });
  return job?.id ?? own[0]?.id ?? "";
}

/** Writes down how a run ended: status and counts, a log line for each kind of outcome, never content. */
export async function closeJob(parts: EngineParts, pair: PairRow, jobId: string, report: PairReport): Promise<void> {
  const now = parts.clock.now();
  const { status, error, deferredUntilMs } = report;
  const set: Partial<JobRow> = {
    status: status === "busy" || status === "dry-run" ? "cancelled" : status,
    finished_at: now,
    updated_at: now,
    next_retry_at: deferredUntilMs ?? null,
    error_code: error?.code ?? null,
  };
  await parts.storage.write({
    statements: [
      { update: "sync_jobs", set, increment: countsOf(report), where: { id: jobId } },
      logOf(parts, pair, jobId, report),
    ],
  });
}

/** Writes down that a run has ended without a report, by a bug or because its storage failed. */
export async function crashJob({ storage, clock }: EngineParts, id: string, error: unknown): Promise<void> {
  const now = clock.now();
  const error_code = SyncerError.is(error) ? error.code : "job.crashed";
  const set = { status: "failed", error_code, finished_at: now, updated_at: now } as const;
  await storage.write({ statements: [{ update: "sync_jobs", set, where: { id, status: "running" } }] });
}

/** What a run adds to the counts of its job. */
export function countsOf({ counts, requests, items, unmatched }: PairReport): {
  readonly [K in keyof JobRow]?: number;
} {
  const sent = [...Object.values(requests.source), ...Object.values(requests.target)];
  return {
    // What was left is counted by the run that gets to it.
    items_processed: items.length - counts.left + unmatched.length,
    items_added: counts.added,
    items_updated: counts.updated,
    items_deleted: counts.removed,
    items_unmatched: counts.uncertain + counts.notFound,
    items_refused: counts.refused,
    requests: sent.reduce((sum, n) => sum + n, 0),
  };
}

/** A log line for each kind of outcome that a run had. */
export function logOf(
  { random, clock }: EngineParts,
  pair: Pick<PairRow, "id" | "tenant_id">,
  jobId: string,
  { counts }: PairReport,
): Statement {
  const kinds = Object.entries(counts).filter(([, amount]) => amount > 0);
  return {
    insert: "sync_logs",
    rows: kinds.map(([kind, amount]) => ({
      id: newHandle("log", random),
      tenant_id: pair.tenant_id,
      job_id: jobId,
      pair_id: pair.id,
      event: `items.${kind}`,
      subject_id: null,
      amount,
      at: clock.now(),
    })),
  };
}
