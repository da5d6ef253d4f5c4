export { spotifyDataPolicy } from "./spotify-data-policy.ts";
export type { LibraryCollection } from "./spotify-library.ts";
export type { SpotifyOptions } from "./spotify-options.ts";
export type { SpotifyPlaylists, SpotifyUserPlaylist } from "./spotify-playlists.ts";
export { type SpotifyProvider, spotify } from "./spotify-provider.ts";
export type { SpotifyAlbum, SpotifyArtist, SpotifyPlaylist, SpotifyTrack } from "./spotify-schemas.ts";
