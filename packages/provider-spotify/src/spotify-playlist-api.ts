import type { OrderedMove, Session } from "@syncer/core";
import {
  containsSchema,
  emptySchema,
  type PlaylistItemsPage,
  type PlaylistsPage,
  playlistItemsSchema,
  playlistSchema,
  playlistsSchema,
  type SpotifyPlaylist,
  snapshotSchema,
} from "./spotify-schemas.ts";

/** What a playlist is created or changed with; fields that are absent keep what they have. */
export interface PlaylistFields {
  readonly name?: string;
  readonly description?: string;
  readonly public?: boolean;
}

interface Page {
  readonly offset: number;
  readonly limit: number;
}

/** One function per endpoint of playlists; all of them answer alike in every regime. */
export interface SpotifyPlaylistApi {
  listPlaylists(session: Session, page: Page): Promise<PlaylistsPage>;
  /** Whether a playlist is among the user's, own or followed. */
  isInLibrary(session: Session, id: string): Promise<boolean>;
  getPlaylist(session: Session, id: string): Promise<SpotifyPlaylist>;
  createPlaylist(session: Session, fields: PlaylistFields): Promise<SpotifyPlaylist>;
  changePlaylist(session: Session, id: string, fields: PlaylistFields): Promise<void>;
  /** There is no other deletion: the owner stops following too. */
  unfollowPlaylist(session: Session, id: string): Promise<void>;
  listItems(session: Session, id: string, page: Page): Promise<PlaylistItemsPage>;
  /** @returns the snapshot after it, as do the other changes of items */
  insertItems(session: Session, id: string, trackIds: readonly string[], position?: number): Promise<string>;
  moveItems(session: Session, id: string, move: OrderedMove): Promise<string>;
  /** All copies of each. */
  removeItems(session: Session, id: string, trackIds: readonly string[]): Promise<string>;
}

export function createSpotifyPlaylistApi(base: string, market: string | undefined): SpotifyPlaylistApi {
  const changeItems = async (
    session: Session,
    method: "POST" | "PUT" | "DELETE",
    id: string,
    json: object,
  ): Promise<string> => {
    const { snapshot_id } = await session.http.request({
      method,
      base,
      route: "/playlists/{id}/items",
      path: { id },
      json,
      schema: snapshotSchema,
      purpose: "write",
      // Adding and moving twice is not the same as once; removing is.
      repeatable: method === "DELETE",
    });
    return snapshot_id;
  };
  return {
    listPlaylists: (session, { offset, limit }) =>
      session.http.request({
        method: "GET",
        base,
        route: "/me/playlists",
        query: { limit, offset },
        schema: playlistsSchema,
        purpose: "read",
      }),
    async isInLibrary(session, id) {
      const [isThere] = await session.http.request({
        method: "GET",
        base,
        route: "/me/library/contains",
        query: { uris: playlistUri(id) },
        schema: containsSchema,
        purpose: "read",
      });
      return isThere === true;
    },
    getPlaylist: (session, id) =>
      session.http.request({
        method: "GET",
        base,
        route: "/playlists/{id}",
        path: { id },
        query: { market },
        schema: playlistSchema,
        purpose: "read",
      }),
    createPlaylist: (session, fields) =>
      session.http.request({
        method: "POST",
        base,
        route: "/me/playlists",
        json: fields,
        schema: playlistSchema,
        purpose: "write",
      }),
    async changePlaylist(session, id, fields) {
      await session.http.request({
        method: "PUT",
        base,
        route: "/playlists/{id}",
        path: { id },
        json: fields,
        schema: emptySchema,
        purpose: "write",
        repeatable: true,
      });
    },
    async unfollowPlaylist(session, id) {
      await session.http.request({
        method: "DELETE",
        base,
        route: "/me/library",
        query: { uris: playlistUri(id) },
        schema: emptySchema,
        purpose: "write",
        // What is gone is answered with 200 as well.
        repeatable: true,
      });
    },
    listItems: (session, id, { offset, limit }) =>
      session.http.request({
        method: "GET",
        base,
        route: "/playlists/{id}/items",
        path: { id },
        // No `fields`: no filter is known that all regimes take. Without the types, episodes are shown as tracks.
        query: { limit, offset, market, additional_types: "track,episode" },
        schema: playlistItemsSchema,
        purpose: "read",
      }),
    insertItems: (session, id, trackIds, position) =>
      changeItems(session, "POST", id, {
        uris: trackIds.map(trackUri),
        ...(position === undefined ? {} : { position }),
      }),
    moveItems: (session, id, { start, length, before }) =>
      changeItems(session, "PUT", id, { range_start: start, range_length: length, insert_before: before }),
    removeItems: (session, id, trackIds) =>
      changeItems(session, "DELETE", id, { items: trackIds.map((trackId) => ({ uri: trackUri(trackId) })) }),
  };
}

function trackUri(id: string): string {
  return `spotify:track:${id}`;
}

function playlistUri(id: string): string {
  return `spotify:playlist:${id}`;
}
