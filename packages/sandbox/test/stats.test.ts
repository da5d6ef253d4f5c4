import { describe, expect, it } from "vitest";
import { createSandbox } from "../src/index.ts";
import { call, deezerApi, spotifyApi } from "./support/callers.ts";
import { exchangeProblems } from "./support/validate-exchange.ts";

describe("counters", () => {
  it("tell apart what requests were for, by service, route and status", async () => {
    const sandbox = createSandbox();
    const [spotify, deezer] = [spotifyApi(sandbox), deezerApi(sandbox)];
    await spotify("/me");
    await spotify("/me/tracks?limit=1");
    await spotify("/search?q=isrc:USIR20400274&type=track");
    await spotify("/search?q=brightside&type=track");
    await deezer("/track/isrc:USIR20400274");
    await deezer("/search?q=brightside");
    await deezer("/user/me/tracks", { method: "POST", form: { track_id: "953097" } });
    await deezer("/user/me");
    await deezer("/nowhere");
    await call(sandbox, "https://accounts.spotify.com/api/token", { method: "POST", form: { grant_type: "x" } });
    const stats = sandbox.control.stats();
    expect(stats.spotify).toMatchObject({
      requests: 5,
      byKind: { token: 1, identity: 1, read: 1, lookup: 1, search: 1, write: 0 },
      byStatus: { 200: 4, 400: 1 },
    });
    expect(stats.deezer.byKind).toMatchObject({ identity: 1, lookup: 1, search: 1, write: 1 });
    expect(stats.deezer.byRoute).toEqual({
      "GET /track/:id": 1,
      "GET /search": 1,
      "POST /user/me/tracks": 1,
      "GET /user/me": 1,
      "GET (unknown route)": 1,
    });
    expect(sandbox.control.log().map(({ route }) => route)[1]).toBe("GET /v1/me/tracks");
    sandbox.control.clearStats();
    expect(sandbox.control.stats().spotify.requests).toBe(0);
  });

  it("record parameters that a service does not know, in query and form", async () => {
    const sandbox = createSandbox();
    await sandbox.fetch("https://api.deezer.com/infos?country=SE");
    await deezerApi(sandbox)("/user/me/tracks", { method: "POST", form: { track_id: "953097", force: "1" } });
    expect(sandbox.control.stats().unknownParameters).toEqual([
      { service: "deezer", route: "GET /infos", parameter: "country" },
      { service: "deezer", route: "POST /user/me/tracks", parameter: "force" },
    ]);
  });

  it("start at zero after a reset, with empty libraries", async () => {
    const sandbox = createSandbox();
    sandbox.control.spotify.seedFavourites("anna", 5);
    sandbox.control.spotify.settings.staleReadsMs = 9;
    await spotifyApi(sandbox)("/me");
    sandbox.control.reset();
    expect(sandbox.control.stats().spotify.requests).toBe(0);
    expect(sandbox.control.spotify.favourites("anna")).toEqual([]);
    expect(sandbox.control.spotify.settings.staleReadsMs).toBe(0);
  });
});

describe("seeding", () => {
  it("draws the same tracks every time, and says so when there are too few or no such user", () => {
    const [first, second] = [createSandbox(), createSandbox()];
    expect(first.control.spotify.seedFavourites("anna", 9)).toEqual(second.control.spotify.seedFavourites("anna", 9));
    expect(() => first.control.spotify.seedFavourites("anna", 1e6)).toThrow(/has \d+ tracks to draw from/);
    expect(() => first.control.spotify.seedFavourites("nobody", 1)).toThrow(/No such Spotify user/);
    expect(() => first.control.deezer.seedFavourites(4_000_000_001, ["1"])).toThrow(/has no track/);
  });

  it("reaches nothing outside", async () => {
    await expect(createSandbox().fetch("https://example.org/")).rejects.toThrow(/emulates no service/);
  });
});

describe("the check against the published description", () => {
  const url = "https://api.spotify.com/v1/me/tracks";
  const answer = (body: unknown, status = 200): Response =>
    new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
  const page = { href: url, limit: 20, offset: 0, total: 0, next: null, previous: null, items: [] };

  it("passes what fits", async () => {
    expect(await exchangeProblems(new Request(`${url}?limit=50`), answer(page))).toEqual([]);
  });

  it.each([
    ["an unknown parameter", `${url}?page=2`, page, "the query parameter page is not described"],
    ["a limit out of bounds", `${url}?limit=51`, page, "the query parameter limit does not fit"],
    ["a missing field", url, { ...page, total: undefined }, "must have required property 'total'"],
    ["a wrong type", url, { ...page, items: [{ added_at: "yesterday" }] }, "must match format"],
    ["an unknown route", "https://api.spotify.com/v1/me/nothing", page, "no such operation is described"],
  ])("reports %s", async (_, address, body, problem) => {
    expect((await exchangeProblems(new Request(address), answer(body))).join()).toContain(problem);
  });

  it("wants errors in their envelope", async () => {
    const problems = await exchangeProblems(new Request(url), answer({ status: 401, message: "no" }, 401));
    expect(problems.join()).toContain("must have required property 'error'");
  });
});
