import type {
  CollectionProbe,
  ListedEntry,
  ListOptions,
  ListPage,
  MembershipCollection,
  MembershipWriter,
  Session,
  WriteOutcome,
} from "@syncer/core";
import { type DeezerApi, LIMITS } from "./deezer-api.ts";
import { deezerPages } from "./deezer-pages.ts";
import type { DeezerTrack, SavedTrackRow, SavedTracksPage } from "./deezer-schemas.ts";
import { checkIds, outcomesOf } from "./deezer-writes.ts";

/** Favourites that can be read only; the type has no `write`. */
export type ReadOnlyFavorites = Omit<MembershipCollection<DeezerTrack>, "write">;
export type WritableFavorites = MembershipCollection<DeezerTrack> & { readonly write: MembershipWriter };

/** The user's favourite tracks: `GET /user/{user}/tracks`. Rows carry no ISRC. */
export function deezerFavorites(api: DeezerApi): ReadOnlyFavorites {
  return {
    shape: "membership",
    kind: "track",
    scopes: { read: ["basic_access"], write: ["manage_library", "delete_library"] },
    read: {
      pageSize: LIMITS.favoritesPage,
      // `total` has been seen above the number of rows that ever come.
      totals: "inexact",
      order: "oldest-first",
      list: (session, options) => listFavorites(api, session, options),
      probe: probeOf(api),
    },
  };
}

export function writableDeezerFavorites(api: DeezerApi): WritableFavorites {
  return {
    ...deezerFavorites(api),
    write: {
      batchSize: { add: LIMITS.trackIds, remove: 1 },
      // Lists are served by replicas; a read right after a write may be stale by a second or two.
      consistencyWindowMs: 10_000,
      maxItems: 10_000,
      add: (session, ids) => add(api, session, ids),
      remove: (session, ids) => remove(api, session, ids),
    },
  };
}

async function* listFavorites(
  api: DeezerApi,
  session: Session,
  options: ListOptions,
): AsyncIterable<ListPage<DeezerTrack>> {
  const limit = Math.min(options.pageSize ?? LIMITS.favoritesPage, LIMITS.favoritesPage);
  const ask = (index: number) => api.listFavorites(session, { index, limit, purpose: "read" });
  let newest: SavedTrackRow | undefined;
  for await (const { page, isLast } of deezerPages(session, "/user/{user}/tracks", ask)) {
    newest = page.data.at(-1) ?? newest;
    yield {
      ...listPageOf(page),
      ...(isLast ? { fingerprint: fingerprintOf(page.total, newest) } : {}),
    };
  }
}

/** A page of favourites, or of a playlist's tracks. */
export function listPageOf(page: SavedTracksPage): ListPage<DeezerTrack> {
  return {
    entries: page.data.map(entryOf),
    ...(page.total === undefined ? {} : { total: page.total }),
    ...(page.checksum ? { checksum: page.checksum } : {}),
  };
}

function entryOf(row: SavedTrackRow): ListedEntry<DeezerTrack> {
  if (row === null) return { state: "unreadable" };
  const id = String(row.id);
  if (row.id < 0) return { state: "unsyncable", id, reason: "upload" };
  if (row.type === "episode") return { state: "unsyncable", id, reason: "episode" };
  return { state: "listed", id, native: row, ...(row.time_add ? { addedAtMs: row.time_add * 1_000 } : {}) };
}

/** Total and newest row, which stands last. */
function fingerprintOf(total: number | undefined, newest: SavedTrackRow | undefined): string {
  return [total ?? "", newest?.id ?? "", newest?.time_add ?? ""].join("|");
}

/**
 * A hint: reads the last row that should exist and the place after it. One more row, one less, or another last row
 * shows; an exchange of rows before the last does not.
 */
function probeOf(api: DeezerApi): CollectionProbe {
  return {
    exact: false,
    async read(session, expected) {
      const index = Math.max(0, expected.rows - 1);
      const page = await api.listFavorites(session, { index, limit: 2, purpose: "probe" });
      const endSeen = page.data.length < 2 && (page.data.length > 0 || index === 0);
      const rows = endSeen ? index + page.data.length : page.total;
      return { fingerprint: fingerprintOf(page.total, page.data.at(-1)), ...(rows === undefined ? {} : { rows }) };
    },
  };
}

async function add(api: DeezerApi, session: Session, ids: readonly string[]): Promise<readonly WriteOutcome[]> {
  checkIds(ids, LIMITS.trackIds);
  if (ids.length === 0) return [];
  return outcomesOf(ids, () => api.addFavorites(session, ids));
}

async function remove(api: DeezerApi, session: Session, ids: readonly string[]): Promise<readonly WriteOutcome[]> {
  checkIds(ids, 1);
  const [id] = ids;
  if (id === undefined) return [];
  return outcomesOf(ids, () => api.removeFavorite(session, id));
}
