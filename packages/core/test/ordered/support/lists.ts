import fc from "fast-check";

/** All lists over some tokens up to a length, the shortest first. */
export function allLists(tokens: readonly string[], maxLength: number): string[][] {
  let longest: string[][] = [[]];
  const all = [...longest];
  for (let length = 1; length <= maxLength; length++) {
    longest = longest.flatMap((list) => tokens.map((token) => [...list, token]));
    all.push(...longest);
  }
  return all;
}

/** From many copies of few tokens to few copies of many, across several words of 32 columns. */
export const anyList = fc
  .constantFrom(1, 2, 3, 8, 40, 120)
  .chain((tokens) => fc.array(fc.nat(tokens - 1).map(String), { maxLength: 120, size: "max" }));

/** A list, and what becomes of it by a few changes here and there. */
export function edited(list: readonly string[]): fc.Arbitrary<string[]> {
  const change = fc.record({
    kind: fc.constantFrom("add", "copy", "remove", "move"),
    from: fc.nat(999),
    to: fc.nat(999),
  });
  return fc.array(change, { maxLength: 8 }).map((changes) => {
    const result = [...list];
    for (const [number, { kind, from, to }] of changes.entries()) {
      const at = from % Math.max(1, result.length);
      const token = kind === "add" ? `new ${number} ${from}` : result[at];
      if (token === undefined) continue;
      if (kind === "remove" || kind === "move") result.splice(at, 1);
      if (kind !== "remove") result.splice(to % (result.length + 1), 0, token);
    }
    return result;
  });
}

/** Two lists: any two, or one made of the other. */
export const anyTwo = fc.oneof(
  fc.tuple(anyList, anyList),
  anyList.chain((list) => fc.tuple(fc.constant(list), edited(list))),
);

/** How often each token is in a list. */
export function countsOf(list: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const token of list) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}

/** Length of the longest common subsequence, by the table that everybody knows. */
export function commonLength(left: readonly string[], right: readonly string[]): number {
  let row = new Array<number>(right.length + 1).fill(0);
  for (const token of left) {
    const next = [0];
    for (const [i, other] of right.entries()) {
      next.push(token === other ? row[i]! + 1 : Math.max(row[i + 1]!, next[i]!));
    }
    row = next;
  }
  return row.at(-1)!;
}
