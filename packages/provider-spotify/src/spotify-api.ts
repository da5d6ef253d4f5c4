import type { Session } from "@syncer/core";
import { z } from "zod";
import {
  emptySchema,
  profileSchema,
  type RecentlyPlayedPage,
  recentlyPlayedSchema,
  type SavedTracksPage,
  type SpotifyProfile,
  type SpotifyTrack,
  savedTracksSchema,
  spotifyTrackSchema,
  trackSearchSchema,
} from "./spotify-schemas.ts";

/** Spotify's own limits, in the strictest regime. */
export const LIMITS = {
  savedTracksPage: 50,
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
  saveTracks(session: Session, ids: readonly string[]): Promise<void>;
  removeTracks(session: Session, ids: readonly string[]): Promise<void>;
  searchTracks(session: Session, query: string, purpose: "lookup" | "search"): Promise<readonly SpotifyTrack[]>;
  getTrack(session: Session, id: string): Promise<SpotifyTrack>;
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
  const changeLibrary = async (session: Session, method: "PUT" | "DELETE", ids: readonly string[]): Promise<void> => {
    await session.http.request({
      method,
      base,
      route: "/me/library",
      // In the query string: a JSON body is answered with "Missing required field: uris".
      query: { uris: ids.map((id) => `spotify:track:${id}`).join(",") },
      schema: emptySchema,
      purpose: "write",
      // Saving what is saved and removing what is gone both answer 200.
      repeatable: true,
    });
  };
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
    saveTracks: (session, ids) => changeLibrary(session, "PUT", ids),
    removeTracks: (session, ids) => changeLibrary(session, "DELETE", ids),
    async searchTracks(session, query, purpose) {
      const { tracks } = await session.http.request({
        method: "GET",
        base,
        route: "/search",
        query: { q: query, type: "track", limit: LIMITS.search, market },
        schema: trackSearchSchema,
        purpose,
      });
      return tracks.items.filter((track) => track !== null);
    },
    getTrack: (session, id) =>
      session.http.request({
        method: "GET",
        base,
        route: "/tracks/{id}",
        path: { id },
        query: { market },
        schema: spotifyTrackSchema,
        purpose: "lookup",
      }),
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
