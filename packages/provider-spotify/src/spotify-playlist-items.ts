import type {
  ListedEntry,
  ListOptions,
  ListPage,
  OrderedAnswer,
  OrderedCollection,
  OrderedWriter,
  Session,
} from "@syncer/core";
import { libraryId } from "./map-spotify-track.ts";
import { LIMITS } from "./spotify-api.ts";
import { nextOffsetOf } from "./spotify-pages.ts";
import type { SpotifyPlaylistApi } from "./spotify-playlist-api.ts";
import type { PlaylistItemRow, SpotifyTrack } from "./spotify-schemas.ts";

/** The entries of a playlist: `/playlists/{id}/items`, in both dialects. */
export function spotifyPlaylistItems(
  api: SpotifyPlaylistApi,
): OrderedCollection<SpotifyTrack> & { readonly write: OrderedWriter } {
  return {
    shape: "ordered",
    kind: "track",
    read: {
      pageSize: LIMITS.playlistItemsPage,
      totals: "exact",
      list: (session, id, options) => listItems(api, session, id, options),
    },
    write: {
      capability: {
        moves: "range",
        insert: "anywhere",
        // `positions` have been ignored since 2024.
        remove: "token",
        perCall: { insert: LIMITS.playlistItemsPerCall, remove: LIMITS.playlistItemsPerCall },
      },
      copies: "kept",
      // Items are readable within about a second of a write; the snapshot was seen to lag by half a minute.
      consistencyWindowMs: 10_000,
      versionLagMs: 30_000,
      maxItems: LIMITS.playlistItems,
      insert: (session, id, ids, at) => answerFor(ids, () => api.insertItems(session, id, ids, at)),
      remove(session, id, entries) {
        const ids = entries.map((entry) => entry.id);
        return answerFor(ids, () => api.removeItems(session, id, ids));
      },
      move: async (session, id, move) => ({ outcomes: [], version: await api.moveItems(session, id, move) }),
    },
  };
}

async function* listItems(
  api: SpotifyPlaylistApi,
  session: Session,
  id: string,
  options: ListOptions,
): AsyncIterable<ListPage<SpotifyTrack>> {
  const limit = Math.min(options.pageSize ?? LIMITS.playlistItemsPage, LIMITS.playlistItemsPage);
  for (let offset: number | undefined = 0; offset !== undefined; ) {
    const page = await api.listItems(session, id, { offset, limit });
    offset = nextOffsetOf(session, "/playlists/{id}/items", page, offset);
    yield { entries: page.items.map(entryOf), total: page.total };
  }
}

/** Development Mode calls the track `item`, the other regimes `track`. A withdrawn one keeps its place. */
function entryOf({ item, track, is_local, added_at }: PlaylistItemRow): ListedEntry<SpotifyTrack> {
  const media = [item, track].find((part) => typeof part === "object" && part !== null);
  if (typeof media !== "object" || media === null) return { state: "unreadable" };
  // A local file's URI holds artist and title, so no id of it is given on.
  if (is_local === true || media.is_local === true || media.uri?.startsWith("spotify:local:")) {
    return { state: "unsyncable", reason: "local-file" };
  }
  const id = libraryId(media);
  if (id === undefined) return { state: "unreadable" };
  if (media.type === "episode") return { state: "unsyncable", id, reason: "episode" };
  // Some very old entries show the beginning of 1970.
  const addedAtMs = added_at ? Date.parse(added_at) : Number.NaN;
  return { state: "listed", id, native: media, ...(addedAtMs > 0 ? { addedAtMs } : {}) };
}

/** Spotify answers for the whole call. */
async function answerFor(ids: readonly string[], send: () => Promise<string>): Promise<OrderedAnswer> {
  if (ids.length === 0) return { outcomes: [] };
  const version = await send();
  return { outcomes: ids.map((id) => ({ id, result: "written" })), version };
}
