import { COUNTRIES, type Country, type NamedRef, type SpotifyAlbum, type SpotifyTrack } from "../catalogue/tracks.ts";
import type { SpotifyCall } from "./call.ts";
import type { SpotifyUser } from "./world.ts";

const OPEN = "https://open.spotify.com";

export function artistObject(call: SpotifyCall, artist: NamedRef): Record<string, unknown> {
  return {
    external_urls: { spotify: `${OPEN}/artist/${artist.id}` },
    href: `${call.base}/artists/${artist.id}`,
    id: artist.id,
    name: artist.name,
    type: "artist",
    uri: `spotify:artist:${artist.id}`,
  };
}

export function albumObject(call: SpotifyCall, album: SpotifyAlbum): Record<string, unknown> {
  return {
    album_type: album.albumType,
    total_tracks: album.totalTracks,
    ...(call.regime === "DEV" ? {} : { available_markets: [...COUNTRIES] }),
    external_urls: { spotify: `${OPEN}/album/${album.id}` },
    href: `${call.base}/albums/${album.id}`,
    id: album.id,
    images: [{ url: `https://i.scdn.co/image/ab67616d0000b273${album.id.toLowerCase()}`, height: 640, width: 640 }],
    name: album.name,
    release_date: String(album.year),
    release_date_precision: "year",
    type: "album",
    uri: `spotify:album:${album.id}`,
    artists: album.artists.map((artist) => artistObject(call, artist)),
  };
}

/** The fields that album tracklists have too. */
export function simplifiedTrack(call: SpotifyCall, track: SpotifyTrack): Record<string, unknown> {
  return {
    artists: track.artists.map((artist) => artistObject(call, artist)),
    disc_number: track.discNumber,
    duration_ms: track.durationMs,
    explicit: track.explicit,
    external_urls: { spotify: `${OPEN}/track/${track.id}` },
    href: `${call.base}/tracks/${track.id}`,
    id: track.id,
    name: track.title,
    preview_url: null,
    track_number: track.trackNumber,
    type: "track",
    uri: `spotify:track:${track.id}`,
    is_local: false,
    ...(call.regime === "DEV"
      ? {}
      : { available_markets: COUNTRIES.filter((country) => !track.missingIn.has(country)) }),
  };
}

/**
 * A full track as seen from a market: unplayable there, or replaced by another release of the same recording that has a
 * licence. Development mode hides which track was asked for.
 */
export function trackObject(
  call: SpotifyCall,
  asked: SpotifyTrack,
  market: Country | undefined,
): Record<string, unknown> {
  const shown = relinked(call, asked, market);
  const playable = market === undefined ? undefined : isPlayable(call, shown, market);
  return {
    album: albumObject(call, shown.album),
    ...simplifiedTrack(call, shown),
    external_ids: shown.isrc === undefined ? {} : { isrc: shown.isrc },
    ...(call.regime === "DEV" ? {} : { popularity: Math.floor(shown.rank / 10_000) }),
    ...(playable === undefined ? {} : { is_playable: playable }),
    ...(playable === false ? { restrictions: { reason: "market" } } : {}),
    ...(shown.id !== asked.id && call.regime !== "DEV" ? { linked_from: linkedFrom(call, asked) } : {}),
  };
}

function relinked(call: SpotifyCall, asked: SpotifyTrack, market: Country | undefined): SpotifyTrack {
  if (market === undefined || isPlayable(call, asked, market)) return asked;
  const releases = call.world.catalogue.spotify.releases(asked);
  return releases.find((release) => isPlayable(call, release, market)) ?? asked;
}

function isPlayable(call: SpotifyCall, track: SpotifyTrack, market: Country): boolean {
  return !track.missingIn.has(market) && !call.world.takenDown.has(track.id);
}

function linkedFrom(call: SpotifyCall, track: SpotifyTrack): Record<string, unknown> {
  return {
    external_urls: { spotify: `${OPEN}/track/${track.id}` },
    href: `${call.base}/tracks/${track.id}`,
    id: track.id,
    type: "track",
    uri: `spotify:track:${track.id}`,
  };
}

/** A user as others see them in owners and `added_by`. */
export function userRef(call: SpotifyCall, userId: string): Record<string, unknown> {
  return {
    external_urls: { spotify: `${OPEN}/user/${encodeURIComponent(userId)}` },
    href: `${call.base}/users/${encodeURIComponent(userId)}`,
    id: userId,
    type: "user",
    uri: `spotify:user:${userId}`,
  };
}

export function profileObject(call: SpotifyCall, user: SpotifyUser): Record<string, unknown> {
  const common = { ...userRef(call, user.id), account_id: user.accountId, display_name: user.displayName, images: [] };
  if (call.regime === "DEV") return common;
  return {
    ...common,
    followers: { href: null, total: 0 },
    ...(call.scopes.has("user-read-email") ? { email: user.email } : {}),
    ...(call.scopes.has("user-read-private")
      ? {
          country: user.country,
          product: user.product,
          explicit_content: { filter_enabled: false, filter_locked: false },
        }
      : {}),
  };
}

/** Instants are written to the second. */
export function isoSeconds(ms: number): string {
  return new Date(Math.floor(ms / 1_000) * 1_000).toISOString().replace(".000Z", "Z");
}
