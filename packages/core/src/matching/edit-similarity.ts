import { distance } from "fastest-levenshtein";

/**
 * Similarity of two non-empty texts by edit distance, 1 for equal, and exactly 0 as soon as it is certain to fall below
 * `atLeast`. The letter masks decide most cases without a distance: one edit changes at most two of their bits.
 */
export function editSimilarity(a: string, b: string, lettersA: number, lettersB: number, atLeast: number): number {
  if (a === b) return 1;
  const longer = Math.max(a.length, b.length);
  const allowed = Math.floor(longer * (1 - atLeast));
  if (allowed === 0 || longer - Math.min(a.length, b.length) > allowed) return 0;
  if (bitCount(lettersA ^ lettersB) > 2 * allowed) return 0;
  const similarity = 1 - distance(a, b) / longer;
  return similarity >= atLeast ? similarity : 0;
}

function bitCount(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
