import { glob, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

/** The scenarios of syncing, by letter, that can be met by what there is today. */
const scenarios: Readonly<Record<string, readonly number[]>> = {
  A: [1, 2, 3, 4, 6, 8, 9],
  B: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 18],
  C: [1, 2, 3, 4, 5, 6, 10],
  D: [1, 2, 4, 5, 7, 8, 9, 10, 12],
  E: [1, 2, 3, 4, 5, 8, 11, 13],
  F: [1, 2, 3, 4, 6, 7, 8, 10, 11, 12, 14, 16, 17, 20, 21],
  G: [1, 2, 3, 4, 6, 7, 11],
  H: [1, 2, 3, 4, 5, 7, 10, 11, 14],
  L: [1, 2, 4, 5, 7, 8, 10, 11, 13],
};

/** Those that nothing can meet yet, and why. */
const notYet: Readonly<Record<string, string>> = {};

/** Codes at the head of a test's name: `B4:`, `B1, B2:`, `P1, L10:`. */
async function namedScenarios(): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  for (const pattern of ["packages/*/test/**/*.test.ts", "e2e/**/*.test.ts", "examples/*/test/**/*.test.ts"]) {
    for await (const path of glob(pattern, { exclude: (name) => name === "node_modules" })) {
      const text = await readFile(path, "utf8");
      for (const [, head = ""] of text.matchAll(/["'`]((?:[A-Z]+-?\d+(?:, | and )?)+):/g)) {
        for (const [code] of head.matchAll(/[A-L]\d+/g)) named.add(code);
      }
    }
  }
  return named;
}

describe("the scenarios of syncing", () => {
  it("are each named by a test, unless nothing can meet them yet", async () => {
    const named = await namedScenarios();
    const wanted = Object.entries(scenarios).flatMap(([letter, numbers]) =>
      numbers.map((number) => `${letter}${number}`),
    );
    expect(wanted.filter((code) => !named.has(code) && !(code in notYet))).toEqual([]);
    expect(
      Object.keys(notYet).filter((code) => named.has(code)),
      "these can be met after all",
    ).toEqual([]);
  });
});
