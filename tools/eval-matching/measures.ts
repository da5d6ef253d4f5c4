/** Results of a judge on labelled pairs. */
export interface Scored {
  readonly class: string;
  readonly same: boolean;
  readonly score: number;
}

interface Quality {
  readonly pairs: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Share of pairs that the threshold puts on the right side. */
  readonly right: number;
}

export function qualityAt(scored: readonly Scored[], threshold: number): Quality {
  let hits = 0;
  let falsePicks = 0;
  let misses = 0;
  for (const { same, score } of scored) {
    if (score >= threshold) same ? hits++ : falsePicks++;
    else if (same) misses++;
  }
  const precision = hits + falsePicks === 0 ? 1 : hits / (hits + falsePicks);
  const recall = hits + misses === 0 ? 1 : hits / (hits + misses);
  return {
    pairs: scored.length,
    precision,
    recall,
    f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall),
    right: 1 - (falsePicks + misses) / Math.max(1, scored.length),
  };
}

/** Expected calibration error over bins of equal mass. */
export function calibrationError(scored: readonly Scored[], bins = 5): number {
  const sorted = [...scored].sort((x, y) => x.score - y.score);
  const size = Math.ceil(sorted.length / bins);
  let error = 0;
  for (let from = 0; from < sorted.length; from += size) {
    const bin = sorted.slice(from, from + size);
    const said = bin.reduce((sum, { score }) => sum + score, 0) / bin.length;
    const was = bin.filter(({ same }) => same).length / bin.length;
    error += (Math.abs(said - was) * bin.length) / sorted.length;
  }
  return error;
}

export function bestThreshold(scored: readonly Scored[]): number {
  const steps = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
  return steps.reduce((best, at) => (qualityAt(scored, at).f1 > qualityAt(scored, best).f1 ? at : best), 0.5);
}

export function byClass<T extends { readonly class: string }>(scored: readonly T[]): ReadonlyMap<string, readonly T[]> {
  return Map.groupBy(scored, (pair) => pair.class);
}
