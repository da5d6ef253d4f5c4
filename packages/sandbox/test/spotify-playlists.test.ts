import { beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, SPOTIFY_APP } from "../src/index.ts";
import { type Api, at, listAt, spotifyApi } from "./support/callers.ts";
import { TestClock } from "./support/test-clock.ts";

let clock: TestClock;
let sandbox: Sandbox;
let api: Api;
let uris: string[];

beforeEach(() => {
  clock = new TestClock();
  sandbox = createSandbox({ clock, rateLimits: { spotify: false } });
  api = spotifyApi(sandbox);
  uris = sandbox.catalogue.spotify.originals.slice(0, 120).map(({ id }) => `spotify:track:${id}`);
});

async function create(fields: object = { name: "Sunday" }): Promise<string> {
  const answer = await api("/me/playlists", { method: "POST", json: fields });
  expect(answer.status).toBe(201);
  return String(at(answer.json, "id"));
}

const items = (id: string, method: string, json: unknown) => api(`/playlists/${id}/items`, { method, json });
const contents = (id: string): readonly string[] => sandbox.control.spotify.playlistUris(id);

describe("making and changing playlists", () => {
  it("makes public ones unless told otherwise, on top of the list", async () => {
    await create();
    const second = await create({ name: "Monday", public: false, description: "a & b" });
    const { json } = await api("/me/playlists");
    expect(json).toMatchObject({
      total: 2,
      items: [{ id: second, public: false, description: "a &amp; b" }, { public: true }],
    });
  });

  it.each([
    ["no name", {}],
    ["a public collaborative one", { name: "x", collaborative: true }],
    ["a name that is no text", { name: 7 }],
    ["a flag that is no boolean", { name: "x", public: "yes" }],
  ])("refuses %s", async (_, fields) => {
    expect((await api("/me/playlists", { method: "POST", json: fields })).status).toBe(400);
  });

  it("makes a second playlist of the same name for a repeated request", async () => {
    await create();
    await create();
    expect(at((await api("/me/playlists")).json, "total")).toBe(2);
  });

  it("changes details with an empty answer, and only for the owner", async () => {
    const id = await create();
    const before = at((await api(`/playlists/${id}`)).json, "snapshot_id");
    const answer = await api(`/playlists/${id}`, { method: "PUT", json: { name: "Renamed" } });
    expect([answer.status, answer.text]).toEqual([200, ""]);
    const after = await api(`/playlists/${id}`);
    expect(after.json).toMatchObject({ name: "Renamed" });
    expect(at(after.json, "snapshot_id")).not.toBe(before);
    const ben = spotifyApi(sandbox, "ben.listener");
    expect((await ben(`/playlists/${id}`, { method: "PUT", json: { name: "Mine" } })).status).toBe(403);
  });

  it("needs the scope that fits the playlist's visibility", async () => {
    const publicOnly = spotifyApi(sandbox, "anna", ["playlist-modify-public"]);
    const fields = { name: "x", public: false };
    expect((await publicOnly("/me/playlists", { method: "POST", json: fields })).status).toBe(403);
    expect((await publicOnly("/me/playlists", { method: "POST", json: { name: "x" } })).status).toBe(201);
    expect((await publicOnly("/me/playlists")).status).toBe(403);
  });

  it("is deleted by unfollowing, and can still be read by its id", async () => {
    const id = await create();
    await api(`/me/library?uris=spotify:playlist:${id}`, { method: "DELETE" });
    expect(at((await api("/me/playlists")).json, "total")).toBe(0);
    expect((await api(`/playlists/${id}`)).status).toBe(200);
    sandbox.control.spotify.removePlaylist(id);
    expect((await api(`/playlists/${id}`)).status).toBe(404);
  });
});

describe("writing items", () => {
  it("appends, inserts, keeps the order of the call and takes the same track twice", async () => {
    const id = await create();
    const [a = "", b = "", c = ""] = uris;
    const answer = await items(id, "POST", { uris: [a, b] });
    expect(answer.status).toBe(201);
    expect(at(answer.json, "snapshot_id")).toBeTypeOf("string");
    await items(id, "POST", { uris: [c, a], position: 1 });
    expect(contents(id)).toEqual([a, c, a, b]);
  });

  it("lets uris of the query win over the body", async () => {
    const id = await create();
    await api(`/playlists/${id}/items?uris=${uris[1]}`, { method: "POST", json: { uris: [uris[0]] } });
    expect(contents(id)).toEqual([uris[1]]);
  });

  it.each(["POST", "PUT"])("takes 100 uris by %s and refuses 101", async (method) => {
    const id = await create();
    expect((await items(id, method, { uris: uris.slice(0, 101) })).status).toBe(400);
    expect(contents(id)).toEqual([]);
    expect((await items(id, method, { uris: uris.slice(0, 100) })).status).toBeLessThan(300);
    expect(contents(id)).toHaveLength(100);
  });

  it("replaces, and clears with an empty list", async () => {
    const id = await create();
    await items(id, "POST", { uris: uris.slice(0, 3) });
    await items(id, "PUT", { uris: uris.slice(5, 7) });
    expect(contents(id)).toEqual(uris.slice(5, 7));
    await items(id, "PUT", { uris: [] });
    expect(contents(id)).toEqual([]);
  });

  it.each([
    [{ range_start: 0, insert_before: 5 }, [1, 2, 3, 4, 0]],
    [{ range_start: 4, insert_before: 0 }, [4, 0, 1, 2, 3]],
    [{ range_start: 3, range_length: 2, insert_before: 0 }, [3, 4, 0, 1, 2]],
    [{ range_start: 0, range_length: 2, insert_before: 3 }, [2, 0, 1, 3, 4]],
    [{ range_start: 1, range_length: 2, insert_before: 2 }, [0, 1, 2, 3, 4]],
  ])("moves %o by indexes of the list before the move", async (move, order) => {
    const id = await create();
    await items(id, "POST", { uris: uris.slice(0, 5) });
    expect((await items(id, "PUT", move)).status).toBe(200);
    expect(contents(id)).toEqual(order.map((index) => uris[index]));
  });

  it("refuses moves that lead out of the list", async () => {
    const id = await create();
    await items(id, "POST", { uris: uris.slice(0, 2) });
    for (const move of [
      { range_start: 2, insert_before: 0 },
      { range_start: 0, insert_before: 3 },
      { range_start: 0 },
    ]) {
      expect((await items(id, "PUT", move)).status).toBe(400);
    }
    expect((await items(id, "POST", { uris: [uris[0]], position: 9 })).status).toBe(400);
  });

  it("removes every occurrence of a URI, ignores positions, and takes a snapshot id as no condition", async () => {
    const id = await create();
    const [a = "", b = ""] = uris;
    await items(id, "POST", { uris: [a, b, a] });
    const answer = await items(id, "DELETE", { items: [{ uri: a, positions: [0] }], snapshot_id: "long-gone" });
    expect(answer.status).toBe(200);
    expect(contents(id)).toEqual([b]);
  });

  it("knows the list by the name of its route only", async () => {
    const id = await create();
    const wrong = await items(id, "DELETE", { tracks: [{ uri: uris[0] }] });
    expect(wrong.json).toEqual({ error: { status: 400, message: "No uris provided" } });
    sandbox.control.spotify.registerClient({ ...SPOTIFY_APP, id: "old", regime: "OLD-DEV" });
    const old = spotifyApi(sandbox, "anna", undefined, "old");
    await old(`/playlists/${id}/tracks`, { method: "POST", json: { uris: uris.slice(0, 2) } });
    const removed = await old(`/playlists/${id}/tracks`, { method: "DELETE", json: { tracks: [{ uri: uris[0] }] } });
    expect(removed.status).toBe(200);
    expect(contents(id)).toEqual([uris[1]]);
  });

  it("refuses others, except on collaborative playlists", async () => {
    const ben = spotifyApi(sandbox, "ben.listener");
    const closed = await create();
    const shared = await create({ name: "Shared", public: false, collaborative: true });
    const body = { method: "POST", json: { uris: uris.slice(0, 1) } };
    expect((await ben(`/playlists/${closed}/items`, body)).json).toEqual({
      error: { status: 403, message: "Forbidden" },
    });
    expect((await ben(`/playlists/${shared}/items`, body)).status).toBe(201);
  });
});

describe("reading items", () => {
  it("keeps the position of withdrawn tracks, and shows local files without ids", async () => {
    const [first = "", second = ""] = sandbox.catalogue.spotify.originals.map(({ id }) => id);
    const localUri = "spotify:local:Some+Band:An+Album:A+Song:200";
    const id = sandbox.control.spotify.seedPlaylist("anna", { name: "Mixed", entries: [first, { localUri }, second] });
    sandbox.control.spotify.takeDown(first, "gone");
    const { json } = await api(`/playlists/${id}/items`);
    expect(json).toMatchObject({
      total: 3,
      items: [
        { item: null },
        { is_local: true, item: { id: null, uri: localUri, name: "A Song", duration_ms: 200_000, external_ids: {} } },
        { item: { id: second } },
      ],
    });
  });

  it("gives 50 a page at most, 100 on the old route", async () => {
    const id = sandbox.control.spotify.seedPlaylist("anna", { name: "Long", entries: 120 });
    expect(listAt((await api(`/playlists/${id}/items?limit=50`)).json, "items")).toHaveLength(50);
    expect((await api(`/playlists/${id}/items?limit=51`)).status).toBe(400);
    sandbox.control.spotify.registerClient({ ...SPOTIFY_APP, id: "old", regime: "EQM" });
    const old = spotifyApi(sandbox, "anna", undefined, "old");
    expect(listAt((await old(`/playlists/${id}/tracks?limit=100`)).json, "items")).toHaveLength(100);
  });

  it("gives only the fields asked for", async () => {
    const id = sandbox.control.spotify.seedPlaylist("anna", { name: "Short", entries: 2 });
    const { json } = await api(`/playlists/${id}/items?fields=total,items(added_at,item(id,album.name))`);
    expect(Object.keys(json as object)).toEqual(["items", "total"]);
    expect(Object.keys(at(json, "items", 0, "item") as object).toSorted()).toEqual(["album", "id"]);
    expect((await api(`/playlists/${id}/items?fields=items(id`)).status).toBe(400);
  });

  it("shows the old snapshot id while that lags, although the items are new", async () => {
    sandbox.control.spotify.settings.snapshotLagMs = 30_000;
    const id = await create();
    const before = at((await api(`/playlists/${id}`)).json, "snapshot_id");
    const written = at((await items(id, "POST", { uris: uris.slice(0, 1) })).json, "snapshot_id");
    clock.advance(29_999);
    const lagging = await api(`/playlists/${id}`);
    expect(at(lagging.json, "snapshot_id")).toBe(before);
    expect(at(lagging.json, "items", "total")).toBe(1);
    clock.advance(1);
    expect(at((await api(`/playlists/${id}`)).json, "snapshot_id")).toBe(written);
  });

  it("can be told to show a snapshot id in between that is neither the old one nor the new one", async () => {
    Object.assign(sandbox.control.spotify.settings, { snapshotLagMs: 30_000, snapshotDetour: true });
    const id = await create();
    const look = async () => at((await api(`/playlists/${id}`)).json, "snapshot_id");
    const before = await look();
    const written = at((await items(id, "POST", { uris: uris.slice(0, 1) })).json, "snapshot_id");
    clock.advance(14_999);
    expect(await look()).toBe(before);
    clock.advance(1);
    const between = await look();
    clock.advance(15_000);
    expect(await look()).toBe(written);
    expect([before, written]).not.toContain(between);
  });
});

describe("what users do to playlists elsewhere", () => {
  const spotify = () => sandbox.control.spotify;
  const listed = async () => listAt((await api("/me/playlists")).json, "items");

  it("renames and fills them, under another snapshot each time", async () => {
    const id = spotify().seedPlaylist("anna", { name: "Sunday", entries: 2 });
    const before = at((await listed())[0], "snapshot_id");
    spotify().changePlaylist(id, { name: "Monday" });
    const renamed = await listed();
    expect(renamed).toMatchObject([{ name: "Monday" }]);
    spotify().fillPlaylist(id, [
      ...uris.slice(0, 1).map((uri) => uri.slice(14)),
      { localUri: "spotify:local:A:B:C:7" },
    ]);
    expect(contents(id)).toEqual([uris[0], "spotify:local:A:B:C:7"]);
    const filled = at((await listed())[0], "snapshot_id");
    expect(new Set([before, at(renamed[0], "snapshot_id"), filled]).size).toBe(3);
  });

  it("follows those of others, and no longer", async () => {
    const id = spotify().seedPlaylist("ben.listener", { name: "Ben's", entries: 1 });
    spotify().followPlaylist("anna", id);
    expect(await listed()).toMatchObject([{ id, owner: { id: "ben.listener" } }]);
    spotify().unfollowPlaylist("anna", id);
    expect(await listed()).toEqual([]);
    expect(() => spotify().followPlaylist("anna", "none")).toThrow(RangeError);
  });
});

describe("history", () => {
  it("gives the last 50 plays, newest first, by cursors", async () => {
    sandbox.control.spotify.seedHistory("anna", 60);
    const first = await api("/me/player/recently-played?limit=30");
    expect(listAt(first.json, "items")).toHaveLength(30);
    const next = String(at(first.json, "next")).replace("https://api.spotify.com/v1", "");
    const second = await api(next);
    expect(listAt(second.json, "items")).toHaveLength(20);
    const third = await api(String(at(second.json, "next")).replace("https://api.spotify.com/v1", ""));
    expect(third.json).toMatchObject({ items: [], next: null, cursors: null });
  });

  it("gives what came after a moment, and refuses both directions at once", async () => {
    sandbox.control.spotify.seedHistory("anna", 5, { stepMs: 60_000 });
    const after = clock.now() - 120_000;
    expect(listAt((await api(`/me/player/recently-played?after=${after}`)).json, "items")).toHaveLength(2);
    expect((await api("/me/player/recently-played?after=1&before=2")).status).toBe(400);
  });
});
