import { createTransport, DeferredError, type Session, systemRandom } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { createSpotifyHarness, type SpotifySandboxHarness } from "./support/spotify-harness.ts";

function sessionOf(harness: SpotifySandboxHarness, accessToken = harness.user.accessToken ?? ""): Session {
  const { provider, fetch, clock } = harness;
  const transport = createTransport({
    fetch,
    clock: clock ?? { now: Date.now, sleep: async () => {} },
    random: systemRandom,
  });
  const tokens = { current: async () => accessToken, renew: async () => accessToken };
  return transport.session({ provider, tenantId: "t", connectionId: "c", tokens });
}

async function list({ provider }: SpotifySandboxHarness, session: Session): Promise<number> {
  let rows = 0;
  for await (const page of provider.collections.favorites?.read.list(session, {}) ?? []) rows += page.entries.length;
  return rows;
}

describe("Spotify's refusals, as callers see them", () => {
  it("name a user who is not on the allow-list, although signing in works", async () => {
    const harness = createSpotifyHarness("DEV");
    harness.sandbox.control.spotify.setRegistered("anna", false);
    await expect(list(harness, sessionOf(harness))).rejects.toMatchObject({
      failure: { kind: "forbidden", reason: "user-not-registered" },
    });
  });

  it("tell the operator when the owner's subscription has lapsed", async () => {
    const harness = createSpotifyHarness("DEV");
    harness.sandbox.control.spotify.settings.premiumLapsed = true;
    await expect(list(harness, sessionOf(harness))).rejects.toMatchObject({
      failure: { kind: "outage", reason: "premium-required" },
      remedy: "operate",
    });
  });

  it("name a missing scope as such (D10)", async () => {
    const harness = createSpotifyHarness("DEV");
    const { accessToken } = harness.sandbox.control.spotify.issueTokens("anna", ["user-library-modify"]);
    await expect(list(harness, sessionOf(harness, accessToken))).rejects.toMatchObject({
      failure: { kind: "missing-scope" },
    });
  });

  it("put the run off when the day's quota is used up (F21)", async () => {
    const harness = createSpotifyHarness("DEV");
    harness.sandbox.control.spotify.settings.dayQuota = 3;
    harness.sandbox.control.spotify.seedFavourites("anna", 500);
    await expect(list(harness, sessionOf(harness))).rejects.toThrow(DeferredError);
  });

  it("pass by themselves when the rolling window is full, and the listing is whole", async () => {
    const harness = createSpotifyHarness("DEV");
    harness.sandbox.control.spotify.settings.rateLimit = { requests: 4, perMs: 30_000 };
    harness.sandbox.control.spotify.seedFavourites("anna", 500);
    expect(await list(harness, sessionOf(harness))).toBe(500);
    expect(harness.sandbox.control.stats().spotify.rateLimited).toBeGreaterThan(0);
  });

  it.each([
    ["leads back to itself (D5)", { type: "looping-page" }],
    ["is a page of HTML (F11)", { type: "html" }],
    ["has no items (F12)", { type: "without-items" }],
    ["is an error object (F12)", { type: "error-object" }],
  ] as const)("are not taken for the end of a listing whose third page %s", async (_, fault) => {
    const harness = createSpotifyHarness("DEV");
    harness.sandbox.control.spotify.seedFavourites("anna", 220);
    harness.sandbox.control.fault({ service: "spotify", path: "/v1/me/tracks", after: 2, times: null, fault });
    await expect(list(harness, sessionOf(harness))).rejects.toMatchObject({ code: "service.malformed-answer" });
  });
});
