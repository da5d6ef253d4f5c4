import { describeMatch, type UniversalTrack } from "@syncer/core";
import type { Judge, MatcherJudge } from "./judges.ts";
import { type JudgedPair, type PickSet, withoutRight } from "./labelled-pairs.ts";
import {
  bestThreshold,
  byClass,
  type Calibration,
  type Confusion,
  calibrationOf,
  confusionAt,
  type Quality,
  qualityAt,
  rightAbove,
} from "./measures.ts";

export interface PairReport {
  readonly threshold: number;
  readonly at: Quality;
  readonly bestThreshold: number;
  readonly best: Quality;
  readonly calibration: Calibration;
  readonly rightFrom08: number;
  readonly classes: Readonly<Record<string, Confusion>>;
}

export interface PickReport {
  /** Sources whose right answer is among the candidates. */
  readonly sets: number;
  readonly right: number;
  readonly wrong: number;
  readonly none: number;
  /** Sources with every right answer taken away, or that had none. */
  readonly withoutRight: number;
  readonly falsePicks: number;
}

export interface JudgeReport {
  readonly name: string;
  readonly pairs?: PairReport;
  readonly picks?: PickReport;
}

export interface WorstError {
  readonly class: string;
  readonly same: boolean;
  readonly confidence: number;
  readonly why: string;
  readonly a: UniversalTrack;
  readonly b: UniversalTrack;
}

export function reportOf(judge: Judge, pairs: readonly JudgedPair[], sets: readonly PickSet[]): JudgeReport {
  return {
    name: judge.name,
    ...(pairs.length > 0 ? { pairs: pairReport(judge, pairs) } : {}),
    ...(sets.length > 0 ? { picks: pickReport(judge, sets) } : {}),
  };
}

function pairReport(judge: Judge, pairs: readonly JudgedPair[]): PairReport {
  const scored = pairs.map((pair) => ({
    class: pair.class,
    same: pair.same,
    score: judge.score(pair.a, pair.b),
  }));
  const best = bestThreshold(scored);
  return {
    threshold: judge.threshold,
    at: qualityAt(scored, judge.threshold),
    bestThreshold: best,
    best: qualityAt(scored, best),
    calibration: calibrationOf(scored),
    rightFrom08: rightAbove(scored, 0.8),
    classes: Object.fromEntries(
      [...byClass(scored)].sort().map(([name, members]) => [name, confusionAt(members, judge.threshold)] as const),
    ),
  };
}

function pickReport(judge: Judge, sets: readonly PickSet[]): PickReport {
  const present = sets.filter(({ right }) => right.length > 0);
  const picks = present.map((set) => ({ set, picked: judge.pick(set) }));
  const picked = picks.filter((pick) => pick.picked !== undefined).length;
  const right = picks.filter(({ set, picked: place }) => place !== undefined && set.right.includes(place)).length;
  return {
    sets: present.length,
    right,
    wrong: picked - right,
    none: present.length - picked,
    withoutRight: sets.length,
    falsePicks: sets.filter((set) => judge.pick(withoutRight(set)) !== undefined).length,
  };
}

/** The pairs that the matcher is surest about and wrong, worst first. */
export function worstErrors(judge: MatcherJudge, pairs: readonly JudgedPair[], count: number): readonly WorstError[] {
  return pairs
    .map((pair) => ({ pair, comparison: judge.compare(pair.a, pair.b) }))
    .filter(({ pair, comparison }) => comparison.confidence >= judge.threshold !== pair.same)
    .sort((x, y) => missOf(y) - missOf(x))
    .slice(0, count)
    .map(({ pair, comparison }) => ({ ...pair, confidence: comparison.confidence, why: describeMatch(comparison) }));
}

const missOf = (judged: { pair: JudgedPair; comparison: { confidence: number } }): number =>
  Math.abs(Number(judged.pair.same) - judged.comparison.confidence);
