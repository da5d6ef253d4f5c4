import { fold } from "./fold.ts";
import { spellOut } from "./misspelled-words.ts";
import { anyYear } from "./prepared-track.ts";
import {
  afterLive,
  decidingNeutral,
  edgeWords,
  fillers,
  guestWords,
  imitation,
  neutralWords,
  sayVersion,
  softWords,
  versionWords,
  videoWords,
} from "./vocabulary.ts";

/** What a bracket or dash tail says about the recording. */
export type TailReading =
  | { readonly kind: "guests"; readonly names: string }
  | { readonly kind: "neutral"; readonly remasterYear?: number; readonly explicit?: boolean; readonly video?: boolean }
  | { readonly kind: "soft"; readonly words: readonly string[] }
  | { readonly kind: "version"; readonly tags: readonly string[]; readonly names: readonly string[] }
  | { readonly kind: "title"; readonly folded: string };

/** A year as titles name it. */
const year = /^(?:19|20)\d\d$/;

/** Sorts one tail. Every choice looks at whole folded words, so its time grows with the length of the tail only. */
export function classifyTail(text: string): TailReading {
  const guests = guestsOf(text);
  if (guests !== undefined) return { kind: "guests", names: guests };
  const folded = fold(text.includes('"') ? text.replace(/12"/g, "maxi ").replace(/7"/g, "7 ") : text);
  const words = joinSplitWords(folded.split(" "));
  if (/^(?:prod|produced|from|aus|taken)$/.test(words[0] ?? "") && words.length > 1) return { kind: "neutral" };
  if (imitation.test(folded)) return { kind: "version", tags: ["tribute"], names: [] };
  const reading = readWords(words, folded);
  if (reading.kind !== "title") return reading;
  const meant = spellOut(words);
  return meant === undefined ? reading : readWords(meant, folded);
}

/** "(feat. Ann)", "(with Ann)", "- w/ Ann": the names behind the opening word. */
function guestsOf(text: string): string | undefined {
  const opening = /^(\p{L}+|\+)(?:\. ?|\/ ?| )/u.exec(text.slice(0, 20));
  if (!opening) return undefined;
  const word = opening[1]?.toLowerCase() ?? "";
  const names = text.slice(opening[0].length);
  return word === "+" || guestWords.has(word) ? names : undefined;
}

/** "re-recorded", "sped up" and "8-bit" come as two words or as one. */
function joinSplitWords(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const word of words) {
    const before = joined.at(-1);
    const pair = `${before ?? ""}${word}`;
    const joins =
      (before === "re" && word.length > 3) ||
      (before === "8" && (word === "d" || word === "bit")) ||
      (before === "sing" && word === "along");
    if (joins) joined[joined.length - 1] = pair;
    else if (!(word === "up" && before === "sped") && !(word === "down" && before === "stripped")) joined.push(word);
  }
  return joined;
}

interface Found {
  readonly tags: Set<string>;
  readonly soft: string[];
  readonly names: string[];
  readonly years: string[];
  neutral: number;
  decided: boolean;
  saysVersion: boolean;
  explicit?: boolean;
  video: boolean;
  remaster: boolean;
}

function readWords(words: readonly string[], folded: string): TailReading {
  const found: Found = {
    tags: new Set(),
    soft: [],
    names: [],
    years: [],
    neutral: 0,
    decided: false,
    saysVersion: words.some((word) => sayVersion.has(word)),
    video: false,
    remaster: false,
  };
  words.forEach((word, i) => {
    readWord(word, i, words, found);
  });
  return decide(found, folded);
}

function readWord(word: string, at: number, words: readonly string[], found: Found): void {
  const tag = versionTag(word, at, words, found.saysVersion);
  if (tag !== undefined) found.tags.add(tag);
  else if (softWords.has(word)) found.soft.push(word);
  else if (neutralWords.has(word)) {
    found.neutral++;
    if (word.startsWith("remaster")) found.remaster = true;
    if (decidingNeutral.test(word)) found.decided = true;
    if (word === "explicit" || word === "dirty" || word === "uncensored") found.explicit = true;
    if (word === "clean" || word === "censored") found.explicit = false;
    if (videoWords.test(word)) found.video = true;
  } else if (year.test(word)) found.years.push(word);
  else if (!sayVersion.has(word) && !fillers.has(word)) found.names.push(word);
}

function versionTag(word: string, at: number, words: readonly string[], saysVersion: boolean): string | undefined {
  const next = words[at + 1];
  if (word === "edit") return versionWords.get(word);
  if (word === "live") {
    const marks = next === undefined || afterLive.has(next) || year.test(next) || saysVersion;
    return marks ? "live" : undefined;
  }
  const anywhere = versionWords.get(word);
  if (anywhere !== undefined) return anywhere;
  const atEdge = edgeWords.get(word);
  if (atEdge === undefined) return undefined;
  const closes = next === undefined || year.test(next) || /^\d+$/.test(next) || versionWords.has(next);
  return closes || saysVersion || words.length === 1 ? atEdge : undefined;
}

function decide(found: Found, folded: string): TailReading {
  const { tags, soft, names, years } = found;
  if (tags.size > 0) {
    const onlyCut = [...tags].every((tag) => tag === "edit" || tag === "mix") && names.length === 0;
    if (onlyCut && tags.has("mix") && soft.length === 1 && /^originale?$/.test(soft[0] ?? ""))
      return { kind: "neutral" };
    if (onlyCut && (soft.length > 0 || (tags.has("edit") && tags.size === 1))) {
      return { kind: "soft", words: ["edit", ...soft] };
    }
    // A bare "Album Mix" or "2011 Mix" is named by what stands beside it.
    return { kind: "version", tags: [...tags].sort(), names: [...names, ...years].sort() };
  }
  if (found.decided) return neutral(found);
  if (found.saysVersion && (names.length > 0 || (years.length > 0 && soft.length + found.neutral === 0))) {
    return { kind: "version", tags: ["version"], names: [...names, ...years].sort() };
  }
  if (names.length === 0 && soft.length > 0 && (found.saysVersion || isCut(soft))) return { kind: "soft", words: soft };
  if (names.length === 0 && found.neutral > 0) return neutral(found);
  return { kind: "title", folded };
}

const isCut = (soft: readonly string[]): boolean => soft.some((word) => word !== "7" && word !== "short");

function neutral(found: Found): TailReading {
  const remasterYear = found.remaster ? Number(found.years[0] ?? anyYear) : 0;
  return {
    kind: "neutral",
    ...(remasterYear ? { remasterYear } : {}),
    ...(found.explicit === undefined ? {} : { explicit: found.explicit }),
    ...(found.video ? { video: true } : {}),
  };
}
