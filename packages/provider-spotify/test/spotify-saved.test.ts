import { describe, expect, it } from "vitest";
import { mapSpotifyAlbum, mapSpotifyArtist } from "../src/map-spotify-album.ts";
import { cannedSession, provider } from "./support/canned-session.ts";

const album = {
  id: "0aB1cD2eF3gH4iJ5kL6mN7",
  name: "Coastline (Deluxe Edition)",
  album_type: "album",
  total_tracks: 12,
  release_date: "2024-05-03",
  artists: [{ name: "The Lanterns" }],
  external_ids: { upc: "0724384960650" },
};

async function allOf<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

describe("saved albums", () => {
  it("are mapped with their code in its canonical form", () => {
    expect(mapSpotifyAlbum(album)).toEqual({
      name: "Coastline (Deluxe Edition)",
      artists: ["The Lanterns"],
      upc: "724384960650",
      type: "album",
      trackCount: 12,
      releaseDate: "2024-05-03",
      externalIds: { spotify: album.id },
    });
  });

  it.each([
    ["an EAN where there is no UPC", { external_ids: { ean: "5060000000016" } }, { upc: "5060000000016" }],
    ["no code for a malformed one", { external_ids: { upc: "12345" } }, { upc: undefined }],
    ["no kind that Spotify invents", { album_type: "audiobook" }, { type: undefined }],
    ["no date of zeros", { release_date: "0000" }, { releaseDate: undefined }],
    ["no number of tracks that is none", { total_tracks: 0 }, { trackCount: undefined }],
    ["what cannot be played here", { restrictions: { reason: "market" } }, { playable: false }],
    ["what can", { is_playable: true }, { playable: true }],
  ])("are mapped with %s", (_, change, expected) => {
    const [[field, value] = ["", undefined]] = Object.entries(expected);
    expect(Reflect.get(mapSpotifyAlbum({ ...album, ...change }), field)).toBe(value);
  });

  it("are listed without the rows of what was withdrawn, which keep their places", async () => {
    const { session, requests } = cannedSession({
      total: 3,
      next: null,
      items: [
        { added_at: "2026-11-20T18:04:11Z", album },
        { added_at: null, album: null },
        { added_at: null, album: { ...album, id: "0000000000000000000001", name: "" } },
      ],
    });
    const [page] = await allOf(provider.collections.albums.read.list(session, {}));
    expect(page?.entries.map(({ state, id }) => [state, id])).toEqual([
      ["listed", album.id],
      ["unreadable", undefined],
      ["unreadable", "0000000000000000000001"],
    ]);
    expect(page?.entries[0]).toMatchObject({ addedAtMs: Date.UTC(2026, 10, 20, 18, 4, 11) });
    expect(requests[0]?.pathname).toBe("/v1/me/albums");
  });

  it("are found by code, and said to have it, though hits do not repeat it", async () => {
    const { external_ids: _, ...hit } = album;
    const { session, requests } = cannedSession({ albums: { items: [hit, null] } });
    const found = await provider.catalogues?.album?.lookups.upc?.find(session, ["724384960650"]);
    const [native] = found?.get("724384960650") ?? [];
    expect(native && mapSpotifyAlbum(native).upc).toBe("724384960650");
    expect(requests[0]?.searchParams.get("q")).toBe("upc:724384960650");
    expect(requests[0]?.searchParams.get("type")).toBe("album");
  });

  it("are searched for by their own name, in the field that Spotify has for it", async () => {
    const { session, requests } = cannedSession({ albums: { items: [] } });
    await provider.catalogues?.album?.search?.find(session, { by: "fields", title: "Tide", artist: "Ann Vale" });
    expect(requests[0]?.searchParams.get("q")).toBe('album:"Tide" artist:"Ann Vale"');
  });

  it("are called unavailable once they have no name", async () => {
    const { session } = cannedSession({ ...album, name: "" });
    expect(await provider.catalogues?.album?.get(session, album.id)).toMatchObject({ state: "unavailable" });
  });

  it("are written by their URIs, in the query", async () => {
    const { session, requests, sent } = cannedSession(new Response(null, { status: 200 }));
    await provider.collections.albums.write.add(session, ["a", "b"]);
    expect(requests[0]?.searchParams.get("uris")).toBe("spotify:album:a,spotify:album:b");
    expect(sent[0]).toEqual({ method: "PUT", json: undefined });
  });
});

describe("followed artists", () => {
  const artist = { id: "2hT9pQwE4rYuI8oP1aSdFg", name: "The Lanterns" };
  const page = (after: string | null, ...ids: readonly string[]) => ({
    artists: {
      total: 4,
      next: after && "https://api.spotify.com/v1/me/following?after=elsewhere",
      cursors: { after },
      items: ids.map((id) => ({ ...artist, id })),
    },
  });

  it("are mapped with their followers where the regime shows them", () => {
    expect(mapSpotifyArtist(artist)).toEqual({ name: "The Lanterns", externalIds: { spotify: artist.id } });
    expect(mapSpotifyArtist({ ...artist, followers: { total: 812 } }).followers).toBe(812);
    expect(mapSpotifyArtist({ ...artist, followers: { total: 0 } }).followers).toBeUndefined();
  });

  it("are read by the cursor, and never by the link", async () => {
    const { session, requests } = cannedSession(page("b", "a", "b"), page(null, "c", "d"));
    const pages = await allOf(provider.collections.artists.read.list(session, {}));
    expect(pages.flatMap(({ entries }) => entries.map(({ id }) => id))).toEqual(["a", "b", "c", "d"]);
    expect(requests.map((url) => url.searchParams.get("after"))).toEqual([null, "b"]);
    expect(pages.map(({ fingerprint }) => fingerprint)).toEqual([undefined, "4|a"]);
  });

  it.each([
    ["comes again", [page("b", "a", "b"), page("c", "c"), page("b", "d")]],
    ["follows an empty page", [page("b")]],
    ["is missing beside a next page", [{ artists: { ...page(null, "a").artists, next: "https://api.spotify.com/x" } }]],
  ])("are no listing when the cursor %s", async (_, answers) => {
    const { session } = cannedSession(...answers);
    await expect(allOf(provider.collections.artists.read.list(session, {}))).rejects.toMatchObject({
      code: "service.malformed-answer",
    });
  });

  it("are followed by their URIs, as albums are saved", async () => {
    const { session, requests } = cannedSession(new Response(null, { status: 200 }));
    await provider.collections.artists.write.remove(session, ["a"]);
    expect(requests[0]?.searchParams.get("uris")).toBe("spotify:artist:a");
  });
});
