import { type Catalogue, normalizeIsrc, type SearchQuery, ServiceError } from "@syncer/core";
import { type JukeboxApi, LIMITS } from "./jukebox-api.ts";
import type { JukeboxSong } from "./jukebox-schemas.ts";

export function jukeboxCatalogue(api: JukeboxApi): Catalogue<JukeboxSong> {
  return {
    lookups: {
      isrc: {
        batchSize: LIMITS.lookupKeys,
        async find(session, keys) {
          const songs = await api.findByCode(session, keys);
          // Keys without a hit stay out of the map. A failure has been thrown by now, so it cannot look like no hit.
          return Map.groupBy(songs, (song) => normalizeIsrc(song.recording_code) ?? "");
        },
      },
    },
    search: {
      limit: LIMITS.search,
      async find(session, query) {
        const terms = searchTerms(query);
        return terms ? api.searchSongs(session, terms) : [];
      },
    },
    async get(session, id) {
      try {
        const native = await api.getSong(session, id);
        return native.playable === false ? { state: "unavailable", native } : { state: "available", native };
      } catch (error) {
        if (error instanceof ServiceError && error.failure.kind === "not-found") return { state: "unknown-id" };
        throw error;
      }
    },
  };
}

/** Jukebox reads `"…"` as a phrase and `-word` as "without"; both are taken out of what people call their songs. */
function searchTerms(query: SearchQuery): Readonly<Record<string, string>> | undefined {
  const plain = (text: string) =>
    text
      .toWellFormed()
      .replace(/["\p{Cc}]/gu, " ")
      .replace(/(^|\s)-+/g, " ")
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, 200);
  if (query.by === "words") {
    const words = plain(query.words);
    return words === "" ? undefined : { words };
  }
  const title = plain(query.title);
  const performer = plain(query.artist ?? "");
  if (title === "") return undefined;
  return { title, ...(performer === "" ? {} : { performer }) };
}
