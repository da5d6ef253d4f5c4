/** `npx node --conditions=@syncer/source tools/eval-matching/evaluate.ts [fit|report]`: prints how the matcher does. */
import { baselineScore, createMatcher, describeMatch, type UniversalTrack } from "@syncer/core";
import { labelledPairs, type PickSet, pickSets } from "./labelled-pairs.ts";
import { bestThreshold, byClass, calibrationError, qualityAt, type Scored } from "./measures.ts";

const half = process.argv[2] === "fit" ? "fit" : "report";
const matcher = createMatcher();
const pairs = labelledPairs().filter((pair) => pair.half === half);
const comparisons = pairs.map(({ a, b }) => matcher.compare(matcher.prepare(a), matcher.prepare(b)));
const ours: Scored[] = pairs.map((pair, i) => ({ ...pair, score: comparisons[i]?.confidence ?? 0 }));
const baseline: Scored[] = pairs.map((pair) => ({ ...pair, score: baselineScore(pair.a, pair.b) }));

const percent = (share: number): string => `${(share * 100).toFixed(1)}`.padStart(6);
for (const [name, scored] of [
  ["matcher", ours],
  ["baseline", baseline],
] as const) {
  const at = qualityAt(scored, 0.8);
  const best = bestThreshold(scored);
  console.log(
    `${name.padEnd(9)} ${at.pairs} pairs  precision ${percent(at.precision)}  recall ${percent(at.recall)}  F1 ${percent(at.f1)}` +
      `  best F1 ${percent(qualityAt(scored, best).f1)} at ${best}  calibration error ${calibrationError(scored).toFixed(3)}`,
  );
}

console.log("\nright side of 0.8, by class        pairs  matcher  baseline");
const classes = byClass(
  pairs.map((pair, i) => ({ ...pair, ours: ours[i]?.score ?? 0, base: baseline[i]?.score ?? 0 })),
);
for (const [name, members] of [...classes].sort()) {
  for (const same of [true, false]) {
    const some = members.filter((pair) => pair.same === same);
    if (some.length === 0) continue;
    const right = (score: (pair: (typeof some)[number]) => number): number =>
      some.filter((pair) => score(pair) >= 0.8 === same).length / some.length;
    const label = `${name} (${same ? "same" : "other"})`.padEnd(34);
    console.log(
      `${label} ${String(some.length).padStart(5)}   ${percent(right((pair) => pair.ours))}    ${percent(right((pair) => pair.base))}`,
    );
  }
}

function countPicks(
  sets: readonly PickSet[],
  judge: (set: PickSet) => number | undefined,
): { right: number; wrong: number } {
  let right = 0;
  let wrong = 0;
  for (const set of sets) {
    const pick = judge(set);
    if (pick === undefined) continue;
    if (set.right.includes(pick)) right++;
    else wrong++;
  }
  return { right, wrong };
}

function pickByMatcher({ source, candidates }: PickSet): number | undefined {
  const best = matcher.best(
    matcher.prepare(source),
    candidates.map((track, i) => ({ id: String(i), prepared: matcher.prepare(track) })),
  );
  return best.verdict === "matched" ? Number(best.match?.id) : undefined;
}

function pickByBaseline({ source, candidates }: PickSet): number | undefined {
  const score = (track: UniversalTrack): number => baselineScore(source, track);
  const best = candidates.map((track, i) => [i, score(track)] as const).sort((x, y) => y[1] - x[1])[0];
  return best !== undefined && best[1] >= 0.8 ? best[0] : undefined;
}

for (const removed of [false, true]) {
  const sets = pickSets(removed);
  console.log(`\npick one of what an index offers${removed ? ", the right one removed" : ""}: ${sets.length} sources`);
  console.log("  matcher ", countPicks(sets, pickByMatcher));
  console.log("  baseline", countPicks(sets, pickByBaseline));
}

const worst = pairs
  .map((pair, i) => ({ pair, comparison: comparisons[i], miss: Math.abs(Number(pair.same) - (ours[i]?.score ?? 0)) }))
  .sort((x, y) => y.miss - x.miss)
  .slice(0, Number(process.argv[3] ?? 12));
console.log("\nworst errors");
for (const { pair, comparison } of worst) {
  if (comparison === undefined) continue;
  const show = (track: UniversalTrack): string =>
    `${track.title} / ${track.artists.join("; ")} / ${track.album ?? ""} / ${track.durationMs ?? ""}`;
  console.log(
    `${comparison.confidence.toFixed(2)} ${pair.class} (${pair.same ? "same" : "other"}): ${describeMatch(comparison)}`,
  );
  console.log(`     ${show(pair.a)}\n     ${show(pair.b)}`);
}
