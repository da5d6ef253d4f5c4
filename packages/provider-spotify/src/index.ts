export { spotifyDataPolicy } from "./spotify-data-policy.ts";
export type { SpotifyOptions } from "./spotify-options.ts";
export { type SpotifyProvider, spotify } from "./spotify-provider.ts";
export type { SpotifyTrack } from "./spotify-schemas.ts";
