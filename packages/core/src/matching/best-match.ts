import type { Comparison } from "./compare.ts";
import { type CopyCriteria, type CopyCriterion, copyOrder, decidingCriterion } from "./copy-choice.ts";
import type { AnySignName, VerdictReason } from "./match-texts.ts";
import type { PreparedTrack } from "./prepared-track.ts";
import type { SignState } from "./signs.ts";

/** One thing to choose from. */
export interface Candidate<TPrepared extends object = PreparedTrack> {
  /** The service's id; of two equal copies the lower id wins when nothing else tells them apart. */
  readonly id: string;
  readonly prepared: TPrepared;
  /** Whether the user can play it; taken from the prepared track if left out. */
  readonly playable?: boolean;
  /** The service's own position, 0 first; decides between copies that are equal otherwise. */
  readonly rank?: number;
}

export interface ScoredCandidate<TComparison = Comparison> {
  readonly id: string;
  /** 0..1. For the match it is lowered by a runner-up that is another recording. */
  readonly confidence: number;
  readonly comparison: TComparison;
}

/** Why this copy of the recording was taken, when there were several. */
export interface CopyChoice {
  readonly among: number;
  readonly by: CopyCriterion;
}

/**
 * `matched`: at or above the threshold. `uncertain`: worth showing to a person, never written. `none`: below that;
 * `match` is then absent. Depends on the set of candidates only, never on their order.
 */
export interface BestMatch<TComparison = Comparison> {
  readonly verdict: "matched" | "uncertain" | "none";
  readonly match?: ScoredCandidate<TComparison>;
  /** The best candidate that is another recording than the match. */
  readonly runnerUp?: ScoredCandidate<TComparison>;
  /** Distance in confidence to the runner-up, or to 0. */
  readonly margin: number;
  readonly copyChoice?: CopyChoice;
  readonly reason: VerdictReason;
}

/** As much of a comparison as choosing needs, of whatever kind of items. */
export interface Compared {
  readonly confidence: number;
  readonly veto?: AnySignName;
  readonly signs: { readonly [N in AnySignName]?: { readonly state: SignState } };
}

export interface BestMatchRules<P extends object, C extends Compared> {
  readonly threshold: number;
  readonly uncertainFrom: number;
  readonly criteria: CopyCriteria<P, C>;
  /** Signs by which an item is ruled out; of what is ruled out later, more agreed. */
  readonly vetoes: readonly AnySignName[];
  /** Signs that are named when nothing was like enough, the weightiest first. */
  readonly objections: readonly AnySignName[];
}

interface Scored<P extends object, C> {
  readonly candidate: Candidate<P>;
  readonly comparison: C;
}

export function bestMatch<P extends object, C extends Compared>(
  source: P,
  candidates: readonly Candidate<P>[],
  compare: (a: P, b: P) => C,
  rules: BestMatchRules<P, C>,
): BestMatch<C> {
  const { threshold, uncertainFrom, criteria } = rules;
  if (candidates.length === 0)
    return { verdict: "none", margin: 0, reason: { code: "none.no-candidates", params: {} } };
  const scored = candidates
    .map((candidate) => ({ candidate, comparison: compare(source, candidate.prepared) }))
    .sort((x, y) => y.comparison.confidence - x.comparison.confidence || copyOrder(criteria, source, x, y));
  const [top] = scored;
  if (top === undefined || top.comparison.confidence < uncertainFrom) return noMatch(top, scored, rules);

  const isCopy = ({ candidate, comparison }: Scored<P, C>): boolean =>
    comparison.confidence >= Math.min(threshold, top.comparison.confidence) &&
    (candidate === top.candidate || compare(top.candidate.prepared, candidate.prepared).confidence >= threshold);
  const copies = scored.filter(isCopy).sort((x, y) => copyOrder(criteria, source, x, y));
  const pick = copies[0] ?? top;
  const rival = scored.find(
    (other) =>
      !copies.includes(other) && compare(pick.candidate.prepared, other.candidate.prepared).confidence < uncertainFrom,
  );
  const confidence = againstRival(pick.comparison.confidence, rival?.comparison.confidence ?? 0);
  const runnerUp = rival && scoreOf(rival);
  const margin = confidence - (runnerUp?.confidence ?? 0);
  const by = decidingCriterion(criteria, source, copies);
  const rest = {
    ...(runnerUp ? { runnerUp } : {}),
    margin,
    ...(by ? { copyChoice: { among: copies.length, by } } : {}),
  };
  const match = { id: pick.candidate.id, confidence, comparison: pick.comparison };
  if (confidence >= threshold) {
    return { verdict: "matched", match, ...rest, reason: { code: "matched.above-threshold", params: { confidence } } };
  }
  const rivalled = pick.comparison.confidence >= threshold;
  if (confidence < uncertainFrom && !rivalled) return noMatch(pick, scored, rules);
  return {
    verdict: "uncertain",
    match,
    ...rest,
    reason: rivalled
      ? { code: "uncertain.rival", params: { confidence, rival: runnerUp?.confidence ?? 0 } }
      : { code: "uncertain.below-threshold", params: { confidence, threshold } },
  };
}

function noMatch<P extends object, C extends Compared>(
  top: Scored<P, C> | undefined,
  scored: readonly Scored<P, C>[],
  { vetoes, objections }: BestMatchRules<P, C>,
): BestMatch<C> {
  const candidates = scored.length;
  const runnerUp = top && scoreOf(top);
  const veto = top?.comparison.veto && nearestVeto(scored, vetoes);
  return {
    verdict: "none",
    ...(runnerUp && runnerUp.confidence > 0 ? { runnerUp } : {}),
    margin: 0,
    reason: veto
      ? { code: "none.refused", params: { candidates, veto } }
      : {
          code: "none.too-unlike",
          params: { candidates, confidence: top?.comparison.confidence ?? 0, ...objection(top, objections) },
        },
  };
}

/** The weightiest sign that speaks against a candidate, if one does. */
function objection(
  top: Scored<object, Compared> | undefined,
  objections: readonly AnySignName[],
): { readonly sign?: AnySignName } {
  const sign = objections.find((name) => top?.comparison.signs[name]?.state === "disagree");
  return sign === undefined ? {} : { sign };
}

function nearestVeto(scored: readonly Scored<object, Compared>[], vetoes: readonly AnySignName[]): AnySignName {
  const found = new Set(scored.map(({ comparison }) => comparison.veto));
  return vetoes.findLast((veto) => found.has(veto)) ?? "title";
}

const scoreOf = <C extends Compared>({ candidate, comparison }: Scored<object, C>): ScoredCandidate<C> => ({
  id: candidate.id,
  confidence: comparison.confidence,
  comparison,
});

/**
 * Two different recordings cannot both be the right one: the odds of each are weighed against the other and against
 * "neither". A clear winner keeps its confidence, two equals share it.
 */
function againstRival(confidence: number, rival: number): number {
  if (rival === 0 || confidence === 0) return confidence;
  const odds = confidence / (1 - Math.min(confidence, 1 - 1e-12));
  const rivalOdds = rival / (1 - Math.min(rival, 1 - 1e-12));
  return odds / (1 + odds + rivalOdds);
}
