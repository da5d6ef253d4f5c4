import { beforeEach, describe, expect, it } from "vitest";
import { type Clock, ConnectionLost, createSandbox, type Fault, type FaultRule, type Sandbox } from "../src/index.ts";
import { at, listAt } from "./support/callers.ts";
import { TestClock } from "./support/test-clock.ts";

const ANNA = 4_000_000_001;

let clock: TestClock;
let sandbox: Sandbox;
let authorization: string;
let deezerToken: string;

beforeEach(() => {
  clock = new TestClock();
  start(clock);
});

function start(withClock: Clock): void {
  sandbox = createSandbox({ clock: withClock, rateLimits: { spotify: false, deezer: false } });
  authorization = `Bearer ${sandbox.control.spotify.issueTokens("anna").accessToken}`;
  deezerToken = sandbox.control.deezer.issueToken(ANNA);
}

const spotify = (path: string, init: RequestInit = {}): Promise<Response> =>
  sandbox.fetch(`https://api.spotify.com/v1${path}`, { ...init, headers: { authorization } });
const deezer = (path: string, init: RequestInit = {}): Promise<Response> =>
  sandbox.fetch(`https://api.deezer.com${path}${path.includes("?") ? "&" : "?"}access_token=${deezerToken}`, init);
const plant = (fault: Fault, rule: Partial<FaultRule> = {}) =>
  sandbox.control.fault({ service: "spotify", fault, ...rule });
const uris = (count: number): string =>
  sandbox.catalogue.spotify.originals
    .slice(0, count)
    .map(({ id }) => `spotify:track:${id}`)
    .join(",");
const save = (count: number, init: RequestInit = {}): Promise<Response> =>
  spotify(`/me/library?uris=${uris(count)}`, { method: "PUT", ...init });
const saved = (): number => sandbox.control.spotify.favourites("anna").length;

describe("which requests a fault strikes", () => {
  it("strikes once unless told otherwise, after as many as may pass, by method and path", async () => {
    const planted = plant({ type: "status", status: 503 }, { method: "get", path: "/v1/me/*", after: 1, times: 2 });
    const statuses: number[] = [];
    for (const path of ["/me", "/me/tracks", "/me/tracks", "/me/playlists", "/me/tracks"]) {
      statuses.push((await spotify(path)).status);
    }
    expect(statuses).toEqual([200, 200, 503, 503, 200]);
    expect(planted.struck()).toBe(2);
    expect(sandbox.control.stats().spotify.faultsServed).toBe(2);
  });

  it("strikes one service only, until it is taken away or cleared", async () => {
    const planted = plant({ type: "status", status: 500 }, { times: null });
    expect((await deezer("/infos")).status).toBe(200);
    for (let count = 0; count < 3; count += 1) expect((await spotify("/me")).status).toBe(500);
    planted.remove();
    expect((await spotify("/me")).status).toBe(200);
    plant({ type: "status", status: 500 }, { times: null });
    sandbox.control.clearFaults();
    expect((await spotify("/me")).status).toBe(200);
  });

  it("refuses a number of times that makes no sense", () => {
    expect(() => plant({ type: "cut-body" }, { times: 0 })).toThrow(RangeError);
  });
});

describe("refusals", () => {
  it.each([
    [{ type: "too-many", retryAfter: 7 }, 429, "7"],
    [{ type: "too-many", status: 503, retryAfter: { dateInSeconds: 9 } }, 503, "Sun, 22 Nov 2026 12:00:09 GMT"],
    [{ type: "too-many", retryAfter: "soon" }, 429, "soon"],
    [{ type: "too-many" }, 429, null],
    [{ type: "too-many", retryAfter: 86_400, reason: "QUOTA_EXCEEDED" }, 429, "86400"],
  ] as const)("%o", async (fault, status, retryAfter) => {
    plant(fault);
    const answer = await spotify("/me");
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([status, retryAfter]);
    const reason = "reason" in fault ? fault.reason : undefined;
    expect(at(await answer.json(), "error", "reason")).toBe(reason);
  });

  it.each([4, 50, 700])("Deezer's code %i inside a 200", async (code) => {
    plant({ type: "deezer-error", code }, { service: "deezer" });
    const answer = await deezer("/user/me");
    expect([answer.status, at(await answer.json(), "error", "code")]).toEqual([200, code]);
  });

  it("plain text with any status", async () => {
    plant({ type: "status", status: 403, body: "User not registered in the Developer Dashboard" });
    const answer = await spotify("/me");
    expect([answer.status, answer.headers.get("content-type")]).toEqual([403, "text/plain"]);
  });

  it("invalid_grant at Spotify's token endpoint, `wrong code` at Deezer's, 5xx at both", async () => {
    const token = (): Promise<Response> => sandbox.fetch("https://accounts.spotify.com/api/token", { method: "POST" });
    plant({ type: "invalid-grant" }, { path: "/api/token" });
    expect(await (await token()).json()).toMatchObject({ error: "invalid_grant" });
    plant({ type: "status", status: 502, body: "" }, { path: "/api/token" });
    expect((await token()).status).toBe(502);
    plant({ type: "invalid-grant" }, { service: "deezer", path: "/oauth/access_token.php" });
    const answer = await sandbox.fetch("https://connect.deezer.com/oauth/access_token.php");
    expect([answer.status, await answer.text()]).toEqual([200, "wrong code"]);
  });
});

describe("writes whose outcome the caller does not learn", () => {
  it.each([
    [{ type: "status", status: 500 }, 0],
    [{ type: "status", status: 500, applied: true }, 3],
  ] as const)("%o", async (fault, count) => {
    plant(fault);
    expect((await save(3)).status).toBe(500);
    expect(saved()).toBe(count);
  });

  it.each([
    [{ type: "time-out" }, 0],
    [{ type: "time-out", applied: true }, 3],
  ] as const)("%o ends with the caller's own signal", async (fault, count) => {
    plant(fault);
    const controller = new AbortController();
    const answer = save(3, { signal: controller.signal });
    const reason = new DOMException("took too long", "TimeoutError");
    queueMicrotask(() => controller.abort(reason));
    await expect(answer).rejects.toBe(reason);
    await expect.poll(saved).toBe(count);
  });

  it("a time-out may end as a broken connection", async () => {
    plant({ type: "time-out", applied: true, afterMs: 30_000 });
    await expect(save(2)).rejects.toThrow(ConnectionLost);
    expect([saved(), clock.now()]).toEqual([2, Date.parse("2026-11-22T12:00:30Z")]);
  });

  it.each([true, false])("a broken connection, applied: %s", async (applied) => {
    plant({ type: "disconnect", applied });
    await expect(save(2)).rejects.toThrow("fetch failed");
    expect(saved()).toBe(applied ? 2 : 0);
  });

  it("half a batch, by query, form and JSON", async () => {
    plant({ type: "half-batch", apply: 3 });
    expect((await save(5)).status).toBe(500);
    expect(saved()).toBe(3);

    const songs = sandbox.catalogue.deezer.originals.slice(0, 4).map(({ id }) => id);
    plant({ type: "half-batch", apply: 1, answer: { type: "deezer-error", code: 700 } }, { service: "deezer" });
    const answer = await deezer("/user/me/tracks", {
      method: "POST",
      body: new URLSearchParams({ track_ids: songs.join(",") }),
    });
    expect(at(await answer.json(), "error", "code")).toBe(700);
    expect(sandbox.control.deezer.favourites(ANNA)).toHaveLength(1);

    const id = sandbox.control.spotify.seedPlaylist("anna", { name: "P", entries: [] });
    plant({ type: "half-batch", apply: 2, answer: { type: "disconnect" } });
    const body = JSON.stringify({ uris: uris(4).split(",") });
    await expect(spotify(`/playlists/${id}/items`, { method: "POST", body })).rejects.toThrow("fetch failed");
    expect(sandbox.control.spotify.playlistUris(id)).toHaveLength(2);
  });
});

describe("answers that cannot be read", () => {
  beforeEach(() => {
    sandbox.control.spotify.seedFavourites("anna", 30);
  });

  it("break in the middle of the body", async () => {
    plant({ type: "cut-body" });
    const answer = await spotify("/me/tracks");
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow("terminated");
  });

  it.each([
    ["truncated-json", { type: "truncated-json" }, /^\{"href".*[^}]$/s],
    ["empty-body", { type: "empty-body" }, /^$/],
    ["html", { type: "html" }, /^<!doctype html>/],
    ["error-object", { type: "error-object" }, /^\{"error"/],
  ] as const)("%s in a 200", async (_, fault, form) => {
    plant(fault);
    const answer = await spotify("/me/tracks");
    expect(answer.status).toBe(200);
    expect(await answer.text()).toMatch(form);
  });

  it("lack the list itself, at both services", async () => {
    plant({ type: "without-items" });
    const page: unknown = await (await spotify("/me/tracks")).json();
    expect([at(page, "items"), at(page, "total")]).toEqual([undefined, 30]);
    plant({ type: "without-items" }, { service: "deezer" });
    expect(await (await deezer("/user/me/tracks")).json()).not.toHaveProperty("data");
  });

  it("come slowly, in pieces, in clock time", async () => {
    plant({ type: "slow-body", pauseMs: 2_000, chunks: 5 });
    const answer = await spotify("/me/tracks");
    expect(at(JSON.parse(await answer.text()), "total")).toBe(30);
    expect(clock.now() - Date.parse("2026-11-22T12:00:00Z")).toBe(10_000);
  });

  it("come late, in clock time", async () => {
    plant({ type: "delay", ms: 4_000 });
    expect((await spotify("/me")).status).toBe(200);
    expect(clock.now() - Date.parse("2026-11-22T12:00:00Z")).toBe(4_000);
  });
});

describe("listings that lie", () => {
  const allRows = async (pages: number): Promise<unknown[]> => {
    const rows: unknown[] = [];
    for (let page = 0; page < pages; page += 1) {
      rows.push(...listAt(await (await spotify(`/me/tracks?limit=50&offset=${page * 50}`)).json(), "items"));
    }
    return rows;
  };

  beforeEach(() => {
    sandbox.control.spotify.seedFavourites("anna", 200);
    sandbox.control.deezer.seedFavourites(ANNA, 200);
  });

  it("show nothing, with total 0", async () => {
    plant({ type: "empty-listing" });
    expect(await (await spotify("/me/tracks")).json()).toMatchObject({ items: [], total: 0, next: null });
    plant({ type: "empty-listing" }, { service: "deezer" });
    expect(await (await deezer("/user/me/tracks")).json()).toMatchObject({ data: [], total: 0 });
  });

  it("leave out about half, with a total to match or the full one", async () => {
    plant({ type: "partial-listing" }, { times: 4 });
    const rows = await allRows(4);
    expect(rows.length).toBeGreaterThan(60);
    expect(rows.length).toBeLessThan(140);
    plant({ type: "partial-listing", keep: 0.5, total: "shown" });
    expect(at(await (await spotify("/me/tracks")).json(), "total")).toBe(rows.length);
    plant({ type: "partial-listing", keep: 0.5, total: "full" }, { service: "deezer" });
    const page: unknown = await (await deezer("/user/me/tracks?limit=-1")).json();
    expect(at(page, "total")).toBe(200);
    expect(listAt(page, "data").length).toBeLessThan(140);
  });

  it("lead back to the page they stand on, at both services", async () => {
    plant({ type: "looping-page" });
    const page: unknown = await (await spotify("/me/tracks?limit=50&offset=50")).json();
    expect(at(page, "next")).toBe("https://api.spotify.com/v1/me/tracks?limit=50&offset=50");
    plant({ type: "looping-page" }, { service: "deezer" });
    const deezerPage: unknown = await (await deezer("/user/me/tracks?index=100&limit=100")).json();
    expect(at(deezerPage, "next")).toContain("index=100");
  });
});

describe("latency", () => {
  it("is spent on every answer in clock time, and can be changed", async () => {
    sandbox.control.setLatency(120);
    await spotify("/me");
    await deezer("/infos");
    expect(clock.now() - Date.parse("2026-11-22T12:00:00Z")).toBe(240);
    sandbox.control.reset();
    await sandbox.fetch("https://api.deezer.com/infos");
    expect(clock.now() - Date.parse("2026-11-22T12:00:00Z")).toBe(240);
  });
});
