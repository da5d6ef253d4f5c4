import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ArrangedEntry,
  type ArrangedSide,
  arrange,
  arrangeApart,
  sharedOrders,
} from "../../src/reconcile/index.ts";
import { holdsFor, patient } from "./support/random-runs.ts";

/** Lists in short: capitals are shared (`T` is `a-T` on A and `b-T` on B), all else only this side has. */
function side(letter: "a" | "b", text: string, add = ""): ArrangedSide {
  const adds = new Map([...add].map((char) => [char, `${letter}-${char}`]));
  return { list: entries(letter, text), adds, excused: new Set(), copies: "kept" };
}

function entries(letter: "a" | "b", text: string): ArrangedEntry[] {
  return [...text].map((char) => (/[A-Z]/.test(char) ? { entry: `${letter}-${char}`, shared: char } : { entry: char }));
}

function shown(list: readonly string[]): string {
  return list.map((entry) => entry.replace(/^[ab]-/, "")).join("");
}

/** What two lists become whose orders were left `a` and `b`. */
function apart(given: { a: ArrangedSide; b: ArrangedSide }, orders: { a: string; b: string }) {
  const result = arrangeApart({ table: "two-way", winner: "a", ...given }, { a: [...orders.a], b: [...orders.b] });
  const { a, b, agreed, apart: next } = result;
  return {
    a: shown(a),
    b: shown(b),
    agreed: agreed.join(""),
    ...(next ? { next: [next.a.join(""), next.b.join("")] } : {}),
  };
}

describe("two lists whose orders were left different", () => {
  it("stay as they are", () => {
    const orders = { a: "DCBA", b: "ABCD" };
    expect(apart({ a: side("a", "DxCBA"), b: side("b", "ABCyD") }, orders)).toEqual({
      a: "DxCBA",
      b: "ABCyD",
      agreed: "DCBA",
      next: ["DCBA", "ABCD"],
    });
  });

  it("stay so with more copies on one side", () => {
    expect(apart({ a: side("a", "ABAC"), b: side("b", "ABC") }, { a: "ABAC", b: "ABC" })).toEqual({
      a: "ABAC",
      b: "ABC",
      agreed: "ABAC",
      next: ["ABAC", "ABC"],
    });
  });

  it("share each item once where one side can hold it once", () => {
    const lists = { a: entries("a", "ABAC"), b: entries("b", "ABC") };
    expect(sharedOrders(lists, "once")).toEqual({ a: [..."ABC"], b: [..."ABC"] });
    expect(sharedOrders(lists, "kept")).toEqual({ a: [..."ABAC"], b: [..."ABC"] });
  });

  it("stay so with further copies of what one side can hold once, which are told", () => {
    const lists = { a: { ...side("a", "CBA"), copies: "once" as const }, b: side("b", "ABCA") };
    const orders = { a: "CBA", b: "ABC" };
    expect(apart(lists, orders)).toEqual({ a: "CBA", b: "ABCA", agreed: "CBA", next: ["CBA", "ABC"] });
    const given = { table: "two-way", winner: "a", ...lists } as const;
    const { leftOut } = arrangeApart(given, { a: [...orders.a], b: [...orders.b] });
    expect(leftOut).toMatchObject({ a: { copies: 1 }, b: { copies: 0 } });
  });

  it("take an addition each after its left neighbour in its own order", () => {
    const orders = { a: "DCBA", b: "ABCD" };
    expect(apart({ a: side("a", "DCBAE"), b: side("b", "ABCD", "E") }, orders)).toMatchObject({
      a: "DCBAE",
      b: "AEBCD",
    });
    expect(apart({ a: side("a", "DCBA", "E"), b: side("b", "AEBCD") }, orders)).toMatchObject({
      a: "DCBAE",
      b: "AEBCD",
    });
  });

  it("lose what one side has removed", () => {
    const orders = { a: "DCBA", b: "ABCD" };
    expect(apart({ a: side("a", "DBA"), b: side("b", "ABCD") }, orders)).toMatchObject({
      a: "DBA",
      b: "ABD",
      next: ["DBA", "ABD"],
    });
  });

  it("have one order again as soon as somebody moves something on either side", () => {
    const orders = { a: "DCBA", b: "ABCD" };
    expect(apart({ a: side("a", "CDBA"), b: side("b", "ABCD") }, orders)).toEqual({
      a: "CDBA",
      b: "CDBA",
      agreed: "CDBA",
    });
    expect(apart({ a: side("a", "DCBA"), b: side("b", "BACD") }, orders)).toEqual({
      a: "BACD",
      b: "BACD",
      agreed: "BACD",
    });
  });

  it("lose no copy that only one of them has because somebody moves something", () => {
    const orders = { a: "ABA", b: "AB" };
    expect(apart({ a: side("a", "ABA"), b: side("b", "BA") }, orders)).toEqual({ a: "BAA", b: "BAA", agreed: "BAA" });
    const turned = { a: "AB", b: "ABA" };
    expect(apart({ a: side("a", "BA"), b: side("b", "ABA") }, turned)).toEqual({ a: "BAA", b: "BAA", agreed: "BAA" });
  });

  it("have the winner's if both are moved", () => {
    expect(apart({ a: side("a", "CDBA"), b: side("b", "BACD") }, { a: "DCBA", b: "ABCD" })).toMatchObject({
      b: "CDBA",
    });
  });

  it("have one order again when what differed is gone", () => {
    expect(apart({ a: side("a", "A"), b: side("b", "ABCD") }, { a: "DCBA", b: "ABCD" })).toEqual({
      a: "A",
      b: "A",
      agreed: "A",
    });
  });
});

const letters = fc.uniqueArray(fc.constantFrom(..."ABCDEF"), { maxLength: 6 });

describe("any two lists apart", patient, () => {
  it("are arranged as any others where their orders are one", async () => {
    const given = fc.record({ base: letters, a: letters, b: letters });
    await holdsFor("apart, one order", given, ({ base, a, b }) => {
      const adds = (own: readonly string[], other: readonly string[]) =>
        other.filter((each) => !own.includes(each)).join("");
      const sides = { a: side("a", a.join(""), adds(a, b)), b: side("b", b.join(""), adds(b, a)) };
      const input = { table: "two-way", winner: "a", ...sides } as const;
      const { apart: _, ...result } = arrangeApart(input, { a: base, b: base });
      const moved = (list: readonly string[]) => {
        const there = list.filter((each) => base.includes(each));
        return there.some((each, place) => each !== base.filter((one) => there.includes(one))[place]);
      };
      // Where both sides moved something, either order may be what the other was held against.
      if (moved(a) && moved(b)) return;
      const { a: onA, b: onB, agreed } = arrange({ ...input, base });
      expect(result).toMatchObject({ a: onA, b: onB, agreed });
    });
  });

  it("are left alone as long as nobody touches them", async () => {
    const given = fc.record({
      a: fc.array(fc.constantFrom(..."ABCDxyz"), { maxLength: 8 }),
      order: fc.infiniteStream(fc.nat()),
    });
    await holdsFor("apart, untouched", given, ({ a, order }) => {
      const shared = a.filter((each) => /[A-Z]/.test(each));
      const b = shared.map((each) => ({ each, rank: order.next().value ?? 0 })).sort((one, two) => one.rank - two.rank);
      const lists = { a: a.join(""), b: b.map(({ each }) => each).join("") };
      const orders = sharedOrders({ a: entries("a", lists.a), b: entries("b", lists.b) }, "kept");
      const result = arrangeApart(
        { table: "two-way", winner: "a", a: side("a", lists.a), b: side("b", lists.b) },
        orders,
      );
      expect({ a: shown(result.a), b: shown(result.b) }).toEqual(lists);
    });
  });
});
