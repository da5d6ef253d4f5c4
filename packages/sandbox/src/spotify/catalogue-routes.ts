import type { ListedArtist } from "../catalogue/artists.ts";
import { normalisedIsrc } from "../catalogue/catalogue.ts";
import type { Country, SpotifyAlbum, SpotifyTrack } from "../catalogue/tracks.ts";
import { json } from "../exchange.ts";
import { marketOf, type SpotifyCall, type SpotifyRoute } from "./call.ts";
import { badRequest, notFound } from "./errors.ts";
import { albumObject, artistObject, simplifiedTrack, trackObject } from "./objects.ts";
import { pageOf, sliceOf } from "./paging.ts";
import { parseSpotifyQuery } from "./query.ts";
import { isBase62Id } from "./uris.ts";

const SEARCH_TYPES = new Set(["album", "artist", "playlist", "track", "show", "episode", "audiobook"]);
/** Plain words are matched leniently: this share of their weight must be found. */
const PLAIN_SHARE = 0.65;
const MAX_OFFSET = 1_000;

/** Tracks, albums, artists and search. */
export const CATALOGUE_ROUTES: readonly SpotifyRoute[] = [
  {
    method: "GET",
    path: "/v1/search",
    kind: (url) => (/\b(?:isrc|upc):/i.test(url.searchParams.get("q") ?? "") ? "lookup" : "search"),
    parameters: ["q", "type", "market", "limit", "offset", "include_external"],
    handle: search,
  },
  { method: "GET", path: "/v1/tracks/:id", kind: "lookup", parameters: ["market"], handle: oneTrack },
  {
    method: "GET",
    path: "/v1/tracks",
    kind: "lookup",
    parameters: ["ids", "market"],
    goneInDevelopment: true,
    handle: severalTracks,
  },
  { method: "GET", path: "/v1/albums/:id", kind: "lookup", parameters: ["market"], handle: oneAlbum },
  {
    method: "GET",
    path: "/v1/albums/:id/tracks",
    kind: "lookup",
    parameters: ["market", "limit", "offset"],
    handle: albumTracks,
  },
  { method: "GET", path: "/v1/artists/:id", kind: "lookup", parameters: [], handle: oneArtist },
];

function search(call: SpotifyCall): Response {
  const text = call.query.get("q")?.trim() ?? "";
  if (text === "") throw badRequest("No search query");
  const types = call.query.get("type")?.split(",") ?? [];
  if (types.length === 0 || types[0] === "") throw badRequest("Missing parameter type");
  const unknown = types.find((type) => !SEARCH_TYPES.has(type));
  if (unknown !== undefined) throw badRequest(`Bad search type field ${unknown}`);
  const limits = call.regime === "DEV" ? { default: 5, max: 10 } : { default: 20, max: 50 };
  const slice = sliceOf(call, limits, MAX_OFFSET);
  const market = marketOf(call);
  const extra = { query: text, type: types.join(",") };
  const answer = types.map((type) => {
    const found = findHits(call, type, text, market);
    const items = found.slice(slice.offset, slice.offset + slice.limit).map((show) => show());
    return [`${type}s`, pageOf(call, "/search", slice, Math.min(found.length, MAX_OFFSET), items, extra)] as const;
  });
  return json(Object.fromEntries(answer));
}

/** Hits of one type, each made when it is shown. Of what is not emulated there are none. */
function findHits(
  call: SpotifyCall,
  type: string,
  text: string,
  market: Country | undefined,
): readonly (() => Record<string, unknown>)[] {
  switch (type) {
    case "track":
      return findTracks(call, text)
        .filter((track) => market === undefined || !track.missingIn.has(market))
        .map((track) => () => trackObject(call, track, market));
    case "album":
      return findAlbums(call, text).map((album) => () => albumObject(call, album));
    case "artist":
      return findArtists(call, text).map((artist) => () => fullArtist(call, artist));
    default:
      return [];
  }
}

function findAlbums(call: SpotifyCall, text: string): readonly SpotifyAlbum[] {
  const { spotify } = call.world.catalogue;
  const { broken, isrc, upc, years, words, fielded } = parseSpotifyQuery(text);
  if (broken || isrc !== undefined || words.title !== undefined) return [];
  const available = ({ id, year }: SpotifyAlbum): boolean =>
    !call.world.takenDown.has(id) && (years === undefined || (year >= years[0] && year <= years[1]));
  if (upc !== undefined) return spotify.albumsByUpc(upc).filter(available);
  const index = spotify.searchAlbums();
  return (fielded ? index.fielded(words) : index.plain(words.anywhere ?? "", PLAIN_SHARE)).filter(available);
}

function findArtists(call: SpotifyCall, text: string): readonly SpotifyArtist[] {
  const { broken, isrc, upc, words, fielded } = parseSpotifyQuery(text);
  if (broken || isrc !== undefined || upc !== undefined) return [];
  if (words.title !== undefined || words.album !== undefined) return [];
  const index = call.world.catalogue.spotify.searchArtists();
  const found = fielded ? index.fielded(words) : index.plain(words.anywhere ?? "", PLAIN_SHARE);
  return found.filter(({ id }) => !call.world.takenDown.has(id));
}

function findTracks(call: SpotifyCall, text: string): readonly SpotifyTrack[] {
  const { spotify } = call.world.catalogue;
  const query = parseSpotifyQuery(text);
  if (query.broken || query.upc !== undefined) return [];
  const available = (track: SpotifyTrack): boolean =>
    !call.world.takenDown.has(track.id) &&
    (query.years === undefined || (track.year >= query.years[0] && track.year <= query.years[1]));
  if (query.isrc !== undefined) return spotify.byIsrc(normalisedIsrc(query.isrc)).filter(available);
  const words = query.words.anywhere ?? "";
  const found = query.fielded ? spotify.search().fielded(query.words) : spotify.search().plain(words, PLAIN_SHARE);
  return found.filter(available);
}

function findTrack(call: SpotifyCall, id: string): SpotifyTrack | undefined {
  return call.world.takenDown.get(id) === "gone" ? undefined : call.world.catalogue.spotify.byId(id);
}

function oneTrack(call: SpotifyCall): Response {
  const market = marketOf(call);
  const track = findTrack(call, checkedId(call));
  if (track === undefined) throw notFound();
  return json(trackObject(call, track, market));
}

function severalTracks(call: SpotifyCall): Response {
  const market = marketOf(call);
  const ids = (call.query.get("ids") ?? "").split(",");
  if (ids[0] === "") throw badRequest("Missing required field: ids");
  if (ids.length > 50) throw badRequest("Too many ids requested");
  if (!ids.every(isBase62Id)) throw badRequest("Invalid base62 id");
  const tracks = ids.map((id) => {
    const track = findTrack(call, id);
    return track === undefined ? null : trackObject(call, track, market);
  });
  return json({ tracks });
}

function checkedId(call: SpotifyCall): string {
  const id = call.params.id ?? "";
  if (!isBase62Id(id)) throw badRequest("Invalid base62 id");
  return id;
}

function oneAlbum(call: SpotifyCall): Response {
  return json(fullAlbum(call, checkedId(call)));
}

/** An album with its first page of tracks. */
export function fullAlbum(call: SpotifyCall, id: string): Record<string, unknown> {
  const { world } = call;
  const found = world.takenDown.get(id) === "gone" ? undefined : world.catalogue.spotify.album(id);
  if (found === undefined) throw notFound();
  const slice = { limit: 50, offset: 0 };
  const tracks = found.tracks.map((track) => simplifiedTrack(call, track));
  return {
    ...albumObject(call, found.album),
    tracks: pageOf(call, `/albums/${id}/tracks`, slice, tracks.length, tracks),
    copyrights: [],
    external_ids: found.album.upc === undefined ? {} : { upc: found.album.upc },
    genres: [],
    ...(world.takenDown.has(id) ? { restrictions: { reason: "market" } } : {}),
    ...(call.regime === "DEV" ? {} : { label: "", popularity: 50 }),
  };
}

function albumTracks(call: SpotifyCall): Response {
  const id = checkedId(call);
  const found = call.world.catalogue.spotify.album(id);
  if (found === undefined) throw notFound();
  const slice = sliceOf(call, { default: 20, max: 50 });
  const shown = found.tracks.slice(slice.offset, slice.offset + slice.limit);
  const items = shown.map((track) => simplifiedTrack(call, track));
  return json(pageOf(call, `/albums/${id}/tracks`, slice, found.tracks.length, items));
}

export type SpotifyArtist = ListedArtist<string>;

/** An artist that can be had by the id. */
export function findArtist(call: SpotifyCall, id: string): SpotifyArtist | undefined {
  return call.world.takenDown.get(id) === "gone" ? undefined : call.world.catalogue.spotify.artists().get(id);
}

function oneArtist(call: SpotifyCall): Response {
  const artist = findArtist(call, checkedId(call));
  if (artist === undefined) throw notFound();
  return json(fullArtist(call, artist));
}

/** Development mode shows neither followers nor popularity. */
export function fullArtist(call: SpotifyCall, artist: SpotifyArtist): Record<string, unknown> {
  const { followers, rank } = artist;
  return {
    ...artistObject(call, artist),
    genres: [],
    images: [],
    ...(call.regime === "DEV"
      ? {}
      : { followers: { href: null, total: followers }, popularity: Math.floor(rank / 10_000) }),
  };
}
