import type { ArtistName, Credit } from "./artist-names.ts";
import { classifyTail } from "./classify-tail.ts";
import { editSimilarity } from "./edit-similarity.ts";
import { squash } from "./fold.ts";
import type { PreparedTrack } from "./prepared-track.ts";
import { sign } from "./signs.ts";
import { byLength, joints, mostPieces, type PutBack, spilled, spilledWithMore, strip } from "./spilled-fields.ts";

const shortestCut = 6;
/** Names and titles that are misspelled as well as swapped have to be this much alike. */
const swappedFrom = 0.8;

/** Careless exports: the artist or the album in the title, artist and title swapped, a title cut off. Symmetric. */
export function putBack(a: PreparedTrack, b: PreparedTrack): PutBack | undefined {
  return (
    spilled(a, b) ??
    spilledWithMore(a, b) ??
    spilledWithMore(b, a) ??
    swapped(a, b) ??
    swapped(b, a) ??
    misspelledAndSwapped(a, b) ??
    cutOff(a, b) ??
    cutOff(b, a)
  );
}

/** The title of one side stands in its artist field, and the other way round. */
function swapped(turned: PreparedTrack, track: PreparedTrack): PutBack | undefined {
  const credit = turned.credits[0];
  if (credit === undefined || turned.credits.length > 1 || track.credits.length === 0) return undefined;
  if (credit.whole.words.charCodeAt(0) !== track.titleWhole.charCodeAt(0)) return undefined;
  const { words } = credit.whole;
  const bracket = bracketOf(credit.whole);
  const isTitle =
    bracket === "" ? isTitleUpToNeutral(words, track.titleWhole) : squash(words) + bracket === track.titleWhole;
  if (!isTitle) return undefined;
  const names = byLength([...track.credits.flatMap(unbracketedOf).slice(0, mostPieces - joints.length), ...joints]);
  if (turned.title === "" || strip(turned.titleWhole, names) !== "") return undefined;
  const version = sign.version[track.version.tags.length > 0 || track.version.soft ? "same" : "both-plain"];
  return { title: sign.title.variant, artists: sign.artists["in-title"], version };
}

/** Swapped, with a typing error in either; only where no tail can hide another version. */
function misspelledAndSwapped(a: PreparedTrack, b: PreparedTrack): PutBack | undefined {
  // A name has at least as many letters with its spaces as without: most candidates end here.
  if (isTooShort(a, b.titleWhole) || isTooShort(b, a.titleWhole)) return undefined;
  const nameA = loneNameOf(a);
  if (nameA === "" || editSimilarity(b.titleWhole, nameA, -1, -1, swappedFrom) === 0) return undefined;
  const nameB = loneNameOf(b);
  if (nameB === "" || editSimilarity(a.titleWhole, nameB, -1, -1, swappedFrom) === 0) return undefined;
  return { title: sign.title.close, artists: sign.artists.close };
}

function isTooShort({ credits }: PreparedTrack, title: string): boolean {
  const words = credits.length === 1 ? (credits[0]?.whole.words ?? "") : "";
  return words.length < title.length * swappedFrom;
}

function loneNameOf({ credits, titleWhole }: PreparedTrack): string {
  const [credit] = credits;
  if (credit === undefined || credits.length > 1 || titleWhole === "") return "";
  return credit.whole.keys.length > 1 ? "" : squash(credit.whole.words);
}

/** A second key is what stood in brackets: "(Live)" must be in the other title too, a guest need not. */
function bracketOf({ keys }: ArtistName): string {
  const [, bracket = ""] = keys;
  return /^(?:feat|with|ft)/.test(bracket) ? "" : bracket;
}

function unbracketedOf({ whole, parts }: Credit): readonly string[] {
  return [whole, ...parts].flatMap((name) => {
    const bracket = bracketOf(name);
    return bracket === "" ? [squash(name.words), ...name.keys.slice(0, 1)] : [squash(name.words) + bracket];
  });
}

/** The words are the title, and what follows says nothing about the recording ("2011 remaster"). */
function isTitleUpToNeutral(words: string, title: string): boolean {
  let length = 0;
  const all = words.split(" ");
  const used = all.findIndex((word) => {
    length += word.length;
    return length >= title.length;
  });
  if (length !== title.length || squash(words).slice(0, length) !== title) return false;
  const rest = all.slice(used + 1).join(" ");
  return rest === "" || classifyTail(rest).kind === "neutral";
}

/** "Paper Ki…" for "Paper Kites": the better half of it stands there. */
function cutOff(cut: PreparedTrack, track: PreparedTrack): PutBack | undefined {
  const [start, whole] = [cut.titleWhole, track.titleWhole];
  if (!cut.cutOff || start.length < shortestCut || start.length * 2 < whole.length) return undefined;
  if (!whole.startsWith(start)) return undefined;
  // Past the title itself it is a tail that is cut: which version it names, nobody can say.
  const intoTail = start.length > track.title.length && track.version.tags.length > 0;
  return { title: sign.title.close, ...(intoTail ? { version: sign.version.partial } : {}) };
}
