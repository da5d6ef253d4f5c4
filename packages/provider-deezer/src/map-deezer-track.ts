import { normalizeIsrc, releaseDateSchema, type UniversalTrack } from "@syncer/core";
import type { DeezerTrack } from "./deezer-schemas.ts";

/** Deezer's form to the universal one; the one place where its seconds become milliseconds. */
export function mapDeezerTrack(track: DeezerTrack): UniversalTrack {
  const artists = creditsOf(track);
  const version = bare(track.title_version ?? "");
  const isrc = normalizeIsrc(track.isrc);
  const releaseDate = realDate(track.release_date) ?? realDate(track.album?.release_date);
  const metadata = {
    ...(track.rank == null ? {} : { popularity: track.rank }),
    ...(track.preview ? { previewUrl: track.preview } : {}),
  };
  return {
    // Contains the version already; `title_version` repeats it.
    title: track.title,
    ...(version ? { version } : {}),
    artists,
    ...(track.album?.title ? { album: track.album.title } : {}),
    // 0 is how Deezer shows a length that it does not know.
    ...(track.duration && track.duration > 0 ? { durationMs: Math.round(track.duration * 1_000) } : {}),
    ...(isrc ? { isrc } : {}),
    ...(track.explicit_lyrics == null ? {} : { explicit: track.explicit_lyrics }),
    ...(releaseDate ? { releaseDate } : {}),
    ...(isCount(track.disk_number) ? { discNumber: track.disk_number } : {}),
    ...(isCount(track.track_position) ? { trackNumber: track.track_position } : {}),
    externalIds: { deezer: String(track.id) },
    ...(track.readable == null ? {} : { playable: track.readable }),
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
  };
}

/** Lists name the main artist only; a full track or album names all, the main one first. */
export function creditsOf({ artist, contributors }: Pick<DeezerTrack, "artist" | "contributors">): string[] {
  const main = artist?.name;
  const names = (contributors ?? []).flatMap(({ name }) => (name ? [name] : []));
  return [...new Set([...(main ? [main] : []), ...names])];
}

/** `1900-01-01` and `0000-00-00` stand for an unknown date. */
export function realDate(date: string | null | undefined): string | undefined {
  const parsed = releaseDateSchema.safeParse(date);
  if (!parsed.success || parsed.data.startsWith("0000") || parsed.data === "1900-01-01") return undefined;
  return parsed.data;
}

/** `(Live)` → `Live`. */
function bare(version: string): string {
  return version
    .replace(/^\s*[([]\s*/, "")
    .replace(/\s*[)\]]\s*$/, "")
    .trim();
}

function isCount(value: number | null | undefined): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0;
}
