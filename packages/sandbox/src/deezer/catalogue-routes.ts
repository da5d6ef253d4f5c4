import { normalisedIsrc } from "../catalogue/catalogue.ts";
import type { DeezerTrack } from "../catalogue/tracks.ts";
import { json } from "../exchange.ts";
import { type DeezerCall, type DeezerRoute, required } from "./call.ts";
import { DeezerRefusal } from "./errors.ts";
import { fullTrack, searchObject } from "./objects.ts";
import { pageOf } from "./paging.ts";
import { parseDeezerQuery } from "./query.ts";

const SEARCH_PARAMETERS = ["q", "index", "limit", "strict", "order", "access_token", "output"];
/** Without `strict=on` this share of the words' weight must be found. */
const FUZZY_SHARE = 0.6;

/** Reading the catalogue needs no token. */
export const CATALOGUE_ROUTES: readonly DeezerRoute[] = [
  { method: "GET", path: "/track/:id", kind: "lookup", parameters: ["access_token", "output"], handle: oneTrack },
  {
    method: "GET",
    path: "/search",
    kind: "search",
    parameters: SEARCH_PARAMETERS,
    handle: (call) => search(call, "/search"),
  },
  {
    method: "GET",
    path: "/search/track",
    kind: "search",
    parameters: SEARCH_PARAMETERS,
    handle: (call) => search(call, "/search/track"),
  },
  { method: "GET", path: "/infos", kind: "health", parameters: ["access_token", "output"], handle: infos },
];

/** A track that can be had by its id. */
export function findTrack(call: DeezerCall, id: string): DeezerTrack | undefined {
  return call.world.takenDown.get(id) === "gone" ? undefined : call.world.catalogue.deezer.byId(id);
}

function oneTrack(call: DeezerCall): Response {
  const key = call.params.id ?? "";
  const isrc = /^isrc:(.+)$/i.exec(key)?.[1];
  if (isrc === undefined && !/^-?\d+$/.test(key))
    throw new DeezerRefusal(600, `Unknown path components : /track/${key}`);
  const track =
    isrc === undefined
      ? findTrack(call, key)
      : call.world.catalogue.deezer.byIsrc(normalisedIsrc(isrc)).find(({ id }) => !call.world.takenDown.has(id));
  if (track === undefined) throw new DeezerRefusal(800);
  return json(fullTrack(call, track));
}

const ORDERS: Readonly<Record<string, (a: DeezerTrack, b: DeezerTrack) => number>> = {
  RANKING: () => 0,
  TRACK: (a, b) => a.title.localeCompare(b.title, "en"),
  ARTIST: (a, b) => a.contributors[0].name.localeCompare(b.contributors[0].name, "en"),
  ALBUM: (a, b) => a.album.title.localeCompare(b.album.title, "en"),
  RATING: (a, b) => a.rank - b.rank,
  DURATION: (a, b) => a.duration - b.duration,
};

function search(call: DeezerCall, path: string): Response {
  const found = findTracks(call, required(call, "q"), call.fields.get("strict") === "on");
  const [, name = "RANKING", direction] =
    /^([A-Z]+?)(?:_(ASC|DESC))?$/.exec(call.fields.get("order") ?? "RANKING") ?? [];
  const compare = ORDERS[name];
  const sorted = compare === undefined || name === "RANKING" ? found : found.toSorted(compare);
  const ordered = direction === "DESC" ? sorted.toReversed() : sorted;
  return json(pageOf(call, path, ordered, (track) => searchObject(call, track)));
}

function findTracks(call: DeezerCall, text: string, strict: boolean): readonly DeezerTrack[] {
  const index = call.world.catalogue.deezer.search();
  const query = parseDeezerQuery(text);
  if (query.fielded && call.world.settings.fieldedSearch === "empty") return [];
  const found = query.fielded ? index.fielded(query.words) : index.plain(text, strict ? 1 : FUZZY_SHARE);
  return found.filter(
    ({ id, duration }) => !call.world.takenDown.has(id) && duration >= query.minSeconds && duration <= query.maxSeconds,
  );
}

function infos(call: DeezerCall): Response {
  return json({
    country_iso: "SE",
    country: "Sweden",
    open: true,
    pop: "fr",
    upload_token: call.world.dice.hex("upload-token", "infos", 32),
    upload_token_lifetime: 14_400,
    hosts: { stream: "http://cdn-proxy-{0}.dzcdn.net/mobile/1/", images: "http://cdn-images.dzcdn.net/images" },
  });
}
