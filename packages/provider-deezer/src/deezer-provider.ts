import {
  defineProvider,
  type HealthStatus,
  healthOf,
  InvalidRequestError,
  type LogCollection,
  type OutgoingRequest,
  type ServiceProvider,
  type Session,
  type UserProfile,
} from "@syncer/core";
import { createDeezerApi, type DeezerApi, deezerRequests } from "./deezer-api.ts";
import { deezerCatalogues } from "./deezer-catalogue.ts";
import { deezerDataPolicy } from "./deezer-data-policy.ts";
import { classifyDeezerAnswer } from "./deezer-errors.ts";
import {
  deezerFavorites,
  type ReadOnlyFavorites,
  type WritableFavorites,
  writableDeezerFavorites,
} from "./deezer-favorites.ts";
import { deezerHistory } from "./deezer-history.ts";
import { deezerAuthorization } from "./deezer-oauth.ts";
import {
  checkDeezerOptions,
  type DeezerAppOptions,
  type DeezerOptions,
  type DeezerPublicOptions,
  isAppOptions,
} from "./deezer-options.ts";
import { createDeezerPlaylistApi } from "./deezer-playlist-api.ts";
import {
  deezerPlaylists,
  type ReadOnlyPlaylists,
  type WritablePlaylists,
  writableDeezerPlaylists,
} from "./deezer-playlists.ts";
import { deezerAlbums, deezerArtists, type ReadOnlySaved, type WritableSaved, writableSaved } from "./deezer-saved.ts";
import type { DeezerAlbum, DeezerArtist, DeezerTrack } from "./deezer-schemas.ts";
import { mapDeezerAlbum, mapDeezerArtist } from "./map-deezer-album.ts";
import { mapDeezerTrack } from "./map-deezer-track.ts";

type DeezerNative = { readonly track: DeezerTrack; readonly album: DeezerAlbum; readonly artist: DeezerArtist };

type OwnCollections = {
  readonly favorites: WritableFavorites;
  readonly albums: WritableSaved<DeezerAlbum>;
  readonly artists: WritableSaved<DeezerArtist>;
  readonly playlists: WritablePlaylists;
  readonly recently_played: LogCollection<DeezerTrack>;
};

type PublicCollections = {
  readonly favorites: ReadOnlyFavorites;
  readonly albums: ReadOnlySaved<DeezerAlbum>;
  readonly artists: ReadOnlySaved<DeezerArtist>;
  readonly playlists: ReadOnlyPlaylists;
};

/** Deezer with an application: users sign in; favourites, saved albums and artists, and playlists can be read and written, the history read. */
export type DeezerProvider = ServiceProvider<DeezerNative, "deezer", OwnCollections>;

/** Deezer without an application: public data, read only. Nothing of it has `write`. */
export type DeezerPublicProvider = ServiceProvider<DeezerNative, "deezer", PublicCollections>;

/**
 * The provider for Deezer. Performs no I/O by itself; every request goes through the session that it is given.
 *
 * With an application (`appId`, `appSecret`) users sign in. Without one (Deezer registers no new ones) it works in
 * public mode: catalogue, search, and favourites and public playlists of users with a public profile, read only.
 *
 * @throws {ConfigurationError} with every problem of the options, each under its path (`deezer.appId`)
 */
export function deezer(options: DeezerAppOptions): DeezerProvider;
export function deezer(options?: DeezerPublicOptions): DeezerPublicProvider;
export function deezer(options: DeezerOptions = {}): DeezerProvider | DeezerPublicProvider {
  checkDeezerOptions(options);
  return isAppOptions(options) ? withApplication(options) : withoutApplication(options);
}

function withApplication(options: DeezerAppOptions): DeezerProvider {
  const requests = deezerRequests(apiOrigin(options), options.language ?? "en");
  const me = () => "me";
  const api = createDeezerApi(requests, me);
  return defineProvider<DeezerNative, "deezer", OwnCollections>({
    ...common(api, options),
    authorization: deezerAuthorization(options, {
      connect: withoutSlash(options.origins?.connect ?? "https://connect.deezer.com"),
      api: apiOrigin(options),
    }),
    collections: {
      favorites: writableDeezerFavorites(api),
      albums: writableSaved(api, deezerAlbums(api), "album"),
      artists: writableSaved(api, deezerArtists(api), "artist"),
      playlists: writableDeezerPlaylists(createDeezerPlaylistApi(requests, me)),
      recently_played: deezerHistory(api),
    },
  });
}

function withoutApplication(options: DeezerPublicOptions): DeezerPublicProvider {
  const requests = deezerRequests(apiOrigin(options), options.language ?? "en");
  const api = createDeezerApi(requests, publicUser);
  const open = { scopes: { read: [], write: [] } };
  return defineProvider<DeezerNative, "deezer", PublicCollections>({
    ...common(api, options),
    authorization: { kind: "none" },
    collections: {
      favorites: { ...deezerFavorites(api), ...open },
      albums: { ...deezerAlbums(api), ...open },
      artists: { ...deezerArtists(api), ...open },
      playlists: { ...deezerPlaylists(createDeezerPlaylistApi(requests, publicUser)), ...open },
    },
  });
}

function common(api: DeezerApi, options: DeezerOptions) {
  return {
    contractVersion: 1,
    name: "deezer",
    displayName: "Deezer",
    category: "music",
    transport: {
      // Counted per IP address, over all users of one server; a refusal names no time.
      rateLimit: {
        requests: 50,
        perMs: 5_000,
        concurrency: 8,
        sharedBy: "egress",
        quietMs: [1_000, 2_000, 5_000, 10_000],
        ...options.rateLimit,
      },
      authorize: putToken,
      classify: classifyDeezerAnswer,
      secretParameters: ["access_token", "secret", "code"],
    },
    items: {
      track: { toUniversal: mapDeezerTrack },
      album: { toUniversal: mapDeezerAlbum },
      artist: { toUniversal: mapDeezerArtist },
    },
    catalogues: deezerCatalogues(api),
    profile: (session: Session) => readProfile(api, session),
    health: (session: Session) => checkHealth(api, session),
    dataPolicy: deezerDataPolicy,
  } as const;
}

/** Deezer reads no `Authorization` header. In a form the token stays out of URLs. */
function putToken(token: string, request: OutgoingRequest): void {
  if (request.form) request.form.set("access_token", token);
  else request.url.searchParams.set("access_token", token);
}

/** Without a token, a connection names whose public data is meant. */
function publicUser(session: Session): string {
  if (session.accountId !== undefined) return session.accountId;
  throw new InvalidRequestError("request.invalid", {
    path: "session.accountId",
    problem: "Deezer's public mode reads a named user; connect with the user's Deezer id.",
  });
}

async function readProfile(api: DeezerApi, session: Session): Promise<UserProfile> {
  const user = await api.getUser(session);
  const fullName = [user.firstname, user.lastname].filter(Boolean).join(" ");
  const displayName = fullName || user.name;
  return {
    externalId: String(user.id),
    ...(user.name ? { username: user.name } : {}),
    ...(displayName ? { displayName } : {}),
    ...(user.email ? { email: user.email } : {}),
    ...(user.picture_medium ? { avatarUrl: user.picture_medium } : {}),
    ...(user.country ? { country: user.country } : {}),
  };
}

/** `GET /infos` needs no token and touches no user. It counts against the address's budget like any request. */
async function checkHealth(api: DeezerApi, session: Session): Promise<HealthStatus> {
  try {
    const { open } = await api.getInfos(session);
    return open === false ? { status: "degraded", reason: "not-offered-here" } : { status: "healthy" };
  } catch (error) {
    return healthOf(error);
  }
}

function apiOrigin(options: DeezerOptions): string {
  return withoutSlash(options.origins?.api ?? "https://api.deezer.com");
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
