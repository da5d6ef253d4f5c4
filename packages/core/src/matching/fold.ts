import { scriptOfCode } from "./scripts.ts";

// Diacritics of Latin, Greek, Cyrillic, Hebrew points, Arabic vowel signs, variation selectors. Not the vowel signs of
// Indic scripts and not the voicing marks of kana: those tell words apart.
const marks = new RegExp(
  "[\\u0300-\\u036f\\u0483-\\u0489\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7\\u0610-\\u061a\\u064b-\\u065f" +
    "\\u0670\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe00-\\ufe0f\\ufe20-\\ufe2f]",
  "g",
);
const invisible = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff™®©℠]/g;
const letters: Readonly<Record<string, string>> = {
  ł: "l",
  ø: "o",
  đ: "d",
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ı: "i",
  þ: "th",
  ð: "d",
  ħ: "h",
  ŧ: "t",
  ŋ: "n",
  ə: "e",
  ƒ: "f",
  ɐ: "a",
  ς: "σ",
  ª: "a",
  º: "o",
};
const undecomposed = /[łøđßæœıþðħŧŋəƒɐςªº]/g;
const katakana = /[\u30a1-\u30f6]/g;
const ascii = /^[\x20-\x7e]*$/;
const openers = /[（［｛【〔「『〈《｟]/g;
const closers = /[）］｝】〕」』〉》｠]/g;

/** One kind of bracket, dash, quote and space, nothing invisible; letters stay as they are. For taking titles apart. */
export function unifyPunctuation(given: string): string {
  // Names of files: "Ann_Vale_-_Paper_Kites".
  const text = given.includes("_") && !given.includes(" ") ? given.replaceAll("_", " ") : given;
  if (ascii.test(text)) return text.includes("  ") ? text.replace(/ +/g, " ") : text;
  return text
    .replace(invisible, "")
    .replace(openers, "(")
    .replace(closers, ")")
    .replace(/[\u2010-\u2015\u2212\u301c\uff0d\uff5e]/g, "-")
    .replace(/[\u2018\u2019\u201a\u201b\u02bc\u0060\u00b4\u2032\uff07]/g, "'")
    .replace(/[\u201c-\u201f\u00ab\u00bb\u2033\uff02]/g, '"')
    .replace(/[\s\u3000]+/g, " ");
}

/**
 * Words in lower case with single spaces: without diacritics, punctuation, width and letter variants, in their own
 * script. Spellings of one word meet (`&`/`and`, `$`/`s`, `goin'`/`going`); a text of symbols only is kept, so that
 * nothing but an empty text folds to nothing.
 */
export function fold(text: string): string {
  const words = ascii.test(text) ? foldAscii(text.toLowerCase()) : foldUnicode(text);
  return words === "" ? symbolsOf(text) : words;
}

/** The folded text without spaces: "Kite Flight" and "Kiteflight" are one name. */
export function squash(folded: string): string {
  return folded.includes(" ") ? folded.replaceAll(" ", "") : folded;
}

function foldAscii(lower: string): string {
  let text = lower;
  if (text.includes("'")) text = text.replace(/in'(?![a-z])/g, "ing").replaceAll("'", "");
  if (text.includes("$")) text = text.replace(/\$(?=[a-z])|(?<=[a-z])\$/g, "s");
  if (text.includes("!")) text = text.replace(/(?<=[a-z])!(?=[a-z])/g, "i");
  if (text.includes("&") || text.includes("+")) text = text.replace(/[&+]/g, " and ");
  return collapse(text.replace(/[^a-z0-9]+/g, " "));
}

function foldUnicode(raw: string): string {
  const text = unifyPunctuation(raw)
    .normalize("NFKD")
    .replace(marks, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(undecomposed, (letter) => letters[letter] ?? letter)
    .replace(katakana, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x60));
  if (ascii.test(text)) return foldAscii(text);
  return collapse(
    text
      .replace(/in'(?!\p{L})/gu, "ing")
      .replaceAll("'", "")
      .replace(/\$(?=\p{L})|(?<=\p{L})\$/gu, "s")
      .replace(/(?<=\p{L})!(?=\p{L})/gu, "i")
      .replace(/[&+]/g, " and ")
      .replace(/[^\p{L}\p{N}\p{M}]+/gu, " "),
  );
}

function collapse(spaced: string): string {
  const words = spaced.trim();
  return words.includes(" n ") ? words.replaceAll(" n ", " and ") : words;
}

function symbolsOf(text: string): string {
  return text.normalize("NFKC").replace(invisible, "").replace(/\s+/g, "").toLowerCase();
}

/** Splits "두아 리파 Dua Lipa" into its stretches of one script; a text in one script has none. */
export function scriptRuns(folded: string): readonly string[] {
  const runs: string[] = [];
  let current = "";
  let currentIsLatin: boolean | undefined;
  for (const word of folded.split(" ")) {
    const isLatin = scriptOfCode(word.charCodeAt(0)) <= 1;
    if (currentIsLatin !== undefined && isLatin !== currentIsLatin) {
      runs.push(current);
      current = "";
    }
    current += word;
    currentIsLatin = isLatin;
  }
  return runs.length === 0 ? [] : [...runs, current];
}
