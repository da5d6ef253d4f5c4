import type { HttpRequest, Session } from "@syncer/core";
import {
  accountSchema,
  type JukeboxSong,
  type LibraryPage,
  libraryPageSchema,
  pingSchema,
  revisionSchema,
  songListSchema,
  songSchema,
  type WriteResults,
  writeResultsSchema,
} from "./jukebox-schemas.ts";

/** The service's own limits. */
export const LIMITS = { libraryPage: 40, writeBatch: 25, lookupKeys: 10, search: 10 } as const;

/** One function per endpoint: path, parameters, the form of the answer. Nothing else knows an address. */
export function createJukeboxApi(base: string) {
  const send = <T>(session: Session, request: Omit<HttpRequest<T>, "base">): Promise<T> =>
    session.http.request({ base, ...request });

  const change = async (session: Session, method: "PUT" | "DELETE", ids: readonly string[]): Promise<WriteResults> => {
    const { results } = await send(session, {
      method,
      route: "/library/songs",
      json: { song_ids: ids },
      schema: writeResultsSchema,
      purpose: "write",
      // Saving twice and removing twice are answered with "unchanged", so a lost answer may be asked for again.
      repeatable: true,
    });
    return results;
  };

  return {
    listLibrary: (session: Session, page: { readonly cursor?: string; readonly size: number }): Promise<LibraryPage> =>
      send(session, {
        method: "GET",
        route: "/library/songs",
        query: { cursor: page.cursor, size: page.size },
        schema: libraryPageSchema,
        purpose: "read",
      }),
    readRevision: (session: Session) =>
      send(session, { method: "GET", route: "/library/revision", schema: revisionSchema, purpose: "probe" }),
    saveSongs: (session: Session, ids: readonly string[]) => change(session, "PUT", ids),
    removeSongs: (session: Session, ids: readonly string[]) => change(session, "DELETE", ids),
    getSong: (session: Session, id: string): Promise<JukeboxSong> =>
      send(session, { method: "GET", route: "/songs/{id}", path: { id }, schema: songSchema, purpose: "lookup" }),
    findByCode: async (session: Session, codes: readonly string[]): Promise<readonly JukeboxSong[]> => {
      const query = { recording_codes: codes.join(",") };
      const { songs } = await send(session, {
        method: "GET",
        route: "/songs",
        query,
        schema: songListSchema,
        purpose: "lookup",
      });
      return songs;
    },
    searchSongs: async (session: Session, query: Readonly<Record<string, string>>): Promise<readonly JukeboxSong[]> => {
      const { songs } = await send(session, {
        method: "GET",
        route: "/search",
        query: { ...query, size: LIMITS.search },
        schema: songListSchema,
        purpose: "search",
      });
      return songs;
    },
    getAccount: (session: Session) =>
      send(session, { method: "GET", route: "/account", schema: accountSchema, purpose: "identity" }),
    ping: (session: Session) => send(session, { method: "GET", route: "/ping", schema: pingSchema, purpose: "health" }),
  };
}

export type JukeboxApi = ReturnType<typeof createJukeboxApi>;
