import { report } from "../connections/connection-events.ts";
import type { EngineParts } from "../engine/engine-parts.ts";
import { type JobLane, type JobRow, priorityOf } from "../engine/runs/job-records.ts";
import type { Queue } from "../ports/index.ts";

/** How jobs are queued; part of an engine's options, because processes without workers queue too. */
export interface JobsOptions {
  /** Wakes workers. Default: those of this process, see `inProcessQueue`. */
  readonly queue?: Queue;
  /**
   * How many jobs of one tenant may wait to be begun. Default 500 manual and 200 automatic ones. Those that have begun and wait for
   * another attempt have their place and do not count. Processes that queue at the same moment may exceed it by a few.
   */
  readonly capacity?: Partial<Readonly<Record<JobLane, number>>>;
}

/** What the parts that deal with jobs share. */
export interface JobParts extends EngineParts {
  readonly queue: Queue;
  readonly capacity: Readonly<Record<JobLane, number>>;
}

export const DEFAULT_CAPACITY: Readonly<Record<JobLane, number>> = { manual: 500, automatic: 200 };

/** Of a job's row, for events. */
export function namesOf(job: JobRow): {
  readonly tenantId: string;
  readonly userId: string;
  readonly pairId: string;
  readonly jobId: string;
} {
  return { tenantId: job.tenant_id, userId: job.user_id, pairId: job.pair_id, jobId: job.id };
}

/** Wakes a worker for a queued job. A queue that fails costs time only: workers look at the storage by themselves. */
export async function wakeFor(
  parts: JobParts,
  job: Pick<JobRow, "id" | "format" | "lane" | "next_retry_at">,
): Promise<void> {
  const dueMs = job.next_retry_at ?? 0;
  try {
    await parts.queue.wake(
      { jobId: job.id, format: job.format },
      {
        priority: priorityOf(job.lane),
        delayMs: Math.max(0, dueMs - parts.clock.now()),
        // With its time: a message that is due later must not stand in for one that is due now.
        dedupeKey: `${job.id}:${dueMs}`,
      },
    );
  } catch {
    report(parts, { level: "warn", event: "queue.failed", jobId: job.id });
  }
}
