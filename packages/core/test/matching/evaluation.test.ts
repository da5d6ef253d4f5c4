import { baselineScore, createMatcher } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { labelledPairs, type PickSet, pickSets, withoutRight } from "../../../../tools/eval-matching/labelled-pairs.ts";
import { byClass, calibrationOf, qualityAt } from "../../../../tools/eval-matching/measures.ts";

// Floors, not records: `tools/eval-matching/evaluate.ts` prints the figures. Only the half that no weight was fitted on.
const matcher = createMatcher();
const pairs = labelledPairs().filter((pair) => pair.half === "report");
const ours = pairs.map((pair) => ({
  ...pair,
  score: matcher.compare(matcher.prepare(pair.a), matcher.prepare(pair.b)).confidence,
}));
const baseline = pairs.map((pair) => ({ ...pair, score: baselineScore(pair.a, pair.b) }));

describe("the matcher on the labelled pairs that it was not fitted on", { timeout: 60_000 }, () => {
  it("is precise, and finds what is there", () => {
    const quality = qualityAt(ours, 0.8);
    expect(quality.pairs).toBeGreaterThan(3_000);
    expect(quality.precision).toBeGreaterThan(0.98);
    expect(quality.recall).toBeGreaterThan(0.96);
  });

  it("gives a confidence that can be read as a probability", () => {
    expect(calibrationOf(ours).error).toBeLessThan(0.02);
    const sure = ours.filter(({ score }) => score >= 0.8);
    expect(sure.filter(({ same }) => same).length / sure.length).toBeGreaterThan(0.98);
  });

  it("beats the original formula by far, and in no larger class falls far behind it", () => {
    expect(qualityAt(ours, 0.8).f1).toBeGreaterThan(qualityAt(baseline, 0.8).f1 + 0.2);
    for (const [name, members] of byClass(ours)) {
      if (members.length < 40) continue;
      const before = qualityAt(byClass(baseline).get(name) ?? [], 0.8).right;
      const now = qualityAt(members, 0.8).right;
      expect(now, name).toBeGreaterThan(Math.min(before - 0.12, 0.97));
      expect(now, name).toBeGreaterThan(0.65);
    }
  });

  it.each([
    "version on one side",
    "another part",
    "another take",
    "imitation",
    "wrong code",
    "upload",
    "neutral tail",
    "artists more",
  ])("does better than the original formula by at least 15 points in the class: %s", (name) => {
    const now = qualityAt(byClass(ours).get(name) ?? [], 0.8).right;
    const before = qualityAt(byClass(baseline).get(name) ?? [], 0.8).right;
    expect(now).toBeGreaterThan(before + 0.15);
    expect(now).toBeGreaterThan(0.9);
  });

  it("picks the right one from what an index offers, and nothing when it is not there", () => {
    const pick = ({ source, candidates }: PickSet): number | undefined => {
      const prepared = candidates.map((track, i) => ({ id: String(i), prepared: matcher.prepare(track) }));
      const best = matcher.best(matcher.prepare(source), prepared);
      return best.verdict === "matched" ? Number(best.match?.id) : undefined;
    };
    const present = pickSets("report", 300);
    const picks = present.map((set) => ({ set, picked: pick(set) }));
    expect(
      picks.filter(({ set, picked }) => picked !== undefined && !set.right.includes(picked)).length,
    ).toBeLessThanOrEqual(3);
    expect(
      picks.filter(({ set, picked }) => picked !== undefined && set.right.includes(picked)).length,
    ).toBeGreaterThan(285);
    const absent = present.map(withoutRight);
    expect(absent.filter((set) => pick(set) !== undefined).length).toBeLessThanOrEqual(6);
  });
});
