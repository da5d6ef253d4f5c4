import { normalizeIsrc, releaseDateSchema, type UniversalTrack } from "@syncer/core";
import type { SpotifyTrack } from "./spotify-schemas.ts";

const ALBUM_TYPES = ["album", "single", "ep", "compilation"] as const;

/**
 * The id under which the user's library holds a track. With a market known, Spotify may show a substitute that plays
 * there; where it still names the original (`linked_from`), that one is stable across countries and can be removed.
 */
export function libraryId(track: SpotifyTrack): string | undefined {
  return track.linked_from?.id ?? track.id ?? undefined;
}

/** Spotify's form to the universal one. Durations are in milliseconds on both sides. */
export function mapSpotifyTrack(track: SpotifyTrack): UniversalTrack {
  const { album } = track;
  const id = libraryId(track);
  const isrc = normalizeIsrc(track.external_ids?.isrc);
  const albumArtists = namesOf(album?.artists);
  const albumType = albumTypeOf(album?.album_type);
  const releaseDate = releaseDateOf(album?.release_date);
  const metadata = {
    ...(track.popularity == null ? {} : { popularity: track.popularity }),
    ...(track.preview_url ? { previewUrl: track.preview_url } : {}),
  };
  return {
    title: track.name,
    artists: namesOf(track.artists),
    ...(album?.name ? { album: album.name } : {}),
    ...(albumArtists.length > 0 ? { albumArtists } : {}),
    ...(albumType ? { albumType } : {}),
    // 0 is how Spotify shows a length that it does not know.
    ...(track.duration_ms && track.duration_ms > 0 ? { durationMs: Math.round(track.duration_ms) } : {}),
    ...(isrc ? { isrc } : {}),
    ...(track.explicit == null ? {} : { explicit: track.explicit }),
    ...(releaseDate ? { releaseDate } : {}),
    ...(isCount(track.disc_number) ? { discNumber: track.disc_number } : {}),
    ...(isCount(track.track_number) ? { trackNumber: track.track_number } : {}),
    externalIds: id ? { spotify: id } : {},
    ...(track.is_playable == null ? {} : { playable: track.is_playable }),
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
  };
}

/** The kind of release, if it is one that we know. */
export function albumTypeOf(type: string | null | undefined) {
  return ALBUM_TYPES.find((known) => known === type);
}

/** As precise as Spotify has it; `0000` stands for an unknown date. */
export function releaseDateOf(date: string | null | undefined): string | undefined {
  const parsed = releaseDateSchema.safeParse(date);
  return parsed.success && !parsed.data.startsWith("0000") ? parsed.data : undefined;
}

export function namesOf(
  artists: readonly { readonly name?: string | null | undefined }[] | null | undefined,
): string[] {
  return (artists ?? []).flatMap(({ name }) => (name ? [name] : []));
}

function isCount(value: number | null | undefined): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0;
}
