import {
  type ListedEntry,
  type ListOptions,
  type ListPage,
  MalformedAnswerError,
  type MembershipCollection,
  type MembershipWriter,
  type Session,
  type WriteOutcome,
} from "@syncer/core";
import { type JukeboxApi, LIMITS } from "./jukebox-api.ts";
import type { JukeboxSong, LibraryPage, WriteResults } from "./jukebox-schemas.ts";

/** The songs that a user saved. */
export function jukeboxFavorites(
  api: JukeboxApi,
): MembershipCollection<JukeboxSong> & { readonly write: MembershipWriter } {
  return {
    shape: "membership",
    kind: "track",
    scopes: { read: ["library:read"], write: ["library:write"] },
    read: {
      pageSize: LIMITS.libraryPage,
      totals: "exact",
      order: "newest-first",
      list: (session, options) => listLibrary(api, session, options),
      probe: {
        exact: true,
        async read(session) {
          const { revision, count } = await api.readRevision(session);
          return { rows: count, fingerprint: String(revision) };
        },
      },
    },
    write: {
      batchSize: { add: LIMITS.writeBatch, remove: LIMITS.writeBatch },
      consistencyWindowMs: 0,
      add: async (session, ids) => outcomesOf(ids, await api.saveSongs(session, ids), "already-there"),
      remove: async (session, ids) => outcomesOf(ids, await api.removeSongs(session, ids), "not-found"),
    },
  };
}

async function* listLibrary(
  api: JukeboxApi,
  session: Session,
  options: ListOptions,
): AsyncIterable<ListPage<JukeboxSong>> {
  const size = Math.min(options.pageSize ?? LIMITS.libraryPage, LIMITS.libraryPage);
  const seen = new Set<string>();
  for (let cursor: string | undefined; ; ) {
    const page: LibraryPage = await api.listLibrary(session, { size, ...(cursor === undefined ? {} : { cursor }) });
    const last = page.next_cursor === null;
    yield {
      entries: page.rows.map(entryOf),
      total: page.count,
      checksum: String(page.revision),
      ...(last ? { fingerprint: String(page.revision) } : {}),
    };
    if (page.next_cursor === null) return;
    // A cursor that comes back would go round for ever, and a listing that never ends proves nothing.
    if (seen.has(page.next_cursor)) {
      throw new MalformedAnswerError(session.service, "/library/songs", "next_cursor: has been given before");
    }
    seen.add(page.next_cursor);
    cursor = page.next_cursor;
  }
}

function entryOf({ song, saved_at: savedAt }: LibraryPage["rows"][number]): ListedEntry<JukeboxSong> {
  // Withdrawn songs keep their row. Leaving them out would look like a removal.
  if (song === null) return { state: "unreadable" };
  return { state: "listed", id: song.song_id, native: song, addedAtMs: Date.parse(savedAt) };
}

/** One outcome per id, in the order given. An id that the answer leaves out is unknown, not written. */
function outcomesOf(
  ids: readonly string[],
  results: WriteResults,
  unchanged: "already-there" | "not-found",
): readonly WriteOutcome[] {
  const statuses = new Map(results.map(({ song_id: id, status }) => [id, status]));
  return ids.map((id) => outcomeOf(id, statuses.get(id), unchanged));
}

function outcomeOf(
  id: string,
  status: WriteResults[number]["status"] | undefined,
  unchanged: "already-there" | "not-found",
): WriteOutcome {
  switch (status) {
    case "saved":
    case "removed":
      return { id, result: "written" };
    case "unchanged":
      return { id, result: unchanged };
    case "no_such_song":
      return { id, result: "not-found" };
    case "locked":
      return { id, result: "refused", reason: "locked" };
    case undefined:
      return { id, result: "unknown" };
  }
}
