import { Lagging } from "../lagging.ts";
import type { SpotifyUser, SpotifyWorld } from "./world.ts";

/** One position of a playlist. No entry has an id of its own. */
export interface PlaylistEntry {
  readonly uri: string;
  /** `undefined` for local files. */
  readonly trackId: string | undefined;
  /** `null` on very old entries. */
  readonly addedAtMs: number | null;
  readonly addedBy: string | null;
}

export interface SpotifyPlaylist {
  readonly id: string;
  readonly ownerId: string;
  name: string;
  description: string | null;
  public: boolean;
  collaborative: boolean;
  readonly entries: Lagging<PlaylistEntry[]>;
  readonly snapshot: Lagging<{ id: string }>;
}

export interface PlaylistSeed {
  readonly name: string;
  readonly description?: string | null;
  readonly public?: boolean;
  readonly collaborative?: boolean;
}

/** Makes a playlist and puts it on top of its owner's list. */
export function createPlaylist(world: SpotifyWorld, owner: SpotifyUser, seed: PlaylistSeed): SpotifyPlaylist {
  const id = world.dice.base62("playlist", `${owner.id}:${world.nextCall()}`);
  const playlist: SpotifyPlaylist = {
    id,
    ownerId: owner.id,
    name: seed.name,
    description: seed.description ?? "",
    public: seed.public ?? true,
    collaborative: seed.collaborative ?? false,
    entries: new Lagging<PlaylistEntry[]>([], (entries) => [...entries]),
    snapshot: new Lagging({ id: snapshotId(world, id) }, (snapshot) => ({ ...snapshot })),
  };
  world.playlists.set(id, playlist);
  owner.playlistIds.unshift(id);
  return playlist;
}

/** Changes the entries and returns the new snapshot id. */
export function changeEntries(
  world: SpotifyWorld,
  playlist: SpotifyPlaylist,
  change: (entries: PlaylistEntry[]) => void,
): string {
  playlist.entries.change(world.clock.now(), world.settings.staleReadsMs, change);
  return touchSnapshot(world, playlist);
}

/** Any change at all gives a new snapshot id, even one of the name. */
export function touchSnapshot(world: SpotifyWorld, playlist: SpotifyPlaylist): string {
  const { snapshotLagMs: lagMs, snapshotDetour } = world.settings;
  const now = world.clock.now();
  const change = (atMs: number): string => {
    const id = snapshotId(world, playlist.id);
    playlist.snapshot.change(atMs, lagMs, (snapshot) => {
      snapshot.id = id;
    });
    return id;
  };
  // As if something had been written half the lag ago: that shows as long as this one still lags.
  if (snapshotDetour && lagMs > 0) change(now - lagMs / 2);
  return change(now);
}

function snapshotId(world: SpotifyWorld, playlistId: string): string {
  return btoa(`AAAA${world.nextCall()},${world.dice.hex("snapshot", `${playlistId}:${world.nextCall()}`, 24)}`);
}

export function followPlaylist(world: SpotifyWorld, user: SpotifyUser, playlistId: string): void {
  if (world.playlists.has(playlistId) && !user.playlistIds.includes(playlistId)) user.playlistIds.unshift(playlistId);
}

/** Deleting does not exist: the owner unfollows too, and the playlist can still be read by its id. */
export function unfollowPlaylist(_world: SpotifyWorld, user: SpotifyUser, playlistId: string): void {
  const position = user.playlistIds.indexOf(playlistId);
  if (position >= 0) user.playlistIds.splice(position, 1);
}

export function trackEntry(trackId: string, addedAtMs: number | null, addedBy: string | null): PlaylistEntry {
  return { uri: `spotify:track:${trackId}`, trackId, addedAtMs, addedBy };
}
