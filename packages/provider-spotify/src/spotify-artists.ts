import {
  type CollectionProbe,
  type ListedEntry,
  type ListOptions,
  type ListPage,
  MalformedAnswerError,
  type Session,
} from "@syncer/core";
import { LIMITS, type SpotifyApi } from "./spotify-api.ts";
import { type LibraryCollection, libraryWriter } from "./spotify-library.ts";
import type { FollowedArtistsPage, SpotifyArtist } from "./spotify-schemas.ts";

const ROUTE = "/me/following";

/**
 * The artists that the user follows: `GET /me/following`, without dates; followed and left through `/me/library`. The
 * reference page of `/me/library` does not name artists, the migration guide follows one that way, and it has been measured to
 * work in Development Mode; where Spotify refuses, the refusal is reported.
 */
export function spotifyArtists(api: SpotifyApi): LibraryCollection<SpotifyArtist> {
  return {
    shape: "membership",
    kind: "artist",
    scopes: { read: ["user-follow-read"], write: ["user-follow-modify"] },
    read: {
      pageSize: LIMITS.followedArtistsPage,
      // The count has been seen above the rows for hours, after an artist was followed twice.
      totals: "inexact",
      order: "none",
      list: (session, options) => listFollowedArtists(api, session, options),
      probe: probeOf(api),
    },
    write: libraryWriter(api, "artist"),
  };
}

async function* listFollowedArtists(
  api: SpotifyApi,
  session: Session,
  options: ListOptions,
): AsyncIterable<ListPage<SpotifyArtist>> {
  const limit = Math.min(options.pageSize ?? LIMITS.followedArtistsPage, LIMITS.followedArtistsPage);
  const seen = new Set<string>();
  let first: FollowedArtistsPage | undefined;
  for (let after: string | undefined; ; ) {
    const page = await api.listFollowedArtists(session, { limit, purpose: "read", ...(after ? { after } : {}) });
    first ??= page;
    after = nextAfter(session, page, seen);
    yield {
      entries: page.items.map(entryOf),
      ...(page.total == null ? {} : { total: page.total }),
      ...(after === undefined ? { fingerprint: fingerprintOf(first) } : {}),
    };
    if (after === undefined) return;
  }
}

/**
 * The cursor of the page behind this one; `undefined` on the last page.
 * @throws {MalformedAnswerError} it comes again, or an empty page names one after it
 */
function nextAfter(session: Session, { cursors, next, items }: FollowedArtistsPage, seen: Set<string>) {
  const after = cursors?.after ?? undefined;
  if (after === undefined) {
    if (next) throw new MalformedAnswerError(session.service, ROUTE, "cursors: missing beside a next page");
    return undefined;
  }
  if (seen.has(after) || items.length === 0) {
    throw new MalformedAnswerError(session.service, ROUTE, "cursors.after: does not lead on");
  }
  seen.add(after);
  return after;
}

function entryOf(artist: SpotifyArtist | null): ListedEntry<SpotifyArtist> {
  return artist === null ? { state: "unreadable" } : { state: "listed", id: artist.id, native: artist };
}

/** Total and first row: a hint, as rows have no dates. */
function fingerprintOf({ total, items }: FollowedArtistsPage): string {
  return [total ?? "", items[0]?.id ?? ""].join("|");
}

function probeOf(api: SpotifyApi): CollectionProbe {
  return {
    exact: false,
    async read(session) {
      const page = await api.listFollowedArtists(session, { limit: 1, purpose: "probe" });
      return { fingerprint: fingerprintOf(page), ...(page.total == null ? {} : { rows: page.total }) };
    },
  };
}
