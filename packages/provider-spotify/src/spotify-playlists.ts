import {
  type ContainerCollection,
  type ContainerFacts,
  type DocumentAnswer,
  type DocumentPage,
  type DocumentState,
  type DocumentWriter,
  type ListOptions,
  type OrderedCollection,
  type OrderedWriter,
  type PlaylistDetails,
  playlistKind,
  ServiceError,
  type Session,
} from "@syncer/core";
import { decodeHtml } from "./decode-html.ts";
import { LIMITS, type SpotifyApi } from "./spotify-api.ts";
import { nextOffsetOf } from "./spotify-pages.ts";
import type { PlaylistFields, SpotifyPlaylistApi } from "./spotify-playlist-api.ts";
import { spotifyPlaylistItems } from "./spotify-playlist-items.ts";
import type { SpotifyPlaylist, SpotifyTrack } from "./spotify-schemas.ts";

/** A playlist, and whether it is the user's own. */
export interface SpotifyUserPlaylist extends SpotifyPlaylist {
  readonly own: boolean;
}

export type SpotifyPlaylists = ContainerCollection<SpotifyUserPlaylist, PlaylistDetails, SpotifyTrack> & {
  readonly write: DocumentWriter<SpotifyUserPlaylist, PlaylistDetails>;
  readonly contents: OrderedCollection<SpotifyTrack> & { readonly write: OrderedWriter };
};

/**
 * The user's playlists, own and followed: `GET /me/playlists`. What is created is private unless it is said to be public, since
 * Spotify's own default would show a copy of a private playlist to everybody.
 */
export function spotifyPlaylists(api: SpotifyApi, playlists: SpotifyPlaylistApi): SpotifyPlaylists {
  const ownIdOf = askOncePerSession(async (session) => (await api.getProfile(session)).id);
  return {
    shape: "containers",
    kind: playlistKind,
    scopes: {
      read: ["playlist-read-private", "playlist-read-collaborative"],
      write: ["playlist-modify-public", "playlist-modify-private"],
    },
    toUniversal: ({ name, description, public: shown }) => ({
      name,
      description: decodeHtml(description ?? ""),
      ...(shown == null ? {} : { public: shown }),
    }),
    facts: factsOf,
    read: {
      pageSize: LIMITS.playlistsPage,
      totals: "exact",
      list: (session, options) => listPlaylists(playlists, ownIdOf, session, options),
      get: (session, id) => getPlaylist(playlists, ownIdOf, session, id),
    },
    write: {
      // A playlist read by its id has been seen half a minute old.
      consistencyWindowMs: 30_000,
      preconditions: "none",
      identity: "none",
      maxItems: LIMITS.playlists,
      async create(session, { item }) {
        const made = await playlists.createPlaylist(session, { public: false, ...fieldsOf(item) });
        return stateOf({ ...made, own: true });
      },
      async update(session, { id, item, previous }) {
        const fields = fieldsOf(item);
        await playlists.changePlaylist(session, id, fields);
        // Escaped, as Spotify would give it.
        const escaped = fields.description?.replaceAll("&", "&amp;");
        return stateOf({ ...previous, id, ...fields, ...(escaped === undefined ? {} : { description: escaped }) });
      },
      delete: (session, { id }) => deletePlaylist(playlists, session, id),
    },
    contents: spotifyPlaylistItems(playlists),
  };
}

/** A session is one account's; the answer is the same as long as it lives. */
function askOncePerSession(ask: (session: Session) => Promise<string>): (session: Session) => Promise<string> {
  const answers = new WeakMap<Session, string>();
  return async (session) => {
    const known = answers.get(session) ?? (await ask(session));
    answers.set(session, known);
    return known;
  };
}

async function* listPlaylists(
  playlists: SpotifyPlaylistApi,
  ownIdOf: (session: Session) => Promise<string>,
  session: Session,
  options: ListOptions,
): AsyncIterable<DocumentPage<SpotifyUserPlaylist>> {
  const limit = Math.min(options.pageSize ?? LIMITS.playlistsPage, LIMITS.playlistsPage);
  // Owners are named by `id`; the account id of the connection may be another one.
  const ownId = await ownIdOf(session);
  for (let offset: number | undefined = 0; offset !== undefined; ) {
    const page = await playlists.listPlaylists(session, { offset, limit });
    offset = nextOffsetOf(session, "/me/playlists", page, offset);
    yield {
      entries: page.items.map((row) =>
        row === null
          ? { state: "unreadable" }
          : { state: "listed", ...stateOf({ ...row, own: row.owner.id === ownId }) },
      ),
      total: page.total,
    };
  }
}

/**
 * A playlist that the user has deleted can still be read by its id for ever, so that the library is asked first: gone is what it
 * no longer has.
 */
async function getPlaylist(
  playlists: SpotifyPlaylistApi,
  ownIdOf: (session: Session) => Promise<string>,
  session: Session,
  id: string,
): Promise<DocumentAnswer<SpotifyUserPlaylist>> {
  try {
    if (!(await playlists.isInLibrary(session, id))) return { state: "gone" };
    const playlist = await playlists.getPlaylist(session, id);
    return { state: "found", ...stateOf({ ...playlist, own: playlist.owner.id === (await ownIdOf(session)) }) };
  } catch (error) {
    if (error instanceof ServiceError && error.failure.kind === "not-found") return { state: "gone" };
    throw error;
  }
}

/** Deletes by no longer following. What is not there is said to be so only if Spotify never gave out such an id. */
async function deletePlaylist(playlists: SpotifyPlaylistApi, session: Session, id: string): Promise<void> {
  try {
    await playlists.unfollowPlaylist(session, id);
  } catch (error) {
    if (!(error instanceof ServiceError) || error.failure.kind !== "invalid" || error.failure.reason !== "id")
      throw error;
    throw new ServiceError(error.service, { kind: "not-found" }, "service.not-found", {
      service: error.service,
      route: "/me/library",
    });
  }
}

function stateOf(native: SpotifyUserPlaylist): DocumentState<SpotifyUserPlaylist> {
  return { id: native.id, native };
}

/** Descriptions take no line breaks. */
function fieldsOf({ name, description, public: shown }: Partial<PlaylistDetails>): PlaylistFields {
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description: description.replaceAll(/\s*[\r\n]+\s*/g, " ") }),
    ...(shown === undefined ? {} : { public: shown }),
  };
}

function factsOf({ own, collaborative, snapshot_id, items, tracks }: SpotifyUserPlaylist): ContainerFacts {
  const size = (items ?? tracks)?.total;
  return {
    access: own ? "owned" : collaborative ? "shared" : "followed",
    ...(snapshot_id ? { contentsVersion: snapshot_id } : {}),
    ...(size === undefined ? {} : { size }),
  };
}
