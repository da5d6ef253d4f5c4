import type { GradeOf, SignName } from "./signs.ts";

export type WeightTable = { readonly [N in SignName]: { readonly [G in GradeOf<N>]: number } };
export type WeightOverrides = { readonly [N in SignName]?: { readonly [G in GradeOf<N>]?: number } };

/**
 * Natural log-odds that each grade adds. `unknown` grades add nothing by definition; where an "unknown" state has a
 * weight, the grade itself was seen (two similar titles), only its meaning was open.
 *
 * Origin: estimated by hand, to be replaced by fitted ones.
 */
export const bias = -3.4;

export const weights: WeightTable = {
  title: {
    exact: 3.2,
    variant: 2.6,
    "tail-one-sided": 1.9,
    close: 2.2,
    similar: 0.2,
    contained: 0,
    romanised: 2.2,
    "other-script": 0,
    unknown: 0,
    "tail-different": -2,
    different: -5,
  },
  version: {
    "both-plain": 0.4,
    same: 1,
    partial: -0.6,
    "soft-confirmed": 0.2,
    "soft-unconfirmed": -1.6,
    "soft-refuted": -3,
    "context-one-sided": -4,
    "one-sided": -6,
    different: -8,
  },
  numbers: { none: 0, same: 0.5, "one-sided": -2, different: -8 },
  artists: {
    same: 2.6,
    subset: 2.4,
    main: 2,
    some: 1,
    close: 1.2,
    romanised: 1.8,
    "in-title": 1.8,
    "other-script": 0,
    unknown: 0,
    disjoint: -6,
  },
  album: { same: 1.6, similar: 1, different: -0.4, unknown: 0 },
  length: {
    "within-2s": 2,
    "within-4s": 1.2,
    "within-8s": 0,
    "within-15s": -1.5,
    "within-30s": -2.8,
    "beyond-30s": -4.5,
    unknown: 0,
  },
  year: { same: 0.4, near: 0.1, different: -0.2, unknown: 0 },
  track: { same: 1.4, different: -1.2, unknown: 0 },
  isrc: { same: 4.5, "same-unsound": 1.5, different: 0, unknown: 0 },
  explicit: { same: 0.1, different: -0.8, unknown: 0 },
};
