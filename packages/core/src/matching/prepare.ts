import type { UniversalTrack } from "../items/index.ts";
import { normalizeIsrc } from "../items/index.ts";
import { type ArtistName, type Credit, readCredit } from "./artist-names.ts";
import { classifyTail } from "./classify-tail.ts";
import { fold, scriptRuns, squash, unifyPunctuation } from "./fold.ts";
import { readNumbers } from "./numerals.ts";
import type { PreparedTrack } from "./prepared-track.ts";
import { readTitle, type TitleReading } from "./read-title.ts";
import { romanise, script, scriptsOf } from "./scripts.ts";
import { splitTails } from "./tails.ts";
import { contextHint, contextMarks } from "./vocabulary.ts";

/** Beyond this, titles are compared by their beginning; it bounds the memory and the time of a hostile title. */
const longestTitle = 256;
/** More names than any real credit list that helps. */
const mostCredits = 32;
/** A title has one or two tails and numbers; a hostile one has thousands. */
const mostOfEach = 8;
const none: readonly string[] = [];

/** Folds a track and takes it apart; see {@link PreparedTrack}. Linear in the length of its texts. */
export function prepareTrack(given: UniversalTrack): PreparedTrack {
  const track = given.title === "" && given.artists.length > 0 ? titleFromArtists(given) : given;
  const title = readTitle(track.title, track.version);
  const own = creditsOf(track.artists);
  return build(track, title, own, title.dashed.length < 2 ? [] : readingsOf(track, title));
}

/** Without a title, it can only stand in the artist field. */
function titleFromArtists(track: UniversalTrack): UniversalTrack {
  return { ...track, title: track.artists.slice(0, mostCredits).join(" "), artists: [] };
}

const isCutOff = (title: string): boolean => {
  const last = title.charCodeAt(title.length - 1);
  return last === 0x2026 || (last === 0x2e && title.endsWith("..."));
};

/** "Artist - Title" and "Title - Artist"; what brackets say stays true of both. */
function readingsOf(track: UniversalTrack, read: TitleReading): readonly PreparedTrack[] {
  const { dashed } = read;
  const brackets = read.tails.filter((tail) => !dashed.includes(tail));
  return [
    { artist: dashed[0] ?? "", title: dashed.slice(1) },
    { artist: dashed.at(-1) ?? "", title: dashed.slice(0, -1) },
  ].flatMap(({ artist, title: [words = "", ...rest] }) => {
    const own = creditsOf([artist]);
    const tails = [...rest, ...brackets];
    const title = { ...read, words, tails, whole: squash([words, ...tails].join("")), dashed: [] };
    return own.length === 0 ? [] : [build(track, title, own)];
  });
}

function creditsOf(names: readonly string[]): readonly Credit[] {
  const credits: Credit[] = [];
  for (const name of names.length > mostCredits ? names.slice(0, mostCredits) : names) {
    const credit = readCredit(name);
    if (credit !== undefined) credits.push(credit);
  }
  return credits;
}

function build(
  track: UniversalTrack,
  read: TitleReading,
  own: readonly Credit[],
  readings: readonly PreparedTrack[] = [],
): PreparedTrack {
  const title = dropOwnNames(read, own);
  const numbers = readNumbers(title.words);
  const tailed = title.tails.length === 0 ? noTails : readTails(title.tails);
  const words = numbers.rest === "" ? title.words : numbers.rest;
  const key = squash(words.startsWith("the ") ? words.slice(4) : words).slice(0, longestTitle);
  const titleScripts = scriptsOf(key);
  const credits = title.guests.length === 0 ? own : [...own, ...creditsOf(title.guests)];
  const album = readAlbum(track.album);
  const names = credits.flatMap(namesOf);
  return {
    title: key,
    titleScripts,
    titleLetters: lettersOf(key),
    titleRoman: titleScripts > script.latin ? squash(romanise(key, titleScripts)) : "",
    titleTail: tailed.joined,
    titleAliases: aliasesOf(words, titleScripts, tailed.keys),
    titleWhole: title.whole.slice(0, longestTitle),
    cutOff: isCutOff(track.title),
    version: title.version,
    parts:
      tailed.parts.length === 0 && numbers.parts.length <= mostOfEach
        ? numbers.parts
        : [...numbers.parts, ...tailed.parts].slice(0, mostOfEach),
    closingNumber: numbers.closing,
    digits: numbers.digits.slice(0, longestTitle),
    credits,
    artistKeys: names.length === 1 ? (names[0]?.keys ?? none) : [...new Set(names.flatMap((name) => name.keys))],
    artistScripts: names.reduce((mask, name) => mask | name.scripts, 0),
    album: album.key,
    albumScripts: album.key === "" ? 0 : scriptsOf(album.key),
    context: contextOf(album.folded, own),
    durationMs: track.durationMs || undefined,
    year: Number(track.releaseDate?.slice(0, 4)) || undefined,
    trackNumber: track.trackNumber,
    discNumber: track.discNumber,
    isrc: normalizeIsrc(track.isrc),
    explicit: track.explicit ?? title.explicit ?? album.explicit,
    video: title.video,
    compilation: track.albumType === "compilation" || isCompilation(track.albumArtists),
    playable: track.playable,
    readings,
  };
}

interface TailsReading {
  readonly keys: readonly string[];
  readonly joined: string;
  readonly parts: readonly number[];
}

const noTails: TailsReading = { keys: none, joined: "", parts: [] };

/** A tail that is a part number and nothing else ("(Part 2)") leaves no key. */
function readTails(tails: readonly string[]): TailsReading {
  const numbers = tails.slice(0, mostOfEach).map(readNumbers);
  const keys = numbers.map((tail) => squash(tail.rest).slice(0, longestTitle)).filter((key) => key !== "");
  return { keys, joined: keys.join("").slice(0, longestTitle), parts: numbers.flatMap((tail) => tail.parts) };
}

const namesOf = (credit: Credit): readonly ArtistName[] =>
  credit.parts.length === 0 ? [credit.whole] : [credit.whole, ...credit.parts];

/** "Ann Vale - Paper Kites" by Ann Vale is "Paper Kites"; so is "Paper Kites (Ann Vale & Bo Lund)" by both. */
function dropOwnNames(title: TitleReading, own: readonly Credit[]): TitleReading {
  if (title.tails.length === 0) return title;
  const known = new Set(own.flatMap(namesOf).flatMap((name) => name.keys));
  const isOwn = (text: string): boolean => {
    const credit = readCredit(text);
    if (credit === undefined) return false;
    return (
      credit.whole.keys.some((key) => known.has(key)) ||
      (credit.parts.length > 0 && credit.parts.every((part) => part.keys.some((key) => known.has(key))))
    );
  };
  const tails = title.tails.filter((tail) => !isOwn(tail));
  const [first, ...rest] = tails;
  if (title.dashed.length > 1 && first !== undefined && isOwn(title.words)) {
    return { ...title, words: first, tails: rest, whole: squash(tails.join("")), dashed: none };
  }
  return tails.length === title.tails.length ? title : { ...title, tails };
}

/** One bit for each class of letters; texts whose bits differ in more than 2 d places are more than d edits apart. */
function lettersOf(key: string): number {
  let mask = 0;
  for (let i = 0; i < key.length; i++) mask |= 1 << (key.charCodeAt(i) & 31);
  return mask;
}

function aliasesOf(words: string, scripts: number, tails: readonly string[]): readonly string[] {
  if (scripts <= script.latin && tails.length === 0) return none;
  const runs = scripts > script.latin ? scriptRuns(words) : none;
  return runs.length === 0 ? tails : [...tails, ...runs.map((run) => run.slice(0, longestTitle))].slice(0, mostOfEach);
}

interface AlbumReading {
  readonly key: string;
  readonly folded: string;
  readonly explicit: boolean | undefined;
}

const noAlbum: AlbumReading = { key: "", folded: "", explicit: undefined };
const albumNoise =
  / (?:single|ep|deluxe|expanded|remaster(?:ed)?|(?:deluxe|expanded|special|anniversary) edition|(?:19|20)\d\d)$/;

function readAlbum(album: string | undefined): AlbumReading {
  if (!album) return noAlbum;
  const text = unifyPunctuation(album).slice(0, 4 * longestTitle);
  const parts = splitTails(text, () => true);
  let explicit: boolean | undefined;
  let kept = parts.head;
  for (const tail of parts.tails) {
    const reading = classifyTail(tail.text, tail.inBrackets);
    if (reading.kind === "neutral") explicit = reading.explicit ?? explicit;
    else if (reading.kind !== "soft") kept += ` ${tail.text}`;
  }
  const folded = fold(kept);
  const key = squash(folded.replace(albumNoise, "")).slice(0, longestTitle);
  return { key, folded: parts.tails.length === 0 ? folded : fold(text), explicit };
}

function contextOf(album: string, own: readonly Credit[]): readonly string[] {
  const artists = own.map((credit) => credit.whole.words).join(" ");
  const text = `${album} ${artists}`;
  if (!contextHint.test(text)) return none;
  const bare = /\blive$/.test(album) && album !== "live" ? ["live"] : none;
  const marked = contextMarks.filter(([, pattern]) => pattern.test(text)).map(([tag]) => tag);
  return marked.length === 0 ? bare : [...new Set([...marked, ...bare])];
}

function isCompilation(albumArtists: readonly string[] | undefined): boolean {
  return albumArtists !== undefined && albumArtists.length > 0 && albumArtists.every((name) => !readCredit(name));
}
