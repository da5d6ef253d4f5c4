import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ArrangedSide, type ArrangeInput, arrange } from "../../src/reconcile/index.ts";
import { holdsFor, patient } from "./support/random-runs.ts";

/** Lists in short: capitals are shared (`T` is `a-T` on A and `b-T` on B), all else only this side has. */
function side(
  letter: "a" | "b",
  text: string,
  more: Partial<ArrangedSide> & { readonly add?: string } = {},
): ArrangedSide {
  const { add = "", ...rest } = more;
  const list = [...text].map((char) =>
    isShared(char) ? { entry: `${letter}-${char}`, shared: char } : { entry: char },
  );
  const adds = new Map([...add].map((char) => [char, `${letter}-${char}`]));
  return { list, adds, excused: new Set(), copies: "kept", ...rest };
}

function isShared(char: string): boolean {
  return char >= "A" && char <= "Z";
}

function shown(entries: readonly string[]): string {
  return entries.map((entry) => entry.replace(/^[ab]-/, "")).join("");
}

function arranged(input: Partial<ArrangeInput> & Pick<ArrangeInput, "a" | "b">, base = "") {
  const result = arrange({ table: "two-way", winner: "a", ...input, base: [...base] });
  return { ...result, a: shown(result.a), b: shown(result.b), agreed: result.agreed.join("") };
}

describe("what both sides of an ordered list become", () => {
  it("J1: what A moved is moved on B, around what B alone has", () => {
    expect(arranged({ a: side("a", "CABD"), b: side("b", "ABxCD") }, "ABCD")).toMatchObject({
      a: "CABD",
      b: "CABxD",
      agreed: "CABD",
      bothMoved: false,
    });
  });

  it("J2: an insertion in the middle comes after its left neighbour", () => {
    expect(arranged({ a: side("a", "ANB"), b: side("b", "AxB", { add: "N" }) }, "AB")).toMatchObject({
      a: "ANB",
      b: "ANxB",
    });
  });

  it("J3: what A removed in the middle is removed on B", () => {
    expect(arranged({ a: side("a", "AC"), b: side("b", "ABxC") }, "ABC")).toMatchObject({ a: "AC", b: "AxC" });
  });

  it("J4: copies are kept apart, and one of them can go", () => {
    expect(arranged({ a: side("a", "ABA"), b: side("b", "AB") }, "AB")).toMatchObject({ b: "ABA", agreed: "ABA" });
    expect(arranged({ a: side("a", "AB"), b: side("b", "ABA") }, "ABA")).toMatchObject({ b: "AB", agreed: "AB" });
  });

  it("keeps what only one side has behind its left neighbour, also where it cannot be read", () => {
    expect(arranged({ a: side("a", "A1B2"), b: side("b", "BA") }, "AB")).toMatchObject({ a: "B2A1", b: "BA" });
  });

  it("takes the winner's order where both moved, and says so", () => {
    const lists = { a: side("a", "BAC"), b: side("b", "ACB") };
    expect(arranged({ ...lists, winner: "a" }, "ABC")).toMatchObject({ a: "BAC", b: "BAC", bothMoved: true });
    expect(arranged({ ...lists, winner: "b" }, "ABC")).toMatchObject({ a: "ACB", b: "ACB", bothMoved: true });
  });

  it("leaves in place on one side what the other is excused for, and agrees on its place as before", () => {
    const b = side("b", "AC", { excused: new Set("B") });
    expect(arranged({ a: side("a", "BAC"), b }, "ABC")).toMatchObject({ a: "BAC", b: "AC", agreed: "ABC" });
    expect(arranged({ a: side("a", "BAC"), b: side("b", "ABC") }, "ABC")).toMatchObject({ a: "BAC", b: "BAC" });
  });

  it("agrees on copies as before while a side shows none of them", () => {
    const lacking = side("b", "A", { excused: new Set("B") });
    expect(arranged({ a: side("a", "BAB"), b: lacking }, "BAB")).toMatchObject({ a: "BAB", b: "A", agreed: "BAB" });
    const empty = side("b", "", { excused: new Set("AB") });
    expect(arranged({ a: side("a", "BAB"), b: empty }, "BAB").agreed).toBe("BAB");
  });

  it("puts again where it stood what B has lost and is to have", () => {
    const b = side("b", "AC", { excused: new Set("B"), add: "B" });
    expect(arranged({ a: side("a", "ABC"), b }, "ABC")).toMatchObject({ b: "ABC", agreed: "ABC" });
  });

  it("has what a side is excused for where the base has it, so that nobody seems to have moved anything", () => {
    const cases = [
      ["AD", "ABCD", "BC"],
      ["B", "AB", "A"],
      ["ABA", "ABAC", "C"],
    ] as const;
    for (const [list, base, excused] of cases) {
      const lacking = { excused: new Set(excused) };
      expect(arranged({ a: side("a", base), b: side("b", list, lacking), winner: "b" }, base).a).toBe(base);
      expect(arranged({ a: side("a", list, lacking), b: side("b", base), winner: "a" }, base).b).toBe(base);
    }
  });

  it("tells entries apart that each side alone has, whatever they are called", () => {
    expect(arranged({ a: side("a", "A.B"), b: side("b", "AB.") }, "AB")).toMatchObject({ a: "A.B", b: "AB." });
  });

  it("where an item can stand once, further copies stay where they are and are counted", () => {
    const b = side("b", "AB", { copies: "once" });
    const result = arranged({ a: side("a", "ABAA"), b }, "AB");
    expect(result).toMatchObject({ a: "ABAA", b: "AB", agreed: "AB" });
    expect(result.leftOut.b.copies).toBe(2);
    expect(result.leftOut.a.copies).toBe(0);
  });

  it("whichever side it is that holds each item once", () => {
    const a = side("a", "AB", { copies: "once", add: "N" });
    const result = arranged({ a, b: side("b", "ABANN") }, "AB");
    expect(result).toMatchObject({ a: "ABN", b: "ABANN", agreed: "ABN" });
    expect(result.leftOut).toMatchObject({ a: { copies: 2 }, b: { copies: 0 } });
    const oneWay = arranged({ table: "mirror", a: side("a", "AB", { copies: "once" }), b: side("b", "ABA") }, "AB");
    expect(oneWay.leftOut).toMatchObject({ a: { copies: 0 }, b: { copies: 0 } });
  });

  it("puts an item once where it can stand once, even if the base knew copies", () => {
    const b = side("b", "B", { copies: "once", excused: new Set("A"), add: "A" });
    expect(arranged({ a: side("a", "AB"), b }, "ABA")).toMatchObject({ a: "AB", b: "AB", agreed: "AB" });
    const lists = { a: side("a", "BA"), b: side("b", "AB", { copies: "once" }) };
    expect(arranged({ ...lists, winner: "b" }, "ABA")).toMatchObject({ a: "BA", b: "BA" });
  });

  it("the further copies go with the item that the other side removed", () => {
    const b = side("b", "B", { copies: "once" });
    expect(arranged({ a: side("a", "ABA"), b }, "AB")).toMatchObject({ a: "B", b: "B" });
  });

  it("gives what is there the room that there is, and tells what has none", () => {
    const b = side("b", "xy", { add: "ABC", maxItems: 4 });
    const result = arranged({ a: side("a", "ABC"), b });
    expect(result.b).toHaveLength(4);
    expect(result.b).toContain("x");
    expect(result.b).toContain("y");
    expect(result.leftOut.b.beyondLimit).toEqual(["b-C"]);
    expect(result.agreed).toBe("AB");
  });

  it("gives copies the room that there is, and agrees on as many as both hold", () => {
    const result = arranged({ a: side("a", "ABAA"), b: side("b", "AB", { maxItems: 3 }) }, "AB");
    expect(result).toMatchObject({ a: "ABAA", b: "ABA", agreed: "ABA" });
    expect(result.leftOut.b.beyondLimit).toEqual(["b-A"]);
    const turned = arranged({ a: side("a", "AB", { maxItems: 3 }), b: side("b", "ABAA") }, "AB");
    expect(turned).toMatchObject({ a: "ABA", b: "ABAA", agreed: "ABA" });
    expect(turned.leftOut.a.beyondLimit).toEqual(["a-A"]);
    const additive = arranged({ table: "additive", a: side("a", "ABA"), b: side("b", "AB", { maxItems: 2 }) }, "AB");
    expect(additive).toMatchObject({ b: "AB", agreed: "AB" });
  });

  it("additive: leaves on B what A has lost, and remembers the place of what B lacks for now", () => {
    expect(arranged({ table: "additive", a: side("a", "A"), b: side("b", "AB") }, "AB").b).toBe("AB");
    const b = side("b", "AC", { excused: new Set("B") });
    expect(arranged({ table: "additive", a: side("a", "ABC"), b }, "ABC").agreed).toBe("ABC");
    expect(arranged({ table: "mirror", a: side("a", "ABC"), b }, "ABC").agreed).toBe("ABC");
    expect(arranged({ table: "mirror", a: side("a", "BAC"), b }, "ABC").agreed).toBe("ABC");
  });

  it("additive: where both moved, A's order counts, and nobody hears of a disagreement", () => {
    const lists = { a: side("a", "BAC"), b: side("b", "ACB") };
    expect(arranged({ table: "additive", ...lists, winner: "b" }, "ABC")).toMatchObject({ b: "BAC", bothMoved: false });
  });

  it("additive: what A lost stays on B, also a copy, and B's own order stands until A moves", () => {
    expect(arranged({ table: "additive", a: side("a", "AB"), b: side("b", "ABA") }, "ABA").b).toBe("ABA");
    expect(arranged({ table: "additive", a: side("a", "AB"), b: side("b", "BA") }, "AB")).toMatchObject({
      a: "AB",
      b: "BA",
      bothMoved: false,
    });
    expect(arranged({ table: "additive", a: side("a", "CAB"), b: side("b", "ABC") }, "ABC").b).toBe("CAB");
  });

  it("mirror: undoes what was moved on B, and leaves what B alone has", () => {
    expect(arranged({ table: "mirror", a: side("a", "ABC"), b: side("b", "CxBA") }, "ABC").b).toBe("ABCx");
    expect(arranged({ table: "mirror", a: side("a", "ABC"), b: side("b", "AxBC") }, "ABC").b).toBe("AxBC");
    expect(arranged({ table: "mirror", a: side("a", "AB"), b: side("b", "ABA") }, "AB").b).toBe("AB");
  });

  it("takes away what the decision table removes, also what the base knows nothing of", () => {
    expect(arranged({ a: side("a", "AB"), b: side("b", "AGB"), removed: new Set("G") }, "AB")).toMatchObject({
      a: "AB",
      b: "AB",
    });
  });

  it("what we began to move and did not get to finish is nobody's wish, whoever wins", () => {
    const before = side("b", "ABCDx").list;
    const b = side("b", "DABCx", { before });
    expect(arranged({ a: side("a", "DCBA"), b, winner: "b" }, "ABCD")).toMatchObject({ a: "DCBA", bothMoved: false });
    // Somebody has put something there since: then all of it is as it is.
    const touched = side("b", "DABCxy", { before });
    expect(arranged({ a: side("a", "DCBA"), b: touched, winner: "b" }, "ABCD")).toMatchObject({
      a: "DABC",
      b: "DABCxy",
    });
  });

  it("knows again what we put there, also if it is to go by now, and on either side", () => {
    const before = (letter: "a" | "b") => ({ before: side(letter, "ABCD").list });
    const added = { a: side("a", "DCBAN"), b: side("b", "DABCN", before("b")) };
    expect(arranged({ ...added, winner: "b" }, "ABCD")).toMatchObject({ a: "DCBAN", b: "DCBAN", bothMoved: false });
    const gone = { a: side("a", "DCBA"), b: side("b", "DABCN", before("b")), removed: new Set("N") };
    expect(arranged({ ...gone, winner: "b" }, "ABCD")).toMatchObject({ a: "DCBA", b: "DCBA", bothMoved: false });
    const onA = { a: side("a", "DABCN", before("a")), b: side("b", "DCBAN") };
    expect(arranged({ ...onA, winner: "a" }, "ABCD")).toMatchObject({ a: "DCBAN", b: "DCBAN", bothMoved: false });
  });

  it("what we put there again, of what both once agreed on, nobody has removed", () => {
    const before = side("b", "AB").list;
    const lists = { a: side("a", "ABCx"), b: side("b", "ABC", { before }) };
    for (const winner of ["a", "b"] as const) {
      expect(arranged({ ...lists, winner }, "ABC")).toMatchObject({ a: "ABCx", b: "ABC", agreed: "ABC" });
      const turned = { a: side("a", "ABC", { before: side("a", "AB").list }), b: side("b", "ABCx") };
      expect(arranged({ ...turned, winner }, "ABC")).toMatchObject({ a: "ABC", b: "ABCx", agreed: "ABC" });
    }
    // One copy less on A.
    const copies = { a: side("a", "A"), b: side("b", "AG", { before: side("b", "G").list }) };
    expect(arranged(copies, "AA")).toMatchObject({ b: "AG", agreed: "A" });
  });

  it("never writes A in a one-way mode", () => {
    for (const table of ["additive", "mirror", "prune"] as const) {
      expect(arranged({ table, a: side("a", "ABC"), b: side("b", "A") }, "ABC").a).toBe("ABC");
      expect(arranged({ table, a: side("a", "AxB"), b: side("b", "BA") }, "AB").a).toBe("AxB");
    }
  });
});

describe("a copy that only A has, where B holds an item once", () => {
  it("does not go with its left neighbour to before the first one, which would move what nobody moved", () => {
    const cases = [
      // The list of A, what B's user made of the same, and what A becomes.
      ["BCADxAyE", "DBCAE", "DxyBCAAE"],
      ["BCADxAyE", "BCDEA", "BCDxyEAA"],
      ["ABCDxAyAE", "DABCE", "DxyABCAAE"],
      ["ABCBDA", "DACB", "DACABB"],
    ] as const;
    for (const [own, other, becomes] of cases) {
      const base = [...new Set(own)].filter(isShared).join("");
      const b = side("b", other, { copies: "once" });
      const expected = { a: becomes, b: other, agreed: other };
      expect(arranged({ a: side("a", own), b }, base)).toMatchObject(expected);
      const turned = arranged({ a: side("a", other, { copies: "once" }), b: side("b", own) }, base);
      expect(turned).toMatchObject({ a: other, b: becomes, agreed: other });
    }
  });

  it("is no reason to move what B's user has put elsewhere, one-way", () => {
    const b = side("b", "CDBA", { copies: "once" });
    const result = arranged({ table: "additive", a: side("a", "ADCA"), b }, "ADC");
    expect(result).toMatchObject({ a: "ADCA", b: "CDBA", agreed: "ADC" });
  });
});

describe("any two lists", patient, () => {
  const text = (chars: string) => fc.array(fc.constantFrom(...chars), { maxLength: 9 }).map((list) => list.join(""));
  const anyCase = fc.record({
    base: text("ABCD"),
    a: text("ABCDpq"),
    b: text("ABCDxy"),
    winner: fc.constantFrom("a" as const, "b" as const),
    table: fc.constantFrom("two-way" as const, "additive" as const, "mirror" as const),
    once: fc.boolean(),
  });
  /** What one side has and the base never had is to be put on the other. */
  const missing = (own: string, other: string, base: string) =>
    [...new Set(other)].filter((char) => isShared(char) && !own.includes(char) && !base.includes(char)).join("");
  const build = ({ base, a, b, winner, table, once }: typeof anyCase extends fc.Arbitrary<infer V> ? V : never) => {
    const onB = once ? [...new Set(b)].join("") : b;
    const sides = {
      a: side("a", a, { add: missing(a, onB, base) }),
      b: side("b", onB, { add: missing(onB, a, base), copies: once ? "once" : "kept" }),
    };
    return { sides, onB, settings: { winner, table }, base };
  };

  it("are at rest once they have been arranged", () => {
    holdsFor("arrange: are at rest once they have been arranged", anyCase, (given) => {
      const { sides, settings, base } = build(given);
      const first = arranged({ ...sides, ...settings }, base);
      const again = arranged(
        { a: side("a", first.a), b: side("b", first.b, { copies: sides.b.copies }), ...settings },
        first.agreed,
      );
      expect(again).toMatchObject({ a: first.a, b: first.b, agreed: first.agreed });
    });
  });

  it("lose nothing that only one of them has, and nothing that neither removed", () => {
    holdsFor("arrange: lose nothing that only one of them has, and nothing that neither removed", anyCase, (given) => {
      const { sides, onB, settings, base } = build(given);
      const result = arranged({ ...sides, ...settings }, base);
      const own = (list: string) =>
        [...list]
          .filter((char) => !isShared(char))
          .sort()
          .join("");
      expect(own(result.a)).toBe(own(given.a));
      expect(own(result.b)).toBe(own(onB));
      for (const char of new Set(given.a)) {
        if (isShared(char) && onB.includes(char)) {
          expect(result.a).toContain(char);
          expect(result.b).toContain(char);
        }
      }
    });
  });

  it("come to the same whichever is called A", () => {
    holdsFor("arrange: come to the same whichever is called A", anyCase, (given) => {
      const { sides, onB, base } = build({ ...given, table: "two-way" });
      const one = arranged({ ...sides, winner: given.winner }, base);
      const mirrored = arranged(
        {
          a: side("a", onB, { add: missing(onB, given.a, base), copies: sides.b.copies }),
          b: side("b", given.a, { add: missing(given.a, onB, base) }),
          winner: given.winner === "a" ? "b" : "a",
        },
        base,
      );
      expect({ a: mirrored.b, b: mirrored.a }).toEqual({ a: one.a, b: one.b });
    });
  });

  it("hold the same of what they share, in the same order, if both are written", () => {
    holdsFor("arrange: hold the same of what they share, in the same order, if both are written", anyCase, (given) => {
      const { sides, base } = build({ ...given, once: false, table: "two-way" });
      const { a, b } = arranged({ ...sides, winner: given.winner }, base);
      const shared = (list: string) => [...list].filter(isShared).join("");
      expect(shared(a)).toBe(shared(b));
    });
  });
});
