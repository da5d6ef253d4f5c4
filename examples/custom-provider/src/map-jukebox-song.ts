import { normalizeIsrc, type UniversalTrack } from "@syncer/core";
import type { JukeboxSong } from "./jukebox-schemas.ts";

/** Pure: the service's form to the universal one; the one place where its seconds become milliseconds. */
export function mapJukeboxSong(song: JukeboxSong): UniversalTrack {
  const isrc = normalizeIsrc(song.recording_code);
  return {
    title: song.name,
    artists: song.performers,
    // Absent means unknown; an empty text would be a statement.
    ...(song.record ? { album: song.record } : {}),
    ...(song.length ? { durationMs: Math.round(song.length * 1_000) } : {}),
    ...(isrc ? { isrc } : {}),
    ...(song.playable == null ? {} : { playable: song.playable }),
    externalIds: { jukebox: song.song_id },
  };
}
