import type { PairReport } from "../engine/reports/report.ts";
import type { JobRow } from "../engine/runs/job-records.ts";
import type { Remedy } from "../errors/index.ts";
import { retryDelayMs } from "./retry-delay.ts";

/** How long a job waits whose pair somebody else is working on. */
export const BUSY_MS = 3_000;

/** As much of a run as its job has to know. */
export interface RunResult {
  readonly status: PairReport["status"];
  /** Something was left: not reached, of unknown outcome, or moved in the meantime. */
  readonly left: boolean;
  readonly error?: { readonly code: string; readonly remedy: Remedy };
  readonly deferredUntilMs?: number;
}

/** What becomes of a job after a run. */
export type Outcome =
  | {
      readonly kind: "end";
      readonly status: "succeeded" | "partial" | "held" | "deferred" | "failed" | "cancelled" | "dead";
      readonly errorCode: string | null;
    }
  | {
      readonly kind: "again";
      readonly why: "retry" | "deferred" | "busy" | "stopped" | "sliced";
      readonly dueMs: number;
      /** Attempts that have failed so far, this one included if it counts as one. */
      readonly retryCount: number;
      readonly errorCode: string | null;
    };

export interface Circumstances {
  /** Why the run was told to end early, if it was. */
  readonly halted: "cancelled" | "stopped" | "sliced" | undefined;
  readonly nowMs: number;
  /** Uniform in [0, 1). */
  readonly jitter: number;
}

/**
 * The table, first line that fits:
 *
 * | run | job |
 * | --- | --- |
 * | told to leave the rest to its next slice, and did no more than that | queued at once, behind those that wait; no failed attempt |
 * | `succeeded`, `held` | ends so: a held plan waits for a person, not for a worker |
 * | `deferred` | queued until the quiet is over; no failed attempt |
 * | told to end, by a cancellation | `cancelled` |
 * | told to end, because the worker stops | queued at once; no failed attempt |
 * | `busy` | queued for a moment; no failed attempt |
 * | `partial`, with something left that may work out | queued with back-off, at most five attempts, then ends `partial` |
 * | `partial`, else | ends so: what was refused is not tried again soon, and what needs a person waits for one |
 * | `failed`, and it may pass | queued with back-off, at most five attempts, then `dead` |
 * | `failed`, and the user or the host has been told | ends so: connect again, resume, plan anew |
 * | `failed`, else | `dead` at once: somebody has to look at it |
 */
export function decideOutcome(
  result: RunResult,
  job: Pick<JobRow, "retry_count" | "max_retries">,
  { halted, nowMs, jitter }: Circumstances,
): Outcome {
  const { status, error } = result;
  const errorCode = error?.code ?? null;
  const again = (why: "deferred" | "busy" | "stopped" | "sliced", dueMs: number): Outcome => {
    return { kind: "again", why, dueMs, retryCount: job.retry_count, errorCode };
  };
  const end = (as: (Outcome & { kind: "end" })["status"]): Outcome => ({ kind: "end", status: as, errorCode });
  const isCutOnly = error === undefined && result.left && (status === "partial" || status === "held");
  // A moment later than what was due when it was told to end.
  if (halted === "sliced" && isCutOnly) return again("sliced", nowMs + 1);
  if (status === "succeeded" || status === "held") return end(status);
  if (status === "deferred") return again("deferred", Math.max(nowMs, result.deferredUntilMs ?? nowMs + BUSY_MS));
  if (halted === "cancelled") return end("cancelled");
  if (halted === "stopped") return again("stopped", nowMs);
  if (status === "busy") return again("busy", nowMs + BUSY_MS);
  const mayPass = error === undefined ? result.left : passes(error);
  if (mayPass && job.retry_count < job.max_retries) {
    const retryCount = job.retry_count + 1;
    return { kind: "again", why: "retry", dueMs: nowMs + retryDelayMs(retryCount, jitter), retryCount, errorCode };
  }
  if (status === "partial") return end("partial");
  return end(!mayPass && error !== undefined && isWithPeople(error) ? "failed" : "dead");
}

/** A database that fails is for its operator to see to, but mostly comes back before anybody does. */
function passes({ code, remedy }: { readonly code: string; readonly remedy: Remedy }): boolean {
  return remedy === "retry" || code === "storage.failed";
}

/** The user is asked to connect again, or the pair itself says what it waits for; an alarm would tell nobody more. */
function isWithPeople({ code, remedy }: { readonly code: string; readonly remedy: Remedy }): boolean {
  return remedy === "reconnect" || /^(pair|plan|undo)\./.test(code) || code === "connection.off";
}
