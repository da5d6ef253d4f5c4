import type { SpotifyRoute } from "./call.ts";
import { spotifyError } from "./errors.ts";

const GONE_IN_DEVELOPMENT: readonly (readonly [method: string, path: string])[] = [
  ["GET", "/v1/albums"],
  ["GET", "/v1/artists"],
  ["GET", "/v1/episodes"],
  ["GET", "/v1/shows"],
  ["GET", "/v1/audiobooks"],
  ["GET", "/v1/chapters"],
  ...["albums", "episodes", "shows", "audiobooks"].flatMap((kind) => [
    ["PUT", `/v1/me/${kind}`] as const,
    ["DELETE", `/v1/me/${kind}`] as const,
    ["GET", `/v1/me/${kind}/contains`] as const,
  ]),
  ["PUT", "/v1/me/following"],
  ["DELETE", "/v1/me/following"],
  ["GET", "/v1/me/following/contains"],
  ["GET", "/v1/users/:id"],
  ["GET", "/v1/markets"],
  ["GET", "/v1/browse/new-releases"],
  ["GET", "/v1/browse/categories"],
  ["GET", "/v1/artists/:id/top-tracks"],
];

const KEPT_IN_DEVELOPMENT: readonly (readonly [method: string, path: string])[] = [
  ["GET", "/v1/artists/:id/albums"],
  ["GET", "/v1/me/episodes"],
  ["GET", "/v1/me/shows"],
  ["GET", "/v1/me/audiobooks"],
  ["GET", "/v1/me/top/:kind"],
  ["GET", "/v1/me/player"],
  ["GET", "/v1/playlists/:id/images"],
  ["PUT", "/v1/playlists/:id/images"],
];

/** Routes that exist at Spotify and not here. They say so, rather than pretending that the real service has none. */
export const UNEMULATED_ROUTES: readonly SpotifyRoute[] = [
  ...GONE_IN_DEVELOPMENT.map(([method, path]) => unemulated(method, path, true)),
  ...KEPT_IN_DEVELOPMENT.map(([method, path]) => unemulated(method, path, false)),
];

function unemulated(method: string, path: string, gone: boolean): SpotifyRoute {
  return {
    method,
    path,
    kind: method === "GET" ? "read" : "write",
    parameters: [],
    ...(gone ? { goneInDevelopment: true as const } : {}),
    handle: () => spotifyError(501, "The sandbox does not emulate this route."),
  };
}
