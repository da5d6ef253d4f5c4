/** Results of a judge on labelled pairs. */
export interface Scored {
  readonly class: string;
  readonly same: boolean;
  readonly score: number;
}

export interface Quality {
  readonly pairs: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Share of pairs that the threshold puts on the right side. */
  readonly right: number;
}

/** What became of the pairs at a threshold. */
export interface Confusion {
  readonly found: number;
  readonly missed: number;
  readonly refused: number;
  readonly falsePicks: number;
}

export function confusionAt(scored: readonly Scored[], threshold: number): Confusion {
  const counts = { found: 0, missed: 0, refused: 0, falsePicks: 0 };
  for (const { same, score } of scored) {
    const taken = score >= threshold;
    if (same) counts[taken ? "found" : "missed"]++;
    else counts[taken ? "falsePicks" : "refused"]++;
  }
  return counts;
}

export function qualityAt(scored: readonly Scored[], threshold: number): Quality {
  const { found, missed, falsePicks } = confusionAt(scored, threshold);
  const precision = found + falsePicks === 0 ? 1 : found / (found + falsePicks);
  const recall = found + missed === 0 ? 1 : found / (found + missed);
  return {
    pairs: scored.length,
    precision,
    recall,
    f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall),
    right: 1 - (falsePicks + missed) / Math.max(1, scored.length),
  };
}

/** Pairs of neighbouring confidence: what was said of them, and what was true. */
export interface CalibrationBin {
  readonly pairs: number;
  readonly from: number;
  readonly said: number;
  readonly was: number;
  /** Two standard errors of `was`, if what was said is true. */
  readonly twoErrors: number;
}

export interface Calibration {
  readonly bins: readonly CalibrationBin[];
  /** Expected calibration error: the distances of the bins, weighted by their size. */
  readonly error: number;
  readonly twoErrors: number;
}

/** Over bins of equal mass. */
export function calibrationOf(scored: readonly Scored[], count = 5): Calibration {
  const sorted = [...scored].sort((x, y) => x.score - y.score);
  const bins = Array.from({ length: count }, (_, i) =>
    sorted.slice(Math.round((i * sorted.length) / count), Math.round(((i + 1) * sorted.length) / count)),
  ).filter((bin) => bin.length > 0);
  const shown = bins.map((bin): CalibrationBin => {
    const said = bin.reduce((sum, { score }) => sum + score, 0) / bin.length;
    const variance = bin.reduce((sum, { score }) => sum + score * (1 - score), 0) / bin.length;
    return {
      pairs: bin.length,
      from: bin[0]?.score ?? 0,
      said,
      was: bin.filter(({ same }) => same).length / bin.length,
      twoErrors: 2 * Math.sqrt(variance / bin.length),
    };
  });
  const weighted = (value: (bin: CalibrationBin) => number): number =>
    shown.reduce((sum, bin) => sum + (value(bin) * bin.pairs) / Math.max(1, sorted.length), 0);
  return {
    bins: shown,
    error: weighted(({ said, was }) => Math.abs(said - was)),
    twoErrors: weighted(({ twoErrors }) => twoErrors),
  };
}

export function bestThreshold(scored: readonly Scored[]): number {
  const steps = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
  return steps.reduce((best, at) => (qualityAt(scored, at).f1 > qualityAt(scored, best).f1 ? at : best), 0.5);
}

/** Of what scores at least this much, the share that is the same recording. */
export function rightAbove(scored: readonly Scored[], threshold: number): number {
  return qualityAt(scored, threshold).precision;
}

export function byClass<T extends { readonly class: string }>(scored: readonly T[]): ReadonlyMap<string, readonly T[]> {
  return Map.groupBy(scored, (pair) => pair.class);
}
