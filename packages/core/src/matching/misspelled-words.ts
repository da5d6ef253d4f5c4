import { editSimilarity, isSlip, isSwap } from "./edit-similarity.ts";
import { afterLive, edgeWords, neutralWords, versionWords } from "./vocabulary.ts";

/** Tails in which a misspelled version word is looked for; longer ones are phrases. */
const mostWords = 6;
/** In a tail of more words than this, only its first and its last word can say what it is. */
const mostMisspelled = 4;
/** Below this length a slip makes another word ("Love", "Live"), so that it counts only where nothing else stands. */
const shortestMisspelled = 5;
/** From this length on, any one letter makes no other word. */
const longEnough = 7;
/** Longer than any version word with a letter too many. */
const longestMisspelled = 20;

const misspelt = [...versionWords.keys(), ...edgeWords.keys(), ...neutralWords, "version", "session"].filter((word) =>
  /^[a-z]{4,}$/.test(word),
);
/** Short ones that lose their first or last letter, or have another in its place, as often as not. */
const shortVersions = ["live", "demo", "remix", "cover", "dub", "mix"];
/** One slip from a version word, but words of their own. */
const otherWords = new Set("lie emo over cove lover hover rover coven covet cower take lake long song love".split(" "));
const closingWords = ["remix", "version", "session", "acoustic", "instrumental", "karaoke", "unplugged"];
/** What closes a tail whose first words name it: "Nova Mxi". */
const shortClosingWords = ["remix", "mix", "edit", "live", "demo"];
const places = ["at", "in", "from"];
const movedSpace = /^live(at|in|from)(?=.)/;
const year = /^(?:19|20)\d\d$/;

/** "Remxi", "Nov aRemix", "Clubremix", "Lvie at", "Spe dUp": the words that are meant, if a slip or a lost space hides one. */
export function spellOut(words: readonly string[]): readonly string[] | undefined {
  if (words.length > mostWords) return undefined;
  const meant = words.map((word, i) => meantAt(word, i, words));
  if (meant.some((word, i) => word !== words[i])) return meant;
  const joined = words.join("");
  if (joined === "spedup") return ["sped"];
  const place = words.length > 1 && words[0] !== "live" ? movedSpace.exec(joined)?.[1] : undefined;
  if (place !== undefined) return ["live", place, joined.slice(4 + place.length)];
  if (words.length > mostMisspelled) return undefined;
  const closing = closingWords.find((word) => joined.endsWith(word) && joined.length > word.length);
  return closing === undefined ? undefined : [joined.slice(0, -closing.length), closing];
}

function meantAt(word: string, at: number, words: readonly string[]): string {
  if (word.length > longestMisspelled || otherWords.has(word)) return word;
  if (words.length === 1) return meantAlone(word);
  const next = words[at + 1];
  if (at === 0 && next !== undefined && mayFollowLive(next) && isMisspelled(word, "live")) return "live";
  if (at === 1 && words[0] === "live" && next !== undefined)
    return places.find((place) => isSlipOf(word, place)) ?? word;
  if (next === undefined) {
    const closing = shortClosingWords.find((known) =>
      known.length < shortestMisspelled ? isSlipOf(word, known) : word !== known && isMisspelled(word, known),
    );
    if (closing !== undefined) return closing;
  }
  if (word.length < shortestMisspelled || words.length > mostMisspelled) return word;
  return misspelt.find((known) => known.length >= shortestMisspelled && isMisspelling(word, known)) ?? word;
}

function meantAlone(word: string): string {
  if (word.length < 3) return word;
  return (
    misspelt.find((known) => isMisspelling(word, known)) ??
    shortVersions.find((known) => isMisspelled(word, known)) ??
    word
  );
}

const mayFollowLive = (word: string): boolean => year.test(word) || (word.length > 1 && afterLive.has(word));

const isSlipOf = (word: string, known: string): boolean =>
  word !== known && (isSlip(word, known) || isSwap(word, known));

/** A slip, the first or last letter lost, or from five letters on any one letter. */
function isMisspelled(word: string, known: string): boolean {
  if (isSlipOf(word, known) || known.slice(1) === word || known.slice(0, -1) === word) return true;
  return known.length >= shortestMisspelled && editSimilarity(word, known, -1, -1, 0.8) > 0;
}

const isMisspelling = (word: string, known: string): boolean =>
  isSlip(word, known) ||
  isSwap(word, known) ||
  (known.length >= longEnough && editSimilarity(word, known, -1, -1, 0.85) > 0);
