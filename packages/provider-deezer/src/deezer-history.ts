import type { LogCollection, LoggedEntry, LogOptions, LogPage, Session } from "@syncer/core";
import { type DeezerApi, LIMITS } from "./deezer-api.ts";
import { deezerPages } from "./deezer-pages.ts";
import type { DeezerTrack, PlayRow } from "./deezer-schemas.ts";

/** What the user listened to: `GET /user/me/history`. About the last 50 to 100 plays exist, and nothing can be written. */
export function deezerHistory(api: DeezerApi): LogCollection<DeezerTrack> {
  return {
    shape: "log",
    kind: "track",
    scopes: { read: ["listening_history"], write: [] },
    read: {
      pageSize: LIMITS.historyPage,
      depth: LIMITS.historyPage,
      list: (session, options) => listPlays(api, session, options),
    },
  };
}

/**
 * Some players report one play again and again. A play counts once, by its first report: one that follows another report of the
 * same track sooner than the track is long is left out. Rows for which the next page may tell wait for it.
 */
async function* listPlays(
  api: DeezerApi,
  session: Session,
  { pageSize = LIMITS.historyPage, sinceMs = Number.NEGATIVE_INFINITY }: LogOptions,
): AsyncIterable<LogPage<DeezerTrack>> {
  const limit = Math.min(pageSize, LIMITS.historyPage);
  const ask = (index: number) => api.listHistory(session, { index, limit });
  let waiting: readonly PlayRow[] = [];
  for await (const { page, isLast } of deezerPages(session, "/user/me/history", ask)) {
    const rows = [...waiting, ...page.data];
    const earliestMs = Math.min(...rows.map(timeOf));
    const firstWaiting = isLast ? -1 : rows.findIndex((row) => timeOf(row) - lengthOf(row) <= earliestMs);
    const decided = firstWaiting < 0 ? rows : rows.slice(0, firstWaiting);
    const entries = decided.filter((row, at) => !isReportedBefore(row, rows.slice(at + 1))).map(entryOf);
    if (entries.length > 0 || isLast) yield { entries };
    waiting = rows.slice(decided.length);
    const isWanted = (row: PlayRow) => timeOf(row) >= sinceMs;
    if (!rows.every(isWanted) && !waiting.some(isWanted)) return;
  }
}

function isReportedBefore(row: PlayRow, earlier: readonly PlayRow[]): boolean {
  return earlier.some((other) => {
    if (row === null || other === null || other.id !== row.id) return false;
    const apartMs = timeOf(row) - timeOf(other);
    return apartMs === 0 || (apartMs > 0 && apartMs < lengthOf(row));
  });
}

/** A row without a time stands where it stands, and decides nothing. */
function timeOf(row: PlayRow): number {
  return row?.timestamp ? row.timestamp * 1_000 : Number.POSITIVE_INFINITY;
}

function lengthOf(row: PlayRow): number {
  return (row?.duration ?? 0) * 1_000;
}

function entryOf(row: PlayRow): LoggedEntry<DeezerTrack> {
  if (row === null) return { state: "unreadable" };
  const id = String(row.id);
  if (row.id < 0) return { state: "unsyncable", id, reason: "upload" };
  if (row.type === "episode") return { state: "unsyncable", id, reason: "episode" };
  if (!row.timestamp) return { state: "unreadable", id };
  return { state: "listed", id, native: row, atMs: row.timestamp * 1_000 };
}
