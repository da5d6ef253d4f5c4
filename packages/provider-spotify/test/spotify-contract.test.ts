import type { SpotifyRegime } from "@syncer/sandbox";
import { describeProvider, type ProviderHarness } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import { exchangeProblems } from "../../sandbox/test/support/validate-exchange.ts";
import { createSpotifyHarness } from "./support/spotify-harness.ts";

/** What answers alike in every regime; anything else must not be asked. */
const EVERYWHERE = [
  "DELETE /v1/me/library",
  "DELETE /v1/playlists/{id}/items",
  "GET /v1/albums/{id}",
  "GET /v1/artists/{id}",
  "GET /v1/me",
  "GET /v1/me/albums",
  "GET /v1/me/following",
  "GET /v1/me/library/contains",
  "GET /v1/me/player/recently-played",
  "GET /v1/me/playlists",
  "GET /v1/me/tracks",
  "GET /v1/playlists/{id}",
  "GET /v1/playlists/{id}/items",
  "GET /v1/search",
  "GET /v1/tracks/{id}",
  "POST /v1/me/playlists",
  "POST /v1/playlists/{id}/items",
  "PUT /v1/me/library",
  "PUT /v1/playlists/{id}",
  "PUT /v1/playlists/{id}/items",
];

const regimes: readonly SpotifyRegime[] = ["DEV", "OLD-DEV", "EQM"];

/** Routes that the suite has made the provider ask, by regime. */
const asked = new Map(regimes.map((regime) => [regime, new Set<string>()]));

/**
 * Holds every exchange of the suite to the published OpenAPI description, and fails a test in which Spotify was sent a
 * parameter that it does not know.
 */
function createStrictHarness(regime: SpotifyRegime, staleReadsMs = 0): ProviderHarness {
  const harness = createSpotifyHarness(regime);
  harness.sandbox.control.spotify.settings.staleReadsMs = staleReadsMs;
  const problems: unknown[] = [];
  return {
    ...harness,
    async fetch(input, init) {
      const request = new Request(input, init);
      const { host, pathname } = new URL(request.url);
      if (host === "api.spotify.com") {
        asked
          .get(regime)
          ?.add(
            `${request.method} ${pathname.replace(/^(\/v1\/(?:tracks|albums|artists|playlists))\/[^/]+/, "$1/{id}")}`,
          );
      }
      const copy = request.clone();
      const response = await harness.fetch(request);
      problems.push(...(await exchangeProblems(copy, response)));
      return response;
    },
    async close() {
      problems.push(...harness.sandbox.control.stats().unknownParameters);
      expect(problems).toEqual([]);
    },
  };
}

for (const regime of regimes) describeProvider(`spotify, ${regime}`, () => createStrictHarness(regime));
describeProvider("spotify, showing for a while what was before", () => createStrictHarness("DEV", 10_000));

describe("the requests of the whole suite", () => {
  it.each(regimes)("are those that every regime answers alike, %s", (regime) => {
    expect([...(asked.get(regime) ?? [])].toSorted()).toEqual(EVERYWHERE);
  });
});
