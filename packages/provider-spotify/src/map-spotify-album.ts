import { normalizeUpc, type UniversalAlbum, type UniversalArtist } from "@syncer/core";
import { albumTypeOf, namesOf, releaseDateOf } from "./map-spotify-track.ts";
import type { SpotifyAlbum, SpotifyArtist } from "./spotify-schemas.ts";

/** Spotify's form of an album to the universal one. It says nothing of explicit content. */
export function mapSpotifyAlbum(album: SpotifyAlbum): UniversalAlbum {
  const upc = normalizeUpc(album.external_ids?.upc) ?? normalizeUpc(album.external_ids?.ean);
  const type = albumTypeOf(album.album_type);
  const releaseDate = releaseDateOf(album.release_date);
  const count = album.total_tracks ?? 0;
  const playable = isRestricted(album) ? false : album.is_playable;
  return {
    name: album.name,
    artists: namesOf(album.artists),
    ...(upc ? { upc } : {}),
    ...(type ? { type } : {}),
    ...(Number.isInteger(count) && count > 0 ? { trackCount: count } : {}),
    ...(releaseDate ? { releaseDate } : {}),
    externalIds: { spotify: album.id },
    ...(playable == null ? {} : { playable }),
  };
}

/** Whether the user cannot play it where the user is. */
export function isRestricted({ restrictions, is_playable }: SpotifyAlbum): boolean {
  return restrictions != null || is_playable === false;
}

/** Spotify's form of an artist to the universal one. Development Mode shows no followers. */
export function mapSpotifyArtist({ id, name, followers }: SpotifyArtist): UniversalArtist {
  const total = followers?.total;
  return {
    name,
    // 0 is shown where the number is not known.
    ...(total && Number.isInteger(total) ? { followers: total } : {}),
    externalIds: { spotify: id },
  };
}
