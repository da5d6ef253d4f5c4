import { report } from "../connections/connection-events.ts";
import { type JobRow, waitingFor } from "../engine/runs/job-records.ts";
import type { GuardOn, Statement, Where } from "../ports/index.ts";
import type { Outcome } from "./decide-outcome.ts";
import { type JobParts, namesOf, wakeFor } from "./job-parts.ts";

/** What a run did, to be written down together with what becomes of its job. */
export interface RunRecord {
  readonly increment: { readonly [K in keyof JobRow]?: number };
  /** Written in the same batch. */
  readonly statements: readonly Statement[];
}

/**
 * Writes down what becomes of a job, and tells of it.
 * @param mine what the row must still be, or nothing is done: somebody else has it now
 */
export async function settleJob(
  parts: JobParts,
  job: JobRow,
  mine: Where<"sync_jobs">,
  outcome: Outcome,
  record?: RunRecord,
): Promise<void> {
  const { storage } = parts;
  const statements = [setOutcome(parts, job, outcome, record), ...(record?.statements ?? [])];
  const guards: GuardOn<"sync_jobs">[] = [{ table: "sync_jobs", where: mine, must: "exist" }];
  if (outcome.kind === "end") {
    const result = await storage.write({ guards, statements });
    if (result.applied) announceEnd(parts, job, outcome);
    return;
  }
  guards.push(
    { table: "sync_jobs", where: { id: job.id, cancel_requested: false }, must: "exist" },
    { table: "sync_jobs", where: waitingFor(job), must: "not-exist" },
  );
  const result = await storage.write({ guards, statements });
  if (result.applied) return await announceWait(parts, job, outcome);
  const { errorCode } = outcome;
  if (result.failedGuard === 1) {
    return await settleJob(parts, job, mine, { kind: "end", status: "cancelled", errorCode }, record);
  }
  if (result.failedGuard === 2) await leaveToNext(parts, job, mine, outcome, record);
}

/**
 * Another job waits already to do the same, and will do what this one did not: this one ends, and the other takes
 * over how often it failed, so that asking again and again does not lift the bound of attempts.
 */
async function leaveToNext(
  parts: JobParts,
  job: JobRow,
  mine: Where<"sync_jobs">,
  { why, dueMs, retryCount, errorCode }: Outcome & { readonly kind: "again" },
  record: RunRecord | undefined,
): Promise<void> {
  const status = why === "deferred" ? "deferred" : why === "sliced" ? "partial" : "failed";
  await parts.storage.write({
    guards: [{ table: "sync_jobs", where: mine, must: "exist" }],
    statements: [
      setOutcome(parts, job, { kind: "end", status, errorCode }, record),
      ...(record?.statements ?? []),
      {
        update: "sync_jobs",
        set: { retry_count: Math.min(retryCount, job.max_retries) },
        where: { ...waitingFor(job), retry_count: { lt: retryCount } },
      },
      ...(why === "sliced" ? inItsPlace(job, dueMs) : []),
    ],
  });
}

/** The other job stands where this one would have stood: behind those that wait, and where people wait if they did. */
function inItsPlace(job: JobRow, dueMs: number): Statement[] {
  const { lane, trigger, priority } = job;
  const waiting = waitingFor(job);
  return [
    { update: "sync_jobs", set: { next_retry_at: dueMs }, where: { ...waiting, next_retry_at: { lt: dueMs } } },
    ...(lane === "manual"
      ? [{ update: "sync_jobs" as const, set: { lane, trigger, priority }, where: { ...waiting, lane: { not: lane } } }]
      : []),
  ];
}

function setOutcome({ clock }: JobParts, { id }: JobRow, outcome: Outcome, record: RunRecord | undefined): Statement {
  const now = clock.now();
  const free = { worker_id: null, locked_until: null, error_code: outcome.errorCode, updated_at: now };
  const set: Partial<JobRow> =
    outcome.kind === "end"
      ? { ...free, status: outcome.status, next_retry_at: null, finished_at: now }
      : { ...free, status: "queued", next_retry_at: outcome.dueMs, retry_count: outcome.retryCount };
  return { update: "sync_jobs", set, ...(record ? { increment: record.increment } : {}), where: { id } };
}

function announceEnd(parts: JobParts, job: JobRow, { status, errorCode }: Outcome & { readonly kind: "end" }): void {
  if (status === "cancelled") parts.emit({ type: "job.cancelled", ...namesOf(job) });
  if (status !== "dead") return;
  const code = errorCode ?? "job.crashed";
  parts.emit({ type: "job.dead", ...namesOf(job), errorCode: code });
  const { tenantId, pairId, jobId } = namesOf(job);
  report(parts, { level: "error", event: "job.dead", tenantId, pairId, jobId, code });
}

async function announceWait(
  parts: JobParts,
  job: JobRow,
  { why, dueMs, retryCount, errorCode }: Outcome & { readonly kind: "again" },
): Promise<void> {
  if (why === "retry") {
    const attempt = retryCount + 1;
    const code = errorCode ?? "service.outcome-unknown";
    parts.emit({ type: "job.retrying", ...namesOf(job), errorCode: code, attempt, untilMs: dueMs });
  } else if (why !== "busy") {
    parts.emit({ type: "job.queued", ...namesOf(job), lane: job.lane, dueAtMs: dueMs });
  }
  await wakeFor(parts, { ...job, next_retry_at: dueMs });
}
