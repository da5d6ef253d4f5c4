import { distance } from "fastest-levenshtein";
import type { UniversalTrack } from "../items/index.ts";

/**
 * The formula that the matcher was first specified with (MAT-3), kept to measure against: equal ISRC is 1, different is
 * 0; otherwise title and artist weigh most, album less, length least with a tolerance of 5 %, by edit distance on
 * strings without case, brackets and guests. Use {@link createMatcher} for anything else.
 */
export function baselineScore(a: UniversalTrack, b: UniversalTrack): number {
  if (a.isrc && b.isrc) return a.isrc === b.isrc ? 1 : 0;
  return (
    0.45 * similarity(a.title, b.title) +
    0.4 * similarity(a.artists.join(" "), b.artists.join(" ")) +
    0.1 * similarity(a.album ?? "", b.album ?? "") +
    0.05 * lengthSimilarity(a.durationMs, b.durationMs)
  );
}

function similarity(a: string, b: string): number {
  const [x, y] = [normalise(a), normalise(b)];
  const longer = Math.max(x.length, y.length);
  return longer === 0 ? 1 : 1 - distance(x, y) / longer;
}

function normalise(text: string): string {
  return text
    .toLowerCase()
    .replace(/\([^()]*\)|\[[^[\]]*\]/g, " ")
    .replace(/ (?:feat|ft|featuring)\b.*/, " ")
    .replace(/\s+/g, " ")
    .trim();
}

function lengthSimilarity(a: number | undefined, b: number | undefined): number {
  if (a === undefined || b === undefined) return 1;
  const longer = Math.max(a, b);
  return longer === 0 || Math.abs(a - b) <= 0.05 * longer ? 1 : 0;
}
