import type { ItemKindName } from "./item-kind.ts";

/**
 * The shapes of collection that the engine knows. A sync type is data that names a shape and an item kind. `containers` are
 * documents that hold a collection each. `held-documents` are documents in containers that stay as they are.
 */
export type CollectionShape = "membership" | "documents" | "held-documents" | "containers" | "log";

/**
 * The sync types of music; providers may bring others, see {@link SyncType}.
 *
 * - `favorites`: the user's saved tracks, a set of references into the catalogue
 * - `albums`: the albums that the user saved; `artists`: the artists that the user follows; sets of references likewise
 * - `playlists`: containers that hold an ordered membership of tracks
 * - `recently_played`: an append-only log
 */
export const syncTypes = {
  favorites: { shape: "membership", kind: "track" },
  albums: { shape: "membership", kind: "album" },
  artists: { shape: "membership", kind: "artist" },
  playlists: { shape: "containers", kind: "playlist" },
  recently_played: { shape: "log", kind: "track" },
} as const satisfies Record<string, { shape: CollectionShape; kind: ItemKindName }>;

export type KnownSyncType = keyof typeof syncTypes;

/** Open: a new category is a new string, and two providers that both have a collection of that name can be paired. */
export type SyncType = KnownSyncType | (string & {});
