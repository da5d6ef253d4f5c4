export type { JukeboxOptions } from "./jukebox-options.ts";
export { jukebox } from "./jukebox-provider.ts";
export type { JukeboxSong } from "./jukebox-schemas.ts";
