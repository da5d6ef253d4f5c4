import { JOB_FORMAT, type JobRow } from "../engine/runs/job-records.ts";
import type { Outcome } from "./decide-outcome.ts";
import type { JobParts } from "./job-parts.ts";
import { settleJob } from "./settle-job.ts";

/** How many are looked at together; what is left comes with the next look. */
const LOT = 100;
/** How long a job of a newer release waits for a worker of that release. */
const PATIENCE_MS = 86_400_000;

/**
 * Gives back what was running when its worker died: its lock has ended, and nobody renewed it. Each such death counts
 * as a failed attempt, so that a job which kills its workers is set aside in the end. It may begin again at once; that
 * the lock had to run out was the pause.
 */
export async function recoverLostJobs(parts: JobParts): Promise<void> {
  const now = parts.clock.now();
  const lost = { status: "running", locked_until: { lte: now } } as const;
  const jobs = await parts.storage.select({
    table: "sync_jobs",
    where: lost,
    orderBy: ["locked_until", "id"],
    limit: LOT,
  });
  for (const job of jobs) await settleJob(parts, job, { ...lost, id: job.id }, outcomeOfLoss(job, now));
}

/** What no worker has understood for a day: whoever wrote it has gone, or its release was taken back. */
export async function setAsideUnknown(parts: JobParts): Promise<void> {
  const where = {
    status: "queued",
    next_retry_at: { lte: parts.clock.now() - PATIENCE_MS },
    format: { gt: JOB_FORMAT },
  } as const;
  const jobs = await parts.storage.select({ table: "sync_jobs", where, orderBy: ["next_retry_at", "id"], limit: LOT });
  const outcome = { kind: "end", status: "dead", errorCode: "job.format-unknown" } as const;
  for (const job of jobs) await settleJob(parts, job, { id: job.id, status: "queued" }, outcome);
}

function outcomeOfLoss(job: JobRow, nowMs: number): Outcome {
  const errorCode = "job.worker-lost";
  if (job.cancel_requested) return { kind: "end", status: "cancelled", errorCode };
  if (job.retry_count >= job.max_retries) return { kind: "end", status: "dead", errorCode };
  return { kind: "again", why: "retry", dueMs: nowMs, retryCount: job.retry_count + 1, errorCode };
}
