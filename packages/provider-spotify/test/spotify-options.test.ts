import { ConfigurationError } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { type SpotifyOptions, spotify } from "../src/index.ts";

function problemsOf(options: unknown): readonly string[] {
  try {
    // What an application without types could pass.
    spotify(options as SpotifyOptions);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.map(({ path }) => path);
    throw error;
  }
  return [];
}

describe("the options of spotify()", () => {
  it.each<[string, SpotifyOptions]>([
    ["a confidential client", { clientId: "id", clientSecret: "secret" }],
    ["a public client", { clientId: "id" }],
    ["a client per tenant", { credentials: (tenantId) => ({ clientId: tenantId }) }],
    [
      "a stand-in",
      { clientId: "id", origins: { accounts: "http://127.0.0.1:4010/accounts", api: "http://127.0.0.1:4010/api" } },
    ],
  ])("take %s", (_, options) => {
    expect(problemsOf(options)).toEqual([]);
  });

  it("report every problem at once, each under its path", () => {
    expect(
      problemsOf({
        clientId: "",
        clientSecret: 7,
        origins: { api: "ftp://example.org" },
        market: "Sweden",
        rateLimit: { requests: 0 },
        clientID: "a typo",
      }).toSorted(),
    ).toEqual([
      "spotify.clientID",
      "spotify.clientId",
      "spotify.clientSecret",
      "spotify.market",
      "spotify.origins.api",
      "spotify.rateLimit.requests",
    ]);
  });

  it.each([
    ["nothing", undefined, ["spotify"]],
    ["neither client nor credentials", {}, ["spotify.clientId"]],
    ["client and credentials", { clientId: "id", credentials: () => ({ clientId: "id" }) }, ["spotify.credentials"]],
  ])("refuse %s", (_, options, paths) => {
    expect(problemsOf(options)).toEqual(paths);
  });

  it("never repeat a secret in a problem", () => {
    const secret = "canary-secret";
    try {
      spotify({ clientId: secret, clientSecret: secret, market: secret } satisfies SpotifyOptions);
      expect.unreachable();
    } catch (error) {
      expect(String(error)).not.toContain(secret);
    }
  });

  it("decide how the client proves itself", () => {
    const kinds = [
      spotify({ clientId: "id", clientSecret: "secret" }),
      spotify({ clientId: "id" }),
      spotify({ credentials: () => ({ clientId: "id", clientSecret: "secret" }) }),
    ].map(({ authorization }) => authorization.kind === "oauth2" && authorization.clientAuthentication);
    expect(kinds).toEqual(["basic", "none", "basic"]);
  });

  it("put the budget of the host in place of the declared one, field by field", () => {
    const { rateLimit } = spotify({ clientId: "id", rateLimit: { requests: 300, perDay: 900 } }).transport;
    expect(rateLimit).toEqual({ requests: 300, perMs: 30_000, concurrency: 6, sharedBy: "client", perDay: 900 });
  });
});
