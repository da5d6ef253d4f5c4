import { json, shownEntries } from "../exchange.ts";
import { type SpotifyCall, type SpotifyRoute, userOf, wholeNumber } from "./call.ts";
import { findArtist, fullAlbum, fullArtist } from "./catalogue-routes.ts";
import { badRequest } from "./errors.ts";
import { isoSeconds, profileObject, trackObject } from "./objects.ts";
import { pageOf, sliceOf } from "./paging.ts";

/** Only this many plays exist. */
const HISTORY_DEPTH = 50;

/** Profile, history, followed artists, saved albums. */
export const LISTENING_ROUTES: readonly SpotifyRoute[] = [
  {
    method: "GET",
    path: "/v1/me",
    kind: "identity",
    parameters: [],
    handle: (call) => json(profileObject(call, userOf(call))),
  },
  {
    method: "GET",
    path: "/v1/me/player/recently-played",
    kind: "read",
    parameters: ["limit", "after", "before"],
    scopes: ["user-read-recently-played"],
    handle: recentlyPlayed,
  },
  {
    method: "GET",
    path: "/v1/me/following",
    kind: "read",
    parameters: ["type", "after", "limit"],
    scopes: ["user-follow-read"],
    handle: followedArtists,
  },
  {
    method: "GET",
    path: "/v1/me/albums",
    kind: "read",
    parameters: ["limit", "offset", "market"],
    scopes: ["user-library-read"],
    handle: savedAlbums,
  },
];

function recentlyPlayed(call: SpotifyCall): Response {
  const user = userOf(call);
  const limit = wholeNumber(call, "limit", { default: 20, min: 1, max: 50 });
  const bounds = { default: -1, min: 0, max: Number.MAX_SAFE_INTEGER };
  const after = wholeNumber(call, "after", bounds);
  const before = wholeNumber(call, "before", bounds);
  if (after >= 0 && before >= 0) throw badRequest("Only one of before or after can be specified");
  const plays = user.history
    .slice(0, HISTORY_DEPTH)
    .filter(({ playedAtMs }) => (after < 0 || playedAtMs > after) && (before < 0 || playedAtMs < before));
  const shown = plays.slice(0, limit);
  const newest = shown[0];
  const oldest = shown.at(-1);
  const items = shown.flatMap((play) => {
    const track = call.world.catalogue.spotify.byId(play.trackId);
    if (track === undefined) return [];
    const context = play.contextUri === null ? null : contextObject(call, play.contextUri);
    return [
      { track: trackObject(call, track, user.country), played_at: new Date(play.playedAtMs).toISOString(), context },
    ];
  });
  const path = `${call.base}/me/player/recently-played`;
  return json({
    items,
    next: oldest === undefined ? null : `${path}?before=${oldest.playedAtMs}&limit=${limit}`,
    cursors:
      newest === undefined || oldest === undefined
        ? null
        : { after: String(newest.playedAtMs), before: String(oldest.playedAtMs) },
    limit,
    href: `${path}?limit=${limit}`,
  });
}

function contextObject(call: SpotifyCall, uri: string): Record<string, unknown> {
  const [, type = "playlist", id = ""] = uri.split(":");
  return { type, uri, href: `${call.base}/${type}s/${id}`, external_urls: {} };
}

/** In the order of their ids: Spotify promises none, and a cursor has to lead on when others come and go. */
function followedArtists(call: SpotifyCall): Response {
  const user = userOf(call);
  if (call.query.get("type") !== "artist") throw badRequest("Missing parameter type");
  const limit = wholeNumber(call, "limit", { default: 20, min: 1, max: 50 });
  const { world } = call;
  const list = user.followedArtists.seen(call.now, world.settings.staleReadsMs).oldestFirst();
  const known = list.flatMap(({ id }) => findArtist(call, id) ?? []).sort((a, b) => (a.id < b.id ? -1 : 1));
  const { shown: all, total } = shownEntries(known, ({ id }) => id, call.listing);
  const after = call.query.get("after") ?? "";
  const rest = all.filter(({ id }) => id > after);
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  const more = limit < rest.length;
  const path = `${call.base}/me/following?type=artist`;
  return json({
    artists: {
      href: `${path}&limit=${limit}`,
      items: shown.map((artist) => fullArtist(call, artist)),
      limit,
      next: more && last !== undefined ? `${path}&after=${last.id}&limit=${limit}` : null,
      cursors: { after: more && last !== undefined ? last.id : null },
      total,
    },
  });
}

function savedAlbums(call: SpotifyCall): Response {
  const user = userOf(call);
  const slice = sliceOf(call, { default: 20, max: 50 });
  const { world } = call;
  const list = user.albums.seen(call.now, world.settings.staleReadsMs).oldestFirst();
  const present = list.filter(({ id }) => world.takenDown.get(id) !== "gone");
  const { shown, total } = shownEntries(present, ({ id }) => id, call.listing);
  const entries = shown.toReversed();
  const items = entries
    .slice(slice.offset, slice.offset + slice.limit)
    .map(({ id, addedAtMs }) => ({ added_at: isoSeconds(addedAtMs), album: fullAlbum(call, id) }));
  return json(pageOf(call, "/me/albums", slice, total, items));
}
