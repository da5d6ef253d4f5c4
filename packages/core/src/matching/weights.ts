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
export const bias = -3.98;
export const weights: WeightTable = {
  title: {
    exact: 3.97,
    variant: 2.67,
    "tail-one-sided": 1.77,
    close: 2.54,
    similar: 0.01,
    contained: -0.84,
    romanised: 3.55,
    "other-script": 0,
    unknown: 0,
    "tail-different": -2,
    different: -5.61,
  },
  version: {
    "both-plain": 0.95,
    same: 1.26,
    partial: -0.57,
    "soft-confirmed": 0.38,
    "soft-unconfirmed": -1.74,
    "soft-refuted": -3.11,
    "context-one-sided": -5.1,
    "one-sided": -6.24,
    different: -8,
  },
  numbers: {
    none: 0,
    same: 0.78,
    "one-sided": -1.68,
    different: -8,
  },
  artists: {
    same: 2.3,
    subset: 2.3,
    main: 2,
    some: 0.98,
    close: 1.89,
    romanised: 2.05,
    "in-title": 2.93,
    "other-script": 0,
    unknown: 0,
    disjoint: -3.6,
  },
  album: {
    same: 0.92,
    similar: 0.92,
    different: -0.29,
    unknown: 0,
  },
  length: {
    "within-2s": 1.91,
    "within-4s": 0.08,
    "within-8s": 0,
    "within-15s": -1.62,
    "within-30s": -3.72,
    "beyond-30s": -6.17,
    unknown: 0,
  },
  year: {
    same: 0.23,
    near: -0.11,
    different: -0.36,
    unknown: 0,
  },
  track: {
    same: 0.96,
    different: -2.05,
    unknown: 0,
  },
  isrc: {
    same: 3.78,
    "same-unsound": 0.81,
    different: 0,
    unknown: 0,
  },
  explicit: {
    same: 0,
    different: -1.54,
    unknown: 0,
  },
};
