import type { RawAnswer, ServiceFailure } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { classifyDeezerAnswer } from "../src/deezer-errors.ts";

function answer(status: number, body?: unknown): RawAnswer {
  return { status, headers: new Headers(), body };
}

function error(type: string, message: string, code?: number | string): RawAnswer {
  return answer(200, { error: { type, message, ...(code === undefined ? {} : { code }) } });
}

const cases: readonly [string, RawAnswer, ServiceFailure | undefined][] = [
  ["a list", answer(200, { data: [] }), undefined],
  ["a write that is done", answer(200, true), undefined],
  ["a write that is refused without a reason", answer(200, false), { kind: "invalid", reason: "refused" }],
  ["code 4", error("Exception", "Quota limit exceeded", 4), { kind: "rate-limited" }],
  ["code 4 as text", error("Exception", "Quota limit exceeded", "4"), { kind: "rate-limited" }],
  ["code 700", error("Exception", "Service busy", 700), { kind: "rate-limited" }],
  ["code 50", error("OAuthException", "Application error", 50), { kind: "outage", reason: "application-disabled" }],
  ["code 100", error("Exception", "Items limit exceeded", 100), { kind: "collection-full" }],
  [
    "code 200 for no token",
    error("OAuthException", "An active access token must be used to query information about the current user", 200),
    { kind: "unauthorized" },
  ],
  [
    "code 200 for a private profile",
    error("OAuthException", "An active access token must be used. This user's profile is private", 200),
    { kind: "forbidden", reason: "private-profile" },
  ],
  [
    "code 200 for a missing permission",
    error("OAuthException", "The user did not grant the permission manage_library", 200),
    { kind: "missing-scope" },
  ],
  ["code 300", error("OAuthException", "Invalid OAuth access token.", 300), { kind: "unauthorized" }],
  [
    "code 500 for what is there",
    error("ParameterException", "This song already exists in this playlist", 500),
    { kind: "already-there" },
  ],
  [
    "code 500 for a bad value",
    error("ParameterException", "Wrong parameter", 500),
    { kind: "invalid", reason: "parameter" },
  ],
  ["code 501", error("MissingParameterException", "x", 501), { kind: "invalid", reason: "parameter-missing" }],
  ["code 600", error("InvalidQueryException", "Wrong path", 600), { kind: "invalid", reason: "query" }],
  ["code 800", error("DataException", "no data", 800), { kind: "not-found" }],
  [
    "code 901",
    error("IndividualAccountChangedNotAllowedException", "x", 901),
    { kind: "forbidden", reason: "account-type" },
  ],
  ["an unknown code", error("Exception", "x", 4_711), { kind: "invalid", reason: "code-4711" }],
  ["a quota error without a code", error("Exception", "Quota limit exceeded"), { kind: "rate-limited" }],
  ["a missing item without a code", error("DataException", "no data"), { kind: "not-found" }],
  ["a dead token without a code", error("OAuthException", "Invalid OAuth access token."), { kind: "unauthorized" }],
  ["an error of which nothing is known", error("", ""), { kind: "invalid", reason: "unknown-error" }],
  ["an error object with another status", answer(403, { error: { message: "x", code: 800 } }), { kind: "not-found" }],
  ["429 of the edge", answer(429, "Too many requests"), { kind: "rate-limited" }],
  ["403 of the edge", answer(403, "<html>Forbidden</html>"), { kind: "rate-limited" }],
  ["404 of the edge", answer(404, "<html></html>"), { kind: "not-found" }],
  ["a failing server", answer(502, "<html></html>"), { kind: "unavailable" }],
  ["a failing server, empty", answer(503), { kind: "unavailable" }],
];

describe("classifyDeezerAnswer, for one playlist", () => {
  const classify = (message: string) =>
    classifyDeezerAnswer(error("OAuthException", message, 200), { route: "/playlist/{id}/tracks" });

  it.each([
    ["somebody else's", "You don't have permission to change this playlist", "forbidden"],
    ["without words", "", "forbidden"],
    ["hidden", "This playlist is private", "forbidden"],
    ["a permission that was not given", "The token lacks the permission delete_library", "missing-scope"],
    ["no living token", "An active access token must be used", "unauthorized"],
  ])("tells apart code 200: %s", (_, message, kind) => {
    expect(classify(message)).toMatchObject({ kind });
  });
});

describe("classifyDeezerAnswer", () => {
  it.each(cases)("knows %s", (_, raw, failure) => {
    expect(classifyDeezerAnswer(raw)).toEqual(failure);
  });
});
