import type { UniversalTrack } from "../items/index.ts";
import { normalizeIsrc } from "../items/index.ts";
import { type ArtistName, type Credit, readCredit } from "./artist-names.ts";
import { classifyTail } from "./classify-tail.ts";
import { editSimilarity } from "./edit-similarity.ts";
import { fold, scriptRuns, squash, unifyPunctuation } from "./fold.ts";
import { readNumbers } from "./numerals.ts";
import type { PreparedTrack, Reading } from "./prepared-track.ts";
import { readTitle, type TitleReading } from "./read-title.ts";
import { romanise, script, scriptsOf } from "./scripts.ts";
import { cutStoreData } from "./store-data.ts";
import { splitTails } from "./tails.ts";
import { contextHint, contextMarks, edgeWords, openingConjunction, versionWords } from "./vocabulary.ts";

/** Beyond this, titles are compared by their beginning; it bounds the memory and the time of a hostile title. */
const longestTitle = 256;
/** More names than any real credit list that helps. */
const mostCredits = 32;
/** A title has one or two tails and numbers; a hostile one has thousands. */
const mostOfEach = 8;
/** A copy of the album behind a dash may be misspelled. */
const sameAlbumFrom = 0.8;
const none: readonly string[] = [];

/** Folds a track and takes it apart; see {@link PreparedTrack}. Linear in the length of its texts. */
export function prepareTrack(given: UniversalTrack): PreparedTrack {
  const whole = given.title === "" && given.artists.length > 0 ? titleFromArtists(given) : given;
  const { track, isDump } = clean(whole);
  const title = readTitle(track.title, track.version);
  const own = creditsOf(track.artists);
  const numbered = startsWithDigit(track.title) ? listNumber.exec(track.title) : null;
  if (numbered === null && title.dashed.length < 2) return build(track, title, own, isDump);
  return build(track, title, own, isDump, [
    ...(title.dashed.length < 2 ? [] : dashReadingsOf(track, title, own)),
    ...(numbered === null ? [] : [withoutNumber(track, numbered[0], own)]),
  ]);
}

/** "007-Paper Kites", "07. Paper Kites": nobody pads a number in a title. */
const paddedNumber = /^0\d{1,2}(?:(?: ?[-.)_] ?| )(?=\p{L})|-(?=\S))/u;
/** "12 - Paper Kites", "12-Paper Kites": its place on a list, or a word of the title. */
const listNumber = /^[1-9]\d{0,2}(?: - ?|[-.)_] ?)(?=[\p{L}("'])/u;

const startsWithDigit = (text: string): boolean => text.charCodeAt(0) >= 0x30 && text.charCodeAt(0) <= 0x39;

/** Without what an export put before and behind the title. */
function clean(track: UniversalTrack): { readonly track: UniversalTrack; readonly isDump: boolean } {
  const cut = cutStoreData(track);
  const isDump = cut.title !== track.title;
  const title = startsWithDigit(cut.title) ? cut.title.replace(paddedNumber, "") : cut.title;
  if (title === track.title) return { track, isDump };
  const length = track.durationMs || !cut.durationMs ? {} : { durationMs: cut.durationMs };
  return { track: { ...track, title, ...length }, isDump };
}

function withoutNumber(track: UniversalTrack, number: string, own: readonly Credit[]): Reading {
  const title = track.title.slice(number.length);
  return { basis: "none", track: build({ ...track, title }, readTitle(title, track.version), own) };
}

/** Without a title, it can only stand in the artist field. */
function titleFromArtists(track: UniversalTrack): UniversalTrack {
  return { ...track, title: track.artists.slice(0, mostCredits).join(" "), artists: [] };
}

const isCutOff = (title: string): boolean => {
  const last = title.charCodeAt(title.length - 1);
  return last === 0x2026 || (last === 0x2e && title.endsWith("..."));
};

/** "Artist - Title", "Title - Artist" and "Title - Album"; what brackets say stays true of all. */
function dashReadingsOf(track: UniversalTrack, read: TitleReading, given: readonly Credit[]): readonly Reading[] {
  const { dashed } = read;
  const last = dashed.at(-1) ?? "";
  const brackets = read.tails.filter((tail) => !dashed.includes(tail));
  const { whole } = read;
  const [head, tail] = [squash(dashed[0] ?? ""), squash(last)];
  const tailAt = Math.max(0, whole.lastIndexOf(tail));
  const without = (taken: "head" | "tail"): TitleReading => {
    const [words = "", ...rest] = taken === "head" ? dashed.slice(1) : dashed.slice(0, -1);
    const left =
      taken === "head" ? whole.slice(head.length) : whole.slice(0, tailAt) + whole.slice(tailAt + tail.length);
    return { ...read, words, tails: [...rest, ...brackets], whole: left, dashed: [] };
  };
  const uploads = (["head", "tail"] as const).flatMap((taken): readonly Reading[] => {
    const own = creditsOf([taken === "head" ? (dashed[0] ?? "") : last]);
    return own.length === 0 ? [] : [{ basis: "artist", track: build(track, without(taken), own) }];
  });
  if (track.album) return uploads;
  const [firstWord = ""] = last.split(" ");
  if (versionWords.has(firstWord) || edgeWords.has(firstWord)) return uploads;
  const onAlbum = build({ ...track, album: last }, without("tail"), given);
  return [...uploads, { basis: "album", track: onAlbum }];
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
  isDump = false,
  readings: readonly Reading[] = [],
): PreparedTrack {
  const album = readAlbum(track.album);
  const title =
    read.dashed.length < 2 ? dropOwnNames(read, own) : dropOwnAlbum(dropOwnNames(read, own), own, album.key);
  const numbers = readNumbers(title.words);
  const tailed = title.tails.length === 0 ? noTails : readTails(title.tails);
  const words = numbers.rest === "" ? title.words : numbers.rest;
  const key = squash(words.startsWith("the ") ? words.slice(4) : words).slice(0, longestTitle);
  const titleScripts = scriptsOf(key);
  const credits = title.guests.length === 0 ? own : [...own, ...creditsOf(title.guests)];
  const names = credits.flatMap(namesOf);
  return {
    title: key,
    titleScripts,
    titleLetters: lettersOf(key),
    titleRoman: titleScripts > script.latin ? squash(romanise(key, titleScripts)) : "",
    titleTail: tailed.joined,
    tailNames: title.tails.length === 0 ? none : title.tails.slice(0, mostOfEach).flatMap(namesInTail),
    titleAliases: aliasesOf(words, titleScripts, tailed.keys),
    titleBehindDash: behindDash(title, titleScripts),
    titleWhole: title.whole.slice(0, longestTitle),
    spill: isDump || own.length === 0 || album.key === "" ? spillOf(track, title) : "",
    cutOff: isCutOff(track.title),
    version: title.version,
    parts:
      tailed.parts.length === 0 && numbers.parts.length <= mostOfEach
        ? numbers.parts
        : [...numbers.parts, ...tailed.parts].slice(0, mostOfEach),
    closingNumber: numbers.closing,
    digits: numbers.digits.slice(0, longestTitle),
    credits,
    creditsInField: own.length,
    artistKeys: names.length === 1 ? (names[0]?.keys ?? none) : [...new Set(names.flatMap((name) => name.keys))],
    artistScripts: names.reduce((mask, name) => mask | name.scripts, 0),
    album: album.key,
    albumScripts: album.key === "" ? 0 : scriptsOf(album.key),
    context: contextOf(album.folded, own),
    durationMs: track.durationMs || undefined,
    year: readYear(track.releaseDate),
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

/** The same string as the whole title where it says the same, so that it costs no memory. */
function spillOf({ title, version }: UniversalTrack, { whole, bare }: TitleReading): string {
  const known = whole.slice(0, longestTitle);
  if (bare) return known;
  const spill = squash(fold((version ? `${title} ${version}` : title).slice(0, longestTitle)));
  return spill === known ? known : spill;
}

/** "1957-03-01", "1957", or "57" and "'57" as lists write it: then two digits are all that is known. */
const readYear = (date: string | undefined): number | undefined =>
  Number((date?.charAt(0) === "'" ? date.slice(1) : date)?.slice(0, 4)) || undefined;

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
    const credit = readCredit(text.replace(openingConjunction, ""));
    if (credit === undefined) return false;
    return (
      credit.whole.keys.some((key) => known.has(key)) ||
      (credit.parts.length > 0 && credit.parts.every((part) => part.keys.some((key) => known.has(key))))
    );
  };
  const tails = title.tails.filter((tail) => !isOwn(tail));
  const [first, ...rest] = tails;
  if (title.dashed.length > 1 && first !== undefined && isOwn(title.words)) {
    // What was cut off stands at the front: the version words behind it have to stay.
    const whole = title.whole.slice(squash(title.words).length);
    return { ...title, words: first, tails: rest, whole, dashed: title.dashed.slice(1) };
  }
  return tails.length === title.tails.length ? title : { ...title, tails };
}

/**
 * "Paper Kites - Tide" of the album "Tide" is "Paper Kites", and not the song "Tide". Only where the artist is known
 * (else it may be "Artist - Title" of a title track) and in one script (else it is a translation).
 */
function dropOwnAlbum(title: TitleReading, own: readonly Credit[], album: string): TitleReading {
  const last = title.dashed.at(-1);
  if (title.dashed.length < 2 || last === undefined || own.length === 0 || album === "") return title;
  const at = title.tails.lastIndexOf(last);
  const key = squash(last);
  if (at < 0 || editSimilarity(key, album, -1, -1, sameAlbumFrom) === 0) return title;
  if (scriptsOf(squash(title.words)) !== scriptsOf(key)) return title;
  const start = title.whole.lastIndexOf(key);
  const whole = start <= 0 ? title.whole : title.whole.slice(0, start) + title.whole.slice(start + key.length);
  return { ...title, tails: title.tails.filter((_, i) => i !== at), whole, dashed: title.dashed.slice(0, -1) };
}

/** One key for each name that a tail would hold if it were a list of names: "(y Bo Lund & Mira)". */
function namesInTail(tail: string): readonly string[] {
  const credit = readCredit(tail.replace(openingConjunction, ""));
  if (credit === undefined) return none;
  const names = credit.parts.length === 0 ? [credit.whole] : credit.parts;
  return names.flatMap((name) => name.keys.slice(0, 1));
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

/** The last tail if a dash leads to it and it is in the script of the title. */
function behindDash({ dashed }: TitleReading, scripts: number): string {
  const last = dashed.length < 2 ? "" : squash(readNumbers(dashed.at(-1) ?? "").rest);
  return scriptsOf(last) === scripts ? last.slice(0, longestTitle) : "";
}

interface AlbumReading {
  readonly key: string;
  readonly folded: string;
  readonly explicit: boolean | undefined;
}

const noAlbum: AlbumReading = { key: "", folded: "", explicit: undefined };
/** What lists write where they know no album. */
const unknownAlbums = new Set(["unknown", "unknownalbum", "nonalbumtracks", "noalbum", "null", "untitled"]);
const albumNoise =
  / (?:single|ep|deluxe|expanded|remaster(?:ed)?|(?:deluxe|expanded|special|anniversary) edition|(?:19|20)\d\d)$/;

function readAlbum(album: string | undefined): AlbumReading {
  if (!album) return noAlbum;
  const text = unifyPunctuation(album).slice(0, 4 * longestTitle);
  const parts = splitTails(text, () => true);
  let explicit: boolean | undefined;
  let kept = parts.head;
  for (const tail of parts.tails) {
    const reading = classifyTail(tail.text);
    if (reading.kind === "neutral") explicit = reading.explicit ?? explicit;
    else if (reading.kind !== "soft") kept += ` ${tail.text}`;
  }
  const folded = fold(kept);
  const key = squash(folded.replace(albumNoise, "")).slice(0, longestTitle);
  if (unknownAlbums.has(key)) return noAlbum;
  return { key, folded: parts.tails.length === 0 ? folded : fold(text), explicit };
}

function contextOf(album: string, own: readonly Credit[]): readonly string[] {
  const artists = own.map((credit) => credit.whole.words).join(" ");
  const text = `${album} ${artists}`;
  const inBrackets = own.length === 1 ? (own[0]?.marks ?? none) : own.flatMap((credit) => credit.marks);
  if (!contextHint.test(text)) return inBrackets;
  const bare = /\blive$/.test(album) && album !== "live" ? ["live"] : none;
  const marked = contextMarks.filter(([, pattern]) => pattern.test(text)).map(([tag]) => tag);
  return marked.length + inBrackets.length === 0 ? bare : [...new Set([...marked, ...bare, ...inBrackets])];
}

function isCompilation(albumArtists: readonly string[] | undefined): boolean {
  return albumArtists !== undefined && albumArtists.length > 0 && albumArtists.every((name) => !readCredit(name));
}
