import { z } from "@hono/zod-openapi";
import type { JobInfo, PairInfo, SyncOptions, SyncSchedule } from "@syncer/core";
import { isoTime, isoTimeOrNull, timeSchema } from "./app.ts";
import { DURATION, readDuration, writeDuration } from "./duration.ts";

/** The forms that several routes share, and how the engine's forms become them. */

export const MODES = ["sync-from", "sync-to", "bidirectional"] as const;
const POLICIES = ["skip", "overwrite", "merge", "newest-wins", "source-wins", "target-wins"] as const;

const side = z.union([
  z.string().min(1).max(200),
  z.strictObject({ connection_id: z.string().min(1).max(200), container: z.string().min(1).max(2_000).optional() }),
  z.strictObject({ service: z.string().min(1).max(200), container: z.string().min(1).max(2_000) }),
]);
/** A side of a pair: a service, or one of several connections, or one of its containers. */
export const sideSchema = side.openapi("Side", {
  description: "A service's name, or a connection's id, and of documents the container (calendar).",
});

export const servicePairSchema = z
  .strictObject({ source_service: sideSchema, target_service: sideSchema, sync_mode: z.enum(MODES) })
  .openapi("ServicePair");

export const syncTypeSchema = z.string().min(1).max(100).openapi({ example: "favorites" });

const optionFields = {
  match_threshold: z.number().gt(0).lte(1).optional(),
  conflict_policy: z.enum(POLICIES).optional(),
  propagation: z.enum(["additive", "mirror"]).optional(),
  prune: z.boolean().optional(),
};
export const pairOptionsSchema = z.strictObject(optionFields).openapi("PairOptions");
export const syncOptionsSchema = z
  .strictObject({ ...optionFields, dry_run: z.boolean().optional() })
  .openapi("SyncOptions");

type Given<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Absent fields stay absent: they keep what the pair has. */
export function readSyncOptions(given: Given<z.infer<typeof syncOptionsSchema>> = {}): SyncOptions {
  const { match_threshold, conflict_policy, propagation, prune, dry_run } = given;
  return {
    ...(match_threshold === undefined ? {} : { matchThreshold: match_threshold }),
    ...(conflict_policy === undefined
      ? {}
      : { conflictPolicy: conflict_policy as SyncOptions["conflictPolicy"] & string }),
    ...(propagation === undefined ? {} : { propagation }),
    ...(prune === undefined ? {} : { prune }),
    ...(dry_run === undefined ? {} : { dryRun: dry_run }),
  };
}

function readSide(given: z.infer<typeof sideSchema>) {
  if (typeof given === "string") return given;
  if ("service" in given) return given;
  const { connection_id: connectionId, container } = given;
  return { connectionId, ...(container === undefined ? {} : { container }) };
}

export function readPairs(pairs: readonly z.infer<typeof servicePairSchema>[]) {
  return pairs.map(({ source_service, target_service, sync_mode }) => ({
    source: readSide(source_service),
    target: readSide(target_service),
    mode: sync_mode,
  }));
}

export const pairSchema = z
  .object({
    id: z.string(),
    source_connection_id: z.string(),
    target_connection_id: z.string(),
    sync_type: z.string(),
    sync_mode: z.enum(MODES),
    options: z.object({
      match_threshold: z.number(),
      conflict_policy: z.string(),
      propagation: z.string(),
      prune: z.boolean(),
    }),
    state: z.enum(["active", "paused"]),
    state_reason: z.string().nullable(),
    not_before: timeSchema.nullable(),
    held_plan_hash: z.string().nullable().openapi({ description: "A plan waits for somebody to confirm it." }),
    last_run: timeSchema.nullable(),
    last_success: timeSchema.nullable(),
  })
  .openapi("Pair");

export function pairWire(pair: PairInfo): z.infer<typeof pairSchema> {
  const { matchThreshold, conflictPolicy, propagation, prune } = pair.options;
  return {
    id: pair.id,
    source_connection_id: pair.sourceConnectionId,
    target_connection_id: pair.targetConnectionId,
    sync_type: pair.type,
    sync_mode: pair.mode as (typeof MODES)[number],
    options: { match_threshold: matchThreshold, conflict_policy: conflictPolicy, propagation, prune },
    state: pair.state,
    state_reason: pair.stateReason ?? null,
    not_before: isoTimeOrNull(pair.notBeforeMs),
    held_plan_hash: pair.heldPlanHash ?? null,
    last_run: isoTimeOrNull(pair.lastRunAtMs),
    last_success: isoTimeOrNull(pair.lastSuccessAtMs),
  };
}

export const JOB_STATES = [
  ...["queued", "running", "succeeded", "partial", "held", "deferred", "failed", "cancelled", "dead"],
] as const;

export const jobSchema = z
  .object({
    id: z.string(),
    pair_id: z.string(),
    sync_type: z.string(),
    status: z.string().openapi({ description: JOB_STATES.join(", "), example: "queued" }),
    lane: z.enum(["manual", "automatic"]),
    trigger: z.string(),
    task: z.enum(["sync", "plan", "apply", "undo"]),
    plan_id: z.string().nullable(),
    undoes: z.string().nullable(),
    retry_count: z.int(),
    max_retries: z.int(),
    due_at: timeSchema.nullable(),
    created_at: timeSchema,
    started_at: timeSchema.nullable(),
    finished_at: timeSchema.nullable(),
    counts: z.object({
      processed: z.int(),
      added: z.int(),
      updated: z.int(),
      deleted: z.int(),
      unmatched: z.int(),
      refused: z.int(),
      requests: z.int(),
    }),
    error_code: z.string().nullable(),
    cancel_requested: z.boolean(),
  })
  .openapi("Job");

export function jobWire(job: JobInfo): z.infer<typeof jobSchema> {
  return {
    id: job.id,
    pair_id: job.pairId,
    sync_type: job.type,
    status: job.status,
    lane: job.lane,
    trigger: job.trigger,
    task: job.task,
    plan_id: job.planId ?? null,
    undoes: job.undoes ?? null,
    retry_count: job.retryCount,
    max_retries: job.maxRetries,
    due_at: isoTimeOrNull(job.dueAtMs),
    created_at: isoTime(job.createdAtMs),
    started_at: isoTimeOrNull(job.startedAtMs),
    finished_at: isoTimeOrNull(job.finishedAtMs),
    counts: { ...job.counts },
    error_code: job.errorCode ?? null,
    cancel_requested: job.cancelRequested,
  };
}

const MINUTE_MS = 60_000;
const YEAR_MS = 366 * 86_400_000;
/** `6h`: what a person writes. */
export const frequencySchema = z
  .string()
  .regex(DURATION, "write a whole number and its unit (s, m, h, d, w), as in 30m or 6h")
  .refine((text) => readDuration(text) >= MINUTE_MS, "one minute (1m) at least")
  .refine((text) => readDuration(text) <= YEAR_MS, "a year (366d) at most")
  .openapi("Frequency", { example: "6h" });

export const scheduleSchema = z
  .object({
    id: z.string(),
    pair_id: z.string(),
    enabled: z.boolean(),
    frequency: z.string().openapi({ example: "6h" }),
    cron: z.string().nullable(),
    timezone: z.string().nullable(),
    next_run: timeSchema,
    last_run: timeSchema.nullable(),
  })
  .openapi("Schedule");

export function scheduleWire(schedule: SyncSchedule): z.infer<typeof scheduleSchema> {
  return {
    id: schedule.id,
    pair_id: schedule.pairId,
    enabled: schedule.enabled,
    frequency: writeDuration(schedule.everyMs),
    cron: schedule.cron ?? null,
    timezone: schedule.timeZone ?? null,
    next_run: isoTime(schedule.nextRunAtMs),
    last_run: isoTimeOrNull(schedule.lastRunAtMs),
  };
}
