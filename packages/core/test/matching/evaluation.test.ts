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
const spoiled = ours.filter((pair) => pair.class.startsWith("dirty"));
const clean = ours.filter((pair) => !pair.class.startsWith("dirty"));
const baseline = pairs.map((pair) => ({ ...pair, score: baselineScore(pair.a, pair.b) }));

describe("the labelled set", () => {
  const all = labelledPairs();

  it.each([
    ["version in brackets", "version on one side"],
    ["version written otherwise", "another version"],
    ["soft version", "another cut"],
    ["neutral tail", "imitation"],
    ["part written otherwise", "another part"],
    ["guests in title", "cover"],
    ["artists joined", "homonym"],
    ["fields", "another take"],
    ["twin", "wrong code"],
    ["upload", "upload of another"],
    ["tail left out", "other tail"],
    ["typing error", "one word apart"],
    ["name written otherwise", "name of another"],
  ])("has pairs of both ways: %s, %s", (same, other) => {
    expect(all.filter((pair) => pair.class === same && pair.same).length).toBeGreaterThan(60);
    expect(all.filter((pair) => pair.class === other && !pair.same).length).toBeGreaterThan(60);
  });

  it.each(["cyrillic", "greek", "hebrew", "japanese", "korean", "chinese", "arabic", "thai", "diacritics"])(
    "has pairs of both ways in both halves: %s",
    (name) => {
      for (const half of ["fit", "report"])
        for (const same of [true, false])
          expect(
            all.filter((pair) => pair.class === name && pair.half === half && pair.same === same).length,
          ).toBeGreaterThanOrEqual(10);
    },
  );

  it("never calls the very same two tracks the same recording and another one", () => {
    const labels = Map.groupBy(all, ({ a, b }) =>
      [a, b]
        .map((side) => JSON.stringify(side))
        .sort()
        .join("|"),
    );
    const torn = [...labels.values()].filter((pairs) => new Set(pairs.map(({ same }) => same)).size > 1);
    expect(torn).toEqual([]);
  });
});

describe("the matcher on the labelled pairs that it was not fitted on", { timeout: 60_000 }, () => {
  it("is precise, and finds what is there", () => {
    const quality = qualityAt(ours, 0.8);
    expect(quality.pairs).toBeGreaterThan(5_000);
    expect(quality.precision).toBeGreaterThan(0.99);
    expect(quality.recall).toBeGreaterThan(0.96);
    expect(qualityAt(clean, 0.8).precision).toBeGreaterThan(0.99);
    expect(qualityAt(clean, 0.8).recall).toBeGreaterThan(0.98);
  });

  it("finds most of what stands in the wrong field, is misspelled or cut off, and is no less precise there", () => {
    const quality = qualityAt(spoiled, 0.8);
    expect(quality.pairs).toBeGreaterThan(1_000);
    expect(quality.f1).toBeGreaterThan(0.95);
    expect(quality.precision).toBeGreaterThan(0.99);
  });

  it("takes few of the real pairs that it confuses most", () => {
    const hard = byClass(ours).get("hard neighbour") ?? [];
    expect(hard.length).toBeGreaterThan(100);
    expect(qualityAt(hard, 0.8).right).toBeGreaterThan(0.95);
  });

  it("gives a confidence that can be read as a probability", () => {
    expect(calibrationOf(ours).error).toBeLessThan(0.01);
    expect(calibrationOf(clean).error).toBeLessThan(0.015);
    const sure = ours.filter(({ score }) => score >= 0.8);
    expect(sure.filter(({ same }) => same).length / sure.length).toBeGreaterThan(0.99);
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
    const present = pickSets("report", 600);
    const picks = present.map((set) => ({ set, picked: pick(set) }));
    const right = picks.filter(({ set, picked }) => picked !== undefined && set.right.includes(picked)).length;
    const none = picks.filter(({ picked }) => picked === undefined).length;
    expect(right / picks.length).toBeGreaterThan(0.98);
    expect((picks.length - right - none) / picks.length).toBeLessThan(0.005);
    const absent = present.map(withoutRight);
    expect(absent.filter((set) => pick(set) !== undefined).length).toBeLessThanOrEqual(3);
  });
});
