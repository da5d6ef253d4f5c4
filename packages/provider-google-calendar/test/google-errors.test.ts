import { describe, expect, it } from "vitest";
import { classifyGoogleAnswer, ROUTES } from "../src/google-errors.ts";

const WRITE = { method: "PATCH", route: ROUTES.event };
const LIST = { method: "GET", route: ROUTES.events };
const INSERT = { method: "POST", route: ROUTES.events };

function judge(status: number, body: unknown, asked: { readonly method: string; readonly route: string } = WRITE) {
  return classifyGoogleAnswer({ status, headers: new Headers(), body }, asked);
}

function because(reason: string, more: object = {}) {
  return { error: { code: 0, message: "Words about jo@example.org", errors: [{ domain: "x", reason, ...more }] } };
}

describe("an answer of the Calendar API", () => {
  it.each([
    [403, "rateLimitExceeded", { kind: "rate-limited" }],
    [403, "userRateLimitExceeded", { kind: "rate-limited" }],
    [429, "rateLimitExceeded", { kind: "rate-limited" }],
    [403, "quotaExceeded", { kind: "rate-limited", quota: true }],
    [403, "dailyLimitExceeded", { kind: "rate-limited", quota: true }],
    [403, "forbiddenForNonOrganizer", { kind: "invalid", reason: "not-organizer" }],
    [403, "insufficientPermissions", { kind: "missing-scope" }],
    [403, "accessNotConfigured", { kind: "outage", reason: "api-not-enabled" }],
    [403, "requiredAccessLevel", { kind: "forbidden", reason: "read-only" }],
    [403, "forbidden", { kind: "forbidden", reason: "forbidden" }],
    [400, "timeRangeEmpty", { kind: "invalid", reason: "time-range-empty" }],
    [400, "anything", { kind: "invalid", reason: "bad-request" }],
    [401, "authError", { kind: "unauthorized" }],
    [404, "notFound", { kind: "not-found" }],
    [409, "conflict", { kind: "version-moved" }],
    [410, "deleted", { kind: "not-found" }],
    [412, "conditionNotMet", { kind: "version-moved" }],
    [503, "backendError", { kind: "unavailable" }],
    [500, "quotaExceeded", { kind: "unavailable" }],
  ] as const)("%i %s is told by what can be done about it", (status, reason, failure) => {
    expect(judge(status, because(reason))).toEqual(failure);
    expect(judge(status, because(reason.toUpperCase()))).toEqual(failure);
  });

  it("says its reasons in capitals and elsewhere too", () => {
    const details = [
      { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT" },
    ];
    expect(judge(403, { error: { code: 403, status: "PERMISSION_DENIED", details } })).toEqual({
      kind: "missing-scope",
    });
    expect(judge(403, { error: { details: [{ reason: "SERVICE_DISABLED" }] } })).toMatchObject({ kind: "outage" });
  });

  it("means by one status what the request asked for", () => {
    expect(judge(409, because("duplicate"), INSERT)).toEqual({ kind: "already-there" });
    expect(judge(410, because("fullSyncRequired"), LIST)).toEqual({ kind: "token-expired" });
    expect(judge(410, "<html>", LIST)).toEqual({ kind: "token-expired" });
    expect(judge(400, because("invalidParameter", { location: "syncToken" }), LIST)).toEqual({ kind: "token-expired" });
    expect(judge(404, because("notFound"), LIST)).toEqual({ kind: "not-found" });
  });

  it("may be a page of HTML, or nothing", () => {
    for (const body of [undefined, "", "<html>Forbidden</html>", [], { error: "invalid" }, { error: { errors: 7 } }]) {
      expect(judge(403, body)).toEqual({ kind: "forbidden", reason: "forbidden" });
      expect(judge(502, body)).toEqual({ kind: "unavailable" });
      expect(judge(200, body)).toBeUndefined();
    }
  });
});
