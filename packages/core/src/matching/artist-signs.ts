import { type SignsIn, signsOf } from "./signs.ts";

/** Every sign of artists with its grades. A name is all that services have in common. */
export const artistSignGrades = {
  name: {
    /** Equal but for case, marks, "the" and "and". */
    exact: "agree",
    /** Equal but for "DJ", "Orchestra" or what stands in brackets: "Nirvana" and "Nirvana (UK)". */
    variant: "unknown",
    /** Equal only once it is written in Latin letters. */
    romanised: "unknown",
    /** A slip of the hand apart; among names that is another name as often as not. */
    close: "unknown",
    /** One side names nobody: "Various Artists", or nothing. */
    unknown: "unknown",
    different: "disagree",
  },
  /** Who else of that name was offered. */
  namesakes: {
    none: "agree",
    /** Nearly everybody who follows one of that name follows this one. */
    leads: "agree",
    several: "disagree",
  },
  followers: {
    /** No further apart than two services can be. */
    alike: "agree",
    /** So far apart that one of them must be somebody else. */
    apart: "disagree",
    unknown: "unknown",
  },
} as const;

export type ArtistSignName = keyof typeof artistSignGrades;
export type ArtistSigns = SignsIn<typeof artistSignGrades>;

export const artistSign = signsOf(artistSignGrades);
