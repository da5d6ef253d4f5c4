import { InvalidRequestError } from "../../errors/index.ts";
import type { Guard, Row, Statement } from "../../ports/index.ts";
import type { PairRow } from "../runs/run-context.ts";

export type ScheduleRow = Row<"sync_schedules">;

type ScheduleTimes = Pick<
  ScheduleRow,
  "id" | "every_ms" | "cron" | "time_zone" | "jitter_ms" | "next_run_at" | "last_run_at"
>;

/** Most people who do not say how exact it must be mean "some minutes either way", and thousands mean the same hour. */
const DEFAULT_JITTER_SHARE = 0.05;
const LONGEST_DEFAULT_JITTER_MS = 5 * 60_000;

export function defaultJitterMs(periodMs: number): number {
  return Math.min(LONGEST_DEFAULT_JITTER_MS, Math.floor(periodMs * DEFAULT_JITTER_SHARE));
}

/**
 * When a schedule is due after `nowMs`, in ms since the epoch: the times that were missed count as one. An interval keeps
 * its beat, however late a run was; what has been made up for late is not followed by the next at once.
 */
export async function nextRunMs(schedule: ScheduleTimes, nowMs: number): Promise<number> {
  const { id, every_ms, next_run_at, last_run_at, cron, time_zone, jitter_ms } = schedule;
  const laterMs = Math.floor(ownShare(id) * jitter_ms);
  if (cron === null) {
    // Its first run, which is due at once, has no share of the jitter yet.
    const beatMs = last_run_at === null ? next_run_at + laterMs : next_run_at;
    const beats = Math.max(1, Math.ceil((nowMs + every_ms / 2 - beatMs) / every_ms));
    return beatMs + beats * every_ms;
  }
  const { readCron } = await import("./cron-times.ts");
  try {
    return readCron(cron, time_zone ?? "UTC", nowMs).next(nowMs - laterMs) + laterMs;
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    // Another release wrote it, or a platform that knows other time zones. It must not keep all others from being moved on.
    return nowMs + every_ms;
  }
}

/** Which part of its jitter a schedule uses, in [0, 1): always the same, so that its runs stay as far apart as its times. */
export function ownShare(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  // The last characters alone would decide about the low bits only.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}

/** Moves a due schedule on, unless another process has: times that were missed count once. */
export async function claimOf(
  schedule: ScheduleRow,
  now: number,
): Promise<{ readonly guard: Guard; readonly statement: Statement }> {
  const { id, next_run_at } = schedule;
  const set = { next_run_at: await nextRunMs(schedule, now), last_run_at: now, updated_at: now };
  return {
    guard: { table: "sync_schedules", where: { id, next_run_at, enabled: true }, must: "exist" },
    statement: { update: "sync_schedules", set, where: { id } },
  };
}

/** Whether a schedule may run its pair: nobody has paused it, and no service asked for quiet. */
export function isRunnable(pair: PairRow, now: number): boolean {
  return pair.state === "active" && (pair.not_before ?? 0) <= now;
}
