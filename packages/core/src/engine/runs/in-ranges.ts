/** Pairs of containers that one statement is about. */
export const PAIRS_AT_ONCE = 200;

/** The values in pieces of at most so many: databases bound how many one statement takes. */
export function inRanges<T>(values: readonly T[], most: number): readonly (readonly T[])[] {
  const ranges: (readonly T[])[] = [];
  for (let start = 0; start < values.length; start += most) ranges.push(values.slice(start, start + most));
  return ranges;
}
