export type SignTable = Readonly<Record<string, Readonly<Record<string, number>>>>;

/**
 * Where the fit starts and what it is drawn to: log-odds estimated from published measurements and from what the rules
 * of known tools imply (an equal code is right in about 97 of 100 cases; a length within 2 s is seven times likelier
 * for the same recording; a version word on one side is nearly a veto). A 0 says that the grade tells nothing, and stays.
 */
export const priorBias = -3.4;

export const prior: SignTable = {
  title: {
    exact: 3.2,
    variant: 2.6,
    "tail-one-sided": 1.9,
    close: 2.2,
    similar: 0.2,
    contained: -0.5,
    romanised: 3.2,
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
  numbers: { none: 0, same: 0.5, "one-sided": -2.5, different: -8 },
  artists: {
    same: 2.6,
    subset: 2.4,
    main: 0,
    some: -0.4,
    close: 1.2,
    romanised: 1.8,
    "in-title": 1.8,
    "other-script": 0,
    unknown: 0,
    disjoint: -3.6,
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

/** Grades of one sign that must keep their order, greatest weight first. */
export const tied: readonly (readonly string[])[] = [
  ["title.exact", "title.variant", "title.close", "title.similar", "title.different"],
  ["title.exact", "title.tail-one-sided", "title.tail-different", "title.different"],
  ["title.exact", "title.romanised", "title.other-script"],
  ["title.close", "title.contained"],
  [
    "version.same",
    "version.soft-confirmed",
    "version.soft-unconfirmed",
    "version.soft-refuted",
    "version.context-one-sided",
  ],
  ["version.both-plain", "version.soft-confirmed"],
  ["version.both-plain", "version.partial", "version.context-one-sided", "version.one-sided", "version.different"],
  ["version.soft-refuted", "version.one-sided"],
  ["numbers.same", "numbers.one-sided", "numbers.different"],
  ["artists.same", "artists.subset", "artists.main", "artists.some", "artists.disjoint"],
  ["artists.same", "artists.romanised"],
  ["artists.same", "artists.close"],
  ["album.same", "album.similar", "album.different"],
  [
    "length.within-2s",
    "length.within-4s",
    "length.within-8s",
    "length.within-15s",
    "length.within-30s",
    "length.beyond-30s",
  ],
  ["year.same", "year.near", "year.different"],
  ["isrc.same", "isrc.same-unsound"],
  ["explicit.same", "explicit.different"],
];
