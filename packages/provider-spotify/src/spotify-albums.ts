import type { CollectionProbe, ListedEntry, ListOptions, ListPage, Session } from "@syncer/core";
import { LIMITS, type SpotifyApi } from "./spotify-api.ts";
import { addedAt, type LibraryCollection, libraryWriter } from "./spotify-library.ts";
import { nextOffsetOf } from "./spotify-pages.ts";
import type { SavedAlbumRow, SpotifyAlbum } from "./spotify-schemas.ts";

/** The user's saved albums: `GET /me/albums`, with their UPC; written through `/me/library`. */
export function spotifyAlbums(api: SpotifyApi): LibraryCollection<SpotifyAlbum> {
  return {
    shape: "membership",
    kind: "album",
    scopes: { read: ["user-library-read"], write: ["user-library-modify"] },
    read: {
      pageSize: LIMITS.savedAlbumsPage,
      totals: "exact",
      // As with tracks: by convention, not by promise.
      order: "newest-first",
      list: (session, options) => listSavedAlbums(api, session, options),
      probe: probeOf(api),
    },
    write: libraryWriter(api, "album"),
  };
}

async function* listSavedAlbums(
  api: SpotifyApi,
  session: Session,
  options: ListOptions,
): AsyncIterable<ListPage<SpotifyAlbum>> {
  const limit = Math.min(options.pageSize ?? LIMITS.savedAlbumsPage, LIMITS.savedAlbumsPage);
  let newest: SavedAlbumRow | undefined;
  for (let offset: number | undefined = 0; offset !== undefined; ) {
    const page = await api.listSavedAlbums(session, { offset, limit, purpose: "read" });
    if (offset === 0) newest = page.items[0];
    const nextOffset = nextOffsetOf(session, "/me/albums", page, offset);
    yield {
      entries: page.items.map(entryOf),
      total: page.total,
      ...(nextOffset === undefined ? { fingerprint: fingerprintOf(page.total, newest) } : {}),
    };
    offset = nextOffset;
  }
}

function entryOf({ album, added_at }: SavedAlbumRow): ListedEntry<SpotifyAlbum> {
  if (album === null) return { state: "unreadable" };
  // An album that was taken down keeps its row, without a name.
  if (album.name === "") return { state: "unreadable", id: album.id };
  return { state: "listed", id: album.id, native: album, ...addedAt(added_at) };
}

/** Total and newest row: moves with every addition, and with a removal through the total. */
function fingerprintOf(total: number, newest: SavedAlbumRow | undefined): string {
  return [total, newest?.album?.id ?? "", newest?.added_at ?? ""].join("|");
}

/** A hint: one removed and one added behind the first row, between two looks, would leave it as it was. */
function probeOf(api: SpotifyApi): CollectionProbe {
  return {
    exact: false,
    async read(session) {
      const page = await api.listSavedAlbums(session, { offset: 0, limit: 1, purpose: "probe" });
      return { rows: page.total, fingerprint: fingerprintOf(page.total, page.items[0]) };
    },
  };
}
