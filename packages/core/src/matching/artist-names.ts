import { classifyTail } from "./classify-tail.ts";
import { fold, scriptRuns, squash, unifyPunctuation } from "./fold.ts";
import { romanise, script, scriptsOf, skeleton } from "./scripts.ts";
import { splitTails } from "./tails.ts";

/** One name under every key by which another service may know it. */
export interface ArtistName {
  /** Folded, without articles and conjunctions, without spaces; the first is the name as given. */
  readonly keys: readonly string[];
  /** Folded words of the name as given, for initials. */
  readonly words: string;
  /** The name in Latin letters without spaces; `""` for a script without a table. */
  readonly latin: string;
  readonly scripts: number;
}

/** One entry of the artist field: the name as a whole, and what it splits into if it is several. */
export interface Credit {
  readonly whole: ArtistName;
  readonly parts: readonly ArtistName[];
  /** Kinds of version that stand in brackets behind a name: the end of a title that got into this field. */
  readonly marks: readonly string[];
}

// "AC/DC" and "Tyler,The" have no space, so that a slash needs one on both sides.
const joints =
  / ?[,;、，] ?| (?:[&+/|•·×]|x|X|vs\.?|and|feat\.?|ft\.?|featuring|with|und|mit|y|et|og|och|con|avec|ja|e) /;
const mayJoin = /[,;、，&+/|•·×]| (?:x|vs|and|feat|ft|featuring|with|und|mit|y|et|og|och|con|avec|ja|e)\b/i;
const channel = /^official (?=\S)|(?: - topic|vevo| official(?: channel)?)$/i;
const unknownNames = new Set([
  "variousartists",
  "various",
  "va",
  "unknownartist",
  "unknown",
  "diverse",
  "verschiedeneinterpreten",
  "artistesdivers",
  "variosartistas",
]);
const small = /\b(?:the|and|his|her|orchestra)\b/g;
/** Beyond these no real credit goes; what a longer one has more is not read. */
const longestCredit = 1_000;
const longestName = 100;
const mostParts = 16;
const none: readonly ArtistName[] = [];
const noMarks: readonly string[] = [];

/** The credits of one artist field entry; `undefined` when it names nobody ("Various Artists"). */
export function readCredit(raw: string): Credit | undefined {
  const text = unifyPunctuation(raw.slice(0, longestCredit)).replace(channel, "").trim();
  const whole = readName(text);
  if (whole === undefined || unknownNames.has(whole.keys[0] ?? "")) return undefined;
  const marks = text.includes("(") ? marksIn(text) : noMarks;
  if (!mayJoin.test(text)) return { whole, parts: none, marks };
  const parts = text.split(joints, mostParts).flatMap((part) => readName(part) ?? []);
  return { whole, parts: parts.length > 1 ? parts : none, marks };
}

function marksIn(text: string): readonly string[] {
  const inBrackets = splitTails(text, () => false).tails.slice(0, mostParts);
  return inBrackets.flatMap(({ text: tail }) => {
    const reading = classifyTail(tail);
    return reading.kind === "version" ? reading.tags : noMarks;
  });
}

function readName(text: string): ArtistName | undefined {
  const bracket = text.indexOf("(");
  const outside = bracket > 0 ? text.slice(0, bracket) : text;
  const words = fold(outside).slice(0, longestName);
  if (words === "") return undefined;
  const scripts = scriptsOf(words);
  const keys = [nameKey(words)];
  if (bracket > 0) pushKey(keys, fold(text.slice(bracket)).slice(0, longestName));
  if (scripts > script.latin) {
    for (const run of scriptRuns(words)) pushKey(keys, run);
  }
  const roman = scripts > script.latin ? squash(romanise(words, scripts)) : "";
  if (roman !== "") pushKey(keys, roman);
  const latin = roman || (scripts === script.latin ? (keys[0] ?? "") : "");
  return { keys, words, latin, scripts };
}

/** Consonants of a name, for names that were romanised on one side; `""` if they are too few to tell. */
export function bonesOf(name: ArtistName): string {
  const bones = skeleton(name.latin);
  return bones.length >= 3 ? bones : "";
}

function pushKey(keys: string[], folded: string): void {
  const key = nameKey(folded);
  if (key !== "" && !keys.includes(key)) keys.push(key);
}

/** "The Kites & His Orchestra" and "Kites" are one; a name of such words only stays as it is. */
function nameKey(folded: string): string {
  const kept = squash(folded.replace(small, "").replace(/^dj /, "")).trim();
  return kept === "" ? squash(folded) : kept;
}
