import type { GradeOf, SignName } from "./signs.ts";

export type WeightTable = { readonly [N in SignName]: { readonly [G in GradeOf<N>]: number } };
export type WeightOverrides = { readonly [N in SignName]?: { readonly [G in GradeOf<N>]?: number } };

/**
 * Natural log-odds that each grade adds. A plain `unknown` adds nothing by definition; where a grade of unknown meaning
 * has a weight, the grade itself was seen (two similar titles).
 *
 * Origin: printed by `tools/eval-matching/fit.ts`, a logistic regression on the fitting half (by artist) of a labelled
 * set made from 2,554 real recordings and a hand-made table, drawn towards the estimates in
 * `tools/eval-matching/prior-weights.ts`. Never edit by hand: change the set or the estimates, and fit again.
 */
export const bias = -4.66;
export const weights: WeightTable = {
  title: {
    exact: 4.09,
    variant: 2.38,
    "tail-one-sided": 1.58,
    close: 2.38,
    similar: 0.68,
    contained: -1.94,
    romanised: 3.27,
    "other-script": 0,
    unknown: 0,
    "tail-different": -2,
    different: -5.47,
  },
  version: {
    "both-plain": 0.69,
    same: 1.15,
    partial: -0.6,
    "soft-confirmed": 0.22,
    "soft-unconfirmed": -1.55,
    "soft-refuted": -3.12,
    "context-one-sided": -5.25,
    "one-sided": -6.4,
    different: -8,
  },
  numbers: {
    none: 0,
    same: 0.48,
    "one-sided": -2,
    different: -8,
  },
  artists: {
    same: 2.94,
    subset: 2.94,
    main: 2,
    some: 0.55,
    close: 1.2,
    romanised: 2.08,
    "in-title": 2.97,
    "other-script": 0,
    unknown: 0,
    disjoint: -3.6,
  },
  album: {
    same: 0.9,
    similar: 0.9,
    different: -0.16,
    unknown: 0,
  },
  length: {
    "within-2s": 1.75,
    "within-4s": 0.91,
    "within-8s": 0,
    "within-15s": -1.45,
    "within-30s": -3.85,
    "beyond-30s": -6.22,
    unknown: 0,
  },
  year: {
    same: 0.37,
    near: 0.22,
    different: -0.52,
    unknown: 0,
  },
  track: {
    same: 0.89,
    different: -2.15,
    unknown: 0,
  },
  isrc: {
    same: 4.03,
    "same-unsound": 1.01,
    different: 0,
    unknown: 0,
  },
  explicit: {
    same: 0,
    different: -1.33,
    unknown: 0,
  },
};
