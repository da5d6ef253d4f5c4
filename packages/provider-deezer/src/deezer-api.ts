import type { HttpRequest, RequestPurpose, Session } from "@syncer/core";
import type { z } from "zod";
import {
  type DeezerFullTrack,
  type DeezerTrack,
  type DeezerUser,
  doneSchema,
  fullTrackSchema,
  type HistoryPage,
  historySchema,
  infosSchema,
  type SavedTracksPage,
  savedTracksSchema,
  searchSchema,
  userSchema,
} from "./deezer-schemas.ts";

/** Page and batch sizes. Deezer documents no maximum; these are the largest that are known to be answered whole. */
export const LIMITS = {
  favoritesPage: 100,
  trackIds: 50,
  search: 25,
  playlistsPage: 100,
  playlistTracksPage: 100,
  /** By the help centre; larger ones have been seen. */
  playlistTracks: 2_000,
  historyPage: 100,
} as const;

/** One function per endpoint. */
export interface DeezerApi {
  listFavorites(
    session: Session,
    page: { readonly index: number; readonly limit: number; readonly purpose: "read" | "probe" },
  ): Promise<SavedTracksPage>;
  addFavorites(session: Session, ids: readonly string[]): Promise<void>;
  removeFavorite(session: Session, id: string): Promise<void>;
  listHistory(session: Session, page: { readonly index: number; readonly limit: number }): Promise<HistoryPage>;
  getTrack(session: Session, id: string): Promise<DeezerFullTrack>;
  getTrackByIsrc(session: Session, isrc: string): Promise<DeezerFullTrack>;
  searchTracks(session: Session, query: string): Promise<readonly DeezerTrack[]>;
  getUser(session: Session): Promise<DeezerUser>;
  /** Whether Deezer is offered where the caller is, as far as it says. */
  getInfos(session: Session): Promise<{ readonly open?: boolean | null | undefined }>;
}

export type DeezerRequests = ReturnType<typeof deezerRequests>;

/** Sends requests in the caller's language. */
export function deezerRequests(base: string, language: string) {
  return <T>(
    session: Session,
    rest: Pick<HttpRequest<T>, "method" | "route" | "path" | "query" | "form" | "repeatable"> & {
      readonly schema: z.ZodType<T>;
      readonly purpose: RequestPurpose;
    },
  ): Promise<T> => session.http.request({ base, headers: { "Accept-Language": language }, ...rest });
}

/**
 * @param userOf whose library and profile are meant: `me` with a token, a user's id in public mode
 */
export function createDeezerApi(request: DeezerRequests, userOf: (session: Session) => string): DeezerApi {
  return {
    listFavorites: (session, { index, limit, purpose }) =>
      request(session, {
        method: "GET",
        route: "/user/{user}/tracks",
        path: { user: userOf(session) },
        query: { index, limit },
        schema: savedTracksSchema,
        purpose,
      }),
    async addFavorites(session, ids) {
      await request(session, {
        method: "POST",
        route: "/user/me/tracks",
        form: { track_ids: ids.join(",") },
        schema: doneSchema,
        purpose: "write",
        // Adding what is there is harmless or answered with "already exists", which is told apart.
        repeatable: true,
      });
    },
    async removeFavorite(session, id) {
      await request(session, {
        method: "DELETE",
        route: "/user/me/tracks",
        query: { track_id: id },
        schema: doneSchema,
        purpose: "write",
        repeatable: true,
      });
    },
    listHistory: (session, { index, limit }) =>
      request(session, {
        method: "GET",
        route: "/user/me/history",
        query: { index, limit },
        schema: historySchema,
        purpose: "read",
      }),
    getTrack: (session, id) =>
      request(session, {
        method: "GET",
        route: "/track/{id}",
        path: { id },
        schema: fullTrackSchema,
        purpose: "lookup",
      }),
    getTrackByIsrc: (session, isrc) =>
      request(session, {
        method: "GET",
        route: "/track/isrc:{isrc}",
        path: { isrc },
        schema: fullTrackSchema,
        purpose: "lookup",
      }),
    async searchTracks(session, query) {
      const { data } = await request(session, {
        method: "GET",
        route: "/search",
        query: { q: query, limit: LIMITS.search },
        schema: searchSchema,
        purpose: "search",
      });
      return data;
    },
    getUser: (session) =>
      request(session, {
        method: "GET",
        route: "/user/{user}",
        path: { user: userOf(session) },
        schema: userSchema,
        purpose: "identity",
      }),
    getInfos: (session) => request(session, { method: "GET", route: "/infos", schema: infosSchema, purpose: "health" }),
  };
}
