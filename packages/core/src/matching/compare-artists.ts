import { type ArtistName, bonesOf, type Credit } from "./artist-names.ts";
import { editSimilarity } from "./edit-similarity.ts";
import type { PreparedTrack } from "./prepared-track.ts";
import { script } from "./scripts.ts";
import { type Sign, sign } from "./signs.ts";

const grades = sign.artists;
/** Fuzzy comparison looks at this many names of a side; real credits that differ in spelling are near the front. */
const mostNames = 6;

/** Artists as sets of names; symmetric. */
export function compareArtists(a: PreparedTrack, b: PreparedTrack): Sign<"artists"> {
  const [firstA] = a.credits;
  const [firstB] = b.credits;
  if (firstA === undefined || firstB === undefined) return grades.unknown;
  const mainFound = isMainFound(firstA, b.artistKeys) || isMainFound(firstB, a.artistKeys);
  const shareA = shareFound(a.credits, b.artistKeys);
  const shareB = shareFound(b.credits, a.artistKeys);
  const best = Math.max(shareA, shareB);
  if (best === 0) return compareSpellings(a, b);
  if (!mainFound) return isSpelling(firstA.whole, firstB.whole) ? grades.close : grades.some;
  if (shareA === 1 && shareB === 1) return grades.same;
  return best === 1 ? grades.subset : grades.main;
}

function isMainFound(credit: Credit, keys: readonly string[]): boolean {
  if (isFound(credit.whole, keys)) return true;
  const [firstPart] = credit.parts;
  return firstPart !== undefined && isFound(firstPart, keys);
}

/** The share of names that are found; a name that is found whole counts with all its parts. */
function shareFound(credits: readonly Credit[], keys: readonly string[]): number {
  let found = 0;
  let all = 0;
  for (const { whole, parts } of credits) {
    const names = Math.max(1, parts.length);
    all += names;
    if (isFound(whole, keys)) found += names;
    else for (const part of parts) if (isFound(part, keys)) found++;
  }
  return found / all;
}

function isFound(name: ArtistName, keys: readonly string[]): boolean {
  for (const key of name.keys) if (keys.includes(key)) return true;
  return false;
}

function compareSpellings(a: PreparedTrack, b: PreparedTrack): Sign<"artists"> {
  const namesA = namesOf(a);
  const namesB = namesOf(b);
  // All pairs for the one before any for the other: which pair is met first depends on the order of sides.
  if (namesA.some((nameA) => namesB.some((nameB) => isRomanised(nameA, nameB)))) return grades.romanised;
  if (namesA.some((nameA) => namesB.some((nameB) => isSpelling(nameA, nameB)))) return grades.close;
  // A name in a script that the other side lacks may be any of its names.
  const foreign = (a.artistScripts ^ b.artistScripts) & ~script.latin;
  return foreign === 0 ? grades.disjoint : grades["other-script"];
}

function namesOf(track: PreparedTrack): readonly ArtistName[] {
  return track.credits.flatMap(({ whole, parts }) => [whole, ...parts]).slice(0, mostNames);
}

function isRomanised(a: ArtistName, b: ArtistName): boolean {
  if (((a.scripts ^ b.scripts) & ~script.latin) === 0) return false;
  const bones = bonesOf(a);
  return bones !== "" && (bones === bonesOf(b) || bonesOf(a, true) === bonesOf(b, true));
}

function isSpelling(a: ArtistName, b: ArtistName): boolean {
  const keyA = a.keys[0] ?? "";
  const keyB = b.keys[0] ?? "";
  if (Math.min(keyA.length, keyB.length) < 4) return false;
  // Two letters in eight: swapped neighbours are two edits.
  if (editSimilarity(keyA, keyB, -1, -1, Math.min(keyA.length, keyB.length) < 8 ? 0.8 : 0.75) > 0) return true;
  const [wordsA, wordsB] = [a.words, b.words];
  return (
    isInitialled(wordsA, wordsB) || isInitialled(wordsB, wordsA) || isPartOf(wordsA, wordsB) || isPartOf(wordsB, wordsA)
  );
}

/** "J. R. Vale" for "John Robert Vale": same last word, and each word before it begins the other's. */
function isInitialled(short: string, long: string): boolean {
  const shortWords = short.split(" ");
  const longWords = long.split(" ");
  if (shortWords.length < 2 || shortWords.length !== longWords.length) return false;
  return shortWords.every((word, i) => {
    const other = longWords[i] ?? "";
    return i === shortWords.length - 1
      ? word === other
      : word === other || (word.length === 1 && other.startsWith(word));
  });
}

/** "Vale" or "Ann Vale" for "Ann Marie Vale": the words of one, five letters or more, are all in the other. */
function isPartOf(part: string, whole: string): boolean {
  if (part.length < 5 || part.length > whole.length) return false;
  const words = whole.split(" ");
  return part.split(" ").every((word) => words.includes(word));
}
