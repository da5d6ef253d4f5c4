import { SpotifyApi } from "@spotify/web-api-ts-sdk";
import { beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, SPOTIFY_APP, type SpotifyRegime } from "../src/index.ts";
import { validateExchange } from "./support/validate-exchange.ts";

/**
 * Spotify's own SDK as judge: written by others, for the real service. It dates from before the cuts of 2026, so its
 * whole surface works in extended quota mode, and what is left of it in new development mode.
 */
let sandbox: Sandbox;

beforeEach(() => {
  sandbox = createSandbox({ rateLimits: { spotify: false } });
});

function sdkIn(regime: SpotifyRegime): SpotifyApi {
  sandbox.control.spotify.registerClient({ ...SPOTIFY_APP, regime });
  const { accessToken, refreshToken } = sandbox.control.spotify.issueTokens("anna");
  const token = { access_token: accessToken, refresh_token: refreshToken, token_type: "Bearer", expires_in: 3600 };
  return SpotifyApi.withAccessToken(SPOTIFY_APP.id, token, {
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const copy = request.clone();
      const response = await sandbox.fetch(request);
      await validateExchange(copy, response.clone());
      return response;
    },
  });
}

const ids = (count: number): string[] => sandbox.catalogue.spotify.originals.slice(0, count).map(({ id }) => id);

describe.each(["DEV", "EQM"] as const)("reading with the SDK in %s", (regime) => {
  it("profile, favourites, playlists, history, albums, followed artists", async () => {
    const sdk = sdkIn(regime);
    sandbox.control.spotify.seedFavourites("anna", ids(3));
    sandbox.control.spotify.seedHistory("anna", 2);
    expect((await sdk.currentUser.profile()).id).toBe("anna");
    expect((await sdk.currentUser.tracks.savedTracks(2)).items.map(({ track }) => track.id)).toEqual(ids(2));
    expect((await sdk.currentUser.playlists.playlists()).total).toBe(0);
    expect((await sdk.player.getRecentlyPlayedTracks(5)).items).toHaveLength(2);
    expect((await sdk.currentUser.albums.savedAlbums()).total).toBe(0);
    expect((await sdk.currentUser.followedArtists()).artists.items).toEqual([]);
  });

  it("search, tracks, albums and artists by id", async () => {
    const sdk = sdkIn(regime);
    const [track] = sandbox.catalogue.spotify.originals;
    const found = await sdk.search(`isrc:${track!.isrc}`, ["track", "artist"], undefined, 10);
    expect(found.tracks.items.map(({ id }) => id)).toContain(track!.id);
    expect((await sdk.tracks.get(track!.id)).name).toBe(track!.title);
    expect((await sdk.albums.get(track!.album.id)).name).toBe(track!.album.name);
    expect((await sdk.albums.tracks(track!.album.id)).items.length).toBeGreaterThan(0);
    expect((await sdk.artists.get(track!.artists[0].id)).name).toBe(track!.artists[0].name);
  });

  it("renames a playlist and reads it back", async () => {
    const sdk = sdkIn(regime);
    const id = sandbox.control.spotify.seedPlaylist("anna", { name: "Old name", entries: ids(2) });
    await sdk.playlists.changePlaylistDetails(id, { name: "New name" });
    expect((await sdk.playlists.getPlaylist(id)).name).toBe("New name");
  });
});

describe("writing with the SDK", () => {
  it("saves, tests and removes favourites in extended quota mode", async () => {
    const sdk = sdkIn("EQM");
    await sdk.currentUser.tracks.saveTracks(ids(3));
    expect(await sdk.currentUser.tracks.hasSavedTracks(ids(4))).toEqual([true, true, true, false]);
    await sdk.currentUser.tracks.removeSavedTracks(ids(1));
    expect(sandbox.control.spotify.favourites("anna")).toHaveLength(2);
    expect(await sdk.tracks.get(ids(2))).toHaveLength(2);
  });

  it("makes, fills, reorders and empties a playlist in extended quota mode", async () => {
    const sdk = sdkIn("EQM");
    const { id } = await sdk.playlists.createPlaylist("anna", { name: "By the SDK", public: false });
    const uris = ids(3).map((track) => `spotify:track:${track}`);
    await sdk.playlists.addItemsToPlaylist(id, uris);
    await sdk.playlists.movePlaylistItems(id, 2, 1, 0);
    expect((await sdk.playlists.getPlaylistItems(id)).items.map(({ track }) => track.uri)).toEqual([
      uris[2],
      uris[0],
      uris[1],
    ]);
    await sdk.playlists.removeItemsFromPlaylist(id, { tracks: [{ uri: uris[0]! }] });
    await sdk.playlists.updatePlaylistItems(id, { uris: [uris[1]!] });
    expect(sandbox.control.spotify.playlistUris(id)).toEqual([uris[1]]);
    await sdk.currentUser.playlists.unfollow(id);
    expect((await sdk.currentUser.playlists.playlists()).total).toBe(0);
  });

  it("is refused in new development mode on the routes that are gone", async () => {
    const sdk = sdkIn("DEV");
    await expect(sdk.currentUser.tracks.saveTracks(ids(1))).rejects.toThrow(/Forbidden/);
    await expect(sdk.playlists.createPlaylist("anna", { name: "x" })).rejects.toThrow(/Forbidden/);
    await expect(sdk.tracks.get(ids(2))).rejects.toThrow(/Forbidden/);
  });

  it("sees expired tokens and rate limits as the SDK knows them", async () => {
    const sdk = sdkIn("DEV");
    sandbox.control.spotify.expireAccessTokens();
    await expect(sdk.currentUser.profile()).rejects.toThrow(/Bad or expired token/);
    sandbox.control.fault({ service: "spotify", fault: { type: "too-many", retryAfter: 1 } });
    await expect(sdk.currentUser.profile()).rejects.toThrow(/rate limits/);
  });
});
