import type { ArtistName, Credit } from "./artist-names.ts";
import { editSimilarity, isSlip } from "./edit-similarity.ts";
import type { PreparedTrack } from "./prepared-track.ts";
import { script, soundsAlike } from "./scripts.ts";
import { type Sign, sign } from "./signs.ts";
import { edgeWords, versionWords } from "./vocabulary.ts";

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
  if (!isCreditedInField(a, b) && !isCreditedInField(b, a)) return compareFields(a, b);
  if (!mainFound) return isSpelling(firstA.whole, firstB.whole) ? grades.close : grades.some;
  if (shareA === 1 && shareB === 1) return grades.same;
  return best === 1 || areOthersSpelled(a, b) ? grades.subset : grades.main;
}

/** Some name of the artist field is on the other side too: a guest whom only the titles name comes with the song. */
function isCreditedInField(a: PreparedTrack, b: PreparedTrack): boolean {
  for (let i = 0; i < a.creditsInField; i++) {
    const credit = a.credits[i];
    if (credit === undefined) return false;
    if (isFound(credit.whole, b.artistKeys) || credit.parts.some((part) => isFound(part, b.artistKeys))) return true;
  }
  return false;
}

/** "Alone (With You)" by two artists has "You" in common, and nobody else. */
function compareFields(a: PreparedTrack, b: PreparedTrack): Sign<"artists"> {
  if (a.creditsInField === 0 || b.creditsInField === 0) return grades.unknown;
  return compareSpellings(inFieldOnly(a), inFieldOnly(b));
}

function inFieldOnly(track: PreparedTrack): PreparedTrack {
  const credits = track.credits.slice(0, track.creditsInField);
  return { ...track, credits, artistScripts: credits.flatMap(namesOf).reduce((mask, name) => mask | name.scripts, 0) };
}

/** The names that differ are spelled otherwise or stand in another script: the guests are the same. */
function areOthersSpelled(a: PreparedTrack, b: PreparedTrack): boolean {
  const [othersA, othersB] = [notFound(a, b.artistKeys), notFound(b, a.artistKeys)];
  const [between, within] = [areAmong(othersA, othersB), areAmong(othersB, othersA)];
  if (othersA.length === othersB.length) return between || within;
  return othersA.length < othersB.length ? between : within;
}

function areAmong(names: readonly ArtistName[], others: readonly ArtistName[]): boolean {
  return names.every((name) => others.some((other) => isSpelling(name, other) || mayBeRomanised(name, other)));
}

const mayBeRomanised = (a: ArtistName, b: ArtistName): boolean => ((a.scripts ^ b.scripts) & ~script.latin) !== 0;

function notFound(track: PreparedTrack, keys: readonly string[]): readonly ArtistName[] {
  return track.credits
    .filter(({ whole }) => !isFound(whole, keys))
    .flatMap(({ whole, parts }) => (parts.length === 0 ? [whole] : parts.filter((part) => !isFound(part, keys))))
    .slice(0, mostNames);
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
  const namesA = a.credits.flatMap(namesOf).slice(0, mostNames);
  const namesB = b.credits.flatMap(namesOf).slice(0, mostNames);
  // All pairs for the one before any for the other: which pair is met first depends on the order of sides.
  if (namesA.some((nameA) => namesB.some((nameB) => isRomanised(nameA, nameB)))) return grades.romanised;
  if (namesA.some((nameA) => namesB.some((nameB) => isSpelling(nameA, nameB)))) return grades.close;
  // A name in a script that the other side lacks may be any of its names.
  const foreign = (a.artistScripts ^ b.artistScripts) & ~script.latin;
  return foreign === 0 ? grades.disjoint : grades["other-script"];
}

const namesOf = ({ whole, parts }: Credit): readonly ArtistName[] => [whole, ...parts];

function isRomanised(a: ArtistName, b: ArtistName): boolean {
  if (((a.scripts ^ b.scripts) & ~script.latin) === 0) return false;
  return soundsAlike(a, b);
}

function isSpelling(a: ArtistName, b: ArtistName): boolean {
  const keyA = a.keys[0] ?? "";
  const keyB = b.keys[0] ?? "";
  if (Math.min(keyA.length, keyB.length) < 4) return false;
  if (isSlip(keyA, keyB)) return true;
  // Two letters in eight: swapped neighbours are two edits.
  if (editSimilarity(keyA, keyB, -1, -1, Math.min(keyA.length, keyB.length) < 8 ? 0.82 : 0.75) > 0) return true;
  const [wordsA, wordsB] = [a.words, b.words];
  return (
    isInitialled(wordsA, wordsB) || isInitialled(wordsB, wordsA) || isPartOf(wordsA, wordsB) || isPartOf(wordsB, wordsA)
  );
}

/** "J. R. Vale" for "John Robert Vale": same last word, and each word before it begins the other's. */
function isInitialled(short: string, long: string): boolean {
  if (short.charCodeAt(0) !== long.charCodeAt(0) || !short.includes(" ")) return false;
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
  const space = part.indexOf(" ");
  if (!whole.includes(space < 0 ? part : part.slice(0, space))) return false;
  const words = whole.split(" ");
  const partWords = part.split(" ");
  if (!partWords.every((word) => words.includes(word))) return false;
  // "Live Ann Vale" is no name: a version stands beside it.
  return words.every((word) => partWords.includes(word) || !(versionWords.has(word) || edgeWords.has(word)));
}
