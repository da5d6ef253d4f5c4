import type { MembershipCollection, MembershipWriter, WriteOutcome } from "@syncer/core";
import { LIMITS, type LibraryKind, type SpotifyApi } from "./spotify-api.ts";

/** A part of the user's library that can be read and written. */
export type LibraryCollection<TNative> = MembershipCollection<TNative> & { readonly write: MembershipWriter };

/** Writes through `/me/library`, which takes tracks, albums and artists alike, by their URIs. */
export function libraryWriter(api: SpotifyApi, kind: LibraryKind): MembershipWriter {
  const change = async (ids: readonly string[], send: () => Promise<void>): Promise<readonly WriteOutcome[]> => {
    if (ids.length > 0) await send();
    // Spotify answers for the whole call; what was there (or gone) already cannot be told apart.
    return ids.map((id) => ({ id, result: "written" }));
  };
  return {
    batchSize: { add: LIMITS.libraryUris, remove: LIMITS.libraryUris },
    // Own writes are readable within about a second; the margin covers replicas that lag.
    consistencyWindowMs: 10_000,
    add: (session, ids) => change(ids, () => api.addToLibrary(session, kind, ids)),
    remove: (session, ids) => change(ids, () => api.removeFromLibrary(session, kind, ids)),
  };
}

/** When a row was added, if the service says so. */
export function addedAt(added: string | null | undefined): { readonly addedAtMs?: number } {
  const addedAtMs = added ? Date.parse(added) : Number.NaN;
  return Number.isFinite(addedAtMs) ? { addedAtMs } : {};
}
