import type { z } from "zod";
import { type UniversalAlbum, universalAlbumSchema } from "./universal-album.ts";
import { type UniversalArtist, universalArtistSchema } from "./universal-artist.ts";
import { type UniversalPlaylist, universalPlaylistSchema } from "./universal-playlist.ts";
import { type UniversalTrack, universalTrackSchema } from "./universal-track.ts";

/** The universal type behind each item kind. A new kind is a new line here, with its schema below. */
export interface UniversalItems {
  track: UniversalTrack;
  album: UniversalAlbum;
  artist: UniversalArtist;
  playlist: UniversalPlaylist;
}

export type ItemKindName = keyof UniversalItems;
export type UniversalItem<K extends ItemKindName = ItemKindName> = UniversalItems[K];

/** What the engine has to know of an item kind. */
export interface ItemKind<K extends ItemKindName> {
  readonly name: K;
  readonly schema: z.ZodType<UniversalItems[K]>;
  /** Keys under which two services name the same thing (an ISRC, a UPC), normalised; empty when there is none. */
  naturalKeys(item: UniversalItems[K]): readonly NaturalKey[];
}

/** The natural keys of an item of a kind that is known at run time only. */
export function naturalKeysOf(kind: ItemKindName, item: UniversalItem): readonly NaturalKey[] {
  const of: { naturalKeys(item: UniversalItem): readonly NaturalKey[] } = itemKinds[kind];
  return of.naturalKeys(item);
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
  album: {
    name: "album",
    schema: universalAlbumSchema,
    naturalKeys: (album) => (album.upc ? [{ scheme: "upc", value: album.upc }] : []),
  },
  artist: { name: "artist", schema: universalArtistSchema, naturalKeys: () => [] },
  playlist: { name: "playlist", schema: universalPlaylistSchema, naturalKeys: () => [] },
};
