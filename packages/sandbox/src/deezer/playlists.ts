import { Lagging } from "../lagging.ts";
import type { DeezerUser, DeezerWorld } from "./world.ts";

export interface DeezerPlaylistEntry {
  readonly trackId: string;
  readonly addedAtMs: number;
}

export interface DeezerPlaylist {
  readonly id: number;
  readonly creatorId: number;
  title: string;
  description: string;
  public: boolean;
  collaborative: boolean;
  readonly createdAtMs: number;
  changedAtMs: number;
  /** In playlist order; a track stands here at most once. */
  readonly entries: Lagging<DeezerPlaylistEntry[]>;
}

/** Makes a playlist. New ones are public. */
export function createPlaylist(
  world: DeezerWorld,
  creator: DeezerUser,
  title: string,
  description = "",
): DeezerPlaylist {
  const now = world.clock.now();
  const playlist: DeezerPlaylist = {
    id: world.newPlaylistId(),
    creatorId: creator.id,
    title,
    description,
    public: true,
    collaborative: false,
    createdAtMs: now,
    changedAtMs: now,
    entries: new Lagging<DeezerPlaylistEntry[]>([], (entries) => [...entries]),
  };
  world.playlists.set(playlist.id, playlist);
  creator.playlistIds.push(playlist.id);
  return playlist;
}
