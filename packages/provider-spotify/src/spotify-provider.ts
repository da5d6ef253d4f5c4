import {
  defineProvider,
  type HealthStatus,
  healthOf,
  type LogCollection,
  type ServiceProvider,
  type Session,
  type UserProfile,
} from "@syncer/core";
import { mapSpotifyAlbum, mapSpotifyArtist } from "./map-spotify-album.ts";
import { mapSpotifyTrack } from "./map-spotify-track.ts";
import { spotifyAlbums } from "./spotify-albums.ts";
import { createSpotifyApi, type SpotifyApi } from "./spotify-api.ts";
import { spotifyArtists } from "./spotify-artists.ts";
import { spotifyCatalogues } from "./spotify-catalogue.ts";
import { spotifyDataPolicy } from "./spotify-data-policy.ts";
import { classifySpotifyAnswer } from "./spotify-errors.ts";
import { spotifyFavorites } from "./spotify-favorites.ts";
import { spotifyHistory } from "./spotify-history.ts";
import type { LibraryCollection } from "./spotify-library.ts";
import { spotifyAuthorization } from "./spotify-oauth.ts";
import { checkSpotifyOptions, type SpotifyOptions } from "./spotify-options.ts";
import { createSpotifyPlaylistApi } from "./spotify-playlist-api.ts";
import { type SpotifyPlaylists, spotifyPlaylists } from "./spotify-playlists.ts";
import type { SpotifyAlbum, SpotifyArtist, SpotifyTrack } from "./spotify-schemas.ts";

/** What Spotify's items look like. */
type SpotifyNative = { readonly track: SpotifyTrack; readonly album: SpotifyAlbum; readonly artist: SpotifyArtist };

/**
 * Spotify, with favourites, saved albums, followed artists and playlists that can be read and written, and the listening
 * history to read.
 */
export type SpotifyProvider = ServiceProvider<
  SpotifyNative,
  "spotify",
  {
    readonly favorites: LibraryCollection<SpotifyTrack>;
    readonly albums: LibraryCollection<SpotifyAlbum>;
    readonly artists: LibraryCollection<SpotifyArtist>;
    readonly playlists: SpotifyPlaylists;
    readonly recently_played: LogCollection<SpotifyTrack>;
  }
>;

/**
 * The provider for Spotify. Performs no I/O by itself; every request goes through the session that it is given.
 *
 * @throws {ConfigurationError} with every problem of the options, each under its path (`spotify.clientId`)
 */
export function spotify(options: SpotifyOptions): SpotifyProvider {
  checkSpotifyOptions(options);
  const accounts = withoutSlash(options.origins?.accounts ?? "https://accounts.spotify.com");
  const base = `${withoutSlash(options.origins?.api ?? "https://api.spotify.com")}/v1`;
  const api = createSpotifyApi(base, options.market);
  return defineProvider({
    contractVersion: 1,
    name: "spotify",
    displayName: "Spotify",
    category: "music",
    authorization: spotifyAuthorization(options, accounts),
    transport: {
      // Spotify publishes no figure; 3 a second in its rolling window of 30 s has been sound in Development Mode.
      rateLimit: { requests: 90, perMs: 30_000, concurrency: 6, sharedBy: "client", ...options.rateLimit },
      classify: classifySpotifyAnswer,
    },
    items: {
      track: { toUniversal: mapSpotifyTrack },
      album: { toUniversal: mapSpotifyAlbum },
      artist: { toUniversal: mapSpotifyArtist },
    },
    collections: {
      favorites: spotifyFavorites(api),
      albums: spotifyAlbums(api),
      artists: spotifyArtists(api),
      playlists: spotifyPlaylists(api, createSpotifyPlaylistApi(base, options.market)),
      recently_played: spotifyHistory(api),
    },
    catalogues: spotifyCatalogues(api),
    profile: (session) => readProfile(api, session),
    health: (session) => checkHealth(api, session),
    dataPolicy: spotifyDataPolicy,
  });
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}

async function readProfile(api: SpotifyApi, session: Session): Promise<UserProfile> {
  const profile = await api.getProfile(session);
  const externalId = profile.account_id ?? profile.id;
  const avatarUrl = profile.images?.[0]?.url;
  return {
    externalId,
    ...(profile.id === externalId ? {} : { otherIds: [profile.id] }),
    username: profile.id,
    ...(profile.email ? { email: profile.email } : {}),
    ...(profile.display_name ? { displayName: profile.display_name } : {}),
    ...(avatarUrl ? { avatarUrl } : {}),
    ...(profile.country ? { country: profile.country } : {}),
  };
}

/**
 * Without a token, `GET /me` answers 401 as long as the API is up: one request, no credentials sent, nothing taken
 * from the day's quota of Development Mode, which regular searches with an application token would use up.
 */
async function checkHealth(api: SpotifyApi, session: Session): Promise<HealthStatus> {
  try {
    await api.pokeProfile(session);
    return { status: "healthy" };
  } catch (error) {
    return healthOf(error);
  }
}
