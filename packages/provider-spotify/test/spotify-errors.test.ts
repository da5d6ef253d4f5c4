import type { RawAnswer, ServiceFailure } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { classifySpotifyAnswer } from "../src/spotify-errors.ts";

function answer(status: number, body?: unknown): RawAnswer {
  return { status, headers: new Headers(), body };
}

function error(status: number, message: string, reason?: string): RawAnswer {
  return answer(status, { error: { status, message, ...(reason ? { reason } : {}) } });
}

const cases: readonly [string, RawAnswer, ServiceFailure | undefined][] = [
  ["a success", answer(200, {}), undefined],
  ["an empty success", answer(200), undefined],
  ["an expired token", error(401, "The access token expired"), { kind: "unauthorized" }],
  ["401 without a body", answer(401), { kind: "unauthorized" }],
  ["a missing scope", error(403, "Insufficient client scope"), { kind: "missing-scope" }],
  [
    "an endpoint outside the regime",
    error(403, "Forbidden"),
    { kind: "forbidden", reason: "outside-regime-or-not-owner" },
  ],
  [
    "a lapsed subscription, in plain text",
    answer(403, "Active premium subscription required for the owner of the app."),
    { kind: "outage", reason: "premium-required" },
  ],
  [
    "a user outside the allow-list, in plain text",
    answer(403, "User not registered in the Developer Dashboard"),
    { kind: "forbidden", reason: "user-not-registered" },
  ],
  [
    "a user outside the allow-list, in its other words",
    answer(403, "Check settings on developer.spotify.com/dashboard, the user may not be registered."),
    { kind: "forbidden", reason: "user-not-registered" },
  ],
  ["403 without a body", answer(403), { kind: "forbidden", reason: "outside-regime-or-not-owner" }],
  ["an unknown object", error(404, "Resource not found"), { kind: "not-found" }],
  ["the rolling window", error(429, "Too many requests"), { kind: "rate-limited" }],
  ["the rolling window, in plain text", answer(429, "Too many requests"), { kind: "rate-limited" }],
  ["the day's quota", error(429, "Too many requests", "QUOTA_EXCEEDED"), { kind: "rate-limited", quota: true }],
  ["a malformed id", error(400, "Invalid base62 id"), { kind: "invalid", reason: "id" }],
  ["too many URIs", error(400, "Too many uris"), { kind: "invalid", reason: "too-many" }],
  ["a page too large", error(400, "Invalid limit"), { kind: "invalid", reason: "limit" }],
  ["an unknown market", error(400, "Invalid market code"), { kind: "invalid", reason: "market" }],
  ["any other 400", error(400, "Missing required field: uris"), { kind: "invalid", reason: "bad-request" }],
  ["an endpoint that is no more", answer(405), { kind: "invalid", reason: "status-405" }],
  ["a failing server, in HTML", answer(502, "<html>Bad gateway</html>"), { kind: "unavailable" }],
  ["a failing server, empty", answer(503), { kind: "unavailable" }],
];

describe("classifySpotifyAnswer", () => {
  it.each(cases)("knows %s", (_, raw, failure) => {
    expect(classifySpotifyAnswer(raw)).toEqual(failure);
  });
});
