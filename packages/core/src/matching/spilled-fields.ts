import type { Credit } from "./artist-names.ts";
import { squash } from "./fold.ts";
import type { PreparedTrack } from "./prepared-track.ts";
import { type Sign, sign } from "./signs.ts";
import { edgeWords, versionWords } from "./vocabulary.ts";

/** What is seen when the values are put back where they belong; what is left out is compared as always. */
export interface PutBack {
  readonly title: Sign<"title">;
  readonly artists?: Sign<"artists">;
  readonly album?: Sign<"album">;
  readonly version?: Sign<"version">;
  readonly numbers?: Sign<"numbers">;
}

export const joints = ["featuring", "feat", "and", "with", "ft", "by"];
export const mostPieces = 24;
const shortestCore = 2;
/** Two values that begin with the same letters hide where the title ends. */
const mostStepsBack = 4;
/** Names of fewer letters stand in any text by chance. */
const shortestName = 4;
/** What says nothing about the recording when it stands among values: editions, years and kinds of music, squashed. */
const noise =
  "explicit|clean|originalmix|remastered|remaster|(?:deluxe|bonustrack|album)version|deluxe|edition|expanded|anniversary|bonustrack|bonus|ep|album|(?:19|20)\\d\\d|music|hiphop|rap|pop|rock|country|dance|electronic|alternative|soundtrack|randb|soul|indie|folk|jazz|" +
  "latin|reggae|metal|blues|classical|gospel|singer|songwriter|contemporary";
const leadingNoise = new RegExp(`^(?:${noise})+`);
const closingNoise = new RegExp(`(?:${noise})+$`);
/** Behind the name of an album, and nowhere else: a "Single" alone may be another cut. */
const albumKind = "single";
/** In a rest that nobody can name, these may make another recording of it. */
const versionHint =
  /live|mix|karaoke|acoustic|unplugged|instrumental|tribute|cover|demo|session|edit|version|vivo|reprise/;

type Texts = readonly [string, string];

/**
 * Exports that lost their columns: "Paper Kites Ann Vale Tide" with an empty artist or album field, on one side or on
 * both. The texts begin with the same title, and what is left of each is known by name from the other side, or stands
 * on both. Symmetric.
 */
export function spilled(a: PreparedTrack, b: PreparedTrack): PutBack | undefined {
  if (a.spill === "" && b.spill === "") return undefined;
  const texts: Texts = [a.spill || a.titleWhole, b.spill || b.titleWhole];
  const [textA, textB] = texts;
  const common = commonStart(textA, textB);
  // Most candidates are hopeless: nothing in common at the front, and no name there either.
  if (common < shortestCore && !isNamedFirst(textA, b) && !isNamedFirst(textB, a)) return undefined;
  const names = byLength([...a.credits, ...b.credits].flatMap(piecesOf));
  const albums = [a.album, b.album].filter((album) => album.length > 1 && !isVersionWord(album));
  const pieces = byLength([...names, ...albums, ...(names.length > 0 ? joints : [])]);
  const attempts: readonly Texts[] = [texts, [strip(textA, names), textB], [textA, strip(textB, names)]];
  const found = new Set(attempts.map((attempt) => explain(attempt, pieces)));
  if (!found.has("plain") && !found.has("one-sided")) return undefined;
  if (!found.has("plain")) return { title: sign.title.different, version: sign.version["one-sided"] };
  const hasTags = a.version.tags.length + b.version.tags.length > 0;
  return {
    title: sign.title.variant,
    version: sign.version[hasTags ? "same" : "both-plain"],
    numbers: sign.numbers.none,
    ...artistsOf(texts, a, b),
    ...(isAlbumIn(textA, a, b) || isAlbumIn(textB, b, a) ? { album: sign.album.same } : {}),
  };
}

function isNamedFirst(text: string, { artistKeys }: PreparedTrack): boolean {
  for (const key of artistKeys) if (key !== "" && text.startsWith(key)) return true;
  return false;
}

/** The other title stands at the front of one side, the other artist behind it, and then what nobody can name. */
export function spilledWithMore(full: PreparedTrack, track: PreparedTrack): PutBack | undefined {
  const title = track.titleWhole;
  if (full.creditsInField > 0 || title === "" || !full.spill.startsWith(title)) return undefined;
  const rest = full.spill.slice(title.length);
  const names = byLength(track.credits.flatMap(piecesOf));
  const after = strip(rest, [...names, ...joints]);
  if (!names.some((name) => rest.includes(name)) || after === rest || versionHint.test(after)) return undefined;
  return { title: sign.title.similar, numbers: sign.numbers.none, artists: sign.artists["in-title"] };
}

/** "Greatest Hits Ann Vale", "Ann Vale" as the name of the album, with an empty artist field: who it is by is told there. */
export function isArtistInAlbum(nameless: PreparedTrack, track: PreparedTrack): boolean {
  if (nameless.credits.length > 0 || nameless.album === "") return false;
  const names = track.credits.flatMap(piecesOf);
  return names.some(
    (name) => name.length >= shortestName && (nameless.album.startsWith(name) || nameless.album.endsWith(name)),
  );
}

/** Artist and album have changed places on one side: each field holds what the other side has in the other one. */
export function isCrossed(a: PreparedTrack, b: PreparedTrack): boolean {
  if (a.album === "" || b.album === "" || a.album === b.album) return false;
  return isLoneName(a, b.album) && isLoneName(b, a.album);
}

const isLoneName = ({ credits, creditsInField }: PreparedTrack, album: string): boolean =>
  creditsInField === 1 && squash(credits[0]?.whole.words ?? "") === album;

export const byLength = (pieces: readonly string[]): readonly string[] =>
  [...new Set(pieces)]
    .filter((piece) => piece.length > 1)
    .sort((x, y) => y.length - x.length)
    .slice(0, mostPieces);

function piecesOf({ whole, parts }: Credit): readonly string[] {
  return [whole, ...parts].flatMap((name) => [squash(name.words), ...name.keys]);
}

function commonStart(one: string, two: string): number {
  let common = 0;
  while (common < one.length && one.charCodeAt(common) === two.charCodeAt(common)) common++;
  return common;
}

/** Whether all is known but the title that both begin with; `one-sided` if a version word is left of one. */
function explain([one, two]: Texts, pieces: readonly string[]): "plain" | "one-sided" | "unexplained" {
  const common = commonStart(one, two);
  let found: "one-sided" | "unexplained" = "unexplained";
  for (let cut = common; cut >= shortestCore && cut >= common - mostStepsBack; cut--) {
    const [restA, restB] = [stripEnds(one.slice(cut), pieces), stripEnds(two.slice(cut), pieces)];
    // The letters belong to the title after all if no piece begins with them.
    if (cut < common && restA.startsWith(one.slice(cut, common))) continue;
    if (restA === restB) return "plain";
    if ((restA === "" && isVersionWord(restB)) || (restB === "" && isVersionWord(restA))) found = "one-sided";
  }
  return found;
}

const isVersionWord = (text: string): boolean => versionWords.has(text) || edgeWords.has(text);

/** Takes whole pieces, the longest first, off the front for as long as one fits. */
export function strip(text: string, pieces: readonly string[]): string {
  let rest = text;
  for (let i = 0; i < mostPieces && rest !== ""; i++) {
    const piece = pieces.find((each) => rest.startsWith(each));
    if (piece === undefined) return rest;
    rest = rest.slice(piece.length);
  }
  return rest;
}

function stripEnds(text: string, pieces: readonly string[]): string {
  let rest = text;
  for (let i = 0; i < mostPieces && rest !== ""; i++) {
    const before = rest;
    rest = strip(rest, pieces);
    if (rest !== before && rest.startsWith(albumKind)) rest = rest.slice(albumKind.length);
    if (rest.endsWith(albumKind) && rest !== albumKind) rest = rest.slice(0, -albumKind.length);
    rest = rest.replace(leadingNoise, "").replace(closingNoise, "");
    const piece = pieces.find((each) => rest.endsWith(each));
    if (piece !== undefined) rest = rest.slice(0, rest.length - piece.length);
    if (rest === before) return rest;
  }
  return rest;
}

/** The artist field is empty on one side only, and the name stands in the text there. */
function artistsOf([textA, textB]: Texts, a: PreparedTrack, b: PreparedTrack): Pick<PutBack, "artists"> {
  if ((a.creditsInField === 0) === (b.creditsInField === 0)) return {};
  const [text, named] = a.creditsInField === 0 ? [textA, b] : [textB, a];
  const inField = named.credits.slice(0, named.creditsInField);
  const isNamed = inField.flatMap(piecesOf).some((name) => name.length > 1 && text.includes(name));
  return isNamed ? { artists: sign.artists["in-title"] } : {};
}

function isAlbumIn(text: string, spiller: PreparedTrack, other: PreparedTrack): boolean {
  return spiller.album === "" && other.album.length > 1 && text.lastIndexOf(other.album) > 0;
}
