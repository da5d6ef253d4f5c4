import { json } from "../exchange.ts";
import { type DeezerCall, type DeezerRoute, idList, required, userOf } from "./call.ts";
import { findTrack } from "./catalogue-routes.ts";
import { DeezerRefusal } from "./errors.ts";
import { favouriteObject, ownUser, playObject, publicUser } from "./objects.ts";
import { pageOf } from "./paging.ts";
import { DEEZER_PERMISSIONS, type DeezerUser } from "./world.ts";

const LIST_PARAMETERS = ["index", "limit", "access_token", "output"];
const ONE_PARAMETERS = ["access_token", "output"];
const HISTORY_DEPTH = 100;

/** Profile, favourites, history. */
export const LIBRARY_ROUTES: readonly DeezerRoute[] = [
  {
    method: "GET",
    path: "/user/me",
    kind: "identity",
    parameters: ONE_PARAMETERS,
    permission: "basic_access",
    handle: (call) => json(ownUser(call, userOf(call))),
  },
  {
    method: "GET",
    path: "/user/me/permissions",
    kind: "identity",
    parameters: ONE_PARAMETERS,
    permission: "basic_access",
    handle: permissions,
  },
  {
    method: "GET",
    path: "/user/me/tracks",
    kind: "read",
    parameters: LIST_PARAMETERS,
    permission: "basic_access",
    handle: (call) => json(favouritesPage(call, userOf(call), "/user/me/tracks")),
  },
  {
    method: "POST",
    path: "/user/me/tracks",
    kind: "write",
    parameters: ["track_id", "track_ids", "access_token", "output"],
    permission: "manage_library",
    handle: addFavourites,
  },
  {
    method: "DELETE",
    path: "/user/me/tracks",
    kind: "write",
    parameters: ["track_id", "access_token", "output"],
    permission: "delete_library",
    handle: removeFavourite,
  },
  {
    method: "GET",
    path: "/user/me/history",
    kind: "read",
    parameters: LIST_PARAMETERS,
    permission: "listening_history",
    handle: history,
  },
  { method: "GET", path: "/user/:id", kind: "identity", parameters: ONE_PARAMETERS, handle: oneUser },
  { method: "GET", path: "/user/:id/tracks", kind: "read", parameters: LIST_PARAMETERS, handle: othersFavourites },
];

function permissions(call: DeezerCall): Response {
  const granted = call.token?.permissions;
  return json({
    permissions: Object.fromEntries(DEEZER_PERMISSIONS.map((name) => [name, granted?.has(name) === true] as const)),
  });
}

/** Oldest first. Ids that were taken down are missing without a word. */
function favouritesPage(call: DeezerCall, user: DeezerUser, path: string): Record<string, unknown> {
  const list = user.favourites.seen(call.now, call.world.settings.staleReadsMs).oldestFirst();
  const gone = call.world.takenDown.size > 0;
  const shown = gone ? list.filter(({ id }) => findTrack(call, id) !== undefined) : list;
  return pageOf(call, path, shown, ({ id, addedAtMs }) => {
    const track = findTrack(call, id);
    return track === undefined ? null : favouriteObject(call, track, addedAtMs);
  });
}

function addFavourites(call: DeezerCall): Response {
  const user = userOf(call);
  const ids = idList(call.fields.get("track_ids") ?? required(call, "track_id"));
  if (!ids.every((id) => findTrack(call, id) !== undefined)) throw new DeezerRefusal(800);
  const { settings } = call.world;
  const favourites = user.favourites.current;
  const fresh = [...new Set(ids)].filter((id) => !favourites.has(id));
  if (fresh.length < ids.length && settings.duplicateFavourite === "refuse") {
    throw new DeezerRefusal(500, "This song already exists in your favourites");
  }
  if (favourites.size + fresh.length > settings.favouritesLimit) throw new DeezerRefusal(100);
  const callNumber = call.world.nextCall();
  user.favourites.change(call.now, settings.staleReadsMs, (list) => {
    for (const id of fresh) {
      // The order within one call is nowhere promised: a draw decides it.
      list.add({ id, addedAtMs: call.now, order: callNumber + call.world.dice.fraction("order-within-call", id) });
    }
  });
  if (fresh.length > 0) user.lovedChangedAt = call.now;
  return json(true);
}

function removeFavourite(call: DeezerCall): Response {
  const user = userOf(call);
  const ids = idList(required(call, "track_id"));
  const [id, ...others] = ids;
  if (id === undefined || others.length > 0) throw new DeezerRefusal(500, "Wrong parameter: track_id");
  let removed = false;
  user.favourites.change(call.now, call.world.settings.staleReadsMs, (list) => {
    removed = list.remove(id);
  });
  if (removed) user.lovedChangedAt = call.now;
  return json(true);
}

function history(call: DeezerCall): Response {
  const plays = userOf(call).history.slice(0, HISTORY_DEPTH);
  const shown = plays.filter(({ trackId }) => findTrack(call, trackId) !== undefined);
  return json(
    pageOf(call, "/user/me/history", shown, ({ trackId, playedAtMs }) => {
      const track = findTrack(call, trackId);
      return track === undefined ? null : playObject(call, track, playedAtMs);
    }),
  );
}

function userById(call: DeezerCall): DeezerUser {
  const user = call.world.users.get(Number(call.params.id));
  if (user === undefined) throw new DeezerRefusal(800);
  return user;
}

function oneUser(call: DeezerCall): Response {
  return json(publicUser(call, userById(call)));
}

/** A user whose lists the caller may see. */
export function publicUserById(call: DeezerCall): DeezerUser {
  const user = userById(call);
  if (!user.publicProfile && call.token?.userId !== user.id) {
    throw new DeezerRefusal(200, "An active access token must be used. This user's profile is private");
  }
  return user;
}

function othersFavourites(call: DeezerCall): Response {
  const user = publicUserById(call);
  return json(favouritesPage(call, user, `/user/${user.id}/tracks`));
}
