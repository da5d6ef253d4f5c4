import type {
  ListedEntry,
  ListOptions,
  ListPage,
  MembershipCollection,
  MembershipWriter,
  Session,
  WriteOutcome,
} from "@syncer/core";
import { type DeezerApi, LIMITS, type PageAsked, type SavedKind } from "./deezer-api.ts";
import { deezerPages } from "./deezer-pages.ts";
import type { DeezerAlbum, DeezerArtist, SavedPage, SavedRow } from "./deezer-schemas.ts";
import { checkIds, outcomesOf } from "./deezer-writes.ts";

/** Saved albums or artists that can be read only; the type has no `write`. */
export type ReadOnlySaved<TNative> = Omit<MembershipCollection<TNative>, "write">;
export type WritableSaved<TNative> = MembershipCollection<TNative> & { readonly write: MembershipWriter };

/** The user's saved albums: `GET /user/{user}/albums`. Rows carry no UPC. */
export function deezerAlbums(api: DeezerApi): ReadOnlySaved<DeezerAlbum> {
  return savedOf("album", (session, page) => api.listAlbums(session, page));
}

/** The artists that the user has among the favourites: `GET /user/{user}/artists`. */
export function deezerArtists(api: DeezerApi): ReadOnlySaved<DeezerArtist> {
  return savedOf("artist", (session, page) => api.listArtists(session, page));
}

/** Adds what writing needs: one item a call, both ways. */
export function writableSaved<TNative>(
  api: DeezerApi,
  saved: ReadOnlySaved<TNative>,
  kind: SavedKind,
): WritableSaved<TNative> {
  return {
    ...saved,
    write: {
      batchSize: { add: 1, remove: 1 },
      // As with tracks: lists are served by replicas.
      consistencyWindowMs: 10_000,
      add: (session, ids) => changeOne(ids, (id) => api.addSaved(session, kind, id)),
      remove: (session, ids) => changeOne(ids, (id) => api.removeSaved(session, kind, id)),
    },
  };
}

async function changeOne(
  ids: readonly string[],
  send: (id: string) => Promise<void>,
): Promise<readonly WriteOutcome[]> {
  checkIds(ids, 1);
  const [id] = ids;
  return id === undefined ? [] : outcomesOf(ids, () => send(id));
}

type Ask<TNative> = (session: Session, page: PageAsked) => Promise<SavedPage<TNative>>;

function savedOf<TNative extends { readonly id: number }>(kind: SavedKind, ask: Ask<TNative>): ReadOnlySaved<TNative> {
  return {
    shape: "membership",
    kind,
    scopes: { read: ["basic_access"], write: ["manage_library", "delete_library"] },
    read: {
      pageSize: LIMITS.savedPage,
      // As with tracks: `total` may be above the rows.
      totals: "inexact",
      // Recorded answers come in the order of ids, not of dates; nothing promises either.
      order: "none",
      list: (session, options) => listSaved(`/user/{user}/${kind}s`, ask, session, options),
      probe: {
        exact: false,
        async read(session) {
          const page = await ask(session, { index: 0, limit: 1, purpose: "probe" });
          const rows = page.data.length === 0 ? 0 : page.total;
          return { fingerprint: fingerprintOf(page), ...(rows === undefined ? {} : { rows }) };
        },
      },
    },
  };
}

async function* listSaved<TNative extends { readonly id: number }>(
  route: string,
  ask: Ask<TNative>,
  session: Session,
  options: ListOptions,
): AsyncIterable<ListPage<TNative>> {
  const limit = Math.min(options.pageSize ?? LIMITS.savedPage, LIMITS.savedPage);
  let first: SavedPage<TNative> | undefined;
  const pages = deezerPages(session, route, (index) => ask(session, { index, limit, purpose: "read" }));
  for await (const { page, isLast } of pages) {
    first ??= page;
    yield {
      entries: page.data.map(entryOf),
      ...(page.total === undefined ? {} : { total: page.total }),
      ...(isLast ? { fingerprint: fingerprintOf(first) } : {}),
    };
  }
}

function entryOf<TNative>(row: SavedRow<TNative> | null): ListedEntry<TNative> {
  if (row === null) return { state: "unreadable" };
  const addedAtMs = row.time_add ? row.time_add * 1_000 : undefined;
  return { state: "listed", id: String(row.id), native: row, ...(addedAtMs === undefined ? {} : { addedAtMs }) };
}

/** Total and first row, with its date: a hint, which an exchange of rows behind the first does not change. */
function fingerprintOf({ total, data }: SavedPage<unknown>): string {
  const [first] = data;
  return [total ?? "", first?.id ?? "", first?.time_add ?? ""].join("|");
}
