import { describe, expect, it } from "vitest";
import { diffOrdered, type OrderedScript } from "../../src/ordered/index.ts";
import { holdsFor, patient } from "../reconcile/support/random-runs.ts";
import { EditDistances } from "./support/edit-distances.ts";
import { anyTwo, commonLength, countsOf } from "./support/lists.ts";

describe("diffOrdered", patient, () => {
  const diff = (current: string, wanted: string) => diffOrdered([...current], [...wanted]);

  it("has nothing to do where both are the same", () => {
    expect(diff("abcab", "abcab")).toMatchObject({ moves: [], removes: [], inserts: [], edits: 0 });
    expect(diff("", "").stays).toEqual([]);
  });

  it("tells what moves, with its places before and after, and what stays", () => {
    expect(diff("abcd", "dabc")).toMatchObject({
      stays: [
        { token: "a", from: 0, to: 1 },
        { token: "b", from: 1, to: 2 },
        { token: "c", from: 2, to: 3 },
      ],
      moves: [{ token: "d", from: 3, to: 0 }],
      removes: [],
      inserts: [],
      edits: 1,
    });
  });

  it("tells what is removed by its place before, and what is inserted by its place after", () => {
    expect(diff("abcde", "xbdey")).toMatchObject({
      moves: [],
      removes: [
        { token: "a", at: 0 },
        { token: "c", at: 2 },
      ],
      inserts: [
        { token: "x", at: 0 },
        { token: "y", at: 4 },
      ],
      edits: 4,
    });
  });

  it("keeps copies apart: one of three is removed, and the others stay", () => {
    expect(diff("xaxbx", "axbx")).toMatchObject({ removes: [{ token: "x", at: 0 }], edits: 1 });
    expect(diff("axbx", "xaxbx")).toMatchObject({ inserts: [{ token: "x", at: 0 }], edits: 1 });
  });

  it("moves equal copies to the places that need one in the order in which they stand", () => {
    expect(diff("xxab", "axbx").moves).toEqual([
      { token: "x", from: 0, to: 1 },
      { token: "x", from: 1, to: 3 },
    ]);
  });

  it("moves one entry where equal ones could be mistaken for each other", () => {
    expect(diff("aabaab", "abaaba").edits).toBe(1);
  });

  it("finds the fewest edits between any two lists of up to 5 entries, as trying all edits does", () => {
    const distances = new EditDistances(["a", "b", "c"], 5);
    for (const [number, current] of distances.lists.entries()) {
      const from = distances.from(number);
      for (const [other, wanted] of distances.lists.entries()) {
        const script = diffOrdered(current, wanted);
        if (script.edits !== from[other]) {
          expect.fail(`${current.join("")} to ${wanted.join("")}: ${script.edits} edits instead of ${from[other]}`);
        }
        assertSound(script);
      }
    }
  });

  it("finds as few in longer lists as a table of lengths does, whatever is in them", () => {
    holdsFor("ordered, edits by a table", anyTwo, ([current, wanted]) => {
      const script = diffOrdered(current, wanted);
      assertSound(script);
      const wantedCounts = countsOf(wanted);
      const both = [...countsOf(current)].reduce(
        (sum, [token, count]) => sum + Math.min(count, wantedCounts.get(token) ?? 0),
        0,
      );
      expect(script.stays).toHaveLength(commonLength(current, wanted));
      expect(script.edits).toBe(current.length + wanted.length - both - script.stays.length);
    });
  });

  it("is right for long lists of any kind", () => {
    const numbers = Array.from({ length: 3_000 }, (_, i) => String(i));
    const same = numbers.map(() => "x");
    expect(diffOrdered(numbers, numbers.toReversed()).edits).toBe(2_999);
    expect(diffOrdered(same, same.slice(7)).edits).toBe(7);
    expect(diffOrdered(numbers, [...numbers.slice(1_000), ...numbers.slice(0, 1_000)]).edits).toBe(1_000);
    expect(diffOrdered(numbers, same).edits).toBe(6_000);
  });
});

/** Every entry of both lists is accounted for once, at a place where it stands, in the promised order. */
function assertSound({ current, wanted, stays, moves, removes, inserts, edits }: OrderedScript): void {
  const from = [...stays, ...moves].map((kept) => [kept.from, kept.token] as const);
  const to = [...stays, ...moves].map((kept) => [kept.to, kept.token] as const);
  const list = (places: readonly (readonly [number, string])[]) => {
    const tokens: string[] = [];
    for (const [at, token] of places) {
      if (at in tokens) throw new Error(`place ${at} is told twice`);
      tokens[at] = token;
    }
    return tokens.join();
  };
  const isSound =
    list([...from, ...removes.map(({ at, token }) => [at, token] as const)]) === current.join() &&
    list([...to, ...inserts.map(({ at, token }) => [at, token] as const)]) === wanted.join() &&
    ascends(stays.map((kept) => kept.from)) &&
    [stays, moves].every((kept) => ascends(kept.map((each) => each.to))) &&
    [removes, inserts].every((placed) => ascends(placed.map(({ at }) => at))) &&
    edits === moves.length + removes.length + inserts.length;
  if (!isSound) expect.fail(`unsound from ${current.join()} to ${wanted.join()}`);
}

function ascends(places: readonly number[]): boolean {
  return places.every((place, i) => i === 0 || place > places[i - 1]!);
}
