import { report } from "../connections/connection-events.ts";
import { claimOf, isRunnable } from "../engine/upkeep/schedules.ts";
import { QueueFullError } from "../errors/index.ts";
import type { Enqueuer } from "./enqueue.ts";
import type { JobParts } from "./job-parts.ts";

/** How many schedules one look takes. */
const LOT = 100;

/**
 * Queues what is due by schedule, in the automatic lane: moving the schedule on and queueing its pair is one step, so
 * that nothing is lost in between and nothing queued twice, however many processes look. Times that were missed give
 * one job; a pair whose job still waits keeps that one. While the lane is full, what is due stays due.
 * @returns whether more may be due
 */
export async function enqueueDueSchedules(parts: JobParts, enqueuer: Enqueuer): Promise<boolean> {
  const { storage, clock } = parts;
  const now = clock.now();
  const due = await storage.select({
    table: "sync_schedules",
    where: { enabled: true, next_run_at: { lte: now } },
    orderBy: ["next_run_at", "id"],
    limit: LOT,
  });
  const pairs = await storage.select({ table: "sync_pairs", where: { id: { in: due.map(({ pair_id }) => pair_id) } } });
  const byId = new Map(pairs.map((pair) => [pair.id, pair]));
  try {
    for (const schedule of due) {
      const pair = byId.get(schedule.pair_id);
      const { guard, statement } = claimOf(schedule, now);
      if (!pair || !isRunnable(pair, now)) await storage.write({ guards: [guard], statements: [statement] });
      else {
        const demand = { lane: "automatic", trigger: "scheduled", dueMs: now } as const;
        await enqueuer.add([pair], { ...demand, together: { guard, statement } });
      }
    }
  } catch (error) {
    if (!(error instanceof QueueFullError)) throw error;
    report(parts, { level: "warn", event: "queue.full", code: error.code, counts: { size: error.params.size } });
    return false;
  }
  return due.length === LOT;
}

/** When the next schedule is due, in ms since the epoch. */
export async function nextScheduleMs({ storage, clock }: JobParts): Promise<number | undefined> {
  const [next] = await storage.select({
    table: "sync_schedules",
    columns: ["next_run_at"],
    where: { enabled: true, next_run_at: { gt: clock.now() } },
    orderBy: ["next_run_at"],
    limit: 1,
  });
  return next?.next_run_at;
}
