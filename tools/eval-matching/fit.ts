/**
 * Fits the weights of `packages/core/src/matching/weights.ts` on the fitting half of the labelled pairs and prints them:
 * `npx node --conditions=@syncer/source tools/eval-matching/fit.ts`.
 *
 * A logistic regression on one-hot grades. Each weight is drawn towards the estimate that is written in `prior`, taken from what is
 * known about catalogues, so that a grade with few pairs stays near it; an agreement never counts against a match, a
 * disagreement never for it, and more of the same sign never counts for less.
 */
import { createMatcher, type Signs, signGrades } from "@syncer/core";
import { labelledPairs } from "./labelled-pairs.ts";
import { prior, priorBias, type SignTable, tied } from "./prior-weights.ts";

/** How many pairs the prior is worth, per unit of log-odds. */
const strength = 4;
const rounds = 4_000;
/** Spoiled fields are rarer in catalogues than in the set: what they teach must not blunt the rest. */
const spoiledShare = 0.5;

interface Example {
  readonly features: readonly string[];
  readonly same: boolean;
  /** How much of a pair it counts for. */
  readonly share: number;
}

const matcher = createMatcher();
const examples: Example[] = labelledPairs()
  .filter((pair) => pair.half === "fit")
  .flatMap((pair) => {
    const { signs, veto } = matcher.compare(matcher.prepare(pair.a), matcher.prepare(pair.b));
    const share = pair.class.startsWith("dirty") ? spoiledShare : 1;
    return veto === undefined ? [{ features: featuresOf(signs), same: pair.same, share }] : [];
  });

function featuresOf(signs: Signs): readonly string[] {
  return Object.values(signs).map(({ name, grade }) => `${name}.${grade}`);
}

const priors = new Map<string, number>(
  Object.entries(prior).flatMap(([name, grades]) =>
    Object.entries(grades).map(([grade, weight]) => [`${name}.${grade}`, weight] as const),
  ),
);
const states = new Map<string, string>(
  Object.entries(signGrades).flatMap(([name, grades]) =>
    Object.entries(grades).map(([grade, state]) => [`${name}.${grade}`, state] as const),
  ),
);

const fitted = new Map(priors);
let fittedBias = priorBias;
const counts = new Map<string, number>();
for (const { features, share } of examples)
  for (const feature of features) counts.set(feature, (counts.get(feature) ?? 0) + share);

for (let round = 0; round < rounds; round++) {
  const slopes = new Map<string, number>();
  let biasSlope = strength * (priorBias - fittedBias);
  for (const { features, same, share } of examples) {
    const logOdds = features.reduce((sum, feature) => sum + (fitted.get(feature) ?? 0), fittedBias);
    const miss = share * (Number(same) - 1 / (1 + Math.exp(-logOdds)));
    biasSlope += miss;
    for (const feature of features) slopes.set(feature, (slopes.get(feature) ?? 0) + miss);
  }
  fittedBias += (2 * biasSlope) / (strength + examples.length);
  for (const [feature, weight] of fitted) {
    const slope = (slopes.get(feature) ?? 0) + strength * ((priors.get(feature) ?? 0) - weight);
    fitted.set(feature, bounded(feature, weight + (2 * slope) / (10 * strength + (counts.get(feature) ?? 0))));
  }
  for (const chain of tied) keepOrder(chain);
}

function bounded(feature: string, weight: number): number {
  const before = priors.get(feature) ?? 0;
  if (before === 0) return 0; // a grade that tells nothing
  const state = states.get(feature);
  if (state === "agree" && before > 0) return Math.max(0, weight);
  return state === "disagree" ? Math.min(0, weight) : weight;
}

/** From the greatest to the least: neighbours that came out in the wrong order meet in the middle. */
function keepOrder(chain: readonly string[]): void {
  for (let i = 1; i < chain.length; i++) {
    const [left = "", right = ""] = [chain[i - 1], chain[i]];
    const [high, low] = [fitted.get(left) ?? 0, fitted.get(right) ?? 0];
    if (high >= low) continue;
    fitted.set(left, (high + low) / 2);
    fitted.set(right, (high + low) / 2);
  }
}

const table: SignTable = Object.fromEntries(
  Object.entries(prior).map(([name, grades]) => [
    name,
    Object.fromEntries(
      Object.keys(grades).map((grade) => [grade, Number((fitted.get(`${name}.${grade}`) ?? 0).toFixed(2))] as const),
    ),
  ]),
);
console.log(
  `export const bias = ${fittedBias.toFixed(2)};\nexport const weights: WeightTable = ${JSON.stringify(table, null, 2)};`,
);
console.error(
  `${examples.length} pairs without a veto, ${examples.filter(({ same }) => same).length} of them same recordings`,
);
for (const [feature, count] of [...counts].sort((x, y) => x[1] - y[1]).slice(0, 14))
  console.error(`  ${feature}: ${count.toFixed(1)} pairs`);
