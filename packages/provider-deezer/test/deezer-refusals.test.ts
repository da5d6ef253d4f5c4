import { createTransport, type Session, systemRandom } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { createDeezerHarness, createPublicDeezerHarness, type DeezerSandboxHarness } from "./support/deezer-harness.ts";

function sessionOf(harness: DeezerSandboxHarness, accessToken = harness.user.accessToken): Session {
  const { provider, fetch, clock, user } = harness;
  const transport = createTransport({
    fetch,
    clock: clock ?? { now: Date.now, sleep: async () => {} },
    random: systemRandom,
  });
  return transport.session({
    provider,
    tenantId: "t",
    connectionId: "c",
    ...(user.accountId === undefined ? {} : { accountId: user.accountId }),
    ...(accessToken === undefined
      ? {}
      : { tokens: { current: async () => accessToken, renew: async () => accessToken } }),
  });
}

async function list({ provider }: DeezerSandboxHarness, session: Session): Promise<number> {
  let rows = 0;
  for await (const page of provider.collections.favorites?.read.list(session, {}) ?? []) rows += page.entries.length;
  return rows;
}

describe("Deezer's refusals, as callers see them", () => {
  it("tell the operator when the application has been disabled", async () => {
    const harness = createDeezerHarness({ applicationDisabled: true });
    await expect(list(harness, sessionOf(harness))).rejects.toMatchObject({
      failure: { kind: "outage", reason: "application-disabled" },
      remedy: "operate",
    });
  });

  it("name a full collection", async () => {
    const harness = createDeezerHarness({ favouritesLimit: 2 });
    const ids = (harness.fixtures.items?.track?.ids ?? []).slice(0, 3);
    const write = harness.provider.collections.favorites?.write;
    await expect(write?.add(sessionOf(harness), ids)).rejects.toMatchObject({ failure: { kind: "collection-full" } });
  });

  it("name a missing permission (D10)", async () => {
    const harness = createDeezerHarness();
    const token = harness.sandbox.control.deezer.issueToken(Number(harness.user.accountId), ["basic_access"]);
    const [id = ""] = harness.fixtures.items?.track?.ids ?? [];
    const write = harness.provider.collections.favorites?.write;
    await expect(write?.add(sessionOf(harness, token), [id])).rejects.toMatchObject({
      failure: { kind: "missing-scope" },
    });
  });

  it("end with a sign-in when the user has withdrawn the token", async () => {
    const harness = createDeezerHarness();
    harness.sandbox.control.deezer.revoke();
    const session = sessionOf(harness);
    await expect(list(harness, session)).rejects.toMatchObject({ remedy: "reconnect" });
    expect(await harness.provider.validateTokens(session)).toBe(false);
  });

  it("pass by themselves when the address has asked too often, and the listing is whole", async () => {
    const harness = createDeezerHarness({ rateLimit: { requests: 2, perMs: 5_000 } });
    harness.sandbox.control.deezer.seedFavourites(Number(harness.user.accountId), 700);
    expect(await list(harness, sessionOf(harness))).toBe(700);
    expect(harness.sandbox.control.stats().deezer.rateLimited).toBeGreaterThan(0);
  });

  it.each([
    ["is a page of HTML (F11)", { type: "html" }],
    ["has no rows (F12)", { type: "without-items" }],
  ] as const)("are not taken for the end of a listing whose third page %s", async (_, fault) => {
    const harness = createDeezerHarness();
    harness.sandbox.control.deezer.seedFavourites(Number(harness.user.accountId), 420);
    harness.sandbox.control.fault({ service: "deezer", path: "/user/me/tracks", after: 2, times: null, fault });
    await expect(list(harness, sessionOf(harness))).rejects.toMatchObject({ code: "service.malformed-answer" });
  });

  it("keep an unknown page apart from an empty one when a listing says `no data`", async () => {
    const harness = createDeezerHarness();
    const fault = { type: "deezer-error", code: 800 } as const;
    harness.sandbox.control.fault({ service: "deezer", path: "/user/me/tracks", times: null, fault });
    await expect(list(harness, sessionOf(harness))).rejects.toMatchObject({ failure: { kind: "not-found" } });
  });

  it("do not stop the public mode from reading a public profile", async () => {
    const harness = createPublicDeezerHarness();
    harness.sandbox.control.deezer.seedFavourites(Number(harness.user.accountId), 120);
    expect(await list(harness, sessionOf(harness))).toBe(120);
  });
});
