import { distance } from "fastest-levenshtein";

/** Of binary fractions: a fifth of five letters is one letter. */
const rounding = 1e-9;

/**
 * Similarity of two non-empty texts by edit distance, 1 for equal, and exactly 0 as soon as it is certain to fall below
 * `atLeast`. The letter masks decide most cases without a distance: one edit changes at most two of their bits.
 */
export function editSimilarity(a: string, b: string, lettersA: number, lettersB: number, atLeast: number): number {
  if (a === b) return 1;
  const longer = Math.max(a.length, b.length);
  const allowed = Math.floor(longer * (1 - atLeast) + rounding);
  if (allowed === 0 || longer - Math.min(a.length, b.length) > allowed) return 0;
  if (bitCount(lettersA ^ lettersB) > 2 * allowed) return 0;
  const similarity = 1 - distance(a, b) / longer;
  return similarity >= atLeast - rounding ? similarity : 0;
}

/**
 * True for the two slips of a hand that hardly ever make another word: one letter too many inside, or two neighbours
 * swapped inside. First and last letters stay where they are: "Angel" and "Angels" are two words, so is "Angle".
 */
export function isSlip(a: string, b: string): boolean {
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  if (longer.length - shorter.length > 1 || shorter.length < 2) return false;
  if (a.charCodeAt(0) !== b.charCodeAt(0) || a.at(-1) !== b.at(-1)) return false;
  return shorter.length === longer.length ? isSwap(a, b) : isLetterMore(longer, shorter);
}

/** Two neighbouring letters have changed places. */
export function isSwap(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const at = firstDifference(a, b);
  return (
    a.charCodeAt(at) === b.charCodeAt(at + 1) &&
    a.charCodeAt(at + 1) === b.charCodeAt(at) &&
    a.slice(at + 2) === b.slice(at + 2)
  );
}

function isLetterMore(longer: string, shorter: string): boolean {
  const at = firstDifference(longer, shorter);
  return longer.slice(at + 1) === shorter.slice(at);
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < b.length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}

function bitCount(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
