import { baselineScore, type Comparison, createMatcher, type PreparedTrack, type UniversalTrack } from "@syncer/core";
import { beetsScore, musicAssistantScore, spotifyToTidalScore } from "./known-tools.ts";
import type { PickSet } from "./labelled-pairs.ts";

/** Something that says how likely two tracks are one recording, and picks from an offer. */
export interface Judge {
  readonly name: string;
  /** From here on it takes two tracks for one recording. */
  readonly threshold: number;
  score(a: UniversalTrack, b: UniversalTrack): number;
  pick(set: PickSet): number | undefined;
}

export interface MatcherJudge extends Judge {
  compare(a: UniversalTrack, b: UniversalTrack): Comparison;
}

export function matcherJudge(threshold = 0.8): MatcherJudge {
  const matcher = createMatcher({ threshold });
  const held = new WeakMap<UniversalTrack, PreparedTrack>();
  const prepare = (track: UniversalTrack): PreparedTrack => {
    const prepared = held.get(track) ?? matcher.prepare(track);
    held.set(track, prepared);
    return prepared;
  };
  const compare = (a: UniversalTrack, b: UniversalTrack): Comparison => matcher.compare(prepare(a), prepare(b));
  return {
    name: "matcher",
    threshold,
    compare,
    score: (a, b) => compare(a, b).confidence,
    pick({ source, candidates }) {
      const offered = candidates.map((track, i) => ({ id: String(i), prepared: prepare(track), rank: i }));
      const { verdict, match } = matcher.best(prepare(source), offered);
      return verdict === "matched" && match !== undefined ? Number(match.id) : undefined;
    },
  };
}

/** The best one, the first of equals, if it reaches the threshold. */
function judgeBy(name: string, threshold: number, score: Judge["score"]): Judge {
  return {
    name,
    threshold,
    score,
    pick({ source, candidates }) {
      let best: number | undefined;
      let bestScore = 0;
      candidates.forEach((track, i) => {
        const value = score(source, track);
        if (value >= threshold && value > bestScore) [best, bestScore] = [i, value];
      });
      return best;
    },
  };
}

/** The original formula at 0.8, and rules of public tools at the thresholds that these use. */
export function baselineJudges(): readonly Judge[] {
  return [
    judgeBy("formula", 0.8, baselineScore),
    judgeBy("beets", 0.96, beetsScore),
    judgeBy("music-assistant", 0.5, musicAssistantScore),
    judgeBy("spotify-to-tidal", 0.5, spotifyToTidalScore),
  ];
}
