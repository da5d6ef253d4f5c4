import { type SignIn, type SignsIn, signGrades, signsOf } from "./signs.ts";

/**
 * Every sign of albums with its grades, as {@link signGrades} has them for tracks. What is told in words is told as in
 * titles of tracks; what else an album has is its own.
 */
export const albumSignGrades = {
  title: signGrades.title,
  version: signGrades.version,
  numbers: signGrades.numbers,
  artists: signGrades.artists,
  edition: {
    "both-plain": "agree",
    same: "agree",
    /** Only one side says that it was remastered. */
    "remaster-one-sided": "unknown",
    /** "Deluxe", "Anniversary" and the like on one side. */
    "one-sided": "disagree",
    different: "disagree",
  },
  count: {
    same: "agree",
    /** One track, or a tenth of them: bonus tracks, hidden ones. */
    near: "unknown",
    /** Editions differ, and so do the numbers of tracks. */
    explained: "unknown",
    different: "disagree",
    unknown: "unknown",
  },
  release: {
    same: "agree",
    /** Services draw the lines between single, EP and album, and between album and compilation, in other places. */
    near: "unknown",
    /** A single is not the album of the same name. */
    other: "disagree",
    unknown: "unknown",
  },
  year: signGrades.year,
  explicit: signGrades.explicit,
  upc: {
    same: "agree",
    /** Equal codes, but title, artist or version say that one of them is wrong. */
    "same-unsound": "unknown",
    /** One release often has several codes. */
    different: "unknown",
    unknown: "unknown",
  },
} as const;

export type AlbumSignName = keyof typeof albumSignGrades;
export type AlbumSigns = SignsIn<typeof albumSignGrades>;
export type AlbumSign<N extends AlbumSignName> = SignIn<typeof albumSignGrades, N>;

export const albumSign = signsOf(albumSignGrades);

type Weights = {
  readonly [N in AlbumSignName]: { readonly [G in Extract<keyof (typeof albumSignGrades)[N], string>]: number };
};

/**
 * Natural log-odds that each grade adds. Estimates, not fitted: no labelled set of albums was at hand. What is told in
 * words lies near what was fitted for tracks; the rest was set so that the examples of the tests come out as people
 * would decide them.
 */
export const albumBias = -4;
export const albumWeights: Weights = {
  title: {
    exact: 3.9,
    variant: 2.7,
    "tail-one-sided": 0.6,
    close: 0.4,
    similar: -1,
    contained: -1.5,
    romanised: 2.8,
    "other-script": 0,
    unknown: 0,
    "tail-different": -2,
    different: -5.5,
  },
  version: {
    "both-plain": 0.3,
    same: 1,
    partial: -0.5,
    "soft-confirmed": 0,
    "soft-unconfirmed": -1.5,
    "soft-refuted": -3,
    "context-one-sided": -5,
    "one-sided": -6,
    different: -8,
  },
  numbers: { none: 0, same: 0.7, "one-sided": -2, different: -8 },
  artists: {
    same: 2.6,
    subset: 2.2,
    main: -1.5,
    some: -3,
    close: -1.2,
    romanised: 2,
    "in-title": 2,
    "other-script": 0,
    unknown: 0,
    disjoint: -4,
  },
  edition: { "both-plain": 0.5, same: 1, "remaster-one-sided": -0.6, "one-sided": -2, different: -3 },
  count: { same: 1.2, near: -0.2, explained: 0, different: -3, unknown: 0 },
  release: { same: 0.4, near: 0, other: -4, unknown: 0 },
  year: { same: 0.5, near: 0, different: -0.6, unknown: 0 },
  explicit: { same: 0, different: -1, unknown: 0 },
  upc: { same: 4.5, "same-unsound": 1.5, different: 0, unknown: 0 },
};

/**
 * Without a common code, another edition is another release, and of a name that an artist may give to several ("Live",
 * "Greatest Hits", the artist's own) only the year tells which: such are worth showing, and nothing more.
 */
export const doubtfulAtMost = 0.7;
