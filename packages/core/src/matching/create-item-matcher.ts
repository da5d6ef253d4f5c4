import type { ItemKindName } from "../items/index.ts";
import { createAlbumMatcher } from "./album-matcher.ts";
import { createArtistMatcher } from "./artist-matcher.ts";
import type { ItemMatcher } from "./item-matcher.ts";
import { createMatcher, type MatcherOptions } from "./matcher.ts";

/**
 * The matcher for a kind of items that are found in catalogues. What policies say is about tracks.
 * @throws {ConfigurationError} as {@link createMatcher}
 */
export function createItemMatcher(kind: ItemKindName, options: MatcherOptions): ItemMatcher {
  switch (kind) {
    case "album":
      return createAlbumMatcher(options);
    case "artist":
      return createArtistMatcher(options);
    case "track":
      return createMatcher(options);
    case "playlist":
      throw new TypeError("playlists are no references into a catalogue");
  }
}
