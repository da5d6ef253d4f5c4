import type { UniversalTrack } from "../items/index.ts";
import { type BestMatch, type BestMatchRules, bestMatch, type Candidate } from "./best-match.ts";
import { blockingKeysOf } from "./blocking-keys.ts";
import { type Comparison, compareTracks, type Judgement } from "./compare.ts";
import { copyCriteria } from "./copy-choice.ts";
import { fold } from "./fold.ts";
import type { ItemMatcher } from "./item-matcher.ts";
import { boundsOf, type MatcherOptions as PolicyOptions, resolvePolicies } from "./policies.ts";
import { prepareTrack } from "./prepare.ts";
import type { PreparedTrack } from "./prepared-track.ts";
import { romanise, scriptsOf } from "./scripts.ts";
import type { SignName } from "./signs.ts";
import { bias, type WeightOverrides, type WeightTable, weights } from "./weights.ts";

export interface MatcherOptions extends PolicyOptions {
  /** Log-odds in place of the fitted ones, by sign and grade. */
  readonly weights?: WeightOverrides;
}

/** Pure and without state: everything it knows comes in through its arguments. */
export interface Matcher extends ItemMatcher<UniversalTrack, PreparedTrack, Comparison> {
  readonly threshold: number;
  readonly uncertainFrom: number;
  /** Folds a track and takes it apart; do it once per track. Never throws, whatever the texts. */
  prepare(track: UniversalTrack): PreparedTrack;
  /** Symmetric: swapping sides changes nothing. */
  compare(a: PreparedTrack, b: PreparedTrack): Comparison;
  /** The candidate that is the same recording, if one is. The order of candidates changes nothing. */
  best(source: PreparedTrack, candidates: readonly Candidate[]): BestMatch;
  /**
   * Keys for an index of a library, most telling first: the same recording on another service shares at least one.
   * Made of user content; keep them in memory only.
   */
  blockingKeys(prepared: PreparedTrack): readonly string[];
  /** A text in Cyrillic, Greek, Hebrew or kana in Latin letters, to search with; `""` if there is no need or no table. */
  romanise(text: string): string;
}

/** @throws {ConfigurationError} an unknown policy, a bound outside 0..1, or `uncertainFrom` above `threshold` */
export function createMatcher(options: MatcherOptions = {}): Matcher {
  const { threshold, uncertainFrom } = boundsOf(options);
  const policies = resolvePolicies(options);
  const judgement: Judgement = { bias, weights: mergeWeights(options.weights), policies };
  const rules: BestMatchRules<PreparedTrack, Comparison> = {
    threshold,
    uncertainFrom,
    criteria: copyCriteria(policies),
    vetoes: ["title", "artists", "numbers", "version", "explicit"],
    objections: ["version", "artists", "title", "length", "numbers"],
  };
  const compare = (a: PreparedTrack, b: PreparedTrack): Comparison => compareTracks(a, b, judgement);
  return {
    threshold,
    uncertainFrom,
    prepare: prepareTrack,
    compare,
    best: (source, candidates) => bestMatch(source, candidates, compare, rules),
    blockingKeys: blockingKeysOf,
    romanise: inLatin,
  };
}

/** A text in Latin letters, to search with; `""` if there is no need or no table. */
export function inLatin(text: string): string {
  const folded = fold(text);
  return romanise(folded, scriptsOf(folded));
}

function mergeWeights(overrides: WeightOverrides | undefined): WeightTable {
  if (overrides === undefined) return weights;
  const names = Object.keys(weights) as SignName[];
  return Object.fromEntries(names.map((name) => [name, { ...weights[name], ...overrides[name] }])) as WeightTable;
}
