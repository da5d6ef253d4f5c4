import { newHandle } from "../crypto/index.ts";
import type { Row, Statement } from "../ports/index.ts";
import type { EngineParts } from "./engine-parts.ts";
import type { PairReport, RunStatus } from "./report.ts";
import type { PairRow } from "./run-context.ts";

export type RunTrigger = Row<"sync_jobs">["trigger"];

/** Manual work comes first. */
const PRIORITY = { manual: 10, scheduled: 1 } as const;
const MAX_RETRIES = 4;

/**
 * Writes down that a run has begun, and that whatever ran this pair before has ended: it can no longer hold the lease.
 * @returns the job's id
 */
export async function openJob(parts: EngineParts, pair: PairRow, trigger: RunTrigger): Promise<string> {
  const now = parts.clock.now();
  const id = newHandle("job", parts.random);
  const row: Row<"sync_jobs"> = {
    id,
    tenant_id: pair.tenant_id,
    user_id: pair.user_id,
    pair_id: pair.id,
    sync_type: pair.sync_type,
    trigger,
    status: "running",
    priority: PRIORITY[trigger],
    retry_count: 0,
    max_retries: MAX_RETRIES,
    next_retry_at: null,
    started_at: now,
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
  const cutOff: Statement = {
    update: "sync_jobs",
    set: { status: "failed", error_code: "run.lease-lost", finished_at: now, updated_at: now },
    where: { pair_id: pair.id, status: "running" },
  };
  await parts.storage.write({ statements: [cutOff, { insert: "sync_jobs", rows: [row] }] });
  return id;
}

/** Writes down how a run ended: status and counts, a log line for each kind of outcome, never content. */
export async function closeJob(parts: EngineParts, pair: PairRow, jobId: string, report: PairReport): Promise<void> {
  const now = parts.clock.now();
  const { counts, requests, status, error, deferredUntilMs } = report;
  const sent = [...Object.values(requests.source), ...Object.values(requests.target)].reduce((sum, n) => sum + n, 0);
  const events = Object.entries(counts).filter(([, amount]) => amount > 0);
  await parts.storage.write({
    statements: [
      {
        update: "sync_jobs",
        set: {
          status: jobStatus(status),
          finished_at: now,
          updated_at: now,
          next_retry_at: deferredUntilMs ?? null,
          items_processed: report.items.length + report.unmatched.length,
          items_added: counts.added,
          items_deleted: counts.removed,
          items_unmatched: counts.uncertain + counts.notFound,
          items_refused: counts.refused,
          requests: sent,
          error_code: error?.code ?? null,
        },
        where: { id: jobId },
      },
      {
        insert: "sync_logs",
        rows: events.map(([name, amount]) => ({
          id: newHandle("log", parts.random),
          tenant_id: pair.tenant_id,
          job_id: jobId,
          pair_id: pair.id,
          event: `items.${name}`,
          subject_id: null,
          amount,
          at: now,
        })),
      },
    ],
  });
}

function jobStatus(status: RunStatus): Row<"sync_jobs">["status"] {
  return status === "busy" || status === "dry-run" ? "cancelled" : status;
}
