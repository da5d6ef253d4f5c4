import { beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, SPOTIFY_APP, type SpotifyRegime } from "../src/index.ts";
import { type Api, at, call, spotifyApi } from "./support/callers.ts";
import { TestClock } from "./support/test-clock.ts";

let clock: TestClock;
let sandbox: Sandbox;

beforeEach(() => {
  clock = new TestClock();
  sandbox = createSandbox({ clock, rateLimits: { spotify: false } });
});

function apiIn(regime: SpotifyRegime, scopes?: readonly string[]): Api {
  sandbox.control.spotify.registerClient({ ...SPOTIFY_APP, id: regime, regime });
  return spotifyApi(sandbox, "anna", scopes, regime);
}

const OLD = ["EQM", "OLD-DEV"] as const;
const ALL = ["DEV", ...OLD] as const;
const someTrack = (): string => sandbox.catalogue.spotify.originals[0]!.id;

describe("what each regime is shown", () => {
  it.each(ALL)("profile in %s", async (regime) => {
    const { json } = await apiIn(regime)("/me");
    expect(json).toMatchObject({ id: "anna", display_name: "Anna", type: "user" });
    expect(String(at(json, "account_id"))).toHaveLength(10);
    expect(Object.hasOwn(json as object, "followers")).toBe(regime !== "DEV");
    expect(Object.hasOwn(json as object, "email")).toBe(regime !== "DEV");
    expect(Object.hasOwn(json as object, "country")).toBe(regime !== "DEV");
  });

  it("hides e-mail and country from old apps without the scopes", async () => {
    const { json } = await apiIn("EQM", ["user-library-read"])("/me");
    expect(json).not.toHaveProperty("email");
    expect(json).not.toHaveProperty("country");
  });

  it.each(ALL)("track fields in %s", async (regime) => {
    const { json } = await apiIn(regime)(`/tracks/${someTrack()}`);
    expect(json).toHaveProperty("external_ids");
    for (const field of ["popularity", "available_markets"]) {
      expect(Object.hasOwn(json as object, field)).toBe(regime !== "DEV");
    }
  });

  it("playlist entries: an object under track for old apps, under item with a boolean track for new ones", async () => {
    const id = sandbox.control.spotify.seedPlaylist("anna", { name: "Mine", entries: [someTrack()] });
    for (const regime of OLD) {
      const { json } = await apiIn(regime)(`/playlists/${id}/items`);
      expect(at(json, "items", 0, "track", "id")).toBe(someTrack());
      expect(at(json, "items", 0)).not.toHaveProperty("item");
    }
    const { json } = await apiIn("DEV")(`/playlists/${id}/items`);
    expect(at(json, "items", 0, "item", "id")).toBe(someTrack());
    expect(at(json, "items", 0, "item", "track")).toBe(true);
    expect(at(json, "items", 0)).not.toHaveProperty("track");
  });

  it("playlist counts: under tracks for old apps, under items for new ones, who see none of others' playlists", async () => {
    sandbox.control.spotify.seedPlaylist("anna", { name: "Mine", entries: 3 });
    const other = sandbox.control.spotify.seedPlaylist("ben.listener", { name: "Ben's", entries: 2 });
    await spotifyApi(sandbox)(`/me/library?uris=spotify:playlist:${other}`, { method: "PUT" });
    const old = await apiIn("EQM")("/me/playlists");
    expect([0, 1].map((index) => at(old.json, "items", index, "tracks", "total"))).toEqual([2, 3]);
    const dev = await apiIn("DEV")("/me/playlists");
    expect([0, 1].map((index) => at(dev.json, "items", index, "items", "total"))).toEqual([undefined, 3]);
    expect((await apiIn("DEV")(`/playlists/${other}/items`)).status).toBe(403);
    expect((await apiIn("EQM")(`/playlists/${other}/items`)).status).toBe(200);
  });

  it.each(["/tracks?ids=x", "/users/anna", "/markets", "/me/albums/contains?ids=x", "/playlists/x/tracks"])(
    "answers 403 Forbidden to new apps for GET %s",
    async (path) => {
      expect((await apiIn("DEV")(path)).json).toEqual({ error: { status: 403, message: "Forbidden" } });
    },
  );

  it("says 501 for what exists at Spotify and not here, and 404 for what exists nowhere", async () => {
    expect((await apiIn("EQM")("/markets")).status).toBe(501);
    const answer = await apiIn("EQM")("/no/such/route");
    expect(answer.json).toEqual({ error: { status: 404, message: "Service not found" } });
  });

  it("search limits: up to 10 with 5 as default for new apps, 50 and 20 for old ones", async () => {
    const q = "/search?q=love&type=track";
    expect(at((await apiIn("DEV")(q)).json, "tracks", "limit")).toBe(5);
    expect((await apiIn("DEV")(`${q}&limit=11`)).json).toEqual({ error: { status: 400, message: "Invalid limit" } });
    expect(at((await apiIn("EQM")(q)).json, "tracks", "limit")).toBe(20);
    expect((await apiIn("EQM")(`${q}&limit=50`)).status).toBe(200);
    expect((await apiIn("EQM")(`${q}&limit=51`)).status).toBe(400);
  });

  it("relinks a track without a licence to another release, and hides that from new apps", async () => {
    const { spotify } = sandbox.catalogue;
    const asked = spotify.originals.find(
      (track) => track.missingIn.has("SE") && spotify.releases(track).some((release) => !release.missingIn.has("SE")),
    )!;
    const old = await apiIn("EQM")(`/tracks/${asked.id}`);
    expect(old.json).toMatchObject({ is_playable: true, linked_from: { id: asked.id } });
    expect(at(old.json, "id")).not.toBe(asked.id);
    const dev = await apiIn("DEV")(`/tracks/${asked.id}`);
    expect(at(dev.json, "id")).toBe(at(old.json, "id"));
    expect(dev.json).not.toHaveProperty("linked_from");
  });
});

describe("limits", () => {
  it("admit 90 requests in any 30 seconds and name the seconds until the next", async () => {
    const limited = createSandbox({ clock });
    const api = spotifyApi(limited);
    for (let count = 0; count < 90; count += 1) {
      expect((await api("/me")).status).toBe(200);
      clock.advance(100);
    }
    const refused = await api("/me");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("21");
    expect(refused.json).toEqual({ error: { status: 429, message: "Too many requests" } });
    clock.advance(20_999);
    expect((await api("/me")).status).toBe(429);
    clock.advance(1);
    expect((await api("/me")).status).toBe(200);
    expect(limited.control.stats().spotify.rateLimited).toBe(2);
  });

  it("count per client, and not what comes without a token", async () => {
    const limited = createSandbox({ clock, rateLimits: { spotify: { requests: 1, perMs: 30_000 } } });
    limited.control.spotify.registerClient({ ...SPOTIFY_APP, id: "other", regime: "EQM" });
    for (let count = 0; count < 3; count += 1) {
      expect((await call(limited, "https://api.spotify.com/v1/me")).status).toBe(401);
    }
    expect((await spotifyApi(limited)("/me")).status).toBe(200);
    expect((await spotifyApi(limited, "ben.listener")("/me")).status).toBe(429);
    expect((await spotifyApi(limited, "anna", undefined, "other")("/me")).status).toBe(200);
  });

  it("count a day quota over all development-mode ids of a developer, and spare extended quota mode", async () => {
    sandbox.control.spotify.settings.dayQuota = 2;
    expect((await apiIn("DEV")("/me")).status).toBe(200);
    expect((await apiIn("OLD-DEV")("/me")).status).toBe(200);
    clock.advance(3_600_000);
    const refused = await spotifyApi(sandbox)("/me");
    expect(refused.json).toMatchObject({ error: { status: 429, reason: "QUOTA_EXCEEDED" } });
    expect(refused.headers.get("retry-after")).toBe("82800");
    expect((await apiIn("EQM")("/me")).status).toBe(200);
  });
});

describe("refusals in plain text", () => {
  it("for a lapsed subscription of the app's owner", async () => {
    sandbox.control.spotify.settings.premiumLapsed = true;
    const answer = await spotifyApi(sandbox)("/me/tracks");
    expect([answer.status, answer.headers.get("content-type")]).toEqual([403, "text/plain; charset=utf-8"]);
    expect(answer.text).toContain("Active premium subscription required for the owner of the app");
  });

  it("for users who are not on the allow-list, whose sign-in succeeds", async () => {
    sandbox.control.spotify.setRegistered("anna", false);
    const answer = await spotifyApi(sandbox)("/me");
    expect([answer.status, answer.json]).toEqual([403, undefined]);
    expect(answer.text).toContain("the user may not be registered");
    expect((await apiIn("EQM")("/me")).status).toBe(200);
  });
});

describe("credentials", () => {
  it.each([
    ["no token", {}, 401, "No token provided"],
    ["another scheme", { authorization: "Token abc" }, 400, "Only valid bearer authentication supported"],
    ["nonsense", { authorization: "Bearer abc" }, 401, "Invalid access token"],
  ])("are refused: %s", async (_, headers, status, message) => {
    const answer = await call(sandbox, "https://api.spotify.com/v1/me", { headers });
    expect(answer.json).toEqual({ error: { status, message } });
  });
});
