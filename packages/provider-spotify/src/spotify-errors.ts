import type { RawAnswer, ServiceFailure } from "@syncer/core";
import { z } from "zod";

const errorBodySchema = z.object({
  error: z.object({ message: z.string().nullish(), reason: z.string().nullish() }),
});

/**
 * What Spotify's answers mean. Bodies are JSON, plain text or nothing at all, also for 403, 429 and 5xx.
 * @see Web API, "API calls" and "Rate limits"; texts of 403 as observed in 2026
 */
export function classifySpotifyAnswer(answer: RawAnswer): ServiceFailure | undefined {
  const { status } = answer;
  if (status < 400) return undefined;
  const { message, reason } = readBody(answer.body);
  if (status >= 500 || status === 408) return { kind: "unavailable" };
  switch (status) {
    case 401:
      return { kind: "unauthorized" };
    case 403:
      return classifyForbidden(message, reason);
    case 404:
    case 410:
      return { kind: "not-found" };
    case 429:
      return reason === "QUOTA_EXCEEDED" ? { kind: "rate-limited", quota: true } : { kind: "rate-limited" };
    default:
      return { kind: "invalid", reason: reasonOfInvalid(status, message) };
  }
}

function classifyForbidden(message: string, reason: string | undefined): ServiceFailure {
  if (reason === "QUOTA_EXCEEDED") return { kind: "rate-limited", quota: true };
  // The owner of the developer application lost Premium: every user of it is locked out until it heals.
  if (/premium subscription required/i.test(message)) return { kind: "outage", reason: "premium-required" };
  // Sign-in works for users outside the allow-list of a development-mode application; every call then fails.
  if (/not (be )?registered/i.test(message)) return { kind: "forbidden", reason: "user-not-registered" };
  if (/insufficient client scope/i.test(message)) return { kind: "missing-scope" };
  return { kind: "forbidden", reason: "outside-regime-or-not-owner" };
}

/** Short codes for the 400s that callers tell apart; Spotify's own words stay out of errors. */
function reasonOfInvalid(status: number, message: string): string {
  if (status !== 400) return `status-${status}`;
  if (/market|country/i.test(message)) return "market";
  if (/invalid (base62 )?(track )?id|invalid id|invalid (track )?uri/i.test(message)) return "id";
  if (/too many/i.test(message)) return "too-many";
  if (/limit/i.test(message)) return "limit";
  return "bad-request";
}

function readBody(body: unknown): { readonly message: string; readonly reason?: string } {
  if (typeof body === "string") return { message: body };
  const parsed = errorBodySchema.safeParse(body);
  if (!parsed.success) return { message: "" };
  const { message, reason } = parsed.data.error;
  return { message: message ?? "", ...(reason ? { reason } : {}) };
}
