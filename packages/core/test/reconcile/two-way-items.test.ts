import { describe, expect, it } from "vitest";
import { decided, linkA, linkB, newOnA, newOnB, nothing } from "./support/two-way/decided.ts";

describe("reconcile, two-way, one entry for one item", () => {
  it("B3: copies what is new on each side to the other", () => {
    const arrivals = [newOnA("x", "p"), newOnB("q", "y")];
    expect(decided({ arrivals, a: ["x"], b: ["q"] })).toEqual({
      ...nothing,
      decisions: [
        { action: "create", on: "b", keys: ["a:x"], aId: "x", bId: "p" },
        { action: "create", on: "a", keys: ["b:q"], aId: "y", bId: "q" },
      ],
    });
  });

  it("B4: takes from each side what was deleted on the other", () => {
    const links = [linkA("x", "p"), linkB("q", "y")];
    expect(decided({ links, a: ["y"], b: ["p"] }).decisions).toEqual([
      { action: "remove", on: "b", keys: ["a:x"], aId: "x", bId: "p" },
      { action: "remove", on: "a", keys: ["b:q"], aId: "y", bId: "q" },
    ]);
  });

  it("B5: forgets what was deleted on both", () => {
    expect(decided({ links: [linkA("x", "p")] })).toEqual({
      ...nothing,
      decisions: [{ action: "drop", keys: ["a:x"], aId: "x", bId: "p" }],
    });
  });

  it("A3: links what both have, whichever side it was found from", () => {
    expect(decided({ arrivals: [newOnA("x", "p")], a: ["x"], b: ["p"] }).decisions).toMatchObject([{ action: "link" }]);
    expect(decided({ arrivals: [newOnB("p", "x")], a: ["x"], b: ["p"] }).decisions).toEqual([
      { action: "link", keys: ["b:p"], aId: "x", bId: "p" },
    ]);
  });

  it("A6: reports what has no counterpart on the other side, once", () => {
    const arrivals = [newOnA("x"), newOnB("q")];
    expect(decided({ arrivals, a: ["x"], b: ["q"] })).toEqual({ ...nothing, unmatched: ["a:x", "b:q"] });
    const links = [linkA("x", undefined, "unmatched"), linkB("q", undefined, "unmatched")];
    expect(decided({ links, a: ["x"], b: ["q"] })).toEqual(nothing);
  });

  it.each(["unmatched", "uncertain", "refused", "pending"] as const)(
    "creates on A what B had first and was %s so far, and forgets it when it leaves B",
    (state) => {
      expect(decided({ links: [linkB("q", "y", state)], b: ["q"] }).decisions).toEqual([
        { action: "create", on: "a", keys: ["b:q"], aId: "y", bId: "q" },
      ]);
      expect(decided({ links: [linkB("q", undefined, state)] }).decisions).toEqual([
        { action: "drop", keys: ["b:q"], bId: "q" },
      ]);
    },
  );

  it("waits for either side", () => {
    const links = [linkA("x", "p"), linkA("y", "q")];
    expect(decided({ links, a: ["x?", "y"], b: ["p", "q?"] })).toEqual({ ...nothing, waiting: 2 });
  });

  it("adds anew what the user put back on the side where it had gone in one-way times", () => {
    const detached = [linkA("x", "p", "detached")];
    const suppressed = [linkA("x", "p", "suppressed")];
    expect(decided({ links: detached, a: ["x"] }).decisions).toMatchObject([{ action: "create", on: "b" }]);
    expect(decided({ links: suppressed, b: ["p"] }).decisions).toMatchObject([{ action: "create", on: "a" }]);
    expect(decided({ links: detached, b: ["p"] })).toEqual(nothing);
    expect(decided({ links: suppressed, a: ["x"] })).toEqual(nothing);
  });
});

describe("reconcile, two-way, several entries of A for one of B", () => {
  const links = [linkA("x", "p"), linkA("y", "p", "linked", "alias")];

  it("removes the shared item once when the last entry is gone, counted as all of them", () => {
    expect(decided({ links, b: ["p"] }).decisions).toEqual([
      { action: "remove", on: "b", keys: ["a:x", "a:y"], bId: "p" },
    ]);
  });

  it("removes all entries when the shared item is gone", () => {
    expect(decided({ links, a: ["x", "y"] }).decisions).toEqual([
      { action: "remove", on: "a", keys: ["a:x"], aId: "x", bId: "p" },
      { action: "remove", on: "a", keys: ["a:y"], aId: "y", bId: "p" },
    ]);
  });

  it("removes the entries that it knows of, and waits for the rest", () => {
    expect(decided({ links, a: ["x", "y?"] })).toEqual({
      ...nothing,
      decisions: [{ action: "remove", on: "a", keys: ["a:x"], aId: "x", bId: "p" }],
      waiting: 1,
    });
  });

  it("keeps the shared item while one entry is left, and need not read again for that", () => {
    expect(decided({ links, a: ["y"], b: ["p"] })).toEqual({
      ...nothing,
      decisions: [{ action: "drop", keys: ["a:x"], aId: "x", bId: "p" }],
    });
  });

  it("forgets entries that are gone together with the shared item", () => {
    expect(decided({ links, a: ["y"] }).decisions).toEqual([
      { action: "remove", on: "a", keys: ["a:y"], aId: "y", bId: "p" },
      { action: "drop", keys: ["a:x"], aId: "x", bId: "p" },
    ]);
  });

  it("decides a newcomer by itself when its shared item was deleted: it was not what was deleted there", () => {
    expect(decided({ links, arrivals: [newOnA("n", "p")], a: ["x", "y", "n"] }).decisions).toEqual([
      { action: "create", on: "b", keys: ["a:n"], aId: "n", bId: "p" },
      { action: "remove", on: "a", keys: ["a:x"], aId: "x", bId: "p" },
      { action: "remove", on: "a", keys: ["a:y"], aId: "y", bId: "p" },
    ]);
  });

  it.each(["pending", "refused", "unmatched", "uncertain"] as const)(
    "decides an entry that is %s by itself when its shared item was deleted",
    (state) => {
      const open = [...links, linkA("n", "p", state)];
      expect(decided({ links: open, a: ["n"] }).decisions).toEqual([
        { action: "create", on: "b", keys: ["a:n"], aId: "n", bId: "p" },
        { action: "drop", keys: ["a:x", "a:y"], bId: "p" },
      ]);
      expect(decided({ links: open, a: ["x", "n"] }).decisions).toEqual([
        { action: "create", on: "b", keys: ["a:n"], aId: "n", bId: "p" },
        { action: "remove", on: "a", keys: ["a:x"], aId: "x", bId: "p" },
        { action: "drop", keys: ["a:y"], aId: "y", bId: "p" },
      ]);
    },
  );

  it("keeps apart what was let go in one-way times: it was settled when the item was deleted", () => {
    const mixed = [linkA("x", "p"), linkA("y", "p", "suppressed")];
    expect(decided({ links: mixed, a: ["x", "y"] }).decisions).toEqual([
      { action: "remove", on: "a", keys: ["a:x"], aId: "x", bId: "p" },
    ]);
  });
});

describe("reconcile, two-way, several entries of B for one of A", () => {
  const links = [linkB("p", "x"), linkB("q", "x", "linked", "alias")];

  it("removes the shared item once when the last entry is gone, and all entries when the shared item is", () => {
    expect(decided({ links, a: ["x"] }).decisions).toEqual([
      { action: "remove", on: "a", keys: ["b:p", "b:q"], aId: "x" },
    ]);
    expect(decided({ links, b: ["p", "q"] }).decisions).toEqual([
      { action: "remove", on: "b", keys: ["b:p"], aId: "x", bId: "p" },
      { action: "remove", on: "b", keys: ["b:q"], aId: "x", bId: "q" },
    ]);
  });

  it("creates the shared item once for all that came since", () => {
    const arrivals = [newOnB("p", "x"), newOnB("q", "x")];
    expect(decided({ arrivals, b: ["p", "q"] }).decisions).toEqual([
      { action: "create", on: "a", keys: ["b:p", "b:q"], aId: "x" },
    ]);
  });

  it("creates it once for what is new on either side, and not at all where a newcomer has it", () => {
    const arrivals = [newOnA("x", "p"), newOnB("q", "x")];
    expect(decided({ arrivals, a: ["x"], b: ["q"] }).decisions).toEqual([
      { action: "link", keys: ["b:q"], aId: "x", bId: "q" },
    ]);
  });

  it("decides a newcomer by itself when its shared item was deleted", () => {
    expect(decided({ links, arrivals: [newOnB("n", "x")], b: ["p", "n"] }).decisions).toEqual([
      { action: "create", on: "a", keys: ["b:n"], aId: "x", bId: "n" },
      { action: "remove", on: "b", keys: ["b:p"], aId: "x", bId: "p" },
      { action: "drop", keys: ["b:q"], aId: "x", bId: "q" },
    ]);
  });

  it("mirror makes again each of them that the user deleted, when nothing of the item is left", () => {
    expect(decided({ table: "mirror", links, a: ["x"] }).decisions).toEqual([
      { action: "create", on: "b", keys: ["b:p"], aId: "x", bId: "p" },
      { action: "create", on: "b", keys: ["b:q"], aId: "x", bId: "q" },
    ]);
  });
});

describe("reconcile, two-way, several entries on both sides", () => {
  /** `x` and `y` were copied as `p`; `q` came on B for `x`. */
  const links = [linkA("x", "p"), linkA("y", "p", "linked", "alias"), linkB("q", "x", "linked", "alias")];

  it("is one item: nothing goes while either side has any of it", () => {
    expect(decided({ links, a: ["y"], b: ["q"] })).toEqual(nothing);
    expect(decided({ links, a: ["x", "y"], b: ["q"] })).toEqual(nothing);
  });

  it("removes every entry of it when the other side has none left", () => {
    expect(decided({ links, b: ["p", "q"] }).decisions).toEqual([
      { action: "remove", on: "b", keys: ["a:x", "a:y"], bId: "p" },
      { action: "remove", on: "b", keys: ["b:q"], aId: "x", bId: "q" },
    ]);
    expect(decided({ links, a: ["x", "y"] }).decisions).toEqual([
      { action: "remove", on: "a", keys: ["a:x", "b:q"], aId: "x" },
      { action: "remove", on: "a", keys: ["a:y"], aId: "y", bId: "p" },
    ]);
  });

  it("lets entries go whose item others stand for on both sides", () => {
    expect(decided({ links, a: ["x"], b: ["q"] }).decisions).toEqual([
      { action: "drop", keys: ["a:x", "a:y"], bId: "p" },
    ]);
  });

  it("keeps a newcomer in mind that stands for an entry that is gone", () => {
    expect(decided({ links, arrivals: [newOnA("n", "p")], a: ["x", "n"], b: ["q"] }).decisions).toEqual([
      { action: "link", keys: ["a:n"], aId: "n", bId: "p" },
    ]);
  });

  it("does not make again what its user took back before it was agreed on", () => {
    const open = [linkA("x", "p", "pending"), linkB("q", "x", "refused")];
    expect(decided({ links: open, a: ["x"] }).decisions).toEqual([
      { action: "create", on: "b", keys: ["a:x"], aId: "x", bId: "p" },
      { action: "drop", keys: ["b:q"], aId: "x", bId: "q" },
    ]);
  });

  it("goes by the entry that still is where it was first seen", () => {
    const open = [linkA("x", "p", "pending"), linkB("p", "y", "pending")];
    expect(decided({ links: open, b: ["p"] }).decisions).toEqual([
      { action: "create", on: "a", keys: ["b:p"], aId: "y", bId: "p" },
      { action: "drop", keys: ["a:x"], aId: "x", bId: "p" },
    ]);
  });

  it("keeps what ties an entry of which nobody knows to the rest", () => {
    expect(decided({ links, a: ["x", "y?"], b: ["q"] })).toEqual({ ...nothing, waiting: 1 });
  });

  it("forgets nothing that may be there", () => {
    const open = [linkA("x", "p", "refused"), linkB("q", "x", "refused")];
    expect(decided({ links: open, b: ["p", "q?"] })).toEqual({
      decisions: [{ action: "drop", keys: ["a:x"], aId: "x", bId: "p" }],
      waiting: 1,
      readAgain: true,
      unmatched: [],
    });
  });

  it("tells links of different entries apart in what it records", () => {
    const arrivals = [newOnA("n", "p"), newOnB("q", "x")];
    expect(decided({ links: [linkA("x", "p")], arrivals, a: ["x", "n"], b: ["p", "q"] }).decisions).toEqual([
      { action: "link", keys: ["a:n"], aId: "n", bId: "p" },
      { action: "link", keys: ["b:q"], aId: "x", bId: "q" },
    ]);
  });
});

describe("reconcile, what has to be read again", () => {
  it("says so when it forgets a link and a side still has its item: that is new to the next run", () => {
    expect(decided({ links: [linkA("x", "p", "refused")], b: ["p"] })).toEqual({
      ...nothing,
      decisions: [{ action: "drop", keys: ["a:x"], aId: "x", bId: "p" }],
      readAgain: true,
    });
    expect(decided({ links: [linkB("p", "x", "refused")], a: ["x"] })).toMatchObject({ readAgain: true });
  });

  it("does not when neither side has it", () => {
    expect(decided({ links: [linkA("x", "p"), linkA("y", "q", "refused")] })).toMatchObject({ readAgain: false });
  });

  it("one-way, does not for what B has: that is its own", () => {
    const links = [linkA("x", "p", "refused")];
    expect(decided({ table: "additive", links, b: ["p"] })).toMatchObject({ readAgain: false });
    expect(decided({ table: "mirror", links: [linkA("x", "p", "suppressed")], b: ["p"] })).toMatchObject({
      decisions: [{ action: "drop" }],
      readAgain: false,
    });
  });

  it("one-way, does for what A has, left from two-way times", () => {
    const links = [linkB("p", "x", "refused")];
    expect(decided({ table: "additive", links, a: ["x"] })).toMatchObject({ readAgain: true });
  });
});
