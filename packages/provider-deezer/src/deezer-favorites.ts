import {
  type CollectionProbe,
  InvalidRequestError,
  type ListedEntry,
  type ListOptions,
  type ListPage,
  MalformedAnswerError,
  type MembershipCollection,
  type MembershipWriter,
  ServiceError,
  type Session,
  type WriteOutcome,
} from "@syncer/core";
import { type DeezerApi, LIMITS } from "./deezer-api.ts";
import type { DeezerTrack, FavoriteRow, FavoritesPage } from "./deezer-schemas.ts";

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
  let newest: FavoriteRow | undefined;
  let before: FavoritesPage | undefined;
  for (let index = 0; ; ) {
    const page = await api.listFavorites(session, { index, limit, purpose: "read" });
    if (before && showsTheSame(before, page)) {
      throw new MalformedAnswerError(session.service, "/user/{user}/tracks", `data: index ${index} repeats a page`);
    }
    newest = page.data.at(-1) ?? newest;
    index += page.data.length;
    const more = page.data.length > 0 && (Boolean(page.next) || (page.total !== undefined && index < page.total));
    yield {
      entries: page.data.map(entryOf),
      ...(page.total === undefined ? {} : { total: page.total }),
      ...(page.checksum ? { checksum: page.checksum } : {}),
      ...(more ? {} : { fingerprint: fingerprintOf(page.total, newest) }),
    };
    if (!more) return;
    before = page;
  }
}

/** A server that ignores `index` gives one page for ever. */
function showsTheSame(before: FavoritesPage, page: FavoritesPage): boolean {
  const idsOf = ({ data }: FavoritesPage) => data.map((row) => row?.id ?? "").join(",");
  return page.data.length > 0 && idsOf(before) === idsOf(page);
}

function entryOf(row: FavoriteRow): ListedEntry<DeezerTrack> {
  if (row === null) return { state: "unreadable" };
  const id = String(row.id);
  if (row.id < 0) return { state: "unsyncable", id, reason: "upload" };
  if (row.type === "episode") return { state: "unsyncable", id, reason: "episode" };
  return { state: "listed", id, native: row, ...(row.time_add ? { addedAtMs: row.time_add * 1_000 } : {}) };
}

/** Total and newest row, which stands last. */
function fingerprintOf(total: number | undefined, newest: FavoriteRow | undefined): string {
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

/** Deezer answers for the whole call. For a single id a refusal is that id's outcome; a batch is the caller's to bisect. */
async function outcomesOf(ids: readonly string[], send: () => Promise<void>): Promise<readonly WriteOutcome[]> {
  const [id, ...others] = ids;
  try {
    await send();
    return ids.map((written) => ({ id: written, result: "written" }));
  } catch (error) {
    if (id === undefined || others.length > 0 || !(error instanceof ServiceError)) throw error;
    const { kind } = error.failure;
    if (kind === "already-there" || kind === "not-found") return [{ id, result: kind }];
    throw error;
  }
}

/** A comma would make two ids of one, and letters are answered with a failure of the whole batch. */
function checkIds(ids: readonly string[], most: number): void {
  if (ids.length > most) {
    throw new InvalidRequestError("request.invalid", {
      path: "ids",
      problem: `Deezer takes at most ${most} per call.`,
    });
  }
  const wrong = ids.findIndex((id) => !/^\d+$/.test(id));
  if (wrong >= 0) {
    throw new InvalidRequestError("request.invalid", { path: `ids[${wrong}]`, problem: "is not a Deezer track id." });
  }
}
