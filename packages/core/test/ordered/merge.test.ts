import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeOrdered } from "../../src/ordered/index.ts";
import { holdsFor, patient } from "../reconcile/support/random-runs.ts";
import { allLists, anyList, countsOf, edited } from "./support/lists.ts";
import { naiveMerge } from "./support/naive-merge.ts";

const winners = ["a", "b"] as const;
const otherThan = { a: "b", b: "a" } as const;
const winner = fc.constantFrom(...winners);

/** A base and what two users made of it, or any three lists. */
const history = fc.oneof(
  anyList.chain((base) => fc.record({ base: fc.constant(base), a: edited(base), b: edited(base), winner })),
  fc.record({ base: anyList, a: anyList, b: anyList, winner }),
);
const distinct = fc.uniqueArray(fc.nat(30).map(String), { maxLength: 30 });
const distinctHistory = fc.oneof(
  fc.record({ base: distinct, a: distinct, b: distinct, winner }),
  distinct.chain((base) => {
    const once = edited(base).map((list) => [...new Set(list)]);
    return fc.record({ base: fc.constant(base), a: once, b: once, winner });
  }),
);

describe("mergeOrdered", patient, () => {
  const merge = (base: string | undefined, a: string, b: string, wins: "a" | "b" = "a") => {
    const { merged, bothMoved } = mergeOrdered({
      base: base === undefined ? undefined : [...base],
      a: [...a],
      b: [...b],
      winner: wins,
    });
    return `${merged.join("")}${bothMoved ? " both moved" : ""}`;
  };

  it.each(winners)("takes the order of the only side that moved entries, also when %s wins", (wins) => {
    expect(merge("abcd", "dabc", "abcd", wins)).toBe("dabc");
    expect(merge("abcd", "abcd", "dabc", wins)).toBe("dabc");
  });

  it("takes the winner's order where both sides moved entries, and says so", () => {
    expect(merge("abcd", "dabc", "bacd", "a")).toBe("dabc both moved");
    expect(merge("abcd", "dabc", "bacd", "b")).toBe("bacd both moved");
  });

  it("sees no contradiction where both sides made the same move", () => {
    expect(merge("abcd", "dabc", "dabcx")).toBe("dabcx");
  });

  it("takes no move for one whose entry the other side removed", () => {
    expect(merge("abcd", "dabc", "bac", "a")).toBe("bac");
    expect(merge("abcd", "bac", "dabc", "b")).toBe("bac");
  });

  it("takes additions and removals of both sides", () => {
    expect(merge("abcd", "abxcd", "acd")).toBe("axcd");
    expect(merge("abcd", "bcd", "abcdy")).toBe("bcdy");
  });

  it("puts an addition after its left neighbour, wherever that has gone", () => {
    expect(merge("abcd", "cabd", "abcyd")).toBe("cyabd");
    expect(merge("abcd", "abcd", "yabcd")).toBe("yabcd");
  });

  it("puts an addition after the nearest left neighbour that is left, or first", () => {
    expect(merge("abcd", "ad", "abcyd")).toBe("ayd");
    expect(merge("abcd", "cd", "abycd")).toBe("ycd");
  });

  it("keeps additions of one side together, behind those of the side whose order counts", () => {
    expect(merge("ab", "apqb", "axyb", "a")).toBe("apqxyb");
    expect(merge("ab", "apqb", "axyb", "b")).toBe("axypqb");
    expect(merge("ab", "pab", "xab", "a")).toBe("pxab");
    expect(merge("abc", "cabp", "abxc", "b")).toBe("cabpx");
  });

  it("counts once what both sides did", () => {
    expect(merge("ab", "axb", "abx", "a")).toBe("axb both moved");
    expect(merge("xaxb", "axb", "xab", "a")).toBe("axb both moved");
    expect(merge("axxxb", "axxb", "axb")).toBe("axb");
    expect(merge("ab", "axxb", "axb")).toBe("axxb");
  });

  it("adds a copy on one side to those that the other has removed", () => {
    expect(merge("xab", "xabx", "ab")).toBe("abx");
    expect(merge("xab", "ab", "xxab")).toBe("xab");
  });

  it("takes the copy that was removed, not another", () => {
    expect(merge("xaxbx", "xaxbxc", "xabx")).toBe("xabxc");
  });

  it("joins both at the first match: the winner's order, and of each as many as the side with more of it", () => {
    expect(merge(undefined, "abc", "axbc")).toBe("axbc");
    expect(merge(undefined, "abc", "xcby", "a")).toBe("axbyc both moved");
    expect(merge(undefined, "abc", "xcby", "b")).toBe("xacby both moved");
    expect(merge(undefined, "xax", "xxax")).toBe("xxax");
    expect(merge(undefined, "px", "xpx")).toBe("xpx");
  });

  it("keeps the place of what only one side can hold, if the base leaves it out", () => {
    // l is a local file of A: B cannot hold it, and has never removed it.
    expect(merge("abc", "albc", "abc")).toBe("albc");
    expect(merge("abc", "albc", "cab")).toBe("calb");
    expect(merge("abc", "bc", "abc")).toBe("bc");
  });

  it("agrees with the rule told plainly, for all lists of up to 3 different entries", () => {
    const lists = allLists(["a", "b", "c"], 3).filter((list) => new Set(list).size === list.length);
    for (const base of lists) {
      for (const a of lists) {
        for (const b of lists) {
          for (const wins of winners) {
            const found = mergeOrdered({ base, a, b, winner: wins });
            const meant = naiveMerge(base, a, b, wins);
            if (found.merged.join() === meant.merged.join() && found.bothMoved === meant.bothMoved) continue;
            expect({ base, a, b, wins, ...found }).toEqual({ base, a, b, wins, ...meant });
          }
        }
      }
    }
  });

  it("agrees with the rule told plainly, for longer lists of different entries", () => {
    holdsFor("ordered merge, plainly", distinctHistory, ({ base, a, b, winner: wins }) => {
      expect(mergeOrdered({ base, a, b, winner: wins })).toEqual(naiveMerge(base, a, b, wins));
    });
  });

  it("loses no addition and brings back nothing that was removed, copy by copy", () => {
    const assertCounted = (base: readonly string[], a: readonly string[], b: readonly string[], wins: "a" | "b") => {
      const merged = countsOf(mergeOrdered({ base, a, b, winner: wins }).merged);
      const [inBase, inA, inB] = [countsOf(base), countsOf(a), countsOf(b)];
      for (const token of new Set([...base, ...a, ...b])) {
        const [had, hasA, hasB] = [inBase.get(token) ?? 0, inA.get(token) ?? 0, inB.get(token) ?? 0];
        const added = Math.max(0, hasA - had, hasB - had);
        const removed = Math.max(0, had - hasA, had - hasB);
        if ((merged.get(token) ?? 0) !== had + added - removed)
          expect.fail(JSON.stringify({ base, a, b, wins, token }));
      }
    };
    const lists = allLists(["a", "b"], 4);
    for (const base of lists) for (const a of lists) for (const b of lists) assertCounted(base, a, b, "a");
    holdsFor("ordered merge, counts", history, ({ base, a, b, winner: wins }) => assertCounted(base, a, b, wins));
  });

  it("gives the same when the sides and the winner are swapped", () => {
    holdsFor("ordered merge, swapped", history, ({ base, a, b, winner: wins }) => {
      expect(mergeOrdered({ base, a: b, b: a, winner: otherThan[wins] })).toEqual(
        mergeOrdered({ base, a, b, winner: wins }),
      );
    });
  });

  it("becomes what one side is where the other is still as agreed", () => {
    const lists = allLists(["a", "b", "c"], 3);
    for (const base of lists) {
      for (const changed of lists) {
        for (const wins of winners) {
          const expected = { merged: changed, bothMoved: false };
          expect(mergeOrdered({ base, a: changed, b: base, winner: wins })).toEqual(expected);
          expect(mergeOrdered({ base, a: base, b: changed, winner: wins })).toEqual(expected);
        }
      }
    }
    holdsFor("ordered merge, one side", history, ({ base, a, winner: wins }) => {
      expect(mergeOrdered({ base, a, b: base, winner: wins }).merged).toEqual(a);
      expect(mergeOrdered({ base, a: base, b: a, winner: wins }).merged).toEqual(a);
    });
  });

  it("leaves two sides alone that hold the same, whatever was agreed", () => {
    holdsFor("ordered merge, in step", history, ({ base, a, b, winner: wins }) => {
      expect(mergeOrdered({ base, a, b: a, winner: wins })).toEqual({ merged: a, bothMoved: false });
      const { merged } = mergeOrdered({ base, a, b, winner: wins });
      const again = { merged, bothMoved: false };
      expect(mergeOrdered({ base, a: merged, b: merged, winner: wins })).toEqual(again);
      expect(mergeOrdered({ base: merged, a: merged, b: merged, winner: wins })).toEqual(again);
    });
  });

  it("comes out the same when a run was cut off after it had written one side", () => {
    holdsFor("ordered merge, cut off", distinctHistory, ({ base, a, b, winner: wins }) => {
      const { merged } = mergeOrdered({ base, a, b, winner: wins });
      expect(mergeOrdered({ base, a: merged, b, winner: wins }).merged).toEqual(merged);
      expect(mergeOrdered({ base, a, b: merged, winner: wins }).merged).toEqual(merged);
    });
  });

  it("comes out with as many copies when a run was cut off so, unless one side added what the other removed", () => {
    holdsFor("ordered merge, cut off, copies", history, ({ base, a, b, winner: wins }) => {
      const { merged } = mergeOrdered({ base, a, b, winner: wins });
      const [had, inA, inB, meant] = [base, a, b, merged].map(countsOf);
      const fromA = countsOf(mergeOrdered({ base, a: merged, b, winner: wins }).merged);
      const fromB = countsOf(mergeOrdered({ base, a, b: merged, winner: wins }).merged);
      for (const token of new Set([...base, ...a, ...b])) {
        const [before, now, then] = [had, inA, inB].map((counts) => counts?.get(token) ?? 0);
        if ((now! - before!) * (then! - before!) < 0) continue;
        expect([fromA.get(token), fromB.get(token)]).toEqual([meant?.get(token), meant?.get(token)]);
      }
    });
  });
});
