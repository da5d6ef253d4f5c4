import {
  type LogCollection,
  type LoggedEntry,
  type LogOptions,
  type LogPage,
  MalformedAnswerError,
  type Session,
} from "@syncer/core";
import { libraryId } from "./map-spotify-track.ts";
import { LIMITS, type SpotifyApi } from "./spotify-api.ts";
import type { PlayedRow, RecentlyPlayedPage, SpotifyTrack } from "./spotify-schemas.ts";

/** What the user listened to: `GET /me/player/recently-played`. Only the last 50 plays exist, and nothing can be written. */
export function spotifyHistory(api: SpotifyApi): LogCollection<SpotifyTrack> {
  return {
    shape: "log",
    kind: "track",
    scopes: { read: ["user-read-recently-played"], write: [] },
    read: { pageSize: LIMITS.plays, depth: LIMITS.plays, list: (session, options) => listPlays(api, session, options) },
  };
}

async function* listPlays(
  api: SpotifyApi,
  session: Session,
  { pageSize = LIMITS.plays, sinceMs }: LogOptions,
): AsyncIterable<LogPage<SpotifyTrack>> {
  const limit = Math.min(pageSize, LIMITS.plays);
  // `after` excludes its own moment. One full page is all that there is.
  if (sinceMs !== undefined && limit === LIMITS.plays) {
    yield pageOf(await api.listPlays(session, { limit, after: Math.max(0, Math.floor(sinceMs) - 1) }));
    return;
  }
  let rows = 0;
  for (let before: number | undefined, more = true; more; ) {
    const page = await api.listPlays(session, { limit, ...(before === undefined ? {} : { before }) });
    const earlier = beforeOf(session, page, before);
    yield pageOf(page);
    rows += page.items.length;
    const isReached = earlier !== undefined && sinceMs !== undefined && earlier < sinceMs;
    more = earlier !== undefined && rows < LIMITS.plays && !isReached;
    before = earlier;
  }
}

/** The moment before which the next page begins; `undefined` where there is none. */
function beforeOf(session: Session, page: RecentlyPlayedPage, before = Number.POSITIVE_INFINITY): number | undefined {
  if (!page.next || page.items.length === 0) return undefined;
  const value = page.cursors?.before;
  const earlier = value && /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (earlier < before) return earlier;
  throw new MalformedAnswerError(session.service, "/me/player/recently-played", "cursors.before: does not lead back");
}

/** Newest first within a page; late entries have been seen out of order. */
function pageOf({ items }: RecentlyPlayedPage): LogPage<SpotifyTrack> {
  const rows = items.map((row) => ({ row, atMs: Date.parse(row.played_at) }));
  return { entries: rows.sort((left, right) => right.atMs - left.atMs).map(({ row, atMs }) => entryOf(row, atMs)) };
}

function entryOf({ track }: PlayedRow, atMs: number): LoggedEntry<SpotifyTrack> {
  if (track === null) return { state: "unreadable" };
  if (track.is_local === true || track.uri?.startsWith("spotify:local:")) {
    return { state: "unsyncable", reason: "local-file" };
  }
  const id = libraryId(track);
  if (id === undefined || !Number.isFinite(atMs)) return { state: "unreadable" };
  if (track.type === "episode") return { state: "unsyncable", id, reason: "episode" };
  return { state: "listed", id, native: track, atMs };
}
