/** Writing systems as bits, so that "do these two texts share one?" is one AND. */
export const script = {
  latin: 1,
  cyrillic: 2,
  greek: 4,
  hebrew: 8,
  kana: 16,
  han: 32,
  hangul: 64,
  /** Arabic, Thai, Devanagari …: only equality can be judged. */
  other: 128,
} as const;

const romanisable = script.cyrillic | script.greek | script.hebrew | script.kana;

/** Which writing systems the letters of a folded text belong to. Digits and symbols belong to none. */
export function scriptsOf(folded: string): number {
  let mask = 0;
  for (let i = 0; i < folded.length; i++) mask |= scriptOfCode(folded.charCodeAt(i));
  return mask;
}

export function scriptOfCode(code: number): number {
  if (code < 0x80) return code >= 0x61 && code <= 0x7a ? script.latin : 0;
  if (code < 0x250) return script.latin;
  if (code >= 0x370 && code < 0x400) return script.greek;
  if (code >= 0x400 && code < 0x530) return script.cyrillic;
  if (code >= 0x590 && code < 0x600) return script.hebrew;
  if (code >= 0x3040 && code < 0x3100) return script.kana;
  if ((code >= 0x4e00 && code < 0xa000) || (code >= 0x3400 && code < 0x4dc0) || code === 0x3005) return script.han;
  if ((code >= 0xac00 && code < 0xd7b0) || (code >= 0x1100 && code < 0x1200)) return script.hangul;
  if (code >= 0x1e00 && code < 0x1f00) return script.latin;
  if (code >= 0x2000 && code < 0x2e80) return 0;
  if (code >= 0xd800 && code < 0xe000) return 0; // halves of astral characters, nearly always emoji
  return script.other;
}

/** `а б в г` to `a b v g`: pairs of letter and romanisation, parsed once. */
function table(letters: string, latin: string): ReadonlyMap<string, string> {
  const romanised = latin.split(" ");
  return new Map([...letters].map((letter, i) => [letter, romanised[i] ?? ""]));
}

// Rough on purpose: passport, library and fan spellings differ, so results are compared by consonants as well.
const alphabets = new Map([
  ...table(
    "абвгдежзиклмнопрстуфхцчшщъыьэюяіїєґўђјљњћџѓќѕ",
    "a b v g d e zh z i k l m n o p r s t u f kh ts ch sh shch  y  e yu ya i i e g u dj j lj nj c dz g k dz",
  ),
  ...table("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t y f ch ps o"),
  ...table("אבגדהוזחטיכךלמםנןסעפףצץקרשת", "a v g d h o z h t i k k l m m n n s a p f ts ts k r sh t"),
]);

const kana = new Map<string, string>();
const kanaRows: readonly (readonly [letters: string, consonant: string])[] = [
  ["あいうえお", ""],
  ["かきくけこ", "k"],
  ["がぎぐげご", "g"],
  ["さしすせそ", "s"],
  ["ざじずぜぞ", "z"],
  ["たちつてと", "t"],
  ["だぢづでど", "d"],
  ["なにぬねの", "n"],
  ["はひふへほ", "h"],
  ["ばびぶべぼ", "b"],
  ["ぱぴぷぺぽ", "p"],
  ["まみむめも", "m"],
  ["らりるれろ", "r"],
];
for (const [letters, consonant] of kanaRows) {
  [...letters].forEach((letter, i) => {
    kana.set(letter, consonant + "aiueo".charAt(i));
  });
}
for (const [letter, latin] of table(
  "しじちぢつづふゔやゆよわゐゑをん",
  "shi ji chi ji tsu zu fu vu ya yu yo wa i e o n",
)) {
  kana.set(letter, latin);
}

const smallKana = table("ぁぃぅぇぉゃゅょ", "a i u e o ya yu yo");
const afterPalatal = /(sh|ch|j)i$/;

/**
 * Latin letters for a folded text in Cyrillic, Greek, Hebrew or kana; `""` when it has letters of a script that this
 * table does not cover, or none that need it.
 */
export function romanise(folded: string, scripts: number): string {
  if ((scripts & romanisable) === 0 || (scripts & ~(romanisable | script.latin)) !== 0) return "";
  let out = "";
  let doubled = false;
  for (const letter of folded) {
    if (letter === "っ") {
      doubled = true;
      continue;
    }
    const small = smallKana.get(letter);
    if (small !== undefined) {
      out = joinSmallKana(out, small);
      continue;
    }
    const latin = letter === "ー" ? "" : (alphabets.get(letter) ?? kana.get(letter) ?? letter);
    out += doubled ? latin.charAt(0) + latin : latin;
    doubled = false;
  }
  return out;
}

function joinSmallKana(before: string, small: string): string {
  if (afterPalatal.test(before)) return before.slice(0, -1) + small.slice(-1);
  return /[iuoe]$/.test(before) ? before.slice(0, -1) + small : before + small;
}

/** A text in Latin letters, romanised or not, with the writing systems that it came from. */
export interface Romanised {
  readonly latin: string;
  readonly scripts: number;
}

/** Fewer consonants are no evidence. */
const fewestBones = 3;

/**
 * Whether two texts, of which one is romanised from another script, are one by their consonants. Hebrew writes one
 * letter for v, o and u, one for p and f, and a sound that others spell h, ch or k: each way to read them counts.
 */
export function soundsAlike(a: Romanised, b: Romanised): boolean {
  if (a.latin === "" || b.latin === "") return false;
  if (isAlike(skeleton(a.latin), skeleton(b.latin))) return true;
  const isHebrew = (a.scripts & script.hebrew) !== 0;
  if (isHebrew === ((b.scripts & script.hebrew) !== 0)) return false;
  const [hebrew, other] = isHebrew ? [a.latin, b.latin] : [b.latin, a.latin];
  const asWritten = [hebrew, hebrew.replaceAll("o", "v")].map((text) => skeleton(text.replaceAll("p", "f")));
  const asSpelled = ["k", "h"].map((sound) => skeleton(other.replaceAll("ch", sound).replaceAll("p", "f")));
  return asWritten.some((written) => asSpelled.some((spelled) => isAlike(written, spelled)));
}

const isAlike = (a: string, b: string): boolean => a.length >= fewestBones && a === b;

/**
 * Consonants in coarse classes, one letter each, runs collapsed: what survives between two romanisations of a name, and
 * between a script that writes no vowels and one that does.
 */
export function skeleton(latin: string): string {
  return latin
    .replace(/x/g, "ks")
    .replace(/sch|sh|ch|zh|ts|tz|dj|th|ph|kh|ck/g, (cluster) => clusters[cluster] ?? cluster)
    .replace(/[aeiouyjhw]/g, "")
    .replace(/[cq]/g, "k")
    .replace(/z/g, "s")
    .replace(/[fb]/g, "v")
    .replace(/(.)\1+/g, "$1");
}

const clusters: Readonly<Record<string, string>> = {
  sch: "s",
  sh: "s",
  ch: "s",
  zh: "s",
  ts: "s",
  tz: "s",
  dj: "d",
  th: "t",
  ph: "f",
  kh: "k",
  ck: "k",
};
