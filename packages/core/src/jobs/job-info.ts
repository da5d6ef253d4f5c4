import type { JobLane, JobRow } from "../engine/runs/job-records.ts";
import type { SyncType } from "../items/index.ts";

/** People who wait are served in `manual`, what happens by itself in `automatic`; neither starves the other. */
export const LANES = ["manual", "automatic"] as const satisfies readonly JobLane[];

/**
 * - `queued`: waits for a worker, from `dueAtMs` on. `running`: a worker, or a direct call, is at it
 * - `succeeded`, `partial`, `held`, `failed`: how its last run ended. `deferred`: as these, of a direct call only; a
 *   job that a service puts off is queued again
 * - `cancelled`: nobody wants it any more
 * - `dead`: set aside for a person to look at; `engine.jobs.replay` gives it fresh attempts
 */
export type JobStatus = JobRow["status"];

/** A job, or a direct run, as it stands: handles, times, counts and codes only. */
export interface JobInfo {
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly pairId: string;
  readonly type: SyncType;
  readonly lane: JobLane;
  readonly trigger: JobRow["trigger"];
  /** `plan`: a dry run whose plan is stored. `apply`: what a stored plan says, and no more. `undo`: takes back a run. */
  readonly task: JobRow["task"];
  readonly status: JobStatus;
  /** The stored plan that it makes or carries out. */
  readonly planId?: string;
  /** The run whose writes it took back. */
  readonly undoes?: string;
  /** How many attempts have failed, and how many may fail before the last one. */
  readonly retryCount: number;
  readonly maxRetries: number;
  /** When a queued one may begin, in ms since the epoch. */
  readonly dueAtMs?: number;
  readonly createdAtMs: number;
  /** When its last attempt began. */
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
  /** Over all attempts. */
  readonly counts: {
    readonly processed: number;
    readonly added: number;
    readonly updated: number;
    readonly deleted: number;
    readonly unmatched: number;
    readonly refused: number;
    readonly requests: number;
  };
  /** What the last attempt failed with. */
  readonly errorCode?: string;
  /** Somebody has cancelled it, and it has yet to come to a safe point. */
  readonly cancelRequested: boolean;
}

export function jobInfo(row: JobRow): JobInfo {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    userId: row.user_id,
    pairId: row.pair_id,
    type: row.sync_type as SyncType,
    lane: row.lane,
    trigger: row.trigger,
    task: row.task,
    status: row.status,
    ...(row.plan_id === null ? {} : { planId: row.plan_id }),
    ...(row.undoes === null ? {} : { undoes: row.undoes }),
    retryCount: row.retry_count,
    maxRetries: row.max_retries,
    ...(row.status === "queued" && row.next_retry_at !== null ? { dueAtMs: row.next_retry_at } : {}),
    createdAtMs: row.created_at,
    ...(row.started_at === null ? {} : { startedAtMs: row.started_at }),
    ...(row.finished_at === null ? {} : { finishedAtMs: row.finished_at }),
    counts: {
      processed: row.items_processed,
      added: row.items_added,
      updated: row.items_updated,
      deleted: row.items_deleted,
      unmatched: row.items_unmatched,
      refused: row.items_refused,
      requests: row.requests,
    },
    ...(row.error_code === null ? {} : { errorCode: row.error_code }),
    cancelRequested: row.cancel_requested,
  };
}
