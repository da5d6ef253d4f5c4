import type { UniversalItem } from "../items/index.ts";
import type { ArtistComparison } from "./artist-matcher.ts";
import type { BestMatch, Candidate } from "./best-match.ts";
import type { Comparison } from "./compare.ts";
import type { AlbumComparison } from "./compare-releases.ts";

/** How two items of whatever kind compare; see `describeMatch`. */
export type AnyComparison = Comparison | AlbumComparison | ArtistComparison;

/**
 * What finds the same item on another service, for one kind of items. Pure and without state. What `prepare` gives is for
 * the same matcher only.
 */
export interface ItemMatcher<TItem = UniversalItem, TPrepared extends object = object, TComparison = AnyComparison> {
  /** Folds an item and takes it apart; do it once per item. Never throws, whatever the texts. */
  prepare(item: TItem): TPrepared;
  /** The candidate that is the same, if one is. The order of candidates changes nothing. */
  best(source: TPrepared, candidates: readonly Candidate<TPrepared>[]): BestMatch<TComparison>;
  /**
   * Keys for an index of a library, most telling first: the same item on another service shares at least one. Made of user
   * content; keep them in memory only.
   */
  blockingKeys(prepared: TPrepared): readonly string[];
  /** A text in Cyrillic, Greek, Hebrew or kana in Latin letters, to search with; `""` if there is no need or no table. */
  romanise(text: string): string;
}
