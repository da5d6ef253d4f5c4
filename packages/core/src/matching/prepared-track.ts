import type { Credit } from "./artist-names.ts";

/** What the tails of a title say about the recording. */
export interface Version {
  /** Kinds of version, canonical and sorted: `live`, `mix`, `acoustic` … */
  readonly tags: readonly string[];
  /** What names it: the remixer, the place, the year. */
  readonly names: readonly string[];
  /** "Radio edit", "mono": the length has to tell whether it is another recording. */
  readonly soft: boolean;
  /** Of the remaster that the title says it is; {@link anyYear} if it names none, 0 if it is none. */
  readonly remasterYear: number;
}

export const anyYear = 1;

/**
 * A track, folded and taken apart once, so that comparing two needs no text work. About 1 KB. It holds user content:
 * keep it in memory only. Its fields serve the matcher and may change; treat it as opaque.
 */
export interface PreparedTrack {
  /** Folded title without tails, part numbers and spaces, at most 256 characters. */
  readonly title: string;
  readonly titleScripts: number;
  /** Which letters occur, one bit each: bounds the edit distance from below for next to nothing. */
  readonly titleLetters: number;
  /** The title in Latin letters if it was in a script that the tables cover, else `""`. */
  readonly titleRoman: string;
  /** Title tails ("… (We Can Fly)") joined, without spaces. */
  readonly titleTail: string;
  /** Keys of the names that the title tails are if they are names at all: "Paper Kites (y Bo Lund)". */
  readonly tailNames: readonly string[];
  /** Other readings of the title: a tail, or one script's stretch of it. */
  readonly titleAliases: readonly string[];
  /** The one of them that stands behind a dash in the same script: the title after its artist, or an album after the title. */
  readonly titleBehindDash: string;
  /** Title, title tails and version words in their order: equal wholes need no parsing to be right. */
  readonly titleWhole: string;
  /** Everything in the title field, folded, without spaces, if the artist or the album is missing: it may stand there too. */
  readonly spill: string;
  /** The title ends with an ellipsis. */
  readonly cutOff: boolean;
  readonly version: Version;
  readonly parts: readonly number[];
  readonly closingNumber: number;
  readonly digits: string;
  /** Of the artist field, then the guests from the title. */
  readonly credits: readonly Credit[];
  /** How many of the credits stand in the artist field. */
  readonly creditsInField: number;
  /** Every key of every name, guests from the title included. */
  readonly artistKeys: readonly string[];
  readonly artistScripts: number;
  readonly album: string;
  readonly albumScripts: number;
  /** Version words of the album and the artists: `live`, `karaoke`, `tribute` … */
  readonly context: readonly string[];
  readonly durationMs: number | undefined;
  readonly year: number | undefined;
  readonly trackNumber: number | undefined;
  readonly discNumber: number | undefined;
  readonly isrc: string | undefined;
  readonly explicit: boolean | undefined;
  readonly video: boolean;
  readonly compilation: boolean;
  readonly playable: boolean | undefined;
  /** What else the title field may say: "Artist - Title", "Title - Artist", "Title - Album", "12 - Title". */
  readonly readings: readonly Reading[];
}

/** Another way to read a track. */
export interface Reading {
  /** What the other side has to agree with for it to count: the artist or the album that it reads out of the title. */
  readonly basis: "artist" | "album" | "none";
  readonly track: PreparedTrack;
}
