import type { ListOptions, ListPage, OrderedCollection, OrderedWriter, Session } from "@syncer/core";
import { LIMITS } from "./deezer-api.ts";
import { listPageOf } from "./deezer-favorites.ts";
import { deezerPages } from "./deezer-pages.ts";
import type { DeezerPlaylistApi } from "./deezer-playlist-api.ts";
import type { DeezerTrack } from "./deezer-schemas.ts";
import { checkIds, outcomesOf } from "./deezer-writes.ts";

/** The tracks of a playlist: `GET /playlist/{id}/tracks`, with ISRC. Tracks that cannot be played are listed as well. */
export function deezerPlaylistTracks(api: DeezerPlaylistApi): Omit<OrderedCollection<DeezerTrack>, "write"> {
  return {
    shape: "ordered",
    kind: "track",
    read: {
      pageSize: LIMITS.playlistTracksPage,
      // `total` counts tracks that are silently missing.
      totals: "inexact",
      list: (session, id, options) => listTracks(api, session, id, options),
    },
  };
}

/** What a playlist has already is refused with the whole call (`already-there`), and so are ids that are given twice. */
export function writableDeezerPlaylistTracks(
  api: DeezerPlaylistApi,
): OrderedCollection<DeezerTrack> & { readonly write: OrderedWriter } {
  return {
    ...deezerPlaylistTracks(api),
    write: {
      capability: {
        moves: "whole-order",
        insert: "end",
        remove: "token",
        perCall: { insert: LIMITS.trackIds, remove: LIMITS.trackIds },
      },
      copies: "once",
      consistencyWindowMs: 10_000,
      // The checksum is made of the contents, and lags with them.
      versionLagMs: 10_000,
      maxItems: LIMITS.playlistTracks,
      async insert(session, id, ids) {
        checkIds(ids, LIMITS.trackIds);
        if (ids.length === 0) return { outcomes: [] };
        return { outcomes: await outcomesOf(ids, () => api.appendTracks(session, id, ids)) };
      },
      async remove(session, id, entries) {
        const ids = entries.map((entry) => entry.id);
        checkIds(ids, LIMITS.trackIds);
        if (ids.length === 0) return { outcomes: [] };
        return { outcomes: await outcomesOf(ids, () => api.removeTracks(session, id, ids)) };
      },
      async order(session, id, ids) {
        checkIds(ids, Number.POSITIVE_INFINITY);
        await api.orderTracks(session, id, ids);
        return { outcomes: [] };
      },
    },
  };
}

async function* listTracks(
  api: DeezerPlaylistApi,
  session: Session,
  id: string,
  options: ListOptions,
): AsyncIterable<ListPage<DeezerTrack>> {
  const limit = Math.min(options.pageSize ?? LIMITS.playlistTracksPage, LIMITS.playlistTracksPage);
  const ask = (index: number) => api.listTracks(session, id, { index, limit });
  for await (const { page } of deezerPages(session, "/playlist/{id}/tracks", ask)) yield listPageOf(page);
}
