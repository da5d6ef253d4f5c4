import { json, shownEntries } from "../exchange.ts";
import { jsonFields, marketOf, type SpotifyCall, type SpotifyRoute, userOf } from "./call.ts";
import { badRequest, forbidden, notFound } from "./errors.ts";
import { selectFields } from "./fields.ts";
import { pageOf, sliceOf } from "./paging.ts";
import { mayWriteItems, playlistOf, requireModifyScope } from "./playlist-access.ts";
import { entryObject, playlistObject, playlistSummary } from "./playlist-objects.ts";
import { ITEM_WRITE_ROUTES } from "./playlist-writes.ts";
import { createPlaylist, followPlaylist, type PlaylistSeed, touchSnapshot, unfollowPlaylist } from "./playlists.ts";

const MODIFY = ["playlist-modify-public", "playlist-modify-private"];
const EMBEDDED_ITEMS = 100;
const MAX_NAME_LENGTH = 200;

/** Playlists and their items; the `/tracks` twins of the item routes are gone in development mode. */
export const PLAYLIST_ROUTES: readonly SpotifyRoute[] = [
  {
    method: "GET",
    path: "/v1/me/playlists",
    kind: "read",
    parameters: ["limit", "offset"],
    scopes: ["playlist-read-private"],
    handle: (call) => listPlaylists(call, "/me/playlists"),
  },
  { method: "POST", path: "/v1/me/playlists", kind: "write", parameters: [], scopes: MODIFY, handle: create },
  {
    method: "GET",
    path: "/v1/users/:id/playlists",
    kind: "read",
    parameters: ["limit", "offset"],
    goneInDevelopment: true,
    handle: listUsersPlaylists,
  },
  {
    method: "POST",
    path: "/v1/users/:id/playlists",
    kind: "write",
    parameters: [],
    scopes: MODIFY,
    goneInDevelopment: true,
    handle: createForUser,
  },
  {
    method: "GET",
    path: "/v1/playlists/:id",
    kind: "read",
    parameters: ["market", "fields", "additional_types"],
    handle: onePlaylist,
  },
  { method: "PUT", path: "/v1/playlists/:id", kind: "write", parameters: [], scopes: MODIFY, handle: changeDetails },
  {
    method: "PUT",
    path: "/v1/playlists/:id/followers",
    kind: "write",
    parameters: [],
    scopes: MODIFY,
    goneInDevelopment: true,
    handle: (call) => setFollowing(call, true),
  },
  {
    method: "DELETE",
    path: "/v1/playlists/:id/followers",
    kind: "write",
    parameters: [],
    scopes: MODIFY,
    goneInDevelopment: true,
    handle: (call) => setFollowing(call, false),
  },
  ...(["items", "tracks"] as const).map(
    (segment): SpotifyRoute => ({
      method: "GET",
      path: `/v1/playlists/:id/${segment}`,
      kind: "read",
      parameters: ["market", "fields", "limit", "offset", "additional_types"],
      ...(segment === "tracks" ? { goneInDevelopment: true as const } : {}),
      handle: (call) => listItems(call, segment),
    }),
  ),
  ...ITEM_WRITE_ROUTES,
];

function listPlaylists(call: SpotifyCall, path: string, onlyPublicOf?: string): Response {
  const user = userOf(call);
  const slice = sliceOf(call, { default: 20, max: 50 });
  const owner = onlyPublicOf === undefined ? user : call.world.users.get(onlyPublicOf);
  const ids = owner?.playlistIds ?? [];
  const playlists = ids.flatMap((id) => {
    const playlist = call.world.playlists.get(id);
    if (playlist === undefined) return [];
    const hidden =
      playlist.collaborative && playlist.ownerId !== user.id && !call.scopes.has("playlist-read-collaborative");
    const isPrivate = onlyPublicOf !== undefined && onlyPublicOf !== user.id && !playlist.public;
    return hidden || isPrivate ? [] : [playlist];
  });
  const { shown, total } = shownEntries(playlists, ({ id }) => id, call.listing);
  const items = shown
    .slice(slice.offset, slice.offset + slice.limit)
    .map((playlist) => playlistSummary(call, playlist));
  return json(pageOf(call, path, slice, total, items));
}

function listUsersPlaylists(call: SpotifyCall): Response {
  const id = call.params.id ?? "";
  if (!call.world.users.has(id)) throw notFound();
  return listPlaylists(call, `/users/${encodeURIComponent(id)}/playlists`, id);
}

function create(call: SpotifyCall): Response {
  const user = userOf(call);
  const fields = jsonFields(call);
  if (typeof fields.name !== "string" || fields.name === "") throw badRequest("Missing required field: name");
  const seed = { ...readDetails(fields), name: fields.name };
  if (seed.collaborative === true && seed.public !== false) {
    throw badRequest("Collaborative playlists can't be public");
  }
  requireModifyScope(call, seed.public ?? true);
  const playlist = createPlaylist(call.world, user, seed);
  return json(playlistObject(call, playlist, EMBEDDED_ITEMS), 201);
}

function createForUser(call: SpotifyCall): Response {
  if (userOf(call).id !== call.params.id) throw forbidden("You cannot create a playlist for another user");
  return create(call);
}

/** Takes the fields that are there and refuses wrong types. */
function readDetails(fields: Readonly<Record<string, unknown>>): Partial<PlaylistSeed> {
  const { name, description, public: isPublic, collaborative } = fields;
  if (name !== undefined && (typeof name !== "string" || name === "" || name.length > MAX_NAME_LENGTH)) {
    throw badRequest("Invalid field: name");
  }
  if (description !== undefined && description !== null && typeof description !== "string") {
    throw badRequest("Invalid field: description");
  }
  if (isPublic !== undefined && typeof isPublic !== "boolean") throw badRequest("Invalid field: public");
  if (collaborative !== undefined && typeof collaborative !== "boolean")
    throw badRequest("Invalid field: collaborative");
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(isPublic === undefined ? {} : { public: isPublic }),
    ...(collaborative === undefined ? {} : { collaborative }),
  };
}

function changeDetails(call: SpotifyCall): Response {
  const user = userOf(call);
  const playlist = playlistOf(call);
  if (playlist.ownerId !== user.id) throw forbidden();
  requireModifyScope(call, playlist.public);
  const details = readDetails(jsonFields(call));
  const collaborative = details.collaborative ?? playlist.collaborative;
  if (collaborative && (details.public ?? playlist.public)) throw badRequest("Collaborative playlists can't be public");
  Object.assign(playlist, details);
  touchSnapshot(call.world, playlist);
  return new Response(null, { status: 200 });
}

function onePlaylist(call: SpotifyCall): Response {
  const playlist = playlistOf(call);
  return json(selectFields(playlistObject(call, playlist, EMBEDDED_ITEMS), call.query.get("fields")));
}

function setFollowing(call: SpotifyCall, follow: boolean): Response {
  const playlist = playlistOf(call);
  (follow ? followPlaylist : unfollowPlaylist)(call.world, userOf(call), playlist.id);
  return new Response(null, { status: 200 });
}

function listItems(call: SpotifyCall, segment: "items" | "tracks"): Response {
  const playlist = playlistOf(call);
  if (call.regime === "DEV" && !mayWriteItems(call, playlist)) throw forbidden();
  const slice = sliceOf(call, { default: 20, max: segment === "tracks" ? 100 : 50 });
  const market = marketOf(call);
  const entries = playlist.entries.seen(call.now, call.world.settings.staleReadsMs);
  const { shown, total } = shownEntries(entries, ({ uri }) => uri, call.listing);
  const items = shown.slice(slice.offset, slice.offset + slice.limit).map((entry) => entryObject(call, entry, market));
  const page = pageOf(call, `/playlists/${playlist.id}/${segment}`, slice, total, items);
  return json(selectFields(page, call.query.get("fields")));
}
