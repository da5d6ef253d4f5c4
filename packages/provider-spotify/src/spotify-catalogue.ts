import { type Catalogue, type CatalogueItem, InvalidRequestError, ServiceError, type Session } from "@syncer/core";
import { LIMITS, type SpotifyApi } from "./spotify-api.ts";
import type { SpotifyTrack } from "./spotify-schemas.ts";
import { spotifyQuery } from "./spotify-search-terms.ts";

export function spotifyCatalogue(api: SpotifyApi): Catalogue<SpotifyTrack> {
  return {
    kind: "track",
    lookups: {
      isrc: {
        // `isrc:A OR isrc:B` finds neither.
        batchSize: 1,
        find: (session, keys) => findByIsrc(api, session, keys),
      },
    },
    search: {
      limit: LIMITS.search,
      async find(session, query) {
        const text = spotifyQuery(query);
        return text === undefined ? [] : api.searchTracks(session, text, "search");
      },
    },
    get: (session, id) => getTrack(api, session, id),
  };
}

async function findByIsrc(
  api: SpotifyApi,
  session: Session,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly SpotifyTrack[]>> {
  const [isrc, ...others] = keys;
  if (others.length > 0) {
    throw new InvalidRequestError("request.invalid", { path: "keys", problem: "Spotify looks up one ISRC at a time." });
  }
  if (isrc === undefined) return new Map();
  const hits = await api.searchTracks(session, `isrc:${isrc.replace(/[^A-Za-z0-9]/g, "")}`, "lookup");
  return hits.length > 0 ? new Map([[isrc, hits]]) : new Map();
}

async function getTrack(api: SpotifyApi, session: Session, id: string): Promise<CatalogueItem<SpotifyTrack>> {
  try {
    const native = await api.getTrack(session, id);
    return native.is_playable === false ? { state: "unavailable", native } : { state: "available", native };
  } catch (error) {
    if (error instanceof ServiceError && namesNoTrack(error)) return { state: "unknown-id" };
    throw error;
  }
}

/** 404 for an id that Spotify does not know, 400 for one that it could never have given out. */
function namesNoTrack({ failure }: ServiceError): boolean {
  if (failure.kind === "invalid") return failure.reason === "id" || failure.reason === "bad-request";
  return failure.kind === "not-found";
}
