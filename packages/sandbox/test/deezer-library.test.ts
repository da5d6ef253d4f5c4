import { beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../src/index.ts";
import { type Api, at, call, deezerApi, listAt } from "./support/callers.ts";
import { TestClock } from "./support/test-clock.ts";

const ANNA = 4_000_000_001;
const BEN = 4_000_000_002;

let clock: TestClock;
let sandbox: Sandbox;
let api: Api;

beforeEach(() => {
  clock = new TestClock();
  sandbox = createSandbox({ clock, rateLimits: { deezer: false } });
  api = deezerApi(sandbox);
});

const ids = (count: number): string[] => sandbox.catalogue.deezer.originals.slice(0, count).map(({ id }) => id);
const error = (answer: { json: unknown }): unknown => at(answer.json, "error", "code");
const save = (form: Record<string, string>) => api("/user/me/tracks", { method: "POST", form });
const listed = async (path: string): Promise<unknown[]> =>
  listAt((await api(path)).json, "data").map((row) => String(at(row, "id")));

describe("favourites", () => {
  it("come oldest first, 25 a page, without ISRC, in unix seconds", async () => {
    const newestFirst = sandbox.control.deezer.seedFavourites(ANNA, 30);
    const { json } = await api("/user/me/tracks");
    expect(listAt(json, "data")).toHaveLength(25);
    expect(await listed("/user/me/tracks?limit=100")).toEqual(newestFirst.toReversed());
    const [row] = listAt(json, "data");
    for (const field of ["isrc", "title_short", "preview"]) expect(row).not.toHaveProperty(field);
    expect(at(row, "time_add")).toBe(Date.parse("2026-11-21T07:00:00Z") / 1_000);
  });

  it("link pages by index and repeat the token in clear; the ends have no link", async () => {
    sandbox.control.deezer.seedFavourites(ANNA, 30);
    const { json } = await api("/user/me/tracks?limit=20");
    expect(json).not.toHaveProperty("prev");
    expect(at(json, "next")).toMatch(
      /^https:\/\/api\.deezer\.com\/user\/me\/tracks\?access_token=fr\w+&limit=20&index=20$/,
    );
    const last = await api("/user/me/tracks?limit=20&index=20");
    expect(last.json).not.toHaveProperty("next");
    expect(listAt((await api("/user/me/tracks?limit=-1")).json, "data")).toHaveLength(30);
  });

  it("state a total that may exceed the rows", async () => {
    sandbox.control.deezer.seedFavourites(ANNA, 93);
    sandbox.control.deezer.settings.surplusTotal = 9;
    const { json } = await api("/user/me/tracks?limit=100");
    expect([listAt(json, "data").length, at(json, "total")]).toEqual([93, 102]);
  });

  it("are added one or several at a time with a bare true, and once only", async () => {
    const [a = "", b = "", c = ""] = ids(3);
    expect((await save({ track_id: a })).text).toBe("true");
    clock.advance(1_000);
    expect((await save({ track_ids: `${a},${b},${c}` })).text).toBe("true");
    expect(sandbox.control.deezer.favourites(ANNA)[0]).toBe(a);
    expect(sandbox.control.deezer.favourites(ANNA).toSorted()).toEqual([a, b, c].toSorted());
  });

  it("can be set to refuse what is there", async () => {
    sandbox.control.deezer.settings.duplicateFavourite = "refuse";
    await save({ track_id: ids(1)[0]! });
    expect(error(await save({ track_ids: ids(2).join(",") }))).toBe(500);
    expect(sandbox.control.deezer.favourites(ANNA)).toEqual(ids(1));
  });

  it("refuse unknown ids (800), missing parameters (501), nonsense (500) and overflow (100)", async () => {
    expect(error(await save({ track_id: "1" }))).toBe(800);
    expect(error(await save({}))).toBe(501);
    expect(error(await save({ track_id: "abc" }))).toBe(500);
    sandbox.control.deezer.settings.favouritesLimit = 2;
    expect(error(await save({ track_ids: ids(3).join(",") }))).toBe(100);
    expect(sandbox.control.deezer.favourites(ANNA)).toEqual([]);
  });

  it("are removed one id per call", async () => {
    await save({ track_ids: ids(3).join(",") });
    expect(error(await api(`/user/me/tracks?track_id=${ids(2).join(",")}`, { method: "DELETE" }))).toBe(500);
    expect((await api(`/user/me/tracks?track_id=${ids(1)[0]}`, { method: "DELETE" })).text).toBe("true");
    expect(sandbox.control.deezer.favourites(ANNA)).toHaveLength(2);
  });

  it("need a token and its permission: code 200 inside HTTP 200", async () => {
    const anonymous = await call(sandbox, "https://api.deezer.com/user/me/tracks");
    expect([anonymous.status, error(anonymous)]).toEqual([200, 200]);
    const reader = deezerApi(sandbox, ANNA, ["basic_access"]);
    expect(error(await reader("/user/me/tracks", { method: "POST", form: { track_id: ids(1)[0]! } }))).toBe(200);
    expect(error(await reader(`/user/me/tracks?track_id=${ids(1)[0]}`, { method: "DELETE" }))).toBe(200);
    expect(error(await reader("/user/me/history"))).toBe(200);
    const header = { headers: { authorization: `Bearer ${sandbox.control.deezer.issueToken(ANNA)}` } };
    expect(error(await call(sandbox, "https://api.deezer.com/user/me", header))).toBe(200);
  });

  it("of others can be read unless their profile is private", async () => {
    sandbox.control.deezer.seedFavourites(BEN, 2);
    expect(at((await call(sandbox, `https://api.deezer.com/user/${BEN}/tracks`)).json, "total")).toBe(2);
    sandbox.control.deezer.addUser({
      id: 77,
      name: "p",
      firstName: "P",
      lastName: "Q",
      country: "SE",
      publicProfile: false,
    });
    expect(error(await call(sandbox, "https://api.deezer.com/user/77/tracks"))).toBe(200);
  });

  it("drop tracks that are gone, and keep unreadable ones", async () => {
    const [gone = "", unreadable = ""] = ids(2);
    sandbox.control.deezer.seedFavourites(ANNA, [gone, unreadable]);
    sandbox.control.deezer.takeDown(gone, "gone");
    sandbox.control.deezer.takeDown(unreadable, "unreadable");
    const { json } = await api("/user/me/tracks");
    expect(json).toMatchObject({ total: 1, data: [{ id: Number(unreadable), readable: false }] });
    expect(error(await api(`/track/${gone}`))).toBe(800);
  });

  it("show up as the loved-tracks playlist, with ISRC and a checksum that follows the contents", async () => {
    sandbox.control.deezer.seedFavourites(ANNA, 3);
    const loved = async (): Promise<unknown> => listAt((await api("/user/me/playlists")).json, "data")[0];
    const before = await loved();
    expect(before).toMatchObject({ is_loved_track: true, nb_tracks: 3 });
    const tracks = await api(`/playlist/${String(at(before, "id"))}/tracks`);
    expect(at(tracks.json, "data", 0, "isrc")).toMatch(/^[A-Z]{2}[A-Z0-9]{3}\d{7}$/);
    expect(at(tracks.json, "checksum")).toBe(at(before, "checksum"));
    expect(at(await loved(), "checksum")).toBe(at(before, "checksum"));
    clock.advance(5_000);
    await api(`/user/me/tracks?track_id=${String(at(tracks.json, "data", 0, "id"))}`, { method: "DELETE" });
    const after = await loved();
    expect(at(after, "checksum")).not.toBe(at(before, "checksum"));
    expect(at(after, "time_mod")).toBe(clock.now() / 1_000);
  });
});

describe("playlists", () => {
  const create = async (): Promise<number> =>
    Number(at((await api("/user/me/playlists", { method: "POST", form: { title: "Sunday" } })).json, "id"));
  const write = (id: number, form: Record<string, string>) => api(`/playlist/${id}/tracks`, { method: "POST", form });
  const contents = (id: number): readonly string[] => sandbox.control.deezer.playlistTracks(id);

  it("append songs in the given order", async () => {
    const id = await create();
    expect((await write(id, { songs: ids(3).join(",") })).text).toBe("true");
    expect(contents(id)).toEqual(ids(3));
    expect(await listed(`/playlist/${id}/tracks`)).toEqual(ids(3));
  });

  it("refuse the whole call for one duplicate, there already or within the call", async () => {
    const id = await create();
    await write(id, { songs: ids(1).join(",") });
    const refused = await write(id, { songs: ids(3).join(",") });
    expect(refused.json).toMatchObject({ error: { code: 500, message: "This song already exists in this playlist" } });
    expect(error(await write(id, { songs: `${ids(3)[2]},${ids(3)[2]}` }))).toBe(500);
    expect(contents(id)).toEqual(ids(1));
  });

  it("take an order that is a permutation, and no other", async () => {
    const id = await create();
    await write(id, { songs: ids(3).join(",") });
    expect((await write(id, { order: ids(3).toReversed().join(",") })).text).toBe("true");
    expect(contents(id)).toEqual(ids(3).toReversed());
    expect(error(await write(id, { order: ids(2).join(",") }))).toBe(500);
  });

  it("lose the songs named", async () => {
    const id = await create();
    await write(id, { songs: ids(3).join(",") });
    expect((await api(`/playlist/${id}/tracks?songs=${ids(2).join(",")}`, { method: "DELETE" })).text).toBe("true");
    expect(contents(id)).toEqual(ids(3).slice(2));
  });

  it("hold 2,000 songs: beyond, code 100", async () => {
    sandbox.control.deezer.settings.playlistLimit = 2;
    expect(error(await write(await create(), { songs: ids(3).join(",") }))).toBe(100);
  });

  it("can be renamed, hidden, followed, unfollowed and deleted", async () => {
    const id = await create();
    expect((await api(`/playlist/${id}`, { method: "POST", form: { title: "New", public: "false" } })).text).toBe(
      "true",
    );
    expect((await api(`/playlist/${id}`)).json).toMatchObject({ title: "New", public: false });
    expect(error(await call(sandbox, `https://api.deezer.com/playlist/${id}`))).toBe(200);
    const other = sandbox.control.deezer.seedPlaylist(BEN, { title: "Ben's", tracks: 2 });
    const follow = { method: "POST", form: { playlist_id: String(other) } };
    expect((await api("/user/me/playlists", follow)).text).toBe("true");
    expect((await api("/user/me/playlists", follow)).text).toBe("false");
    expect(error(await write(other, { songs: ids(1)[0]! }))).toBe(200);
    expect((await api(`/user/me/playlists?playlist_id=${other}`, { method: "DELETE" })).text).toBe("true");
    expect((await api(`/playlist/${id}`, { method: "DELETE" })).text).toBe("true");
    expect(error(await api(`/playlist/${id}`))).toBe(800);
  });
});

describe("playlists of a user, as anybody sees them", () => {
  const seen = async (id: number) => call(sandbox, `https://api.deezer.com/user/${id}/playlists`);

  it("are the public ones and the loved tracks, without descriptions", async () => {
    const { deezer } = sandbox.control;
    const shown = deezer.seedPlaylist(BEN, { title: "Shown", description: "in words", tracks: 2 });
    deezer.seedPlaylist(BEN, { title: "Hidden", tracks: 2, public: false });
    const rows = listAt((await seen(BEN)).json, "data");
    expect(rows).toMatchObject([{ is_loved_track: true }, { id: shown, title: "Shown", nb_tracks: 2 }]);
    for (const row of rows) expect(row).not.toHaveProperty("description");
  });

  it("are refused where the profile is private", async () => {
    const person = { name: "p", firstName: "P", lastName: "Q", country: "SE", publicProfile: false } as const;
    sandbox.control.deezer.addUser({ id: 77, ...person });
    expect(error(await seen(77))).toBe(200);
  });
});

describe("what users do to playlists elsewhere", () => {
  it("renames, describes, fills and follows them", async () => {
    const { deezer } = sandbox.control;
    const own = deezer.seedPlaylist(ANNA, { title: "Sunday", tracks: 1 });
    const checksum = async () => at((await api(`/playlist/${own}`)).json, "checksum");
    const before = await checksum();
    deezer.changePlaylist(own, { title: "Monday", description: "in words" });
    expect((await api(`/playlist/${own}`)).json).toMatchObject({ title: "Monday", description: "in words" });
    expect(await checksum()).toBe(before);
    deezer.fillPlaylist(own, ids(3));
    expect(await listed(`/playlist/${own}/tracks`)).toEqual(ids(3));
    expect(await checksum()).not.toBe(before);
    const other = deezer.seedPlaylist(BEN, { title: "Ben's", tracks: 1 });
    deezer.followPlaylist(ANNA, other);
    deezer.followPlaylist(ANNA, other);
    expect((await listed("/user/me/playlists")).filter((id) => id === String(other))).toHaveLength(1);
    expect(() => deezer.fillPlaylist(1, [])).toThrow(RangeError);
  });
});

describe("history", () => {
  it("comes newest first in unix seconds, without ISRC", async () => {
    sandbox.control.deezer.seedHistory(ANNA, 3, { stepMs: 60_000 });
    const { json } = await api("/user/me/history");
    const now = clock.now() / 1_000;
    expect(listAt(json, "data").map((row) => at(row, "timestamp"))).toEqual([now, now - 60, now - 120]);
    expect(at(json, "data", 0)).not.toHaveProperty("isrc");
  });
});
