import type { HttpRequest, RequestPurpose, Session } from "@syncer/core";
import type { z } from "zod";
import {
  albumSearchSchema,
  artistSearchSchema,
  type DeezerAlbum,
  type DeezerArtist,
  type DeezerFullTrack,
  type DeezerTrack,
  type DeezerUser,
  deezerAlbumSchema,
  deezerArtistSchema,
  doneSchema,
  fullTrackSchema,
  type HistoryPage,
  historySchema,
  infosSchema,
  type SavedPage,
  type SavedTracksPage,
  savedAlbumsSchema,
  savedArtistsSchema,
  savedTracksSchema,
  searchSchema,
  userSchema,
} from "./deezer-schemas.ts";

/** Page and batch sizes. Deezer documents no maximum; these are the largest that are known to be answered whole. */
export const LIMITS = {
  favoritesPage: 100,
  savedPage: 100,
  trackIds: 50,
  search: 25,
  playlistsPage: 100,
  playlistTracksPage: 100,
  /** By the help centre; larger ones have been seen. */
  playlistTracks: 2_000,
  historyPage: 100,
} as const;

/** What can be saved beside tracks, by the word for it in paths and parameters. */
export type SavedKind = "album" | "artist";

/** A page of a list; `purpose` tells a probe's page from a listing's in reports. */
export interface PageAsked {
  readonly index: number;
  readonly limit: number;
  readonly purpose: "read" | "probe";
}

/** One function per endpoint. */
export interface DeezerApi {
  listFavorites(session: Session, page: PageAsked): Promise<SavedTracksPage>;
  addFavorites(session: Session, ids: readonly string[]): Promise<void>;
  removeFavorite(session: Session, id: string): Promise<void>;
  listAlbums(session: Session, page: PageAsked): Promise<SavedPage<DeezerAlbum>>;
  listArtists(session: Session, page: PageAsked): Promise<SavedPage<DeezerArtist>>;
  /** One at a time: lists of ids are known of tracks only. */
  addSaved(session: Session, kind: SavedKind, id: string): Promise<void>;
  removeSaved(session: Session, kind: SavedKind, id: string): Promise<void>;
  listHistory(session: Session, page: { readonly index: number; readonly limit: number }): Promise<HistoryPage>;
  getTrack(session: Session, id: string): Promise<DeezerFullTrack>;
  getTrackByIsrc(session: Session, isrc: string): Promise<DeezerFullTrack>;
  searchTracks(session: Session, query: string): Promise<readonly DeezerTrack[]>;
  getAlbum(session: Session, id: string): Promise<DeezerAlbum>;
  /** @param upc as Deezer has stored it, leading zeros included */
  getAlbumByUpc(session: Session, upc: string): Promise<DeezerAlbum>;
  searchAlbums(session: Session, query: string): Promise<readonly DeezerAlbum[]>;
  getArtist(session: Session, id: string): Promise<DeezerArtist>;
  searchArtists(session: Session, query: string): Promise<readonly DeezerArtist[]>;
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
  const listSaved = <T>(session: Session, kind: SavedKind, page: PageAsked, schema: z.ZodType<T>): Promise<T> =>
    request(session, {
      method: "GET",
      route: `/user/{user}/${kind}s`,
      path: { user: userOf(session) },
      query: { index: page.index, limit: page.limit },
      schema,
      purpose: page.purpose,
    });
  const getOne = <T>(session: Session, kind: SavedKind, id: string, schema: z.ZodType<T>): Promise<T> =>
    request(session, { method: "GET", route: `/${kind}/{id}`, path: { id }, schema, purpose: "lookup" });
  const searchIn = <T>(session: Session, kind: SavedKind, q: string, schema: z.ZodType<T>): Promise<T> =>
    request(session, {
      method: "GET",
      route: `/search/${kind}`,
      query: { q, limit: LIMITS.search },
      schema,
      purpose: "search",
    });
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
    listAlbums: (session, page) => listSaved(session, "album", page, savedAlbumsSchema),
    listArtists: (session, page) => listSaved(session, "artist", page, savedArtistsSchema),
    async addSaved(session, kind, id) {
      await request(session, {
        method: "POST",
        route: `/user/me/${kind}s`,
        form: { [`${kind}_id`]: id },
        schema: doneSchema,
        purpose: "write",
        repeatable: true,
      });
    },
    async removeSaved(session, kind, id) {
      await request(session, {
        method: "DELETE",
        route: `/user/me/${kind}s`,
        query: { [`${kind}_id`]: id },
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
    getAlbum: (session, id) => getOne(session, "album", id, deezerAlbumSchema),
    getAlbumByUpc: (session, upc) =>
      request(session, {
        method: "GET",
        route: "/album/upc:{upc}",
        path: { upc },
        schema: deezerAlbumSchema,
        purpose: "lookup",
      }),
    async searchAlbums(session, query) {
      const { data } = await searchIn(session, "album", query, albumSearchSchema);
      return data;
    },
    getArtist: (session, id) => getOne(session, "artist", id, deezerArtistSchema),
    async searchArtists(session, query) {
      const { data } = await searchIn(session, "artist", query, artistSearchSchema);
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
