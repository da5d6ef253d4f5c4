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
  /** Other readings of the title: a tail, or one script's stretch of it. */
  readonly titleAliases: readonly string[];
  /** Title, title tails and version words in their order: equal wholes need no parsing to be right. */
  readonly titleWhole: string;
  /** The title ends with an ellipsis. */
  readonly cutOff: boolean;
  readonly version: Version;
  readonly parts: readonly number[];
  readonly closingNumber: number;
  readonly digits: string;
  readonly credits: readonly Credit[];
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
  /** The same upload read as "Artist - Title" and as "Title - Artist", if its title has a dash. */
  readonly readings: readonly PreparedTrack[];
}
