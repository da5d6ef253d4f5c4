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
export const bias = -3.99;
export const weights: WeightTable = {
  title: {
    exact: 3.92,
    variant: 2.85,
    "tail-one-sided": 1.74,
    close: 2.58,
    similar: 0,
    contained: -0.9,
    romanised: 3.54,
    "other-script": 0,
    unknown: 0,
    "tail-different": -2,
    different: -5.63,
  },
  version: {
    "both-plain": 0.97,
    same: 1.33,
    partial: -0.58,
    "soft-confirmed": 0.37,
    "soft-unconfirmed": -1.74,
    "soft-refuted": -3.11,
    "context-one-sided": -5.19,
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
    same: 2.35,
    subset: 2.35,
    main: 2,
    some: 0.95,
    close: 1.3,
    romanised: 2.04,
    "in-title": 2.91,
    "other-script": 0,
    unknown: 0,
    disjoint: -3.6,
  },
  album: {
    same: 0.92,
    similar: 0.92,
    different: -0.37,
    unknown: 0,
  },
  length: {
    "within-2s": 1.93,
    "within-4s": 0.08,
    "within-8s": 0,
    "within-15s": -1.72,
    "within-30s": -3.81,
    "beyond-30s": -6.21,
    unknown: 0,
  },
  year: {
    same: 0.18,
    near: -0.11,
    different: -0.24,
    unknown: 0,
  },
  track: {
    same: 0.99,
    different: -2.07,
    unknown: 0,
  },
  isrc: {
    same: 3.78,
    "same-unsound": 0.8,
    different: 0,
    unknown: 0,
  },
  explicit: {
    same: 0,
    different: -1.53,
    unknown: 0,
  },
};
