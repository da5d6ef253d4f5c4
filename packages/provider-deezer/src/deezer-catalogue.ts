import {
  type Catalogue,
  type CatalogueItem,
  type CatalogueSearch,
  InvalidRequestError,
  ServiceError,
  type Session,
} from "@syncer/core";
import { type DeezerApi, LIMITS, type SavedKind } from "./deezer-api.ts";
import type { DeezerAlbum, DeezerArtist, DeezerTrack } from "./deezer-schemas.ts";
import { deezerQuery } from "./deezer-search-terms.ts";

/** Deezer's catalogue of tracks, albums and artists. */
export function deezerCatalogues(api: DeezerApi) {
  return { track: tracks(api), album: albums(api), artist: artists(api) };
}

function tracks(api: DeezerApi): Catalogue<DeezerTrack> {
  return {
    lookups: {
      isrc: {
        batchSize: 1,
        find: (session, keys) =>
          findOne(keys, async (isrc) => {
            const track = await unlessMissing(() => api.getTrackByIsrc(session, isrc));
            // Deezer names a playable twin only for a track that this user cannot play.
            return [track, track?.alternative].filter((each) => each !== undefined);
          }),
      },
    },
    search: searchFor("track", (session, text) => api.searchTracks(session, text)),
    get: (session, id) =>
      getOne(
        () => api.getTrack(session, id),
        ({ readable }) => readable !== false,
      ),
  };
}

function albums(api: DeezerApi): Catalogue<DeezerAlbum> {
  return {
    lookups: {
      upc: {
        batchSize: 1,
        find: (session, keys) =>
          findOne(keys, async (upc) => {
            for (const spelling of spellingsOf(upc)) {
              const album = await unlessMissing(() => api.getAlbumByUpc(session, spelling));
              if (album) return [album];
            }
            return [];
          }),
      },
    },
    search: searchFor("album", (session, text) => api.searchAlbums(session, text)),
    get: (session, id) =>
      getOne(
        () => api.getAlbum(session, id),
        ({ available }) => available !== false,
      ),
  };
}

function artists(api: DeezerApi): Catalogue<DeezerArtist> {
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

/** Deezer compares digit by digit: a code is stored with 12, 13 or 14 of them, leading zeros included. */
function spellingsOf(upc: string): readonly string[] {
  return [...new Set([upc, upc.padStart(13, "0"), upc.padStart(14, "0")])];
}

function searchFor<T>(
  kind: "track" | SavedKind,
  search: (session: Session, text: string) => Promise<readonly T[]>,
): CatalogueSearch<T> {
  return {
    limit: LIMITS.search,
    async find(session, query) {
      const text = deezerQuery(query, kind);
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
    throw new InvalidRequestError("request.invalid", { path: "keys", problem: "Deezer looks up one code at a time." });
  }
  if (key === undefined) return new Map();
  const hits = await ask(key);
  return hits.length > 0 ? new Map([[key, hits]]) : new Map();
}

async function getOne<T>(ask: () => Promise<T>, isAvailable: (native: T) => boolean): Promise<CatalogueItem<T>> {
  const native = await unlessMissing(ask);
  if (native === undefined) return { state: "unknown-id" };
  return { state: isAvailable(native) ? "available" : "unavailable", native };
}

/** What Deezer says it does not have is nothing; any other failure is one. */
async function unlessMissing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ServiceError && error.failure.kind === "not-found") return undefined;
    throw error;
  }
}
