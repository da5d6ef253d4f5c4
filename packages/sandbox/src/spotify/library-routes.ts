import { json, shownEntries } from "../exchange.ts";
import { jsonBody, marketOf, type SpotifyCall, type SpotifyRoute, userOf } from "./call.ts";
import { badRequest, forbidden } from "./errors.ts";
import { isoSeconds, trackObject } from "./objects.ts";
import { pageOf, sliceOf } from "./paging.ts";
import { followPlaylist, unfollowPlaylist } from "./playlists.ts";
import { isBase62Id, parseUri, type SpotifyUri } from "./uris.ts";
import type { SpotifyUser } from "./world.ts";

const MAX_URIS = 40;
const MAX_IDS = 50;
const LIBRARY_READ = ["user-library-read"];
const LIBRARY_MODIFY = ["user-library-modify"];
/** Which scope each kind of library entry needs. */
const MODIFY_SCOPES: Readonly<Record<string, string>> = {
  track: "user-library-modify",
  album: "user-library-modify",
  episode: "user-library-modify",
  show: "user-library-modify",
  audiobook: "user-library-modify",
  artist: "user-follow-modify",
  user: "user-follow-modify",
  playlist: "playlist-modify-public",
};
const READ_SCOPES: Readonly<Record<string, string>> = {
  track: "user-library-read",
  album: "user-library-read",
  episode: "user-library-read",
  show: "user-library-read",
  audiobook: "user-library-read",
  artist: "user-follow-read",
  user: "user-follow-read",
  playlist: "playlist-read-private",
};

/** Favourites, by the routes of all regimes and by the old ones. */
export const LIBRARY_ROUTES: readonly SpotifyRoute[] = [
  {
    method: "GET",
    path: "/v1/me/tracks",
    kind: "read",
    parameters: ["limit", "offset", "market"],
    scopes: LIBRARY_READ,
    handle: listFavourites,
  },
  {
    method: "PUT",
    path: "/v1/me/library",
    kind: "write",
    parameters: ["uris"],
    handle: (call) => changeLibrary(call, saveUri),
  },
  {
    method: "DELETE",
    path: "/v1/me/library",
    kind: "write",
    parameters: ["uris"],
    handle: (call) => changeLibrary(call, removeUri),
  },
  { method: "GET", path: "/v1/me/library/contains", kind: "read", parameters: ["uris"], handle: libraryContains },
  {
    method: "PUT",
    path: "/v1/me/tracks",
    kind: "write",
    parameters: ["ids"],
    scopes: LIBRARY_MODIFY,
    goneInDevelopment: true,
    handle: saveTracks,
  },
  {
    method: "DELETE",
    path: "/v1/me/tracks",
    kind: "write",
    parameters: ["ids"],
    scopes: LIBRARY_MODIFY,
    goneInDevelopment: true,
    handle: removeTracks,
  },
  {
    method: "GET",
    path: "/v1/me/tracks/contains",
    kind: "read",
    parameters: ["ids"],
    scopes: LIBRARY_READ,
    goneInDevelopment: true,
    handle: containsTracks,
  },
];

function listFavourites(call: SpotifyCall): Response {
  const user = userOf(call);
  const slice = sliceOf(call, { default: 20, max: 50 });
  const market = marketOf(call);
  const { world } = call;
  const list = user.favourites.seen(call.now, world.settings.staleReadsMs).oldestFirst();
  const gone = world.takenDown.size > 0;
  const present = gone ? list.filter(({ id }) => world.takenDown.get(id) !== "gone") : list;
  const { shown, total } = shownEntries(present, ({ id }) => id, call.listing);
  const from = shown.length - slice.offset;
  // Newest first: the page is a stretch from the end of the list, turned round.
  const entries = shown.slice(Math.max(0, from - slice.limit), Math.max(0, from)).toReversed();
  const items = entries.flatMap((entry) => {
    const track = world.catalogue.spotify.byId(entry.id);
    return track === undefined
      ? []
      : [{ added_at: isoSeconds(entry.addedAtMs), track: trackObject(call, track, market) }];
  });
  return json(pageOf(call, "/me/tracks", slice, total, items));
}

/** `uris` counts in the query string only; a body is not looked at. */
function libraryUris(call: SpotifyCall): SpotifyUri[] {
  const text = call.query.get("uris");
  if (text === null || text === "") throw badRequest("Missing required field: uris");
  const uris = text.split(",").map((uri) => uri.trim());
  if (uris.length > MAX_URIS) throw badRequest("Too many uris");
  return uris.map(parseUri);
}

type LibraryChange = (call: SpotifyCall, user: SpotifyUser, uri: SpotifyUri, order: number) => void;

function changeLibrary(call: SpotifyCall, change: LibraryChange): Response {
  const user = userOf(call);
  const uris = libraryUris(call);
  for (const uri of uris) {
    const scope = MODIFY_SCOPES[uri.kind];
    const refused = uri.kind === "artist" && call.world.settings.artistUris === "refuse";
    if (scope === undefined || refused) throw badRequest(`Unsupported uri type: ${uri.kind}`);
    if (!call.scopes.has(scope)) throw forbidden("Insufficient client scope");
  }
  const known = uris.filter((uri) => isKnown(call, uri));
  if (known.length < uris.length && call.world.settings.unknownUris === "refuse") throw badRequest("Invalid track uri");
  const callNumber = call.world.nextCall();
  const lag = call.world.settings.staleReadsMs;
  for (const list of [user.favourites, user.albums, user.followedArtists]) list.change(call.now, lag, () => {});
  for (const uri of known) change(call, user, uri, orderWithinCall(call, callNumber, uri.id));
  return new Response(null, { status: 200 });
}

/** Which entry of one call comes first is nowhere promised: a draw decides, so that nobody builds on it. */
function orderWithinCall(call: SpotifyCall, callNumber: number, id: string): number {
  return callNumber + call.world.dice.fraction("order-within-call", id);
}

function isKnown(call: SpotifyCall, uri: SpotifyUri): boolean {
  const { world } = call;
  switch (uri.kind) {
    case "track":
      return world.catalogue.spotify.byId(uri.id) !== undefined && world.takenDown.get(uri.id) !== "gone";
    case "album":
      return world.catalogue.spotify.album(uri.id) !== undefined && world.takenDown.get(uri.id) !== "gone";
    case "artist":
      return world.catalogue.spotify.artists().has(uri.id) && world.takenDown.get(uri.id) !== "gone";
    case "user":
      return world.users.has(uri.id);
    case "playlist":
      return world.playlists.has(uri.id);
    default:
      return false;
  }
}

function saveUri(call: SpotifyCall, user: SpotifyUser, uri: SpotifyUri, order: number): void {
  const entry = { id: uri.id, addedAtMs: call.now, order };
  if (uri.kind === "track") user.favourites.current.add(entry);
  else if (uri.kind === "album") user.albums.current.add(entry);
  else if (uri.kind === "artist") user.followedArtists.current.add(entry);
  else if (uri.kind === "user") user.followedUsers.add(uri.id);
  else if (uri.kind === "playlist") followPlaylist(call.world, user, uri.id);
}

function removeUri(call: SpotifyCall, user: SpotifyUser, uri: SpotifyUri): void {
  if (uri.kind === "track") user.favourites.current.remove(uri.id);
  else if (uri.kind === "album") user.albums.current.remove(uri.id);
  else if (uri.kind === "artist") user.followedArtists.current.remove(uri.id);
  else if (uri.kind === "user") user.followedUsers.delete(uri.id);
  else if (uri.kind === "playlist") unfollowPlaylist(call.world, user, uri.id);
}

function libraryContains(call: SpotifyCall): Response {
  const user = userOf(call);
  const uris = libraryUris(call);
  for (const uri of uris) {
    const scope = READ_SCOPES[uri.kind];
    if (scope === undefined) throw badRequest(`Unsupported uri type: ${uri.kind}`);
    if (!call.scopes.has(scope)) throw forbidden("Insufficient client scope");
  }
  const lag = call.world.settings.staleReadsMs;
  const favourites = user.favourites.seen(call.now, lag);
  return json(
    uris.map(({ kind, id }) => {
      if (kind === "track") return favourites.has(id);
      if (kind === "album") return user.albums.seen(call.now, lag).has(id);
      if (kind === "artist") return user.followedArtists.seen(call.now, lag).has(id);
      if (kind === "user") return user.followedUsers.has(id);
      return kind === "playlist" && user.playlistIds.includes(id);
    }),
  );
}

interface DatedId {
  readonly id: string;
  readonly addedAtMs: number | undefined;
}

/** The old routes take ids in the query, as a bare array, as `ids`, or with dates as `timestamped_ids`. */
function datedIds(call: SpotifyCall): DatedId[] {
  const fromQuery = call.query.get("ids");
  const entries =
    fromQuery === null ? idsOfBody(call) : fromQuery.split(",").map((id) => ({ id, addedAtMs: undefined }));
  if (entries.length === 0) throw badRequest("Missing required field: ids");
  if (entries.length > MAX_IDS) throw badRequest("Too many ids requested");
  if (!entries.every(({ id }) => isBase62Id(id))) throw badRequest("Invalid base62 id");
  return entries;
}

function idsOfBody(call: SpotifyCall): DatedId[] {
  const body = jsonBody(call);
  const undated = (ids: readonly unknown[]): DatedId[] => ids.map((id) => ({ id: String(id), addedAtMs: undefined }));
  if (Array.isArray(body)) return undated(body);
  const { ids, timestamped_ids: timestamped } = body as Record<string, unknown>;
  if (!Array.isArray(timestamped)) return Array.isArray(ids) ? undated(ids) : [];
  return timestamped.map((entry: unknown) => {
    const { id, added_at } = (typeof entry === "object" && entry !== null ? entry : {}) as Record<string, unknown>;
    const time = Date.parse(String(added_at));
    if (typeof id !== "string" || Number.isNaN(time)) throw badRequest("Invalid timestamped_ids");
    // Differences below a minute get lost here.
    return { id, addedAtMs: Math.floor(time / 60_000) * 60_000 };
  });
}

function saveTracks(call: SpotifyCall): Response {
  const user = userOf(call);
  const entries = datedIds(call);
  const known = entries.filter(({ id }) => isKnown(call, { kind: "track", id, text: id }));
  if (known.length < entries.length && call.world.settings.unknownUris === "refuse")
    throw badRequest("Invalid track uri");
  const callNumber = call.world.nextCall();
  user.favourites.change(call.now, call.world.settings.staleReadsMs, (favourites) => {
    for (const { id, addedAtMs } of known) {
      favourites.add({ id, addedAtMs: addedAtMs ?? call.now, order: orderWithinCall(call, callNumber, id) });
    }
  });
  return new Response(null, { status: 200 });
}

function removeTracks(call: SpotifyCall): Response {
  const user = userOf(call);
  const entries = datedIds(call);
  user.favourites.change(call.now, call.world.settings.staleReadsMs, (favourites) => {
    for (const { id } of entries) favourites.remove(id);
  });
  return new Response(null, { status: 200 });
}

function containsTracks(call: SpotifyCall): Response {
  const favourites = userOf(call).favourites.seen(call.now, call.world.settings.staleReadsMs);
  return json(datedIds(call).map(({ id }) => favourites.has(id)));
}
