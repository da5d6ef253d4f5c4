import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { REFRESH_TOKEN_LIFETIME_MS, spotifyAuthorization } from "../src/spotify-oauth.ts";

const authorization = spotifyAuthorization({ clientId: "id" }, "https://accounts.spotify.com");
const problemOf = (url: string) => authorization.redirectProblem?.(new URL(url));

describe("Spotify's rules for redirect URLs", () => {
  it.each([
    "https://app.example/callback",
    "http://127.0.0.1:3000/callback",
    "http://[::1]:3000/callback",
    "http://127.0.0.1/callback",
    "myapp://callback",
  ])("take %s", (url) => {
    expect(problemOf(url)).toBeUndefined();
  });

  it.each([
    ["http://localhost:3000/callback", /localhost/],
    ["https://localhost/callback", /localhost/],
    ["http://app.example/callback", /https/],
    ["http://127.0.0.2/callback", /https/],
  ])("refuse %s and say what to do", (url, words) => {
    expect(problemOf(url)).toMatch(words);
  });
});

describe("what Spotify's sign-in declares", () => {
  it("is the authorization code flow with PKCE, at Spotify's own addresses, ending after six months", () => {
    expect(authorization).toMatchObject({
      kind: "oauth2",
      pkce: true,
      endpoints: {
        authorize: "https://accounts.spotify.com/authorize",
        token: "https://accounts.spotify.com/api/token",
      },
      refreshTokenLifetimeMs: REFRESH_TOKEN_LIFETIME_MS,
    });
    expect(authorization.endpoints).not.toHaveProperty("revoke");
    expect(authorization).not.toHaveProperty("dialect");
  });
});

describe("the life of a refresh token", { timeout: 60_000 }, () => {
  it("never ends later than six calendar months after the consent, and at most four days early", () => {
    const seed = 20_261_122;
    fc.assert(
      fc.property(
        fc.date({ min: new Date("2026-01-01"), max: new Date("2040-01-01"), noInvalidDate: true }),
        (consent) => {
          const ends = new Date(consent);
          ends.setUTCMonth(ends.getUTCMonth() + 6);
          // 31 August + 6 months overflows into March; services clamp to the end of February.
          if (ends.getUTCDate() !== consent.getUTCDate()) ends.setUTCDate(0);
          const early = ends.getTime() - consent.getTime() - REFRESH_TOKEN_LIFETIME_MS;
          expect(early).toBeGreaterThanOrEqual(0);
          expect(early).toBeLessThanOrEqual(4 * 86_400_000);
        },
      ),
      { seed, numRuns: 1_000 },
    );
  });
});
