import type { ArtistName } from "./artist-names.ts";
import { classifyTail } from "./classify-tail.ts";
import { compareArtists } from "./compare-artists.ts";
import { squash } from "./fold.ts";
import type { PreparedTrack } from "./prepared-track.ts";
import { type Sign, sign } from "./signs.ts";

/** What is seen when the values are put back where they belong; what is left out is compared as always. */
export interface PutBack {
  readonly title: Sign<"title">;
  readonly artists?: Sign<"artists">;
  readonly version?: Sign<"version">;
  readonly numbers?: Sign<"numbers">;
}

const joints = ["featuring", "feat", "and", "with", "ft"];
const mostPieces = 24;
const shortestCut = 6;
/** In a rest that nobody can name, these may make another recording of it. */
const versionHint =
  /live|mix|karaoke|acoustic|unplugged|instrumental|tribute|cover|demo|session|edit|version|vivo|reprise/;

/** Careless exports: the artist or the album in the title, artist and title swapped, a title cut off. Symmetric. */
export function putBack(a: PreparedTrack, b: PreparedTrack): PutBack | undefined {
  return spilled(a, b) ?? spilled(b, a) ?? swapped(a, b) ?? swapped(b, a) ?? cutOff(a, b) ?? cutOff(b, a);
}

/** "Paper Kites Ann Vale Tide" with an empty artist or album field. */
function spilled(full: PreparedTrack, track: PreparedTrack): PutBack | undefined {
  const [text, title] = [full.titleWhole, track.titleWhole];
  if (title === "" || text.length - title.length < 2 || (full.credits.length > 0 && full.album !== ""))
    return undefined;
  const at = text.indexOf(title);
  if (at < 0) return undefined;
  const mayNameArtists = full.credits.length === 0 || compareArtists(full, track).state === "agree";
  const names = mayNameArtists ? track.credits.flatMap(piecesOf).slice(0, mostPieces) : [];
  const album = full.album === "" && track.album.length > 1 ? [track.album] : [];
  const pieces = [...names, ...album, ...(names.length > 0 ? joints : [])].sort((x, y) => y.length - x.length);
  const [before, after] = [strip(text.slice(0, at), pieces), strip(text.slice(at + title.length), pieces)];
  if (before !== "") return undefined;
  const named = names.some(
    (name) => text.slice(0, at).startsWith(name) || text.slice(at + title.length).startsWith(name),
  );
  const artists = named ? { artists: sign.artists["in-title"] } : {};
  // The wholes are equal now, versions and numbers included.
  if (after === "")
    return { title: sign.title.variant, version: versionOf(track), numbers: sign.numbers.none, ...artists };
  const closes = named && at === 0 && after.length < text.length - title.length && !versionHint.test(after);
  return closes && full.credits.length === 0
    ? { title: sign.title.similar, numbers: sign.numbers.none, ...artists }
    : undefined;
}

function versionOf(track: PreparedTrack): Sign<"version"> {
  return track.version.tags.length > 0 || track.version.soft ? sign.version.same : sign.version["both-plain"];
}

function piecesOf({ whole, parts }: { whole: ArtistName; parts: readonly ArtistName[] }): readonly string[] {
  return [whole, ...parts].flatMap((name) => [squash(name.words), ...name.keys]).filter((name) => name.length > 1);
}

/** Takes whole pieces off the front for as long as one fits. */
function strip(text: string, pieces: readonly string[]): string {
  let rest = text;
  for (let i = 0; i < mostPieces && rest !== ""; i++) {
    const piece = pieces.find((each) => rest.startsWith(each));
    if (piece === undefined) return rest;
    rest = rest.slice(piece.length);
  }
  return rest;
}

/** The title of one side stands in its artist field, and the other way round. */
function swapped(turned: PreparedTrack, track: PreparedTrack): PutBack | undefined {
  const [credit] = turned.credits;
  if (credit === undefined || turned.credits.length > 1 || track.credits.length === 0) return undefined;
  if (credit.whole.words.charCodeAt(0) !== track.titleWhole.charCodeAt(0)) return undefined;
  const { words } = credit.whole;
  const bracket = bracketOf(credit.whole);
  const isTitle =
    bracket === "" ? isTitleUpToNeutral(words, track.titleWhole) : squash(words) + bracket === track.titleWhole;
  if (!isTitle) return undefined;
  const names = [...track.credits.flatMap(unbracketedOf).slice(0, mostPieces), ...joints].sort(
    (x, y) => y.length - x.length,
  );
  if (turned.title === "" || strip(turned.titleWhole, names) !== "") return undefined;
  return { title: sign.title.variant, artists: sign.artists["in-title"], version: versionOf(track) };
}

/** A second key is what stood in brackets: "(Live)" must be in the other title too, a guest need not. */
function bracketOf({ keys }: ArtistName): string {
  const [, bracket = ""] = keys;
  return /^(?:feat|with|ft)/.test(bracket) ? "" : bracket;
}

function unbracketedOf({ whole, parts }: { whole: ArtistName; parts: readonly ArtistName[] }): readonly string[] {
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
  return rest === "" || classifyTail(rest, false).kind === "neutral";
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
