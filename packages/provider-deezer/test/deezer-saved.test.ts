import { describe, expect, it } from "vitest";
import { deezerQuery } from "../src/deezer-search-terms.ts";
import { mapDeezerAlbum, mapDeezerArtist } from "../src/map-deezer-album.ts";
import { cannedSession, provider } from "./support/canned-session.ts";

const album = {
  id: 612345671,
  title: "Coastline",
  upc: "0724384960650",
  nb_tracks: 12,
  record_type: "compile",
  release_date: "2024-05-03",
  explicit_lyrics: false,
  available: true,
  artist: { name: "The Lanterns" },
  contributors: [{ name: "The Lanterns" }, { name: "Ann Vale" }],
};
const missing = { error: { type: "DataException", message: "no data", code: 800 } };

describe("saved albums", () => {
  it("are mapped with all artists, and the code in its canonical form", () => {
    expect(mapDeezerAlbum(album)).toEqual({
      name: "Coastline",
      artists: ["The Lanterns", "Ann Vale"],
      upc: "724384960650",
      type: "compilation",
      trackCount: 12,
      releaseDate: "2024-05-03",
      explicit: false,
      externalIds: { deezer: "612345671" },
      playable: true,
    });
    expect(mapDeezerAlbum({ id: 1, title: "Tide" })).toEqual({
      name: "Tide",
      artists: [],
      externalIds: { deezer: "1" },
    });
  });

  it("are found by the code as Deezer has stored it, with 12, 13 or 14 digits", async () => {
    const { session, requests } = cannedSession(missing, missing, album);
    const found = await provider.catalogues?.album?.lookups.upc?.find(session, ["724384960650"]);
    expect(found?.get("724384960650")).toMatchObject([{ id: 612345671 }]);
    expect(requests.map(({ url }) => url.pathname)).toEqual([
      "/album/upc:724384960650",
      "/album/upc:0724384960650",
      "/album/upc:00724384960650",
    ]);
  });

  it("of 13 digits have one spelling less, and are not found where no spelling is", async () => {
    const { session, requests } = cannedSession(missing, missing);
    const found = await provider.catalogues?.album?.lookups.upc?.find(session, ["5060000000016"]);
    expect(found?.size).toBe(0);
    expect(requests).toHaveLength(2);
  });

  it("are not called missing when Deezer does not answer", async () => {
    const { session } = cannedSession({ error: { type: "OAuthException", message: "Invalid token", code: 300 } });
    const lookup = provider.catalogues?.album?.lookups.upc?.find(session, ["724384960650"]);
    await expect(lookup).rejects.toMatchObject({ name: expect.any(String) });
  });

  it("are written one at a time", async () => {
    const { session, requests } = cannedSession(true, true);
    const { write } = provider.collections.albums;
    expect(await write.add(session, ["612345671"])).toEqual([{ id: "612345671", result: "written" }]);
    expect(await write.remove(session, ["612345671"])).toEqual([{ id: "612345671", result: "written" }]);
    expect(requests.map(({ method, url }) => `${method} ${url.pathname}`)).toEqual([
      "POST /user/me/albums",
      "DELETE /user/me/albums",
    ]);
    expect(requests[0]?.form).toContain("album_id=612345671");
    expect(requests[1]?.url.searchParams.get("album_id")).toBe("612345671");
    await expect(write.add(session, ["1", "2"])).rejects.toMatchObject({ code: "request.invalid" });
    await expect(write.add(session, ["one"])).rejects.toMatchObject({ code: "request.invalid" });
  });
});

describe("saved artists", () => {
  it("are mapped with the number of their fans", () => {
    expect(mapDeezerArtist({ id: 243, name: "The Lanterns", nb_fan: 224_408 })).toEqual({
      name: "The Lanterns",
      followers: 224_408,
      externalIds: { deezer: "243" },
    });
    expect(mapDeezerArtist({ id: 243, name: "The Lanterns", nb_fan: 0 }).followers).toBeUndefined();
  });

  it("are listed in Deezer's order, with the time of each", async () => {
    const rows = [
      { id: 243, name: "Later", time_add: 1_258_243_200 },
      { id: 641, name: "Earlier", time_add: 1_254_700_800 },
      { id: 901, name: "Nobody knows when", time_add: 0 },
      null,
    ];
    const { session } = cannedSession({ data: rows, total: 4 });
    for await (const { entries, fingerprint } of provider.collections.artists.read.list(session, {})) {
      expect(entries.map((entry) => (entry.state === "listed" ? [entry.id, entry.addedAtMs] : entry.state))).toEqual([
        ["243", 1_258_243_200_000],
        ["641", 1_254_700_800_000],
        ["901", undefined],
        "unreadable",
      ]);
      expect(fingerprint).toBe("4|243|1258243200");
    }
  });
});

describe("queries", () => {
  it("name the field of what is searched for", () => {
    const terms = { by: "fields", title: "Tide", artist: "Ann Vale" } as const;
    expect(deezerQuery(terms, "album")).toBe('artist:"Ann Vale" album:"Tide"');
    expect(deezerQuery({ by: "fields", title: "Ann Vale" }, "artist")).toBe('artist:"Ann Vale"');
  });
});
