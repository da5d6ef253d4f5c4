import { normalizeUpc, type UniversalAlbum, type UniversalArtist } from "@syncer/core";
import type { DeezerAlbum, DeezerArtist } from "./deezer-schemas.ts";
import { creditsOf, realDate } from "./map-deezer-track.ts";

const TYPES = { single: "single", ep: "ep", album: "album", compile: "compilation" } as const;

/** Deezer's form of an album to the universal one. */
export function mapDeezerAlbum(album: DeezerAlbum): UniversalAlbum {
  const upc = normalizeUpc(album.upc);
  const type = new Map(Object.entries(TYPES)).get(album.record_type ?? "");
  const releaseDate = realDate(album.release_date);
  const count = album.nb_tracks ?? 0;
  return {
    name: album.title,
    artists: creditsOf(album),
    ...(upc ? { upc } : {}),
    ...(type ? { type } : {}),
    ...(Number.isInteger(count) && count > 0 ? { trackCount: count } : {}),
    ...(releaseDate ? { releaseDate } : {}),
    ...(album.explicit_lyrics == null ? {} : { explicit: album.explicit_lyrics }),
    externalIds: { deezer: String(album.id) },
    ...(album.available == null ? {} : { playable: album.available }),
  };
}

/** Deezer's form of an artist to the universal one. */
export function mapDeezerArtist({ id, name, nb_fan }: DeezerArtist): UniversalArtist {
  return {
    name,
    // 0 is shown where the number is not known.
    ...(nb_fan && Number.isInteger(nb_fan) ? { followers: nb_fan } : {}),
    externalIds: { deezer: String(id) },
  };
}
