import {
  type Catalogue,
  type CatalogueItem,
  type CatalogueSearch,
  InvalidRequestError,
  ServiceError,
  type Session,
} from "@syncer/core";
import { isRestricted } from "./map-spotify-album.ts";
import { LIMITS, type LibraryKind, type SpotifyApi } from "./spotify-api.ts";
import type { SpotifyAlbum, SpotifyArtist, SpotifyTrack } from "./spotify-schemas.ts";
import { spotifyQuery } from "./spotify-search-terms.ts";

/** Spotify's catalogue of tracks, albums and artists. */
export function spotifyCatalogues(api: SpotifyApi) {
  return { track: tracks(api), album: albums(api), artist: artists(api) };
}

function tracks(api: SpotifyApi): Catalogue<SpotifyTrack> {
  return {
    lookups: {
      isrc: {
        // `isrc:A OR isrc:B` finds neither.
        batchSize: 1,
        find: (session, keys) => findOne(keys, (isrc) => api.searchTracks(session, `isrc:${isrc}`, "lookup")),
      },
    },
    search: searchFor("track", (session, text) => api.searchTracks(session, text, "search")),
    get: (session, id) =>
      getOne(
        () => api.getTrack(session, id),
        (track) => track.is_playable !== false,
      ),
  };
}

function albums(api: SpotifyApi): Catalogue<SpotifyAlbum> {
  return {
    lookups: {
      upc: {
        batchSize: 1,
        find: (session, keys) =>
          findOne(keys, async (upc) => {
            const hits = await api.searchAlbums(session, `upc:${upc}`, "lookup");
            // Hits do not repeat the code by which they were found.
            return hits.map((album) => ({ ...album, external_ids: { upc } }));
          }),
      },
    },
    search: searchFor("album", (session, text) => api.searchAlbums(session, text, "search")),
    get: (session, id) =>
      getOne(
        () => api.getAlbum(session, id),
        // An album that was taken down has no name.
        (album) => album.name !== "" && !isRestricted(album),
      ),
  };
}

function artists(api: SpotifyApi): Catalogue<SpotifyArtist> {
  return {
    lookups: {},
    search: searchFor("artist", (session, text) => api.searchArtists(session, text)),
    get: (session, id) =>
      getOne(
        () => api.getArtist(session, id),
        () => true,
      ),
  };
}

function searchFor<T>(
  kind: LibraryKind,
  search: (session: Session, text: string) => Promise<readonly T[]>,
): CatalogueSearch<T> {
  return {
    limit: LIMITS.search,
    async find(session, query) {
      const text = spotifyQuery(query, kind);
      return text === undefined ? [] : search(session, text);
    },
  };
}

async function findOne<T>(
  keys: readonly string[],
  ask: (code: string) => Promise<readonly T[]>,
): Promise<ReadonlyMap<string, readonly T[]>> {
  const [key, ...others] = keys;
  if (others.length > 0) {
    throw new InvalidRequestError("request.invalid", { path: "keys", problem: "Spotify looks up one code at a time." });
  }
  if (key === undefined) return new Map();
  const hits = await ask(key.replace(/[^A-Za-z0-9]/g, ""));
  return hits.length > 0 ? new Map([[key, hits]]) : new Map();
}

async function getOne<T>(ask: () => Promise<T>, isAvailable: (native: T) => boolean): Promise<CatalogueItem<T>> {
  try {
    const native = await ask();
    return { state: isAvailable(native) ? "available" : "unavailable", native };
  } catch (error) {
    if (error instanceof ServiceError && namesNothing(error)) return { state: "unknown-id" };
    throw error;
  }
}

/** 404 for an id that Spotify does not know, 400 for one that it could never have given out. */
function namesNothing({ failure }: ServiceError): boolean {
  if (failure.kind === "invalid") return failure.reason === "id" || failure.reason === "bad-request";
  return failure.kind === "not-found";
}
