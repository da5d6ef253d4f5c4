import type { Session } from "@syncer/core";
import type { DeezerRequests } from "./deezer-api.ts";
import {
  type DeezerPlaylist,
  doneSchema,
  madeSchema,
  type PlaylistsPage,
  playlistSchema,
  playlistsSchema,
  type SavedTracksPage,
  savedTracksSchema,
} from "./deezer-schemas.ts";

interface Page {
  readonly index: number;
  readonly limit: number;
}

/** What a playlist is changed to; fields that are absent keep what they have. */
export interface PlaylistFields {
  readonly title?: string;
  readonly description?: string;
  readonly public?: boolean;
}

/** One function per endpoint of playlists. */
export interface DeezerPlaylistApi {
  listPlaylists(session: Session, page: Page): Promise<PlaylistsPage>;
  getPlaylist(session: Session, id: string): Promise<DeezerPlaylist>;
  /** @returns its id, which is all that Deezer answers */
  createPlaylist(session: Session, fields: { readonly title: string; readonly description?: string }): Promise<number>;
  changePlaylist(session: Session, id: string, fields: PlaylistFields): Promise<void>;
  deletePlaylist(session: Session, id: string): Promise<void>;
  listTracks(session: Session, id: string, page: Page): Promise<SavedTracksPage>;
  appendTracks(session: Session, id: string, trackIds: readonly string[]): Promise<void>;
  removeTracks(session: Session, id: string, trackIds: readonly string[]): Promise<void>;
  orderTracks(session: Session, id: string, trackIds: readonly string[]): Promise<void>;
}

/**
 * @param userOf whose playlists are listed: `me` with a token, a user's id in public mode
 */
export function createDeezerPlaylistApi(
  request: DeezerRequests,
  userOf: (session: Session) => string,
): DeezerPlaylistApi {
  const postTracks = async (
    session: Session,
    id: string,
    form: Readonly<Record<string, string>>,
    repeatable: boolean,
  ): Promise<void> => {
    await request(session, {
      method: "POST",
      route: "/playlist/{id}/tracks",
      path: { id },
      form,
      schema: doneSchema,
      purpose: "write",
      repeatable,
    });
  };
  return {
    listPlaylists: (session, { index, limit }) =>
      request(session, {
        method: "GET",
        route: "/user/{user}/playlists",
        path: { user: userOf(session) },
        query: { index, limit },
        schema: playlistsSchema,
        purpose: "read",
      }),
    getPlaylist: (session, id) =>
      request(session, {
        method: "GET",
        route: "/playlist/{id}",
        path: { id },
        schema: playlistSchema,
        purpose: "read",
      }),
    async createPlaylist(session, form) {
      const { id } = await request(session, {
        method: "POST",
        route: "/user/me/playlists",
        form,
        schema: madeSchema,
        purpose: "write",
      });
      return id;
    },
    async changePlaylist(session, id, { public: shown, ...fields }) {
      await request(session, {
        method: "POST",
        route: "/playlist/{id}",
        path: { id },
        form: { ...fields, ...(shown === undefined ? {} : { public: String(shown) }) },
        schema: doneSchema,
        purpose: "write",
        repeatable: true,
      });
    },
    async deletePlaylist(session, id) {
      await request(session, {
        method: "DELETE",
        route: "/playlist/{id}",
        path: { id },
        schema: doneSchema,
        purpose: "write",
      });
    },
    listTracks: (session, id, { index, limit }) =>
      request(session, {
        method: "GET",
        route: "/playlist/{id}/tracks",
        path: { id },
        query: { index, limit },
        schema: savedTracksSchema,
        purpose: "read",
      }),
    // What was added is refused the second time, which would pass for a failure of the first.
    appendTracks: (session, id, trackIds) => postTracks(session, id, { songs: trackIds.join(",") }, false),
    orderTracks: (session, id, trackIds) => postTracks(session, id, { order: trackIds.join(",") }, true),
    async removeTracks(session, id, trackIds) {
      await request(session, {
        method: "DELETE",
        route: "/playlist/{id}/tracks",
        path: { id },
        query: { songs: trackIds.join(",") },
        schema: doneSchema,
        purpose: "write",
        repeatable: true,
      });
    },
  };
}
