import { ConfigurationError } from "../errors/index.ts";
import type { UniversalTrack } from "../items/index.ts";
import { type BestMatch, bestMatch, type Candidate } from "./best-match.ts";
import { blockingKeysOf } from "./blocking-keys.ts";
import { type Comparison, compareTracks, type Judgement } from "./compare.ts";
import { prepareTrack } from "./prepare.ts";
import type { PreparedTrack } from "./prepared-track.ts";
import type { SignName } from "./signs.ts";
import { bias, type WeightOverrides, type WeightTable, weights } from "./weights.ts";

export interface MatcherOptions {
  /** The lowest confidence of a match, 0..1; 0.8 by default. */
  readonly threshold?: number;
  /** The lowest confidence worth showing to a person, 0..1 and not above the threshold; 0.5 by default. */
  readonly uncertainFrom?: number;
  /**
   * What a different explicit flag means. `prefer-equal` (default): lower confidence, and an equal copy is taken if
   * there is one; `require-equal`: another recording; `any`: nothing. An unknown flag is never a difference.
   */
  readonly explicit?: "prefer-equal" | "require-equal" | "any";
  /** Log-odds in place of the fitted ones, by sign and grade. */
  readonly weights?: WeightOverrides;
}

/** Pure and without state: everything it knows comes in through its arguments. */
export interface Matcher {
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
}

/** @throws {ConfigurationError} a bound outside 0..1, or `uncertainFrom` above `threshold` */
export function createMatcher(options: MatcherOptions = {}): Matcher {
  if (typeof options !== "object" || options === null) {
    throw new ConfigurationError([
      { path: "matching", expected: "an object of options", fix: "Leave it out for the defaults." },
    ]);
  }
  const { threshold = 0.8, explicit = "prefer-equal" } = options;
  const uncertainFrom = options.uncertainFrom ?? Math.min(0.5, threshold);
  checkBounds(threshold, uncertainFrom);
  const judgement: Judgement = { bias, weights: mergeWeights(options.weights), explicit };
  const compare = (a: PreparedTrack, b: PreparedTrack): Comparison => compareTracks(a, b, judgement);
  return {
    threshold,
    uncertainFrom,
    prepare: prepareTrack,
    compare,
    best: (source, candidates) => bestMatch(source, candidates, compare, { threshold, uncertainFrom }),
    blockingKeys: blockingKeysOf,
  };
}

function checkBounds(threshold: number, uncertainFrom: number): void {
  const problems = [
    threshold > 0 && threshold <= 1
      ? undefined
      : { path: "threshold", expected: "a number above 0 and at most 1", fix: "Leave it out for 0.8." },
    uncertainFrom > 0 && !(uncertainFrom > threshold)
      ? undefined
      : { path: "uncertainFrom", expected: "a number above 0 and at most the threshold", fix: "Leave it out for 0.5." },
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new ConfigurationError(problems);
}

function mergeWeights(overrides: WeightOverrides | undefined): WeightTable {
  if (overrides === undefined) return weights;
  const names = Object.keys(weights) as SignName[];
  return Object.fromEntries(names.map((name) => [name, { ...weights[name], ...overrides[name] }])) as WeightTable;
}
