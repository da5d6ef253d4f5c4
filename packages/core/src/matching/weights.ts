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
export const bias = -4.13;
export const weights: WeightTable = {
  title: {
    exact: 3.94,
    variant: 2.75,
    "tail-one-sided": 1.99,
    close: 2.75,
    similar: -0.27,
    contained: -0.79,
    romanised: 3.46,
    "other-script": 0,
    unknown: 0,
    "tail-different": -2,
    different: -5.57,
  },
  version: {
    "both-plain": 0.88,
    same: 1.33,
    partial: -0.54,
    "soft-confirmed": 0.36,
    "soft-unconfirmed": -1.89,
    "soft-refuted": -3.08,
    "context-one-sided": -5.09,
    "one-sided": -6.3,
    different: -8,
  },
  numbers: {
    none: 0,
    same: 0.72,
    "one-sided": -1.94,
    different: -8,
  },
  artists: {
    same: 2.4,
    subset: 2.4,
    main: 0,
    some: -1.12,
    close: 1.28,
    romanised: 2.08,
    "in-title": 2.98,
    "other-script": 0,
    unknown: 0,
    disjoint: -3.6,
  },
  album: {
    same: 0.9,
    similar: 0.9,
    different: -0.32,
    unknown: 0,
  },
  length: {
    "within-2s": 1.98,
    "within-4s": 0.11,
    "within-8s": 0,
    "within-15s": -2,
    "within-30s": -3.96,
    "beyond-30s": -6.38,
    unknown: 0,
  },
  year: {
    same: 0.17,
    near: -0.24,
    different: -0.24,
    unknown: 0,
  },
  track: {
    same: 1.01,
    different: -2.74,
    unknown: 0,
  },
  isrc: {
    same: 3.78,
    "same-unsound": 0.79,
    different: 0,
    unknown: 0,
  },
  explicit: {
    same: 0,
    different: -1.56,
    unknown: 0,
  },
};
