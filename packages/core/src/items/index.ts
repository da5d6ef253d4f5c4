export { isrcSchema, normalizeIsrc } from "./isrc.ts";
export type { ItemKind, ItemKindName, NaturalKey, UniversalItem, UniversalItems } from "./item-kind.ts";
export { itemKinds } from "./item-kind.ts";
export type { CollectionShape, SyncType } from "./sync-type.ts";
export { syncTypeNames, syncTypes } from "./sync-type.ts";
export type { UniversalPlaylist } from "./universal-playlist.ts";
export { universalPlaylistSchema } from "./universal-playlist.ts";
export type { UniversalTrack } from "./universal-track.ts";
export { releaseDateSchema, universalTrackSchema } from "./universal-track.ts";
