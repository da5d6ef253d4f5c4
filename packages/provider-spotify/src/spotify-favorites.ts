import type { CollectionProbe, ListedEntry, ListOptions, ListPage, Session } from "@syncer/core";
import { libraryId } from "./map-spotify-track.ts";
import { LIMITS, type SpotifyApi } from "./spotify-api.ts";
import { addedAt, type LibraryCollection, libraryWriter } from "./spotify-library.ts";
import { nextOffsetOf } from "./spotify-pages.ts";
import type { SavedTrackRow, SpotifyTrack } from "./spotify-schemas.ts";

/** The user's saved tracks ("Liked Songs"): `GET /me/tracks`, written through `/me/library`. */
export function spotifyFavorites(api: SpotifyApi): LibraryCollection<SpotifyTrack> {
  return {
    shape: "membership",
    kind: "track",
    scopes: { read: ["user-library-read"], write: ["user-library-modify"] },
    read: {
      pageSize: LIMITS.savedTracksPage,
      totals: "exact",
      // By convention, not by promise; nothing here relies on it but the probe, which is declared a hint.
      order: "newest-first",
      list: (session, options) => listSavedTracks(api, session, options),
      probe: probeOf(api),
    },
    write: libraryWriter(api, "track"),
  };
}

async function* listSavedTracks(
  api: SpotifyApi,
  session: Session,
  options: ListOptions,
): AsyncIterable<ListPage<SpotifyTrack>> {
  const limit = Math.min(options.pageSize ?? LIMITS.savedTracksPage, LIMITS.savedTracksPage);
  let newest: SavedTrackRow | undefined;
  for (let offset: number | undefined = 0; offset !== undefined; ) {
    const page = await api.listSavedTracks(session, { offset, limit, purpose: "read" });
    if (offset === 0) newest = page.items[0];
    const nextOffset = nextOffsetOf(session, "/me/tracks", page, offset);
    yield {
      entries: page.items.map(entryOf),
      total: page.total,
      ...(nextOffset === undefined ? { fingerprint: fingerprintOf(page.total, newest) } : {}),
    };
    offset = nextOffset;
  }
}

function entryOf(row: SavedTrackRow): ListedEntry<SpotifyTrack> {
  const { track } = row;
  if (track === null) return { state: "unreadable" };
  // A local file's URI holds artist and title, so no id of it is given on.
  if (track.is_local === true || track.uri?.startsWith("spotify:local:")) {
    return { state: "unsyncable", reason: "local-file" };
  }
  const id = libraryId(track);
  if (id === undefined) return { state: "unreadable" };
  if (track.type === "episode") return { state: "unsyncable", id, reason: "episode" };
  return { state: "listed", id, native: track, ...addedAt(row.added_at) };
}

/** Total and newest row: moves with every addition, and with a removal through the total. */
function fingerprintOf(total: number, newest: SavedTrackRow | undefined): string {
  const id = newest?.track ? libraryId(newest.track) : undefined;
  return [total, id ?? "", newest?.added_at ?? ""].join("|");
}

/** A hint: one removed and one added behind the first row, between two looks, would leave it as it was. */
function probeOf(api: SpotifyApi): CollectionProbe {
  return {
    exact: false,
    async read(session) {
      const page = await api.listSavedTracks(session, { offset: 0, limit: 1, purpose: "probe" });
      return { rows: page.total, fingerprint: fingerprintOf(page.total, page.items[0]) };
    },
  };
}
