import { beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, SPOTIFY_APP } from "../src/index.ts";
import { type Api, at, listAt, spotifyApi } from "./support/callers.ts";
import { TestClock } from "./support/test-clock.ts";

let clock: TestClock;
let sandbox: Sandbox;
let api: Api;

beforeEach(() => {
  clock = new TestClock();
  sandbox = createSandbox({ clock, rateLimits: { spotify: false } });
  api = spotifyApi(sandbox);
});

const uri = (id: string): string => `spotify:track:${id}`;
const ids = (count: number): string[] => sandbox.catalogue.spotify.originals.slice(0, count).map(({ id }) => id);
const save = (...trackIds: string[]) => api(`/me/library?uris=${trackIds.map(uri).join(",")}`, { method: "PUT" });

describe("listing favourites", () => {
  it("gives newest first, in pages of 20 unless told otherwise, with links to both neighbours", async () => {
    const seeded = sandbox.control.spotify.seedFavourites("anna", 45);
    const first = await api("/me/tracks");
    expect(listAt(first.json, "items")).toHaveLength(20);
    expect(at(first.json, "total")).toBe(45);
    expect(at(first.json, "previous")).toBeNull();
    const second = await api("/me/tracks?limit=20&offset=20");
    expect(at(second.json, "previous")).toBe("https://api.spotify.com/v1/me/tracks?offset=0&limit=20");
    expect(at(second.json, "next")).toBe("https://api.spotify.com/v1/me/tracks?offset=40&limit=20");
    const last = await api("/me/tracks?limit=20&offset=40");
    expect(at(last.json, "next")).toBeNull();
    const listed = [first, second, last].flatMap(({ json }) => listAt(json, "items").map((item) => askedId(item)));
    expect(listed).toEqual(seeded);
  });

  /** Relinked tracks hide the id that was saved. */
  const askedId = (item: unknown): unknown => {
    const shown = String(at(item, "track", "id"));
    const track = sandbox.catalogue.spotify.byId(shown);
    const saved = sandbox.control.spotify.favourites("anna");
    if (track === undefined || saved.includes(shown)) return shown;
    return sandbox.catalogue.spotify.releases(track).find(({ id }) => saved.includes(id))?.id;
  };

  it.each(["0", "51", "-1", "ten", "1.5"])("refuses limit=%s", async (limit) => {
    const answer = await api(`/me/tracks?limit=${limit}`);
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({ error: { status: 400, message: "Invalid limit" } });
  });

  it("gives an empty page beyond the end, with the true total", async () => {
    sandbox.control.spotify.seedFavourites("anna", 3);
    const { json } = await api("/me/tracks?offset=50");
    expect(json).toMatchObject({ items: [], total: 3, next: null });
  });

  it("needs user-library-read", async () => {
    const answer = await spotifyApi(sandbox, "anna", ["user-library-modify"])("/me/tracks");
    expect(answer.status).toBe(403);
    expect(answer.json).toEqual({ error: { status: 403, message: "Insufficient client scope" } });
  });

  it("writes added_at to the second", async () => {
    clock.advance(123);
    await save(ids(1)[0]!);
    expect(at((await api("/me/tracks")).json, "items", 0, "added_at")).toBe("2026-11-22T12:00:00Z");
  });
});

describe("saving and removing by URI", () => {
  it("answers an empty 200 and keeps the date of what was there", async () => {
    const [first = ""] = ids(1);
    const answer = await save(first);
    expect([answer.status, answer.text]).toEqual([200, ""]);
    clock.advance(60_000);
    await save(first);
    const { json } = await api("/me/tracks");
    expect(json).toMatchObject({ total: 1, items: [{ added_at: "2026-11-22T12:00:00Z" }] });
  });

  it("orders calls of one second by their sequence, newest first", async () => {
    const wanted = ids(6);
    for (const id of wanted) await save(id);
    expect(sandbox.control.spotify.favourites("anna")).toEqual(wanted.toReversed());
  });

  it("promises no order within one call", async () => {
    const wanted = ids(40);
    await save(...wanted);
    const saved = sandbox.control.spotify.favourites("anna");
    expect(saved.toSorted()).toEqual(wanted.toSorted());
    expect(saved).not.toEqual(wanted);
    expect(saved).not.toEqual(wanted.toReversed());
  });

  it("takes 40 URIs and refuses 41 without saving any", async () => {
    expect((await save(...ids(41))).json).toEqual({ error: { status: 400, message: "Too many uris" } });
    expect(sandbox.control.spotify.favourites("anna")).toEqual([]);
    expect((await save(...ids(40))).status).toBe(200);
  });

  it("looks at the query only: URIs in a body are missing URIs", async () => {
    const answer = await api("/me/library", { method: "PUT", json: { uris: ids(1).map(uri) } });
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({ error: { status: 400, message: "Missing required field: uris" } });
  });

  it.each([
    ["an unknown id", "spotify:track:0000000000000000000000"],
    ["a local file", "spotify:local:A:B:C:200"],
    ["a bare id", "0000000000000000000000"],
    ["a malformed id", "spotify:track:short"],
  ])("refuses the whole call for %s", async (_, bad) => {
    const answer = await api(`/me/library?uris=${uri(ids(1)[0]!)},${encodeURIComponent(bad)}`, { method: "PUT" });
    expect(answer.status).toBe(400);
    expect(sandbox.control.spotify.favourites("anna")).toEqual([]);
  });

  it("passes over unknown ids where that is switched on", async () => {
    sandbox.control.spotify.settings.unknownUris = "ignore";
    expect((await save(...ids(1), "0000000000000000000000")).status).toBe(200);
    expect(sandbox.control.spotify.favourites("anna")).toEqual(ids(1));
  });

  it("removes, and succeeds for what is not there", async () => {
    const [first = "", second = ""] = ids(2);
    await save(first);
    const answer = await api(`/me/library?uris=${uri(first)},${uri(second)}`, { method: "DELETE" });
    expect(answer.status).toBe(200);
    expect(sandbox.control.spotify.favourites("anna")).toEqual([]);
  });

  it("tells what is saved, in the order asked", async () => {
    const [first = "", second = ""] = ids(2);
    await save(second);
    const { json } = await api(`/me/library/contains?uris=${uri(first)},${uri(second)}`);
    expect(json).toEqual([false, true]);
    expect((await api(`/me/library/contains?uris=${ids(41).map(uri).join(",")}`)).status).toBe(400);
  });

  it("needs the scope of the kind of thing", async () => {
    const onlyTracks = spotifyApi(sandbox, "anna", ["user-library-modify"]);
    const playlist = sandbox.control.spotify.seedPlaylist("ben.listener", { name: "Other", entries: 1 });
    expect((await onlyTracks(`/me/library?uris=spotify:playlist:${playlist}`, { method: "PUT" })).status).toBe(403);
    expect((await onlyTracks(`/me/library?uris=${uri(ids(1)[0]!)}`, { method: "PUT" })).status).toBe(200);
    const reader = spotifyApi(sandbox, "anna", ["user-library-read"]);
    expect((await reader(`/me/library?uris=${uri(ids(1)[0]!)}`, { method: "DELETE" })).status).toBe(403);
  });
});

describe("the old routes", () => {
  const legacy = (regime: "EQM" | "OLD-DEV"): Api => {
    sandbox.control.spotify.registerClient({ ...SPOTIFY_APP, id: regime, regime });
    return spotifyApi(sandbox, "anna", undefined, regime);
  };

  it("are forbidden to new development-mode apps", async () => {
    for (const method of ["PUT", "DELETE"]) {
      const answer = await api("/me/tracks", { method, json: { ids: ids(1) } });
      expect(answer.json).toEqual({ error: { status: 403, message: "Forbidden" } });
    }
    expect((await api(`/me/tracks/contains?ids=${ids(1)[0]}`)).status).toBe(403);
  });

  it.each(["EQM", "OLD-DEV"] as const)("save, test and remove in %s", async (regime) => {
    const old = legacy(regime);
    expect((await old("/me/tracks", { method: "PUT", json: { ids: ids(2) } })).status).toBe(200);
    expect((await old(`/me/tracks/contains?ids=${ids(3).join(",")}`)).json).toEqual([true, true, false]);
    expect((await old("/me/tracks", { method: "DELETE", json: { ids: ids(1) } })).status).toBe(200);
    expect(sandbox.control.spotify.favourites("anna")).toEqual([ids(2)[1]]);
  });

  it("set dates, to the minute, and take at most 50 ids", async () => {
    const old = legacy("EQM");
    const timestamped_ids = [{ id: ids(1)[0], added_at: "2020-01-31T09:00:42Z" }];
    expect((await old("/me/tracks", { method: "PUT", json: { timestamped_ids } })).status).toBe(200);
    expect(at((await old("/me/tracks")).json, "items", 0, "added_at")).toBe("2020-01-31T09:00:00Z");
    expect((await old("/me/tracks", { method: "PUT", json: { ids: ids(51) } })).status).toBe(400);
    expect((await old("/me/tracks", { method: "PUT", json: {} })).status).toBe(400);
  });
});

describe("tracks that went away", () => {
  it("leave the list and their address when gone, and stay as unplayable otherwise", async () => {
    const [gone = "", unplayable = ""] = ids(2);
    sandbox.control.spotify.seedFavourites("anna", [gone, unplayable]);
    sandbox.control.spotify.takeDown(gone, "gone");
    sandbox.control.spotify.takeDown(unplayable, "unplayable");
    const { json } = await api("/me/tracks");
    expect(json).toMatchObject({ total: 1, items: [{ track: { id: unplayable, is_playable: false } }] });
    expect((await api(`/tracks/${gone}`)).status).toBe(404);
    expect((await api(`/tracks/${unplayable}`)).json).toMatchObject({ restrictions: { reason: "market" } });
    sandbox.control.spotify.restore(gone);
    expect((await api(`/tracks/${gone}`)).status).toBe(200);
  });
});

describe("lists that lag behind writes", () => {
  it("show the list as it was until the lag is over", async () => {
    sandbox.control.spotify.settings.staleReadsMs = 2_000;
    await save(ids(1)[0]!);
    expect(at((await api("/me/tracks")).json, "total")).toBe(0);
    clock.advance(1_999);
    expect(at((await api("/me/tracks")).json, "total")).toBe(0);
    clock.advance(1);
    expect(at((await api("/me/tracks")).json, "total")).toBe(1);
  });
});
