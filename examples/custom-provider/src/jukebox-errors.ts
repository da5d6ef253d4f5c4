import type { RawAnswer, ServiceFailure } from "@syncer/core";
import { z } from "zod";

const faultSchema = z.object({
  fault: z.object({ kind: z.string(), wait_ms: z.number().optional().catch(undefined) }),
});

/**
 * The one place that knows what Jukebox's failures look like: `{ "fault": { "kind": "TOKEN_STALE" } }`. It says what a
 * caller can do about a failure and leaves the service's own words behind, because errors are logged.
 */
export function classifyJukeboxAnswer(answer: RawAnswer): ServiceFailure | undefined {
  if (answer.status < 400) return undefined;
  const parsed = faultSchema.safeParse(answer.body);
  const fault = parsed.success ? parsed.data.fault : undefined;
  switch (fault?.kind) {
    case "TOKEN_STALE":
      return { kind: "unauthorized" };
    case "SCOPE_MISSING":
      return { kind: "missing-scope" };
    case "NO_SUCH_SONG":
      return { kind: "not-found" };
    case "SHELF_FULL":
      return { kind: "collection-full" };
    case "TOO_FAST":
      return fault.wait_ms === undefined
        ? { kind: "rate-limited" }
        : { kind: "rate-limited", retryAfterMs: fault.wait_ms };
    case "APP_SUSPENDED":
      return { kind: "outage", reason: "application-suspended" };
    default:
      // Proxies in between answer without a fault, in words of their own: then the status has to do.
      return failureByStatus(answer.status);
  }
}

function failureByStatus(status: number): ServiceFailure {
  if (status >= 500 || status === 408) return { kind: "unavailable" };
  if (status === 401) return { kind: "unauthorized" };
  if (status === 403) return { kind: "forbidden", reason: "forbidden" };
  if (status === 404 || status === 410) return { kind: "not-found" };
  if (status === 429) return { kind: "rate-limited" };
  return { kind: "invalid", reason: `status-${status}` };
}
