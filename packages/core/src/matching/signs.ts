/** Unknown is neither agreement nor disagreement: one side does not say, or the two cannot be compared. */
export type SignState = "agree" | "disagree" | "unknown";

/** Every sign with its grades and what each grade says. Names and grades are stable codes. */
export const signGrades = {
  title: {
    /** Equal after folding, tails included. */
    exact: "agree",
    /** Equal to another reading: a tail in another language, or with the artist's name cut off. */
    variant: "agree",
    /** Equal up to a title tail that only one side shows. */
    "tail-one-sided": "agree",
    /** At most 15 % edits. */
    close: "agree",
    /** At most 35 % edits. */
    similar: "unknown",
    /** One title begins or ends with the other. */
    contained: "unknown",
    /** Sounds alike after romanisation. */
    romanised: "agree",
    "other-script": "unknown",
    unknown: "unknown",
    "tail-different": "disagree",
    different: "disagree",
  },
  version: {
    "both-plain": "agree",
    same: "agree",
    /** The same kind of version; one side names it more closely. */
    partial: "agree",
    /** "Radio edit" and the like on one side, and the length is the same. */
    "soft-confirmed": "agree",
    "soft-unconfirmed": "unknown",
    "soft-refuted": "disagree",
    /** Only the album or the artist of one side speaks of another version. */
    "context-one-sided": "disagree",
    "one-sided": "disagree",
    different: "disagree",
  },
  numbers: { none: "unknown", same: "agree", "one-sided": "disagree", different: "disagree" },
  artists: {
    /** Every name of each side is on the other. */
    same: "agree",
    /** Every name of the side with fewer names, and a main artist among them. */
    subset: "agree",
    /** The main artist, and on each side somebody whom the other lacks: another guest is another recording. */
    main: "unknown",
    /** Some name in common, but neither main artist. */
    some: "unknown",
    close: "agree",
    romanised: "agree",
    /** The artist stands in the title of an upload. */
    "in-title": "agree",
    "other-script": "unknown",
    unknown: "unknown",
    disjoint: "disagree",
  },
  album: { same: "agree", similar: "agree", different: "disagree", unknown: "unknown" },
  length: {
    "within-2s": "agree",
    "within-4s": "agree",
    "within-8s": "unknown",
    "within-15s": "disagree",
    "within-30s": "disagree",
    "beyond-30s": "disagree",
    unknown: "unknown",
  },
  year: { same: "agree", near: "unknown", different: "disagree", unknown: "unknown" },
  /** Position on an album that both sides share. */
  track: { same: "agree", different: "disagree", unknown: "unknown" },
  isrc: {
    same: "agree",
    /** Equal codes, but title, artist, version or length say that one of them is wrong. */
    "same-unsound": "unknown",
    /** One recording often has several codes. */
    different: "unknown",
    unknown: "unknown",
  },
  explicit: { same: "agree", different: "disagree", unknown: "unknown" },
} as const satisfies Record<string, Record<string, SignState>>;

export type SignName = keyof typeof signGrades;
export type GradeOf<N extends SignName> = Extract<keyof (typeof signGrades)[N], string>;

/** One thing that was compared, and how it came out. */
export interface Sign<N extends SignName = SignName> {
  readonly name: N;
  readonly state: SignState;
  readonly grade: GradeOf<N>;
}

export type Signs = { readonly [N in SignName]: Sign<N> };

/** Names of signs with their grades, of tracks or of another kind of item. */
export type SignGrades = Record<string, Record<string, SignState>>;

/** One sign of a kind of item that is not a track. */
export type SignIn<T extends SignGrades, N extends keyof T> = {
  readonly name: N;
  readonly state: SignState;
  readonly grade: Extract<keyof T[N], string>;
};

export type SignsIn<T extends SignGrades> = { readonly [N in keyof T]: SignIn<T, N> };

type TableOf<T extends SignGrades> = {
  readonly [N in keyof T]: { readonly [G in Extract<keyof T[N], string>]: SignIn<T, N> & { readonly grade: G } };
};

/** All signs of a table, made once; comparisons point to them. */
export function signsOf<const T extends SignGrades>(grades: T): TableOf<T> {
  return Object.fromEntries(
    Object.entries(grades).map(([name, each]) => [
      name,
      Object.fromEntries(
        Object.entries(each).map(([grade, state]) => [grade, Object.freeze({ name, state, grade })] as const),
      ),
    ]),
  ) as TableOf<T>;
}

type SignTable = { readonly [N in SignName]: { readonly [G in GradeOf<N>]: Sign<N> } };

/** All signs of tracks. */
export const sign: SignTable = signsOf(signGrades);

/** What is known of two tracks before anything is compared. */
export const nothingCompared: Signs = {
  title: sign.title.unknown,
  version: sign.version["soft-unconfirmed"],
  numbers: sign.numbers.none,
  artists: sign.artists.unknown,
  album: sign.album.unknown,
  length: sign.length.unknown,
  year: sign.year.unknown,
  track: sign.track.unknown,
  isrc: sign.isrc.unknown,
  explicit: sign.explicit.unknown,
};
