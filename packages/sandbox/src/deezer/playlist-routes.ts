import { json } from "../exchange.ts";
import { type DeezerCall, type DeezerRoute, idList, required, userOf } from "./call.ts";
import { findTrack } from "./catalogue-routes.ts";
import { DeezerRefusal } from "./errors.ts";
import { publicUserById } from "./library-routes.ts";
import { playlistTrackObject } from "./objects.ts";
import { pageOf } from "./paging.ts";
import { entriesOf, lovedPlaylist, playlistDetails, playlistRow } from "./playlist-objects.ts";
import { createPlaylist, type DeezerPlaylist } from "./playlists.ts";
import type { DeezerUser } from "./world.ts";

const LIST_PARAMETERS = ["index", "limit", "access_token", "output"];
const EMBEDDED_TRACKS = 400;

/** Playlists and their tracks. Public ones can be read without a token. */
export const PLAYLIST_ROUTES: readonly DeezerRoute[] = [
  {
    method: "GET",
    path: "/user/me/playlists",
    kind: "read",
    parameters: LIST_PARAMETERS,
    permission: "basic_access",
    handle: listPlaylists,
  },
  {
    method: "POST",
    path: "/user/me/playlists",
    kind: "write",
    parameters: ["title", "description", "playlist_id", "playlist_ids", "access_token", "output"],
    permission: "manage_library",
    handle: createOrFollow,
  },
  {
    method: "DELETE",
    path: "/user/me/playlists",
    kind: "write",
    parameters: ["playlist_id", "access_token", "output"],
    permission: "delete_library",
    handle: unfollow,
  },
  {
    method: "GET",
    path: "/user/:id/playlists",
    kind: "read",
    parameters: LIST_PARAMETERS,
    handle: othersPlaylists,
  },
  { method: "GET", path: "/playlist/:id", kind: "read", parameters: ["access_token", "output"], handle: onePlaylist },
  {
    method: "POST",
    path: "/playlist/:id",
    kind: "write",
    parameters: ["title", "description", "public", "collaborative", "access_token", "output"],
    permission: "manage_library",
    handle: changePlaylist,
  },
  {
    method: "DELETE",
    path: "/playlist/:id",
    kind: "write",
    parameters: ["access_token", "output"],
    permission: "delete_library",
    handle: deletePlaylist,
  },
  { method: "GET", path: "/playlist/:id/tracks", kind: "read", parameters: LIST_PARAMETERS, handle: listTracks },
  {
    method: "POST",
    path: "/playlist/:id/tracks",
    kind: "write",
    parameters: ["songs", "order", "access_token", "output"],
    permission: "manage_library",
    handle: addOrOrder,
  },
  {
    method: "DELETE",
    path: "/playlist/:id/tracks",
    kind: "write",
    parameters: ["songs", "access_token", "output"],
    permission: "delete_library",
    handle: removeTracks,
  },
];

/** A playlist as the caller may read it: public, own, or collaborative. The loved tracks count as their owner's. */
function readablePlaylist(call: DeezerCall): DeezerPlaylist {
  const id = Number(call.params.id);
  const loved = [...call.world.users.values()].find((user) => user.lovedPlaylistId === id);
  const playlist = loved === undefined ? call.world.playlists.get(id) : lovedPlaylist(call, loved);
  if (playlist === undefined) throw new DeezerRefusal(800);
  const isOwn = call.token?.userId === playlist.creatorId;
  if (!playlist.public && !playlist.collaborative && !isOwn) throw new DeezerRefusal(200, "This playlist is private");
  return playlist;
}

/** A playlist that the caller may change. */
function writablePlaylist(call: DeezerCall, alsoCollaborative: boolean): DeezerPlaylist {
  const user = userOf(call);
  const playlist = call.world.playlists.get(Number(call.params.id));
  if (playlist === undefined) throw new DeezerRefusal(800);
  const allowed = playlist.creatorId === user.id || (alsoCollaborative && playlist.collaborative);
  if (!allowed) throw new DeezerRefusal(200, "You don't have permission to change this playlist");
  return playlist;
}

function listPlaylists(call: DeezerCall): Response {
  const user = userOf(call);
  const own = user.playlistIds.flatMap((id) => {
    const playlist = call.world.playlists.get(id);
    return playlist === undefined ? [] : [playlist];
  });
  const all = [lovedPlaylist(call, user), ...own];
  return json(pageOf(call, "/user/me/playlists", all, (playlist) => playlistRow(call, playlist)));
}

/** What anybody sees of a user with a public profile: the public ones. */
function othersPlaylists(call: DeezerCall): Response {
  const user = publicUserById(call);
  const listed = user.playlistIds.flatMap((id) => {
    const playlist = call.world.playlists.get(id);
    return playlist?.public === true ? [playlist] : [];
  });
  const all = [lovedPlaylist(call, user), ...listed];
  return json(pageOf(call, `/user/${user.id}/playlists`, all, (playlist) => playlistRow(call, playlist)));
}

function createOrFollow(call: DeezerCall): Response {
  const user = userOf(call);
  const toFollow = call.fields.get("playlist_ids") ?? call.fields.get("playlist_id");
  if (toFollow !== null) return json(follow(call, user, idList(toFollow)));
  const title = required(call, "title");
  const playlist = createPlaylist(call.world, user, title, call.fields.get("description") ?? "");
  return json({ id: playlist.id });
}

function follow(call: DeezerCall, user: DeezerUser, ids: readonly string[]): boolean {
  const playlists = ids.map((id) => call.world.playlists.get(Number(id)));
  if (playlists.includes(undefined)) throw new DeezerRefusal(800);
  const fresh = ids.map(Number).filter((id) => !user.playlistIds.includes(id));
  user.playlistIds.push(...fresh);
  return fresh.length > 0;
}

function unfollow(call: DeezerCall): Response {
  const user = userOf(call);
  const position = user.playlistIds.indexOf(Number(required(call, "playlist_id")));
  if (position >= 0) user.playlistIds.splice(position, 1);
  return json(position >= 0);
}

function onePlaylist(call: DeezerCall): Response {
  const playlist = readablePlaylist(call);
  const entries = entriesOf(call, playlist).slice(0, EMBEDDED_TRACKS);
  const data = entries.flatMap(({ trackId, addedAtMs }) => {
    const track = findTrack(call, trackId);
    return track === undefined ? [] : [playlistTrackObject(call, track, addedAtMs)];
  });
  return json(playlistDetails(call, playlist, data));
}

function changePlaylist(call: DeezerCall): Response {
  const playlist = writablePlaylist(call, false);
  const { fields } = call;
  const isPublic = booleanField(call, "public");
  const collaborative = booleanField(call, "collaborative");
  if (fields.get("title") === "") throw new DeezerRefusal(500, "Wrong parameter: title");
  playlist.title = fields.get("title") ?? playlist.title;
  playlist.description = fields.get("description") ?? playlist.description;
  playlist.public = isPublic ?? playlist.public;
  playlist.collaborative = collaborative ?? playlist.collaborative;
  playlist.changedAtMs = call.now;
  return json(true);
}

function booleanField(call: DeezerCall, name: string): boolean | undefined {
  const text = call.fields.get(name);
  if (text === null) return undefined;
  if (text !== "true" && text !== "false") throw new DeezerRefusal(500, `Wrong parameter: ${name}`);
  return text === "true";
}

function deletePlaylist(call: DeezerCall): Response {
  const playlist = writablePlaylist(call, false);
  call.world.playlists.delete(playlist.id);
  for (const user of call.world.users.values()) {
    const position = user.playlistIds.indexOf(playlist.id);
    if (position >= 0) user.playlistIds.splice(position, 1);
  }
  return json(true);
}

function listTracks(call: DeezerCall): Response {
  const playlist = readablePlaylist(call);
  const shown = entriesOf(call, playlist).filter(({ trackId }) => findTrack(call, trackId) !== undefined);
  const { checksum } = playlistRow(call, playlist);
  const page = pageOf(
    call,
    `/playlist/${playlist.id}/tracks`,
    shown,
    ({ trackId, addedAtMs }) => {
      const track = findTrack(call, trackId);
      return track === undefined ? null : playlistTrackObject(call, track, addedAtMs);
    },
    { checksum },
  );
  return json(page);
}

function addOrOrder(call: DeezerCall): Response {
  const playlist = writablePlaylist(call, true);
  const order = call.fields.get("order");
  if (order !== null) return reorder(call, playlist, idList(order));
  const ids = idList(required(call, "songs"));
  if (!ids.every((id) => findTrack(call, id) !== undefined)) throw new DeezerRefusal(800);
  const present = new Set(playlist.entries.current.map(({ trackId }) => trackId));
  // One duplicate refuses the whole call, also one within the call.
  if (new Set(ids).size < ids.length || ids.some((id) => present.has(id))) {
    throw new DeezerRefusal(500, "This song already exists in this playlist");
  }
  if (present.size + ids.length > call.world.settings.playlistLimit) throw new DeezerRefusal(100);
  change(call, playlist, (entries) => {
    entries.push(...ids.map((trackId) => ({ trackId, addedAtMs: call.now })));
  });
  return json(true);
}

/** `order` must be a permutation of what is there. What leaving some out does is unknown, so it is refused. */
function reorder(call: DeezerCall, playlist: DeezerPlaylist, ids: readonly string[]): Response {
  const byId = new Map(playlist.entries.current.map((entry) => [entry.trackId, entry]));
  const ordered = ids.flatMap((id) => byId.get(id) ?? []);
  if (new Set(ids).size !== byId.size || ordered.length !== byId.size)
    throw new DeezerRefusal(500, "Wrong parameter: order");
  change(call, playlist, (entries) => {
    entries.splice(0, entries.length, ...ordered);
  });
  return json(true);
}

function removeTracks(call: DeezerCall): Response {
  const playlist = writablePlaylist(call, true);
  const ids = new Set(idList(required(call, "songs")));
  change(call, playlist, (entries) => {
    const kept = entries.filter(({ trackId }) => !ids.has(trackId));
    entries.splice(0, entries.length, ...kept);
  });
  return json(true);
}

function change(
  call: DeezerCall,
  playlist: DeezerPlaylist,
  edit: (entries: { trackId: string; addedAtMs: number }[]) => void,
): void {
  playlist.entries.change(call.now, call.world.settings.staleReadsMs, edit);
  playlist.changedAtMs = call.now;
}
