import { createSandbox, GOOGLE_APP, PEOPLE, SPOTIFY_APP } from "@syncer/sandbox";
import { fastForwardClock } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import { ANNA, GRANTED } from "../../packages/provider-google-calendar/test/support/google-harness.ts";
import { createSpotifyHarness } from "../../packages/provider-spotify/test/support/spotify-harness.ts";
import { type AnswerShapes, compareShapes, noteShape, routeOf } from "../test-live/answer-shapes.ts";
import { runLive } from "../test-live/run-live.ts";

/** The sandbox in the part of the real services. */
function world(change: (response: Response) => Promise<Response> | Response = (response) => response) {
  const clock = fastForwardClock();
  const sandbox = createSandbox({ clock });
  const { control } = sandbox;
  const { search, lookups } = createSpotifyHarness("DEV").fixtures.items?.track ?? {};
  control.spotify.seedFavourites("anna", 20);
  control.spotify.seedAlbums("anna", 20);
  control.spotify.seedArtists("anna", 20);
  const lines: string[] = [];
  return {
    sandbox,
    lines,
    run: (env: Record<string, string>, write = false) =>
      runLive({
        clock,
        write,
        env: {
          LIVE_ISRC: lookups?.isrc?.known ?? "",
          LIVE_TITLE: search?.title ?? "",
          LIVE_ARTIST: search?.artist ?? "",
          ...env,
        },
        fetch: async (input, init) => change(await clock.hold(sandbox.fetch(input, init))),
        print: (line) => lines.push(line),
      }),
  };
}

function spotifyCredentials(sandbox: ReturnType<typeof createSandbox>) {
  return {
    SPOTIFY_CLIENT_ID: SPOTIFY_APP.id,
    SPOTIFY_CLIENT_SECRET: SPOTIFY_APP.secret,
    SPOTIFY_REFRESH_TOKEN: sandbox.control.spotify.issueTokens("anna").refreshToken,
  };
}

function googleCredentials(sandbox: ReturnType<typeof createSandbox>) {
  return {
    GOOGLE_CLIENT_ID: GOOGLE_APP.id,
    GOOGLE_CLIENT_SECRET: GOOGLE_APP.secret,
    GOOGLE_REFRESH_TOKEN: sandbox.control.google.issueTokens(ANNA, GRANTED).refreshToken,
    GOOGLE_CALENDAR_ID: ANNA,
  };
}

// Each run is some hundred checks, live and in the sandbox.
describe("test:live", { timeout: 60_000 }, () => {
  it("says loudly what it skips without credentials, and tries the public service all the same", async () => {
    const { run, lines } = world();
    expect(await run({})).toBe(0);
    expect(lines.join("\n")).toMatch(/SKIPPED: spotify\. Not set: SPOTIFY_CLIENT_ID, SPOTIFY_REFRESH_TOKEN/);
    expect(lines.join("\n")).toMatch(/SKIPPED: deezer\. Not set: DEEZER_ACCESS_TOKEN/);
    expect(lines.at(-1)).toMatch(/^deezer \(public\): \d+ passed, 0 failed/);
  });

  it("finds no difference between the sandbox and itself, and writes nothing unless told to", async () => {
    const { run, lines, sandbox } = world();
    const env = {
      ...spotifyCredentials(sandbox),
      ...googleCredentials(sandbox),
      DEEZER_ACCESS_TOKEN: sandbox.control.deezer.issueToken(PEOPLE[0]?.deezerId ?? 0),
      DEEZER_PUBLIC_USER_ID: String(PEOPLE[0]?.deezerId),
    };
    const { deezer } = sandbox.control;
    for (const seed of [deezer.seedFavourites, deezer.seedAlbums, deezer.seedArtists]) {
      seed(PEOPLE[0]?.deezerId ?? 0, 20);
    }
    expect(await run(env)).toBe(0);
    expect(lines.filter((line) => /FAILED|DIFFERS|SKIPPED/.test(line))).toEqual([]);
    expect(sandbox.control.stats().spotify.byKind.write + sandbox.control.stats().deezer.byKind.write).toBe(0);
  });

  it("tries writes when told to, and leaves the library as it was", async () => {
    const { run, lines, sandbox } = world();
    const { favourites, albums, artists } = sandbox.control.spotify;
    const library = () => [favourites("anna"), albums("anna").toSorted(), artists("anna").toSorted()];
    const before = library();
    expect(await run(spotifyCredentials(sandbox), true)).toBe(0);
    expect(lines.filter((line) => line.includes("FAILED"))).toEqual([]);
    expect(sandbox.control.stats().spotify.byKind.write).toBeGreaterThan(0);
    expect(library()).toEqual(before);
  });

  it("tries writes in a calendar, and leaves nothing there", async () => {
    const { run, lines, sandbox } = world();
    const { google } = sandbox.control;
    expect(await run(googleCredentials(sandbox), true)).toBe(0);
    expect(lines.filter((line) => /FAILED|DIFFERS/.test(line))).toEqual([]);
    const events = google.events(ANNA);
    expect(events.length).toBeGreaterThan(0);
    expect(events.every(({ status }) => status === "cancelled")).toBe(true);
    expect([google.mails(), lines.join("\n").includes(ANNA)]).toEqual([[], false]);
  });

  it("tells where the real answers have another shape", async () => {
    const { run, lines, sandbox } = world(async (response) => {
      const text = await response.text();
      const body = text.replaceAll('"explicit":', '"is_explicit":') || null;
      return new Response(body, { status: response.status, headers: response.headers });
    });
    await run(spotifyCredentials(sandbox));
    expect(lines).toContain("DIFFERS GET /v1/me/tracks: items[].track.explicit is absent live, boolean in the sandbox");
  });

  it("says what fails live and not in the sandbox", async () => {
    const { run, lines, sandbox } = world(async (response) => {
      const body = (await response.text()).replace(/"total":\d+/, '"total":999') || null;
      return new Response(body, { status: response.status, headers: response.headers });
    });
    expect(await run(spotifyCredentials(sandbox))).toBeGreaterThan(0);
    expect(lines.join("\n")).toMatch(/DIFFERS states totals that agree.*: fails live, passes in the sandbox/);
  });

  it("prints no token and no title", async () => {
    const { run, lines, sandbox } = world();
    const credentials = spotifyCredentials(sandbox);
    await run(credentials);
    for (const secret of [credentials.SPOTIFY_REFRESH_TOKEN, credentials.SPOTIFY_CLIENT_SECRET]) {
      expect(lines.join("\n")).not.toContain(secret);
    }
  });
});

describe("the shapes of answers", () => {
  it.each([
    ["https://api.spotify.com/v1/tracks/5kQ1xT0aWm3nP7cY9bR2dE", "/v1/tracks/{id}"],
    ["https://api.deezer.com/track/isrc:GBXYZ2400123", "/track/isrc:{id}"],
    ["https://api.deezer.com/user/4000000001/tracks", "/user/{id}/tracks"],
    ["https://api.spotify.com/v1/me/tracks?offset=50", "/v1/me/tracks"],
    ["https://www.googleapis.com/calendar/v3/calendars/jo%40x.example/events", "/calendar/v3/calendars/{id}/events"],
  ])("belong to a route: %s", (url, route) => {
    expect(routeOf(new URL(url))).toBe(route);
  });

  it("differ in names and types, not in values, nulls or what is inside a difference", () => {
    const live: AnswerShapes = new Map();
    const sandbox: AnswerShapes = new Map();
    noteShape(live, "GET /a", '{"n":1,"new":{"deep":1},"maybe":null,"list":[{"id":1}],"text":"x"}');
    noteShape(sandbox, "GET /a", '{"n":2,"maybe":"y","list":[{"id":"1"}],"text":"z"}');
    noteShape(live, "GET /b", "true");
    expect(compareShapes(live, sandbox)).toEqual([
      "GET /a: list[].id is number live, string in the sandbox",
      "GET /a: new is object live, absent in the sandbox",
      "GET /b: asked of the live service only",
    ]);
  });
});
