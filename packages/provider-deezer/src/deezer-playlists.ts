import {
  type ContainerCollection,
  type ContainerFacts,
  type DocumentAnswer,
  type DocumentPage,
  type DocumentState,
  type DocumentWriter,
  InvalidRequestError,
  type ListOptions,
  type OrderedCollection,
  type OrderedWriter,
  type PlaylistDetails,
  playlistKind,
  ServiceError,
  type Session,
} from "@syncer/core";
import { LIMITS } from "./deezer-api.ts";
import { deezerPages } from "./deezer-pages.ts";
import type { DeezerPlaylistApi, PlaylistFields } from "./deezer-playlist-api.ts";
import { deezerPlaylistTracks, writableDeezerPlaylistTracks } from "./deezer-playlist-tracks.ts";
import type { DeezerPlaylist, DeezerTrack } from "./deezer-schemas.ts";

type Playlists = ContainerCollection<DeezerPlaylist, PlaylistDetails, DeezerTrack>;

/** Playlists that can be read only; neither the type nor that of their tracks has `write`. */
export type ReadOnlyPlaylists = Omit<Playlists, "write" | "contents"> & {
  readonly contents: Omit<OrderedCollection<DeezerTrack>, "write">;
};

export type WritablePlaylists = Playlists & {
  readonly write: DocumentWriter<DeezerPlaylist, PlaylistDetails>;
  readonly contents: OrderedCollection<DeezerTrack> & { readonly write: OrderedWriter };
};

/**
 * The user's playlists, own and followed, and the favourites, which show as one of them: `GET /user/{user}/playlists`.
 * Descriptions are not listed; only a question by id shows them.
 *
 * Of a user by number it lists what is public, without a token: so recorded in the tests of deezer-python
 * (`TestUser.test_get_playlists`, 2019-06-04), and so described in its reference ("Get user's public playlists", read
 * 2026-11-23). Deezer's own description needs a sign-in.
 */
export function deezerPlaylists(api: DeezerPlaylistApi): ReadOnlyPlaylists {
  return {
    shape: "containers",
    kind: playlistKind,
    scopes: { read: ["basic_access"], write: ["manage_library", "delete_library"] },
    unlisted: ["description"],
    toUniversal: ({ title, description, public: shown }) => ({
      name: title,
      ...(description == null ? {} : { description }),
      ...(shown == null ? {} : { public: shown }),
    }),
    facts: factsOf,
    read: {
      pageSize: LIMITS.playlistsPage,
      // `total` has been seen above the number of rows that ever come.
      totals: "inexact",
      list: (session, options) => listPlaylists(api, session, options),
      get: (session, id) => getPlaylist(api, session, id),
    },
    contents: deezerPlaylistTracks(api),
  };
}

/**
 * The same, to be written. A playlist is created with its name and its description, and Deezer makes it public: a private
 * one is changed by a second request. Until then the new playlist, still empty, can be found.
 */
export function writableDeezerPlaylists(api: DeezerPlaylistApi): WritablePlaylists {
  return {
    ...deezerPlaylists(api),
    write: {
      // Lists are served by replicas; a read right after a write may be stale by a second or two.
      consistencyWindowMs: 10_000,
      preconditions: "none",
      identity: "none",
      createLacks: ["public"],
      create: (session, { item }) => createPlaylist(api, session, item),
      async update(session, { id, item, previous }) {
        const fields = fieldsOf(item);
        await api.changePlaylist(session, id, fields);
        return stateOf({ ...previous, id: Number(id), ...fields });
      },
      delete: (session, { id }) => api.deletePlaylist(session, id),
    },
    contents: writableDeezerPlaylistTracks(api),
  };
}

async function* listPlaylists(
  api: DeezerPlaylistApi,
  session: Session,
  options: ListOptions,
): AsyncIterable<DocumentPage<DeezerPlaylist>> {
  const limit = Math.min(options.pageSize ?? LIMITS.playlistsPage, LIMITS.playlistsPage);
  const ask = (index: number) => api.listPlaylists(session, { index, limit });
  for await (const { page } of deezerPages(session, "/user/{user}/playlists", ask)) {
    yield {
      entries: page.data.map((row) => (row === null ? { state: "unreadable" } : { state: "listed", ...stateOf(row) })),
      ...(page.total === undefined ? {} : { total: page.total }),
    };
  }
}

async function getPlaylist(
  api: DeezerPlaylistApi,
  session: Session,
  id: string,
): Promise<DocumentAnswer<DeezerPlaylist>> {
  try {
    return { state: "found", ...stateOf(await api.getPlaylist(session, id)) };
  } catch (error) {
    if (error instanceof ServiceError && error.failure.kind === "not-found") return { state: "gone" };
    throw error;
  }
}

/** Deezer answers with the id alone; the rest is what it was told, and what it makes of every new playlist. */
async function createPlaylist(
  api: DeezerPlaylistApi,
  session: Session,
  { name, description }: Partial<PlaylistDetails>,
): Promise<DocumentState<DeezerPlaylist>> {
  if (!name) {
    throw new InvalidRequestError("request.invalid", { path: "item.name", problem: "Deezer's playlists have a name." });
  }
  const told = { title: name, ...(description ? { description } : {}) };
  const id = await api.createPlaylist(session, told);
  const creator = session.accountId === undefined ? {} : { creator: { id: Number(session.accountId) } };
  return stateOf({ id, description: "", ...told, public: true, collaborative: false, nb_tracks: 0, ...creator });
}

function fieldsOf({ name, description, public: shown }: Partial<PlaylistDetails>): PlaylistFields {
  return {
    ...(name === undefined ? {} : { title: name }),
    ...(description === undefined ? {} : { description }),
    ...(shown === undefined ? {} : { public: shown }),
  };
}

function stateOf(native: DeezerPlaylist): DocumentState<DeezerPlaylist> {
  return { id: String(native.id), native };
}

function factsOf(playlist: DeezerPlaylist, { accountId }: Session): ContainerFacts {
  const { creator, collaborative, checksum, nb_tracks } = playlist;
  const own = accountId !== undefined && String(creator?.id) === accountId;
  return {
    access: own ? "owned" : collaborative ? "shared" : "followed",
    ...(playlist.is_loved_track ? { shows: "favorites" } : {}),
    ...(checksum ? { contentsVersion: checksum } : {}),
    ...(nb_tracks == null ? {} : { size: nb_tracks }),
  };
}
