import { type Catalogue, type CatalogueItem, InvalidRequestError, ServiceError, type Session } from "@syncer/core";
import { type DeezerApi, LIMITS } from "./deezer-api.ts";
import type { DeezerTrack } from "./deezer-schemas.ts";
import { deezerQuery } from "./deezer-search-terms.ts";

export function deezerCatalogue(api: DeezerApi): Catalogue<DeezerTrack> {
  return {
    kind: "track",
    lookups: {
      isrc: { batchSize: 1, find: (session, keys) => findByIsrc(api, session, keys) },
    },
    search: {
      limit: LIMITS.search,
      async find(session, query) {
        const text = deezerQuery(query);
        return text === undefined ? [] : api.searchTracks(session, text);
      },
    },
    get: (session, id) => getTrack(api, session, id),
  };
}

async function findByIsrc(
  api: DeezerApi,
  session: Session,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly DeezerTrack[]>> {
  const [isrc, ...others] = keys;
  if (others.length > 0) {
    throw new InvalidRequestError("request.invalid", { path: "keys", problem: "Deezer looks up one ISRC at a time." });
  }
  if (isrc === undefined) return new Map();
  try {
    const track = await api.getTrackByIsrc(session, isrc);
    const { alternative } = track;
    // Deezer names a playable twin only for a track that this user cannot play.
    return new Map([[isrc, alternative ? [track, alternative] : [track]]]);
  } catch (error) {
    if (error instanceof ServiceError && error.failure.kind === "not-found") return new Map();
    throw error;
  }
}

async function getTrack(api: DeezerApi, session: Session, id: string): Promise<CatalogueItem<DeezerTrack>> {
  try {
    const native = await api.getTrack(session, id);
    return native.readable === false ? { state: "unavailable", native } : { state: "available", native };
  } catch (error) {
    if (error instanceof ServiceError && error.failure.kind === "not-found") return { state: "unknown-id" };
    throw error;
  }
}
