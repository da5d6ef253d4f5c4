import { Lagging } from "../lagging.ts";
import type { DeezerCall } from "./call.ts";
import type { DeezerPlaylist, DeezerPlaylistEntry } from "./playlists.ts";
import type { DeezerUser } from "./world.ts";

/** The entries as readers see them. */
export function entriesOf(call: DeezerCall, playlist: DeezerPlaylist): readonly DeezerPlaylistEntry[] {
  return playlist.entries.seen(call.now, call.world.settings.staleReadsMs);
}

/** The playlist under which a user's favourites show; it cannot be written as one. */
export function lovedPlaylist(call: DeezerCall, user: DeezerUser): DeezerPlaylist {
  const favourites = user.favourites.seen(call.now, call.world.settings.staleReadsMs).oldestFirst();
  const entries = favourites.map(({ id, addedAtMs }) => ({ trackId: id, addedAtMs }));
  return {
    id: user.lovedPlaylistId,
    creatorId: user.id,
    title: "Loved Tracks",
    description: "",
    public: user.publicProfile,
    collaborative: false,
    createdAtMs: entries[0]?.addedAtMs ?? user.lovedChangedAt,
    changedAtMs: user.lovedChangedAt,
    entries: new Lagging<DeezerPlaylistEntry[]>(entries, (list) => [...list]),
  };
}

/** A playlist as a row of a list. */
export function playlistRow(call: DeezerCall, playlist: DeezerPlaylist): Record<string, unknown> {
  const { world } = call;
  const creator = world.users.get(playlist.creatorId);
  const entries = entriesOf(call, playlist);
  const seconds = entries.reduce((sum, { trackId }) => sum + (world.catalogue.deezer.byId(trackId)?.duration ?? 0), 0);
  const contents = entries.map(({ trackId }) => trackId).join(",");
  return {
    id: playlist.id,
    title: playlist.title,
    duration: seconds,
    public: playlist.public,
    is_loved_track: creator?.lovedPlaylistId === playlist.id,
    collaborative: playlist.collaborative,
    nb_tracks: entries.length,
    fans: 0,
    link: `https://www.deezer.com/playlist/${playlist.id}`,
    picture: `${call.base}/playlist/${playlist.id}/image`,
    checksum: world.dice.hex("checksum", `${playlist.id}:${contents}`, 32),
    tracklist: `${call.base}/playlist/${playlist.id}/tracks`,
    creation_date: dateTime(playlist.createdAtMs),
    add_date: dateTime(playlist.createdAtMs),
    mod_date: dateTime(playlist.changedAtMs),
    md5_image: world.dice.hex("md5-image", String(playlist.id), 32),
    picture_type: "cover",
    time_add: Math.floor(playlist.createdAtMs / 1_000),
    time_mod: Math.floor(playlist.changedAtMs / 1_000),
    creator: {
      id: playlist.creatorId,
      name: creator?.name ?? "",
      tracklist: `${call.base}/user/${playlist.creatorId}/flow`,
      type: "user",
    },
    type: "playlist",
  };
}

/** A playlist by itself, its first tracks embedded. */
export function playlistDetails(
  call: DeezerCall,
  playlist: DeezerPlaylist,
  tracks: readonly unknown[],
): Record<string, unknown> {
  const row = playlistRow(call, playlist);
  return {
    ...row,
    description: playlist.description,
    share: `${String(row.link)}?utm_source=deezer`,
    tracks: { data: tracks, checksum: row.checksum },
  };
}

/** `YYYY-MM-DD HH:MM:SS`, without a zone. */
function dateTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}
