import { report } from "../connections/connection-events.ts";
import { claimOf, isRunnable, type ScheduleRow } from "../engine/schedules/schedule-times.ts";
import { QueueFullError } from "../errors/index.ts";
import type { Enqueuer } from "./enqueue.ts";
import type { JobParts } from "./job-parts.ts";

/** How many schedules are moved on in one step. */
const LOT = 100;
/** How often they are tried together. */
const TRIES = 3;

/**
 * Queues what is due by schedule, in the automatic lane: moving schedules on and queueing their pairs is one step, so
 * that nothing is lost in between and nothing queued twice, however many processes look. Times that were missed give
 * one job; a pair whose job still waits keeps that one. While a tenant's lane is full, what is due there stays due.
 * @returns how many were moved on
 */
export async function enqueueDueSchedules(parts: JobParts, enqueuer: Enqueuer): Promise<number> {
  const { storage, clock } = parts;
  const now = clock.now();
  const full = new Set<string>();
  let moved = 0;
  let last: ScheduleRow | undefined;
  do {
    const due: ScheduleRow[] = await storage.select({
      table: "sync_schedules",
      where: { enabled: true, next_run_at: { lte: now } },
      orderBy: ["next_run_at", "id"],
      limit: LOT,
      ...(last ? { after: [last.next_run_at, last.id] } : {}),
    });
    const open = due.filter(({ tenant_id }) => !full.has(tenant_id));
    moved += await moveOn(parts, enqueuer, open, { now, full });
    last = due.length === LOT ? due.at(-1) : undefined;
  } while (last);
  return moved;
}

interface Look {
  readonly now: number;
  /** Tenants that have no room for more. */
  readonly full: Set<string>;
}

/** All together; one by one where some tenant has no room, or others keep being faster. */
async function moveOn(
  parts: JobParts,
  enqueuer: Enqueuer,
  schedules: readonly ScheduleRow[],
  look: Look,
): Promise<number> {
  try {
    let left = schedules;
    for (let tries = 0; tries < TRIES && left.length > 0; tries++) {
      if (await moveTogether(parts, enqueuer, left, look.now)) return left.length;
      left = await stillDue(parts, left, look.now);
    }
    if (left.length === 0) return 0;
  } catch (error) {
    if (!(error instanceof QueueFullError)) throw error;
    if (schedules.length === 1) noteFull(parts, look, schedules[0]?.tenant_id ?? "", error);
  }
  if (schedules.length === 1) return 0;
  let moved = 0;
  for (const schedule of schedules) {
    if (!look.full.has(schedule.tenant_id)) moved += await moveOn(parts, enqueuer, [schedule], look);
  }
  return moved;
}

/** What other processes have not moved on. */
async function stillDue({ storage }: JobParts, schedules: readonly ScheduleRow[], now: number): Promise<ScheduleRow[]> {
  const ids = schedules.map(({ id }) => id);
  const where = { id: { in: ids }, enabled: true, next_run_at: { lte: now } };
  return await storage.select({ table: "sync_schedules", where });
}

/** @returns whether it was done: all of it, or nothing because another process was faster with some */
async function moveTogether(
  { storage }: JobParts,
  enqueuer: Enqueuer,
  schedules: readonly ScheduleRow[],
  now: number,
): Promise<boolean> {
  const ids = schedules.map(({ pair_id }) => pair_id);
  const pairs = await storage.select({ table: "sync_pairs", where: { id: { in: ids } } });
  const runnable = pairs.filter((pair) => isRunnable(pair, now));
  const together = await Promise.all(schedules.map((schedule) => claimOf(schedule, now)));
  const jobs = await enqueuer.add(runnable, { lane: "automatic", trigger: "scheduled", dueMs: now, together });
  return jobs !== undefined;
}

function noteFull(parts: JobParts, { full }: Look, tenantId: string, { code, params }: QueueFullError): void {
  full.add(tenantId);
  report(parts, { level: "warn", event: "queue.full", tenantId, code, counts: { size: params.size } });
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
