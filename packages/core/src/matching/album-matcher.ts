import type { UniversalAlbum } from "../items/index.ts";
import { type BestMatchRules, bestMatch } from "./best-match.ts";
import { blockingKeysOf } from "./blocking-keys.ts";
import { type AlbumComparison, compareReleases } from "./compare-releases.ts";
import { agreement, type CopyCriteria } from "./copy-choice.ts";
import type { ItemMatcher } from "./item-matcher.ts";
import { inLatin } from "./matcher.ts";
import { boundsOf, type MatchBounds } from "./policies.ts";
import { type PreparedAlbum, prepareAlbum } from "./prepare-album.ts";

/** Of copies of one release: one that can be played, with the code, then the one that is the most alike. */
const criteria: CopyCriteria<PreparedAlbum, AlbumComparison> = [
  ["playable", (_, { candidate }) => ((candidate.playable ?? candidate.prepared.playable) === false ? 0 : 1)],
  ["upc", (_, { comparison }) => agreement(comparison.signs.upc.state)],
  ["version", (_, { comparison }) => agreement(comparison.signs.edition.state)],
  ["explicit", (_, { comparison }) => agreement(comparison.signs.explicit.state)],
  ["track-count", (_, { comparison }) => agreement(comparison.signs.count.state)],
  ["year", (_, { comparison }) => agreement(comparison.signs.year.state)],
  ["release-type", (_, { comparison }) => agreement(comparison.signs.release.state)],
  ["confidence", (_, { comparison }) => Math.round(comparison.confidence * 20)],
  ["service-order", (_, { candidate }) => -(candidate.rank ?? Number.MAX_SAFE_INTEGER)],
];

export interface AlbumMatcher extends ItemMatcher<UniversalAlbum, PreparedAlbum, AlbumComparison> {
  /** Symmetric: swapping sides changes nothing. */
  compare(a: PreparedAlbum, b: PreparedAlbum): AlbumComparison;
}

/**
 * Finds an album on another service: by its code, which the words have to bear out, else by name, artist, edition, number
 * of tracks and kind of release.
 * @throws {ConfigurationError} an unknown strictness, a bound outside 0..1, or `uncertainFrom` above `threshold`
 */
export function createAlbumMatcher(options: MatchBounds = {}): AlbumMatcher {
  const rules: BestMatchRules<PreparedAlbum, AlbumComparison> = {
    ...boundsOf(options),
    criteria,
    vetoes: ["title", "artists", "numbers", "release", "version"],
    objections: ["version", "release", "artists", "title", "edition", "count", "numbers"],
  };
  return {
    prepare: prepareAlbum,
    compare: compareReleases,
    best: (source, candidates) => bestMatch(source, candidates, compareReleases, rules),
    blockingKeys: ({ named, upc }) => [...(upc === undefined ? [] : [`u:${upc}`]), ...blockingKeysOf(named)],
    romanise: inLatin,
  };
}
