import { z } from "zod";
import { newHandle } from "../../crypto/index.ts";
import { InvalidRequestError } from "../../errors/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { PairReport } from "../reports/report.ts";
import { checkCallOptions } from "../requests/call-options.ts";
import { type PairOwner, type PairRef, readPair } from "../requests/pairs.ts";
import { parseOwner, parseWith } from "../requests/request.ts";
import type { PairRow } from "../runs/run-context.ts";
import type { RunDueOptions, ScheduleActions, ScheduleRequest, SyncSchedule } from "../upkeep/schedules.ts";
import { claimOf, defaultJitterMs, isRunnable, nextRunMs, ownShare, type ScheduleRow } from "./schedule-times.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const timeSchema = z.object({
  everyMs: z
    .int()
    .min(MINUTE_MS, "a schedule runs every minute (60000 ms) at most")
    .max(366 * DAY_MS)
    .optional(),
  cron: z.string().max(200).optional(),
  timeZone: z.string().max(100).optional(),
  jitterMs: z.int().min(0).max(DAY_MS).optional(),
  enabled: z.boolean().optional(),
});
const runDueSchema = z.object({ limit: z.int().positive().optional() });

/** See `Schedules.set`. */
export async function set(parts: EngineParts, request: ScheduleRequest): Promise<SyncSchedule> {
  const asked = parseWith(timeSchema, request, "request");
  assertOneWay(asked);
  const pair = await readPair(parts, request);
  const [known] = await parts.storage.select({ table: "sync_schedules", where: { pair_id: pair.id } });
  const now = parts.clock.now();
  const id = known?.id ?? newHandle("sched", parts.random);
  const row: ScheduleRow = {
    id,
    tenant_id: pair.tenant_id,
    user_id: pair.user_id,
    pair_id: pair.id,
    enabled: asked.enabled ?? true,
    ...(await timesOf(asked, { id, known, now })),
    last_run_at: known?.last_run_at ?? null,
    created_at: known?.created_at ?? now,
    updated_at: now,
  };
  await parts.storage.write({ statements: [{ insert: "sync_schedules", rows: [row], onConflict: "replace" }] });
  return scheduleInfo(row);
}

/** See `Schedules.list`. */
export async function list({ storage }: EngineParts, owner: PairOwner): Promise<SyncSchedule[]> {
  const { tenantId, userId } = parseOwner(owner);
  const where = { tenant_id: tenantId, user_id: userId };
  const rows = await storage.select({ table: "sync_schedules", where, orderBy: ["created_at", "id"] });
  return rows.map(scheduleInfo);
}

/** See `Schedules.pause` and `Schedules.resume`. */
export async function setEnabled(parts: EngineParts, ref: PairRef, enabled: boolean): Promise<SyncSchedule> {
  const { storage, clock } = parts;
  const { id: pair_id } = await readPair(parts, ref);
  const set = { enabled, updated_at: clock.now() };
  await storage.write({ statements: [{ update: "sync_schedules", set, where: { pair_id } }] });
  const [row] = await storage.select({ table: "sync_schedules", where: { pair_id } });
  if (!row) throw new InvalidRequestError("schedule.unknown", { pairId: pair_id });
  return scheduleInfo(row);
}

/** See `Schedules.remove`. */
export async function remove(parts: EngineParts, ref: PairRef): Promise<void> {
  const { id: pair_id } = await readPair(parts, ref);
  await parts.storage.write({ statements: [{ delete: "sync_schedules", where: { pair_id } }] });
}

/** See `Schedules.runDue`. */
export async function runDue(
  parts: EngineParts,
  actions: ScheduleActions,
  options: RunDueOptions,
): Promise<PairReport[]> {
  checkCallOptions(options);
  const { limit = 100 } = parseWith(runDueSchema, options, "options");
  const signal = options.signal ?? new AbortController().signal;
  const due = await parts.storage.select({
    table: "sync_schedules",
    where: { enabled: true, next_run_at: { lte: parts.clock.now() } },
    orderBy: ["next_run_at", "id"],
    limit,
  });
  const reports: PairReport[] = [];
  for (const schedule of due) {
    if (signal.aborted) break;
    const pair = await claim(parts, schedule);
    if (pair) reports.push(await actions.run(pair, signal));
  }
  await actions.upkeep();
  return reports;
}

/** @returns `undefined` if another process was first, or the pair is not to be run now */
async function claim({ storage, clock }: EngineParts, schedule: ScheduleRow): Promise<PairRow | undefined> {
  const now = clock.now();
  const { guard, statement } = await claimOf(schedule, now);
  const claimed = await storage.write({ guards: [guard], statements: [statement] });
  if (!claimed.applied) return undefined;
  const [pair] = await storage.select({ table: "sync_pairs", where: { id: schedule.pair_id } });
  return pair && isRunnable(pair, now) ? pair : undefined;
}

type AskedTimes = z.infer<typeof timeSchema>;

function assertOneWay({ everyMs, cron, timeZone }: AskedTimes): void {
  const refuse = (path: string, problem: string): never => {
    throw new InvalidRequestError("request.invalid", { path: `request.${path}`, problem });
  };
  if ((everyMs === undefined) === (cron === undefined)) refuse("everyMs", "expected either everyMs or cron");
  if (cron === undefined && timeZone !== undefined) refuse("timeZone", "a time zone belongs to a cron expression");
}

/** Where only the jitter or the like of an interval changes, it keeps its beat. */
async function timesOf(
  { everyMs, cron: expression, timeZone = "UTC", jitterMs }: AskedTimes,
  { id, known, now }: { readonly id: string; readonly known: ScheduleRow | undefined; readonly now: number },
): Promise<Pick<ScheduleRow, "every_ms" | "cron" | "time_zone" | "jitter_ms" | "next_run_at">> {
  if (expression === undefined) {
    const every_ms = everyMs ?? 0;
    const jitter_ms = jitterMs ?? defaultJitterMs(every_ms);
    const firstMs = known && known.cron === null ? known.next_run_at : now;
    const latestMs = now + every_ms + Math.floor(ownShare(id) * jitter_ms);
    return { every_ms, cron: null, time_zone: null, jitter_ms, next_run_at: Math.min(firstMs, latestMs) };
  }
  const { readCron } = await import("./cron-times.ts");
  const { cron, periodMs } = readCron(expression, timeZone, now);
  const jitter_ms = jitterMs ?? defaultJitterMs(periodMs);
  const times = { every_ms: Math.max(MINUTE_MS, periodMs), cron, time_zone: timeZone, jitter_ms };
  return { ...times, next_run_at: await nextRunMs({ id, ...times, next_run_at: now, last_run_at: null }, now) };
}

function scheduleInfo(row: ScheduleRow): SyncSchedule {
  const { cron, time_zone, last_run_at } = row;
  return {
    id: row.id,
    pairId: row.pair_id,
    enabled: row.enabled,
    everyMs: row.every_ms,
    ...(cron === null ? {} : { cron }),
    ...(time_zone === null ? {} : { timeZone: time_zone }),
    jitterMs: row.jitter_ms,
    nextRunAtMs: row.next_run_at,
    ...(last_run_at === null ? {} : { lastRunAtMs: last_run_at }),
  };
}
