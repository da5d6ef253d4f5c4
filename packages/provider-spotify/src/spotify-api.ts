import type { Session } from "@syncer/core";
import { z } from "zod";
import {
  albumSearchSchema,
  artistSearchSchema,
  emptySchema,
  type FollowedArtistsPage,
  followedArtistsSchema,
  profileSchema,
  type RecentlyPlayedPage,
  recentlyPlayedSchema,
  type SavedAlbumsPage,
  type SavedTracksPage,
  type SpotifyAlbum,
  type SpotifyArtist,
  type SpotifyProfile,
  type SpotifyTrack,
  savedAlbumsSchema,
  savedTracksSchema,
  spotifyAlbumSchema,
  spotifyArtistSchema,
  spotifyTrackSchema,
  trackSearchSchema,
} from "./spotify-schemas.ts";

/** Spotify's own limits, in the strictest regime. */
export const LIMITS = {
  savedTracksPage: 50,
  savedAlbumsPage: 50,
  followedArtistsPage: 50,
  libraryUris: 40,
  search: 10,
  playlistsPage: 50,
  /** Playlists of one user. */
  playlists: 11_000,
  /** `/items` names 50; some clients get 100 out of it. */
  playlistItemsPage: 50,
  playlistItemsPerCall: 100,
  playlistItems: 10_000,
  /** Plays that exist at all. */
  plays: 50,
} as const;

/** What the library takes, by the word for it in URIs. */
export type LibraryKind = "track" | "album" | "artist";

/**
 * One function per endpoint, and only endpoints that answer alike in every regime (Extended Quota, new and older
 * Development Mode). Those that Development Mode lacks (`PUT /me/tracks`, `GET /tracks?ids=`) are not used at all.
 */
export interface SpotifyApi {
  /** `purpose` tells a probe's page from a listing's in reports. */
  listSavedTracks(
    session: Session,
    page: { readonly offset: number; readonly limit: number; readonly purpose: "read" | "probe" },
  ): Promise<SavedTracksPage>;
  listSavedAlbums(
    session: Session,
    page: { readonly offset: number; readonly limit: number; readonly purpose: "read" | "probe" },
  ): Promise<SavedAlbumsPage>;
  /** @param page.after the last artist of the page before */
  listFollowedArtists(
    session: Session,
    page: { readonly after?: string; readonly limit: number; readonly purpose: "read" | "probe" },
  ): Promise<FollowedArtistsPage>;
  /** Saves tracks and albums, follows artists. */
  addToLibrary(session: Session, kind: LibraryKind, ids: readonly string[]): Promise<void>;
  removeFromLibrary(session: Session, kind: LibraryKind, ids: readonly string[]): Promise<void>;
  searchTracks(session: Session, query: string, purpose: "lookup" | "search"): Promise<readonly SpotifyTrack[]>;
  searchAlbums(session: Session, query: string, purpose: "lookup" | "search"): Promise<readonly SpotifyAlbum[]>;
  searchArtists(session: Session, query: string): Promise<readonly SpotifyArtist[]>;
  getTrack(session: Session, id: string): Promise<SpotifyTrack>;
  getAlbum(session: Session, id: string): Promise<SpotifyAlbum>;
  getArtist(session: Session, id: string): Promise<SpotifyArtist>;
  /** Bounds in ms since the epoch, both excluded; Spotify takes one of them. */
  listPlays(
    session: Session,
    page: { readonly limit: number; readonly after?: number; readonly before?: number },
  ): Promise<RecentlyPlayedPage>;
  getProfile(session: Session): Promise<SpotifyProfile>;
  /** Asks without caring for the answer's content: for health. */
  pokeProfile(session: Session): Promise<void>;
}

export function createSpotifyApi(base: string, market: string | undefined): SpotifyApi {
  const changeLibrary = async (
    session: Session,
    method: "PUT" | "DELETE",
    kind: LibraryKind,
    ids: readonly string[],
  ): Promise<void> => {
    await session.http.request({
      method,
      base,
      route: "/me/library",
      // In the query string: a JSON body is answered with "Missing required field: uris".
      query: { uris: ids.map((id) => `spotify:${kind}:${id}`).join(",") },
      schema: emptySchema,
      purpose: "write",
      // Saving what is saved and removing what is gone both answer 200.
      repeatable: true,
    });
  };
  const search = <T>(
    session: Session,
    type: LibraryKind,
    query: string,
    purpose: "lookup" | "search",
    schema: z.ZodType<T>,
  ): Promise<T> =>
    session.http.request({
      method: "GET",
      base,
      route: "/search",
      query: { q: query, type, limit: LIMITS.search, market },
      schema,
      purpose,
    });
  const getOne = <T>(session: Session, route: string, id: string, query: { market?: string }, schema: z.ZodType<T>) =>
    session.http.request({ method: "GET", base, route, path: { id }, query, schema, purpose: "lookup" });
  const inMarket = market === undefined ? {} : { market };
  return {
    listSavedTracks: (session, { offset, limit, purpose }) =>
      session.http.request({
        method: "GET",
        base,
        route: "/me/tracks",
        query: { limit, offset, market },
        schema: savedTracksSchema,
        purpose,
      }),
    listSavedAlbums: (session, { offset, limit, purpose }) =>
      session.http.request({
        method: "GET",
        base,
        route: "/me/albums",
        query: { limit, offset, market },
        schema: savedAlbumsSchema,
        purpose,
      }),
    async listFollowedArtists(session, { after, limit, purpose }) {
      const { artists } = await session.http.request({
        method: "GET",
        base,
        route: "/me/following",
        query: { type: "artist", limit, after },
        schema: followedArtistsSchema,
        purpose,
      });
      return artists;
    },
    addToLibrary: (session, kind, ids) => changeLibrary(session, "PUT", kind, ids),
    removeFromLibrary: (session, kind, ids) => changeLibrary(session, "DELETE", kind, ids),
    async searchTracks(session, query, purpose) {
      const { tracks } = await search(session, "track", query, purpose, trackSearchSchema);
      return tracks.items.filter((track) => track !== null);
    },
    async searchAlbums(session, query, purpose) {
      const { albums } = await search(session, "album", query, purpose, albumSearchSchema);
      return albums.items.filter((album) => album !== null);
    },
    async searchArtists(session, query) {
      const { artists } = await search(session, "artist", query, "search", artistSearchSchema);
      return artists.items.filter((artist) => artist !== null);
    },
    getTrack: (session, id) => getOne(session, "/tracks/{id}", id, inMarket, spotifyTrackSchema),
    getAlbum: (session, id) => getOne(session, "/albums/{id}", id, inMarket, spotifyAlbumSchema),
    getArtist: (session, id) => getOne(session, "/artists/{id}", id, {}, spotifyArtistSchema),
    listPlays: (session, query) =>
      session.http.request({
        method: "GET",
        base,
        route: "/me/player/recently-played",
        query,
        schema: recentlyPlayedSchema,
        purpose: "read",
      }),
    getProfile: (session) =>
      session.http.request({ method: "GET", base, route: "/me", schema: profileSchema, purpose: "identity" }),
    pokeProfile: async (session) => {
      await session.http.request({ method: "GET", base, route: "/me", schema: z.unknown(), purpose: "health" });
    },
  };
}
