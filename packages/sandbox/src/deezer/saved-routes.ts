import type { ListedArtist } from "../catalogue/artists.ts";
import type { DeezerAlbum } from "../catalogue/tracks.ts";
import { json } from "../exchange.ts";
import type { Lagging } from "../lagging.ts";
import type { SavedEntry, SavedList } from "../saved-list.ts";
import { type DeezerCall, type DeezerRoute, idList, required, userOf } from "./call.ts";
import { DeezerRefusal } from "./errors.ts";
import { publicUserById } from "./library-routes.ts";
import { artistObject, foundAlbumObject, fullAlbum, savedAlbumObject } from "./objects.ts";
import { pageOf } from "./paging.ts";
import { parseDeezerQuery } from "./query.ts";
import type { DeezerUser } from "./world.ts";

const LIST_PARAMETERS = ["index", "limit", "access_token", "output"];
const ONE_PARAMETERS = ["access_token", "output"];
const SEARCH_PARAMETERS = ["q", "index", "limit", "strict", "order", "access_token", "output"];
const FUZZY_SHARE = 0.6;

/** What can be saved beside tracks, and how it is called in paths and parameters. */
interface SavedKind {
  readonly path: "albums" | "artists";
  readonly parameter: "album_id" | "artist_id";
  listOf(user: DeezerUser): Lagging<SavedList>;
  /** A row of the list, or nothing where the id is none (any more). */
  row(call: DeezerCall, entry: SavedEntry): Record<string, unknown> | undefined;
}

const KINDS: readonly SavedKind[] = [
  {
    path: "albums",
    parameter: "album_id",
    listOf: ({ albums }) => albums,
    row: (call, { id, addedAtMs }) => {
      const found = findAlbum(call, id);
      return found && savedAlbumObject(call, found.album, addedAtMs);
    },
  },
  {
    path: "artists",
    parameter: "artist_id",
    listOf: ({ artists }) => artists,
    row: (call, { id, addedAtMs }) => {
      const found = findArtist(call, id);
      return found && { ...artistObject(call, found), time_add: Math.floor(addedAtMs / 1_000) };
    },
  },
];

/** Saved albums and artists, and both in the catalogue. */
export const SAVED_ROUTES: readonly DeezerRoute[] = [
  ...KINDS.flatMap(routesOf),
  { method: "GET", path: "/album/:id", kind: "lookup", parameters: ONE_PARAMETERS, handle: oneAlbum },
  { method: "GET", path: "/artist/:id", kind: "lookup", parameters: ONE_PARAMETERS, handle: oneArtist },
  { method: "GET", path: "/search/album", kind: "search", parameters: SEARCH_PARAMETERS, handle: searchAlbums },
  { method: "GET", path: "/search/artist", kind: "search", parameters: SEARCH_PARAMETERS, handle: searchArtists },
];

function routesOf(kind: SavedKind): readonly DeezerRoute[] {
  const mine = `/user/me/${kind.path}`;
  const one = [kind.parameter, "access_token", "output"];
  return [
    {
      method: "GET",
      path: mine,
      kind: "read",
      parameters: LIST_PARAMETERS,
      permission: "basic_access",
      handle: (call) => json(listPage(call, kind, userOf(call), mine)),
    },
    {
      method: "POST",
      path: mine,
      kind: "write",
      parameters: one,
      permission: "manage_library",
      handle: (call) => add(call, kind),
    },
    {
      method: "DELETE",
      path: mine,
      kind: "write",
      parameters: one,
      permission: "delete_library",
      handle: (call) => remove(call, kind),
    },
    {
      method: "GET",
      path: `/user/:id/${kind.path}`,
      kind: "read",
      parameters: LIST_PARAMETERS,
      handle: (call) => {
        const user = publicUserById(call);
        return json(listPage(call, kind, user, `/user/${user.id}/${kind.path}`));
      },
    },
  ];
}

/** In the order of their ids, as recorded answers have them, and not of their dates. Ids that were taken down are missing. */
function listPage(call: DeezerCall, kind: SavedKind, user: DeezerUser, path: string): Record<string, unknown> {
  const list = kind.listOf(user).seen(call.now, call.world.settings.staleReadsMs).oldestFirst();
  const shown = list.filter((entry) => kind.row(call, entry) !== undefined);
  const sorted = shown.toSorted((a, b) => Number(a.id) - Number(b.id));
  return pageOf(call, path, sorted, (entry) => kind.row(call, entry));
}

/** One at a time: lists of ids are known of tracks only. */
function oneId(call: DeezerCall, { parameter }: SavedKind): string {
  const [id, ...others] = idList(required(call, parameter));
  if (id === undefined || others.length > 0) throw new DeezerRefusal(500, `Wrong parameter: ${parameter}`);
  return id;
}

function add(call: DeezerCall, kind: SavedKind): Response {
  const user = userOf(call);
  const id = oneId(call, kind);
  const entry = { id, addedAtMs: call.now, order: call.world.nextCall() };
  if (kind.row(call, entry) === undefined) throw new DeezerRefusal(800);
  const list = kind.listOf(user);
  if (list.current.has(id) && call.world.settings.duplicateFavourite === "refuse") {
    throw new DeezerRefusal(500, "This object already exists in your favourites");
  }
  list.change(call.now, call.world.settings.staleReadsMs, (entries) => entries.add(entry));
  return json(true);
}

function remove(call: DeezerCall, kind: SavedKind): Response {
  const id = oneId(call, kind);
  kind.listOf(userOf(call)).change(call.now, call.world.settings.staleReadsMs, (entries) => entries.remove(id));
  return json(true);
}

function findAlbum(call: DeezerCall, id: string) {
  return call.world.takenDown.get(id) === "gone" ? undefined : call.world.catalogue.deezer.album(id);
}

function findArtist(call: DeezerCall, id: string): ListedArtist<number> | undefined {
  return call.world.takenDown.get(id) === "gone" ? undefined : call.world.catalogue.deezer.artists().get(Number(id));
}

function oneAlbum(call: DeezerCall): Response {
  const key = call.params.id ?? "";
  const upc = /^upc:(.+)$/i.exec(key)?.[1];
  if (upc === undefined && !/^\d+$/.test(key)) throw new DeezerRefusal(600, `Unknown path components : /album/${key}`);
  const byCode = upc === undefined ? undefined : call.world.catalogue.deezer.albumByUpc(upc);
  const found = upc === undefined ? findAlbum(call, key) : byCode && findAlbum(call, String(byCode.id));
  if (found === undefined) throw new DeezerRefusal(800);
  return json(fullAlbum(call, found.album, found.tracks));
}

function oneArtist(call: DeezerCall): Response {
  const key = call.params.id ?? "";
  if (!/^\d+$/.test(key)) throw new DeezerRefusal(600, `Unknown path components : /artist/${key}`);
  const found = findArtist(call, key);
  if (found === undefined) throw new DeezerRefusal(800);
  return json(artistObject(call, found));
}

function searchAlbums(call: DeezerCall): Response {
  const index = call.world.catalogue.deezer.searchAlbums();
  const text = required(call, "q");
  const { fielded, words } = parseDeezerQuery(text);
  const found = hits<DeezerAlbum>(
    call,
    fielded,
    () => index.fielded(words),
    (share) => index.plain(text, share),
  );
  return json(pageOf(call, "/search/album", found, (album) => foundAlbumObject(call, album)));
}

function searchArtists(call: DeezerCall): Response {
  const index = call.world.catalogue.deezer.searchArtists();
  const text = required(call, "q");
  const { fielded, words } = parseDeezerQuery(text);
  const found = hits<ListedArtist<number>>(
    call,
    fielded,
    () => index.fielded(words),
    (share) => index.plain(text, share),
  );
  return json(pageOf(call, "/search/artist", found, (artist) => artistObject(call, artist)));
}

function hits<T extends { readonly id: number }>(
  call: DeezerCall,
  isFielded: boolean,
  fielded: () => readonly T[],
  plain: (share: number) => readonly T[],
): readonly T[] {
  if (isFielded && call.world.settings.fieldedSearch === "empty") return [];
  const found = isFielded ? fielded() : plain(call.fields.get("strict") === "on" ? 1 : FUZZY_SHARE);
  return found.filter(({ id }) => !call.world.takenDown.has(String(id)));
}
