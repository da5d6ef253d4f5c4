import { beforeEach, describe, expect, it } from "vitest";
import { createSandbox, DISAGREEMENT_RATES, type Sandbox } from "../src/index.ts";
import { type Api, at, deezerApi, listAt, spotifyApi } from "./support/callers.ts";
import { TestClock } from "./support/test-clock.ts";

const ANNA = 4_000_000_001;

let sandbox: Sandbox;
let spotify: Api;
let deezer: Api;

beforeEach(() => {
  sandbox = createSandbox({ clock: new TestClock(), rateLimits: { spotify: false, deezer: false } });
  spotify = spotifyApi(sandbox);
  deezer = deezerApi(sandbox);
});

const idsAt = (json: unknown, list: readonly string[], ...path: readonly string[]) =>
  listAt(json, ...list).map((row) => String(at(row, ...path)));
const code = (answer: { json: unknown }) => at(answer.json, "error", "code");

describe("Spotify's saved albums", () => {
  it("come newest first, 20 a page and at most 50, each with its UPC", async () => {
    const newestFirst = sandbox.control.spotify.seedAlbums("anna", 60);
    const { json } = await spotify("/me/albums");
    expect(idsAt(json, ["items"], "album", "id")).toEqual(newestFirst.slice(0, 20));
    expect(at(json, "total")).toBe(60);
    expect(idsAt((await spotify("/me/albums?limit=50&offset=50")).json, ["items"], "album", "id")).toEqual(
      newestFirst.slice(50),
    );
    expect((await spotify("/me/albums?limit=51")).status).toBe(400);
    const known = sandbox.catalogue.spotify.albums.filter(({ upc }) => upc !== undefined);
    expect(known.length / sandbox.catalogue.spotify.albums.length).toBeGreaterThan(0.95);
    const codes = listAt(json, "items").map((row) => at(row, "album", "external_ids", "upc"));
    expect(codes.filter((upc) => /^\d{12}$/.test(String(upc))).length).toBeGreaterThan(15);
  });

  it("are found by UPC, alone, without the code in the hits", async () => {
    const album = sandbox.catalogue.spotify.albums.find(({ upc }) => upc !== undefined);
    const found = await spotify(`/search?q=upc:${album?.upc}&type=album`);
    expect(idsAt(found.json, ["albums", "items"], "id")).toContain(album?.id);
    expect(listAt(found.json, "albums", "items")[0]).not.toHaveProperty("external_ids");
    expect(listAt((await spotify("/search?q=upc:000000000017&type=album")).json, "albums", "items")).toEqual([]);
    expect(listAt((await spotify(`/search?q=upc:${album?.upc}&type=track`)).json, "tracks", "items")).toEqual([]);
  });

  it("are searched for by album and artist; what is asked of tracks finds no album", async () => {
    const album = sandbox.catalogue.spotify.albums.find(({ name }) => /^[a-z]{5,} [a-z]{5,}$/i.test(name));
    const query = `album:"${album?.name}" artist:"${album?.artists[0]?.name}"`;
    const found = await spotify(`/search?q=${encodeURIComponent(query)}&type=album&limit=10`);
    expect(idsAt(found.json, ["albums", "items"], "id")).toContain(album?.id);
    const tracks = await spotify(`/search?q=${encodeURIComponent(`track:"${album?.name}"`)}&type=album`);
    expect(listAt(tracks.json, "albums", "items")).toEqual([]);
  });

  it("that are taken down are gone, or restricted", async () => {
    const [gone = "", barred = ""] = sandbox.control.spotify.seedAlbums("anna", 2);
    sandbox.control.spotify.takeDown(gone, "gone");
    sandbox.control.spotify.takeDown(barred, "unplayable");
    expect(idsAt((await spotify("/me/albums")).json, ["items"], "album", "id")).toEqual([barred]);
    expect((await spotify(`/albums/${gone}`)).status).toBe(404);
    expect(at((await spotify(`/albums/${barred}`)).json, "restrictions", "reason")).toBe("market");
  });
});

describe("Spotify's followed artists", () => {
  it("are paged by the last id, and followed and left through the library", async () => {
    const ids = sandbox.control.spotify.seedArtists("anna", 60).toSorted();
    const first = (await spotify("/me/following?type=artist&limit=50")).json;
    expect(idsAt(first, ["artists", "items"], "id")).toEqual(ids.slice(0, 50));
    expect(at(first, "artists", "cursors", "after")).toBe(ids[49]);
    const second = (await spotify(`/me/following?type=artist&limit=50&after=${ids[49]}`)).json;
    expect(idsAt(second, ["artists", "items"], "id")).toEqual(ids.slice(50));
    expect(at(second, "artists", "cursors", "after")).toBeNull();
    expect((await spotify("/me/following?limit=50")).status).toBe(400);
    await spotify(`/me/library?uris=spotify:artist:${ids[0]}`, { method: "DELETE" });
    expect(sandbox.control.spotify.artists("anna")).toHaveLength(59);
    await spotify(`/me/library?uris=spotify:artist:${ids[0]}`, { method: "PUT" });
    expect(sandbox.control.spotify.artists("anna")).toHaveLength(60);
  });

  it("need their own scope, and can be refused as the reference page reads", async () => {
    const [id = ""] = [...sandbox.catalogue.spotify.artists().keys()];
    const uri = `/me/library?uris=spotify:artist:${id}`;
    const narrow = spotifyApi(sandbox, "anna", ["user-library-modify"]);
    expect((await narrow(uri, { method: "PUT" })).status).toBe(403);
    sandbox.control.spotify.settings.artistUris = "refuse";
    expect((await spotify(uri, { method: "PUT" })).status).toBe(400);
    expect(sandbox.control.spotify.artists("anna")).toEqual([]);
  });

  it("show followers in Extended Quota Mode, and not in development mode", async () => {
    const [id = ""] = [...sandbox.catalogue.spotify.artists().keys()];
    expect(at((await spotify(`/artists/${id}`)).json, "followers")).toBeUndefined();
    const open = createSandbox({ regime: "EQM" });
    const artist = await spotifyApi(open)(`/artists/${id}`);
    expect(at(artist.json, "followers", "total")).toBe(open.catalogue.spotify.artists().get(id)?.followers);
  });
});

describe("Deezer's saved albums and artists", () => {
  it("come in the order of their ids, with times and without codes", async () => {
    const ids = sandbox.control.deezer.seedAlbums(ANNA, 30);
    const { json } = await deezer("/user/me/albums?limit=100");
    expect(idsAt(json, ["data"], "id")).toEqual(ids.toSorted((a, b) => Number(a) - Number(b)));
    const [row] = listAt(json, "data");
    expect(row).not.toHaveProperty("upc");
    expect(at(row, "time_add")).toEqual(expect.any(Number));
    expect(at(row, "available")).toBe(true);
    expect(at((await deezer(`/album/${ids[0]}`)).json, "upc")).toMatch(/^\d{12,13}$/);
  });

  it.each([
    ["albums", "album_id", () => String(sandbox.catalogue.deezer.albums[0]?.id)],
    ["artists", "artist_id", () => String([...sandbox.catalogue.deezer.artists().keys()][0])],
  ] as const)("are added and removed one at a time: %s", async (kind, parameter, idOf) => {
    const id = idOf();
    const path = `/user/me/${kind}`;
    const add = (value: string) => deezer(path, { method: "POST", form: { [parameter]: value } });
    expect((await add(id)).text).toBe("true");
    expect((await add(id)).text).toBe("true");
    expect(sandbox.control.deezer[kind](ANNA)).toEqual([id]);
    sandbox.control.deezer.settings.duplicateFavourite = "refuse";
    expect(code(await add(id))).toBe(500);
    expect(code(await add("999999999999"))).toBe(800);
    expect(code(await add(`${id},${id}`))).toBe(500);
    expect(code(await deezer(path, { method: "POST" }))).toBe(501);
    const reader = deezerApi(sandbox, ANNA, ["basic_access"]);
    expect(code(await reader(path, { method: "POST", form: { [parameter]: id } }))).toBe(200);
    expect(code(await reader(`${path}?${parameter}=${id}`, { method: "DELETE" }))).toBe(200);
    expect((await deezer(`${path}?${parameter}=${id}`, { method: "DELETE" })).text).toBe("true");
    expect(sandbox.control.deezer[kind](ANNA)).toEqual([]);
  });

  it("are found by exactly the digits that are stored, by words, and in nobody's name", async () => {
    const { albums } = sandbox.catalogue.deezer;
    const padded = albums.find(({ upc }) => upc.length === 13);
    expect(at((await deezer(`/album/upc:${padded?.upc}`)).json, "id")).toBe(padded?.id);
    expect(code(await deezer(`/album/upc:${padded?.upc.slice(1)}`))).toBe(800);
    const plain = albums.find(({ title }) => /^[a-z]{5,} [a-z]{5,}$/i.test(title));
    const query = encodeURIComponent(`artist:"${plain?.artist.name}" album:"${plain?.title}"`);
    const found = (await deezer(`/search/album?q=${query}`)).json;
    expect(idsAt(found, ["data"], "id")).toContain(String(plain?.id));
    expect(listAt(found, "data")[0]).not.toHaveProperty("release_date");
    const artists = (await deezer(`/search/artist?q=${encodeURIComponent(plain?.artist.name ?? "")}`)).json;
    expect(idsAt(artists, ["data"], "name")).toContain(plain?.artist.name);
    expect(code(await deezer("/album/x"))).toBe(600);
    expect(code(await deezer("/artist/999999999999"))).toBe(800);
  });
});

describe("what the services tell of one release or artist", () => {
  it("differs in codes and numbers of tracks at the rates that are declared", () => {
    const { spotify: ours, deezer: theirs, truth } = sandbox.catalogue;
    const twins = ours.albums.flatMap((album) => {
      const [id, ...others] = truth.deezerAlbums(album.id);
      const twin = id === undefined || others.length > 0 ? undefined : theirs.album(id)?.album;
      return twin && truth.spotifyAlbums(String(twin.id)).length === 1 && album.upc ? [[album, twin] as const] : [];
    });
    const share = (count: number) => count / twins.length;
    expect(twins.length).toBeGreaterThan(1_000);
    const otherCode = twins.filter(([album, twin]) => twin.upc.slice(-12) !== album.upc).length;
    expect(Math.abs(share(otherCode) - DISAGREEMENT_RATES.upcDiffers)).toBeLessThan(0.03);
    const padded = twins.filter(([, twin]) => twin.upc.length === 13).length;
    expect(Math.abs(share(padded) - DISAGREEMENT_RATES.upcPadded)).toBeLessThan(0.03);
  });

  it("has namesakes at the declared rate, most of them hardly known", () => {
    for (const service of [sandbox.catalogue.spotify, sandbox.catalogue.deezer]) {
      const all = [...service.artists().values()];
      const namesakes = all.filter(({ namesake }) => namesake);
      expect(Math.abs(namesakes.length / (all.length - namesakes.length) - DISAGREEMENT_RATES.namesakes)).toBeLessThan(
        0.02,
      );
      const names = new Set(all.filter(({ namesake }) => !namesake).map(({ name }) => name));
      expect(namesakes.every(({ name }) => names.has(name))).toBe(true);
    }
  });
});
