export { deezerDataPolicy } from "./deezer-data-policy.ts";
export type { DeezerAppOptions, DeezerOptions, DeezerPublicOptions } from "./deezer-options.ts";
export { type DeezerProvider, type DeezerPublicProvider, deezer } from "./deezer-provider.ts";
export type { DeezerAlbum, DeezerArtist, DeezerPlaylist, DeezerTrack } from "./deezer-schemas.ts";
