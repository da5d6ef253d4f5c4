import type { Country } from "../catalogue/tracks.ts";
import { marketOf, type SpotifyCall } from "./call.ts";
import { isoSeconds, trackObject, userRef } from "./objects.ts";
import { pageOf } from "./paging.ts";
import type { PlaylistEntry, SpotifyPlaylist } from "./playlists.ts";

/** The key under which playlists hold their items: renamed in development mode. */
function itemsKey(call: SpotifyCall): "items" | "tracks" {
  return call.regime === "DEV" ? "items" : "tracks";
}

function common(call: SpotifyCall, playlist: SpotifyPlaylist): Record<string, unknown> {
  const owner = call.world.users.get(playlist.ownerId);
  return {
    collaborative: playlist.collaborative,
    description: playlist.description === null ? null : escapeDescription(playlist.description),
    external_urls: { spotify: `https://open.spotify.com/playlist/${playlist.id}` },
    href: `${call.base}/playlists/${playlist.id}`,
    id: playlist.id,
    images: [],
    name: playlist.name,
    owner: { ...userRef(call, playlist.ownerId), display_name: owner?.displayName ?? null },
    public: playlist.public,
    snapshot_id: playlist.snapshot.seen(call.now, call.world.settings.snapshotLagMs).id,
    type: "playlist",
    uri: `spotify:playlist:${playlist.id}`,
  };
}

/** Descriptions come back HTML-escaped. */
function escapeDescription(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function isOwnOrShared(call: SpotifyCall, playlist: SpotifyPlaylist): boolean {
  return playlist.ownerId === call.signedIn?.id || playlist.collaborative;
}

/** A playlist in a list: only a count of its items, which development mode hides for playlists of others. */
export function playlistSummary(call: SpotifyCall, playlist: SpotifyPlaylist): Record<string, unknown> {
  const key = itemsKey(call);
  const total = playlist.entries.seen(call.now, call.world.settings.staleReadsMs).length;
  const hidden = call.regime === "DEV" && !isOwnOrShared(call, playlist);
  return {
    ...common(call, playlist),
    ...(hidden ? {} : { [key]: { href: `${call.base}/playlists/${playlist.id}/${key}`, total } }),
  };
}

/** A playlist by itself: with its first page embedded. */
export function playlistObject(call: SpotifyCall, playlist: SpotifyPlaylist, limit: number): Record<string, unknown> {
  const key = itemsKey(call);
  const entries = playlist.entries.seen(call.now, call.world.settings.staleReadsMs);
  const market = marketOf(call);
  const items = entries.slice(0, limit).map((entry) => entryObject(call, entry, market));
  const page = pageOf(call, `/playlists/${playlist.id}/${key}`, { limit, offset: 0 }, entries.length, items);
  const hidden = call.regime === "DEV" && !isOwnOrShared(call, playlist);
  return {
    ...common(call, playlist),
    ...(call.regime === "DEV" ? {} : { followers: { href: null, total: 0 } }),
    ...(hidden ? {} : { [key]: page }),
  };
}

/**
 * One position. The media object is called `item` in development mode, where it also carries a boolean `track`, and
 * `track` elsewhere; it is `null` if the track was withdrawn.
 */
export function entryObject(
  call: SpotifyCall,
  entry: PlaylistEntry,
  market: Country | undefined,
): Record<string, unknown> {
  const media = mediaObject(call, entry, market);
  const shown = media !== null && call.regime === "DEV" ? { ...media, track: true } : media;
  return {
    added_at: entry.addedAtMs === null ? null : isoSeconds(entry.addedAtMs),
    added_by: entry.addedBy === null ? null : userRef(call, entry.addedBy),
    is_local: entry.trackId === undefined,
    [call.regime === "DEV" ? "item" : "track"]: shown,
  };
}

function mediaObject(
  call: SpotifyCall,
  entry: PlaylistEntry,
  market: Country | undefined,
): Record<string, unknown> | null {
  if (entry.trackId === undefined) return localFile(entry.uri);
  const track = call.world.catalogue.spotify.byId(entry.trackId);
  if (track === undefined || call.world.takenDown.get(entry.trackId) === "gone") return null;
  return trackObject(call, track, market);
}

/** `spotify:local:{artist}:{album}:{title}:{seconds}`, its parts form-encoded. */
function localFile(uri: string): Record<string, unknown> {
  const [artist = "", album = "", title = "", seconds = "0"] = uri
    .split(":")
    .slice(2)
    .map((part) => decodeURIComponent(part.replaceAll("+", " ")));
  const ref = (name: string, type: string): Record<string, unknown> => ({
    name,
    type,
    id: null,
    uri: null,
    href: null,
    external_urls: {},
  });
  return {
    album: {
      ...ref(album, "album"),
      album_type: null,
      artists: [],
      images: [],
      release_date: null,
      release_date_precision: null,
      total_tracks: 0,
    },
    artists: [ref(artist, "artist")],
    disc_number: 0,
    duration_ms: Number(seconds) * 1_000,
    explicit: false,
    external_ids: {},
    external_urls: {},
    href: null,
    id: null,
    is_local: true,
    name: title,
    preview_url: null,
    track_number: 0,
    type: "track",
    uri,
  };
}
