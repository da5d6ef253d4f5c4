import { editSimilarity, isSlip, isSwap } from "./edit-similarity.ts";
import type { PreparedTrack } from "./prepared-track.ts";
import { script, soundsAlike } from "./scripts.ts";
import { type Sign, sign } from "./signs.ts";
import { edgeWords, versionWords } from "./vocabulary.ts";

const closeFrom = 0.85;
const similarFrom = 0.65;
/** Below this length a title that another one contains says nothing ("Go", "Home"). */
const shortestContained = 5;
/** Shorter last names are words of titles too often ("King", "Rose"). */
const shortestSurname = 5;
/** Below this length one letter makes another word. */
const shortestSlip = 5;
/** From this length on, two letters that change places make no other word, wherever they stand. */
const shortestSwap = 7;
/** What any work has one of: "Doctor Vale (Main Title)" is not another reading of every "Main Title". */
const pieceNames = new Set(
  "maintitle maintitles maintheme theme titlesong endtitle endcredits opening ending overture prelude intro outro interlude finale epilogue prologue".split(
    " ",
  ),
);
const grades = sign.title;

export const isPieceName = ({ title, titleTail }: PreparedTrack): boolean => titleTail === "" && pieceNames.has(title);

/** Titles of two tracks; symmetric. Version words are compared apart, by `compareVersions`. */
export function compareTitles(a: PreparedTrack, b: PreparedTrack): Sign<"title"> {
  if (a.title === "" || b.title === "") return grades.unknown;
  if (a.title === b.title) return compareTails(a, b);
  if (a.titleWhole === b.titleWhole) return grades.exact;
  if (sharesAlias(a, b)) return gradeOfAlias(a, b);
  if (((a.titleScripts ^ b.titleScripts) & ~script.latin) !== 0) return compareAcrossScripts(a, b);
  if (contains(a.title, b.title)) return isVersionApart(a.title, b.title) ? grades.different : grades.contained;
  const similarity = editSimilarity(a.title, b.title, a.titleLetters, b.titleLetters, similarFrom);
  if (similarity >= closeFrom || isTypingSlip(a.title, b.title) || isUmlautSpelling(a, b)) return grades.close;
  return similarity >= similarFrom ? grades.similar : grades.different;
}

function compareTails(a: PreparedTrack, b: PreparedTrack): Sign<"title"> {
  if (a.titleTail === b.titleTail) return grades.exact;
  if (a.titleTail === "" || b.titleTail === "") {
    const [tailed, bare] = a.titleTail === "" ? [b, a] : [a, b];
    return isNamesOf(tailed.tailNames, bare) ? grades.exact : grades["tail-one-sided"];
  }
  const all = -1; // tails are short and few: no letter mask
  if (editSimilarity(a.titleTail, b.titleTail, all, all, similarFrom) > 0) return grades.close;
  const contained = contains(a.titleTail, b.titleTail);
  return contained ? grades["tail-one-sided"] : grades["tail-different"];
}

/** The tail of one side lists artists of the other, so it is no subtitle. */
function isNamesOf(names: readonly string[], { artistKeys }: PreparedTrack): boolean {
  return names.length > 0 && names.every((name) => artistKeys.includes(name));
}

function sharesAlias(a: PreparedTrack, b: PreparedTrack): boolean {
  if (a.titleAliases.length === 0 && b.titleAliases.length === 0) return false;
  return (
    (a.titleAliases.includes(b.title) && !pieceNames.has(b.title)) ||
    (b.titleAliases.includes(a.title) && !pieceNames.has(a.title)) ||
    (a.titleTail !== "" && a.title + a.titleTail === b.title) ||
    (b.titleTail !== "" && b.title + b.titleTail === a.title)
  );
}

/**
 * "Slow Lantern - Paper Kites" by one who is known, and "Paper Kites": what stands behind the dash may be the title or
 * the name of an album, and a title track is called like its album.
 */
function gradeOfAlias(a: PreparedTrack, b: PreparedTrack): Sign<"title"> {
  const [dashed, bare] = a.titleBehindDash !== "" && a.titleBehindDash === b.title ? [a, b] : [b, a];
  const { titleBehindDash: behind } = dashed;
  if (behind === "" || behind !== bare.title) return grades.variant;
  if (bare.artistKeys.includes(dashed.title)) return grades.variant; // "Ann Vale - Paper Kites", whatever her field says
  if (dashed.album === behind || bare.album === behind) return grades.contained;
  return dashed.album !== "" && dashed.album === bare.album ? grades.variant : grades.contained;
}

function compareAcrossScripts(a: PreparedTrack, b: PreparedTrack): Sign<"title"> {
  const latinA = latinOf(a);
  const latinB = latinOf(b);
  if (latinA === "" || latinB === "") return grades["other-script"];
  if (editSimilarity(latinA, latinB, -1, -1, 0.8) > 0) return grades.romanised;
  const alike = soundsAlike({ latin: latinA, scripts: a.titleScripts }, { latin: latinB, scripts: b.titleScripts });
  return alike ? grades.romanised : grades["other-script"];
}

const latinOf = (track: PreparedTrack): string =>
  track.titleRoman || (track.titleScripts <= script.latin ? track.title : "");

function contains(a: string, b: string): boolean {
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  if (longer.length - shorter.length < 2) return false; // a letter too many is a typing error
  return shorter.length >= shortestContained && (longer.startsWith(shorter) || longer.endsWith(shorter));
}

/** "Paper Kites Live" without brackets beside "Paper Kites": the words between them name a version. */
function isVersionApart(a: string, b: string): boolean {
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  if (!longer.startsWith(shorter)) return false;
  const rest = longer.slice(shorter.length);
  return versionWords.has(rest) || edgeWords.has(rest);
}

const isTypingSlip = (a: string, b: string): boolean =>
  Math.min(a.length, b.length) >= shortestSlip && (isSlip(a, b) || (a.length >= shortestSwap && isSwap(a, b)));

/** "Fuer" for "Für": diacritics fold to one letter, old keyboards write two. */
function isUmlautSpelling(a: PreparedTrack, b: PreparedTrack): boolean {
  const [shorter, longer] = a.title.length < b.title.length ? [a.title, b.title] : [b.title, a.title];
  if (shorter.length === longer.length || shorter.charCodeAt(0) !== longer.charCodeAt(0)) return false;
  return oneLetter(longer) === oneLetter(shorter);
}

const oneLetter = (title: string): string => title.replace(/[aou]e/g, (pair) => pair.charAt(0));

/** True when one title is the other with the name of its artist in front or behind, as uploads write it. */
export function isTitleWithArtist(a: PreparedTrack, b: PreparedTrack): boolean {
  return holdsArtist(a, b) || holdsArtist(b, a);
}

/** "Vale: Suite in C": works are sold under the last name of their composer. */
function isSurname(text: string, { credits }: PreparedTrack): boolean {
  return text.length >= shortestSurname && credits.some(({ whole }) => whole.words.endsWith(` ${text}`));
}

function holdsArtist(upload: PreparedTrack, track: PreparedTrack): boolean {
  const surplus = upload.title.length - track.title.length;
  if (surplus < 2 || track.title === "") return false;
  const leads = upload.title.endsWith(track.title);
  if (!leads && !upload.title.startsWith(track.title)) return false;
  const rest = leads ? upload.title.slice(0, surplus) : upload.title.slice(-surplus);
  return track.artistKeys.includes(rest) || isSurname(rest, track);
}
