import type { z } from "zod";
import { type UniversalPlaylist, universalPlaylistSchema } from "./universal-playlist.ts";
import { type UniversalTrack, universalTrackSchema } from "./universal-track.ts";

/** The universal type behind each item kind. A new kind is a new line here, with its schema below. */
export interface UniversalItems {
  track: UniversalTrack;
  playlist: UniversalPlaylist;
}

export type ItemKindName = keyof UniversalItems;
export type UniversalItem<K extends ItemKindName = ItemKindName> = UniversalItems[K];

/** What the engine has to know of an item kind. */
export interface ItemKind<K extends ItemKindName> {
  readonly name: K;
  readonly schema: z.ZodType<UniversalItems[K]>;
  /** Keys under which two services name the same thing (an ISRC), normalised; empty when there is none. */
  naturalKeys(item: UniversalItems[K]): readonly NaturalKey[];
}

/** For example `{ scheme: "isrc", value: "GBXYZ2400123" }`. */
export interface NaturalKey {
  readonly scheme: string;
  readonly value: string;
}

export const itemKinds: { readonly [K in ItemKindName]: ItemKind<K> } = {
  track: {
    name: "track",
    schema: universalTrackSchema,
    naturalKeys: (track) => (track.isrc ? [{ scheme: "isrc", value: track.isrc }] : []),
  },
  playlist: { name: "playlist", schema: universalPlaylistSchema, naturalKeys: () => [] },
};
