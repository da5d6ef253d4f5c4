import { json } from "../exchange.ts";
import { jsonFields, type SpotifyCall, type SpotifyRoute, userOf } from "./call.ts";
import { badRequest, forbidden } from "./errors.ts";
import { mayWriteItems, playlistOf, requireModifyScope } from "./playlist-access.ts";
import { changeEntries, type PlaylistEntry, type SpotifyPlaylist, trackEntry } from "./playlists.ts";
import { parseUri } from "./uris.ts";

const MAX_URIS = 100;
const MODIFY = ["playlist-modify-public", "playlist-modify-private"];

type Segment = "items" | "tracks";

/** Add, replace or reorder, and remove; on `/items` and, outside new development mode, on `/tracks`. */
export const ITEM_WRITE_ROUTES: readonly SpotifyRoute[] = (["items", "tracks"] as const).flatMap((segment) => [
  writeRoute("POST", segment, ["uris", "position"], addItems),
  writeRoute("PUT", segment, ["uris"], replaceOrReorder),
  writeRoute("DELETE", segment, [], (call) => removeItems(call, segment)),
]);

function writeRoute(
  method: string,
  segment: Segment,
  parameters: readonly string[],
  handle: (call: SpotifyCall) => Response,
): SpotifyRoute {
  return {
    method,
    path: `/v1/playlists/:id/${segment}`,
    kind: "write",
    parameters,
    scopes: MODIFY,
    ...(segment === "tracks" ? { goneInDevelopment: true as const } : {}),
    handle,
  };
}

function writablePlaylist(call: SpotifyCall): SpotifyPlaylist {
  userOf(call);
  const playlist = playlistOf(call);
  if (!mayWriteItems(call, playlist)) throw forbidden();
  requireModifyScope(call, playlist.public);
  return playlist;
}

/** `uris` of the query win over those of the body. */
function readUris(call: SpotifyCall): string[] | undefined {
  const fromQuery = call.query.get("uris");
  if (fromQuery !== null) return fromQuery === "" ? [] : fromQuery.split(",");
  const { uris } = jsonFields(call);
  if (uris === undefined) return undefined;
  if (!Array.isArray(uris) || !uris.every((uri) => typeof uri === "string")) throw badRequest("Invalid field: uris");
  return uris;
}

function toEntries(call: SpotifyCall, uris: readonly string[]): PlaylistEntry[] {
  if (uris.length > MAX_URIS) throw badRequest("You can add a maximum of 100 tracks per request.");
  return uris.map((text) => {
    const uri = parseUri(text.trim());
    const known =
      call.world.catalogue.spotify.byId(uri.id) !== undefined && call.world.takenDown.get(uri.id) !== "gone";
    if (uri.kind !== "track" || !known) throw badRequest(`Invalid track uri: ${uri.text}`);
    return trackEntry(uri.id, call.now, call.signedIn?.id ?? null);
  });
}

function addItems(call: SpotifyCall): Response {
  const playlist = writablePlaylist(call);
  const uris = readUris(call);
  if (uris === undefined || uris.length === 0) throw badRequest("No uris provided");
  const added = toEntries(call, uris);
  const position = wholeField(call.query.get("position") ?? jsonFields(call).position, "position");
  const length = playlist.entries.current.length;
  if (position !== undefined && position > length) throw badRequest("Index out of bounds");
  const snapshotId = changeEntries(call.world, playlist, (entries) => entries.splice(position ?? length, 0, ...added));
  return json({ snapshot_id: snapshotId }, 201);
}

function replaceOrReorder(call: SpotifyCall): Response {
  const playlist = writablePlaylist(call);
  const uris = readUris(call);
  if (uris === undefined) return reorder(call, playlist);
  const replaced = toEntries(call, uris);
  const snapshotId = changeEntries(call.world, playlist, (entries) => {
    entries.splice(0, entries.length, ...replaced);
  });
  return json({ snapshot_id: snapshotId });
}

/** All indexes refer to the list before the move. A `snapshot_id` is taken, and guards against nothing. */
function reorder(call: SpotifyCall, playlist: SpotifyPlaylist): Response {
  const fields = jsonFields(call);
  const start = wholeField(fields.range_start, "range_start");
  const before = wholeField(fields.insert_before, "insert_before");
  const length = wholeField(fields.range_length, "range_length") ?? 1;
  if (start === undefined) throw badRequest("Missing required field: range_start");
  if (before === undefined) throw badRequest("Missing required field: insert_before");
  const size = playlist.entries.current.length;
  if (length < 1 || start + length > size || before > size) throw badRequest("Index out of bounds");
  const snapshotId = changeEntries(call.world, playlist, (entries) => {
    const moved = entries.splice(start, length);
    const target = before > start ? Math.max(start, before - length) : before;
    entries.splice(target, 0, ...moved);
  });
  return json({ snapshot_id: snapshotId });
}

/** Every occurrence of a URI goes; `positions` have been ignored since 2024. */
function removeItems(call: SpotifyCall, segment: Segment): Response {
  const playlist = writablePlaylist(call);
  const list = jsonFields(call)[segment];
  if (!Array.isArray(list) || list.length === 0) throw badRequest("No uris provided");
  if (list.length > MAX_URIS) throw badRequest("You can remove a maximum of 100 tracks per request.");
  const uris = new Set(
    list.map((entry: unknown) => {
      const uri = typeof entry === "object" && entry !== null && "uri" in entry ? entry.uri : undefined;
      if (typeof uri !== "string") throw badRequest("No uris provided");
      return uri.startsWith("spotify:local:") ? uri : parseUri(uri).text;
    }),
  );
  const snapshotId = changeEntries(call.world, playlist, (entries) => {
    const kept = entries.filter(({ uri }) => !uris.has(uri));
    entries.splice(0, entries.length, ...kept);
  });
  return json({ snapshot_id: snapshotId });
}

function wholeField(value: unknown, name: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw badRequest(`Invalid field: ${name}`);
  return number;
}
