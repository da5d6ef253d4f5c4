import type { SpotifyRegime } from "@syncer/sandbox";
import { createWire, providerChecks } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import { exchangeProblems } from "../../sandbox/test/support/validate-exchange.ts";
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

describe.each(regimes)("every request of the whole conformance suite, %s", { timeout: 60_000 }, (regime) => {
  it("is one that every regime answers, as the published description has it, answer included", async () => {
    const asked = new Set<string>();
    const problems: unknown[] = [];
    for (const check of providerChecks) {
      const harness = createSpotifyHarness(regime);
      if (check.skipReason(harness)) continue;
      const wire = createWire(async (input, init) => {
        const request = new Request(input, init);
        const copy = request.clone();
        const response = await harness.fetch(request);
        problems.push(...(await exchangeProblems(copy, response)));
        return response;
      });
      await check.run({ ...harness, fetch: wire.fetch });
      for (const { method, url } of wire.requests) {
        if (url.host === "accounts.spotify.com") continue;
        asked.add(`${method} ${url.pathname.replace(/^(\/v1\/tracks)\/.*/, "$1/{id}")}`);
      }
      // The sandbox notes parameters that Spotify would ignore.
      problems.push(...harness.sandbox.control.stats().unknownParameters);
    }
    expect(problems).toEqual([]);
    expect([...asked].toSorted()).toEqual([...EVERYWHERE].toSorted());
  });
});
