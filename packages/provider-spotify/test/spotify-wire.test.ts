import type { SpotifyRegime } from "@syncer/sandbox";
import { createWire, providerChecks } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import { createSpotifyHarness } from "./support/spotify-harness.ts";

/** What answers alike in every regime; anything else must not be asked. */
const EVERYWHERE = new Set([
  "GET /v1/me",
  "GET /v1/me/tracks",
  "PUT /v1/me/library",
  "DELETE /v1/me/library",
  "GET /v1/search",
  "GET /v1/tracks/{id}",
]);

const regimes: readonly SpotifyRegime[] = ["DEV", "OLD-DEV", "EQM"];

describe.each(regimes)("every request of the whole conformance suite, %s", (regime) => {
  it("is one that every regime answers, without a parameter that Spotify does not know", async () => {
    const asked = new Set<string>();
    const unknown: unknown[] = [];
    for (const check of providerChecks) {
      const harness = createSpotifyHarness(regime);
      if (check.skipReason(harness)) continue;
      const wire = createWire(harness.fetch);
      await check.run({ ...harness, fetch: wire.fetch });
      for (const { method, url } of wire.requests) {
        asked.add(`${method} ${url.pathname.replace(/^(\/v1\/tracks)\/.*/, "$1/{id}")}`);
      }
      unknown.push(...harness.sandbox.control.stats().unknownParameters);
    }
    expect(unknown).toEqual([]);
    expect([...asked].toSorted()).toEqual([...EVERYWHERE].toSorted());
  });
});
