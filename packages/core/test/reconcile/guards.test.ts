import { describe, expect, it } from "vitest";
import {
  type Decision,
  type GuardInput,
  guard,
  guardDefaults,
  isIncredible,
  type SideLetter,
} from "../../src/reconcile/index.ts";

const fromAbsence = ["remove", "detach", "suppress", "drop"] as const;
const fromPresence = ["create", "link", "update", "advance", "conflict"] as const;

/** Written to B unless it says otherwise. */
function one(action: Decision["action"], key: string, on: SideLetter = "b"): Decision {
  const writes = action === "remove" || action === "create" || action === "update";
  return { action, ...(writes ? { on } : {}), keys: [key], aId: `a-${key}`, bId: `b-${key}` };
}

function many(action: Decision["action"], count: number, on: SideLetter = "b"): Decision[] {
  return Array.from({ length: count }, (_, index) => one(action, `${action}-${on}-${index}`, on));
}

const none = { a: 0, b: 0 };

function run(input: Partial<GuardInput>) {
  return guard({
    decisions: [],
    links: 1_000,
    removedLately: none,
    emptySide: false,
    changed: none,
    confirmFirst: false,
    ...input,
  });
}

describe("guard", () => {
  it("has the defaults of the semantics: more than 4 and 20 % missing, more than 80 % of 20 changed", () => {
    expect(guardDefaults).toEqual({ few: 4, share: 0.2, manyLinks: 20, changedShare: 0.8 });
  });

  it("lets an empty plan through, whatever else holds", () => {
    const removedLately = { a: 500, b: 500 };
    const changed = { a: 500, b: 500 };
    expect(run({ removedLately, changed, links: 0, emptySide: true, confirmFirst: true })).toEqual({
      released: [],
      held: [],
      reasons: [],
    });
  });

  describe("on mass removals", () => {
    it.each(fromAbsence)("counts every %s as a conclusion from absence", (action) => {
      const decisions = many(action, 5);
      expect(run({ decisions, links: 10 })).toEqual({ released: [], held: decisions, reasons: ["mass-removal"] });
    });

    it.each(fromPresence)("counts no %s", (action) => {
      const decisions = many(action, 50);
      expect(run({ decisions, links: 10 })).toEqual({ released: decisions, held: [], reasons: [] });
    });

    it("lets 4 go even where they are all there is", () => {
      expect(run({ decisions: many("remove", 4), links: 4 }).reasons).toEqual([]);
    });

    it("holds 5 where they are more than a fifth", () => {
      expect(run({ decisions: many("remove", 5), links: 24 }).reasons).toEqual(["mass-removal"]);
    });

    it.each([25, 35, 55, 1_000, 99_995])("lets exactly a fifth of %d links go, and holds one more", (links) => {
      const fifth = links / 5;
      expect(run({ decisions: many("remove", fifth), links }).reasons).toEqual([]);
      expect(run({ decisions: many("remove", fifth + 1), links }).reasons).toEqual(["mass-removal"]);
    });

    it("adds up all kinds of conclusions from what is missing on A", () => {
      const decisions = (["remove", "detach", "drop"] as const).flatMap((action) => many(action, 2));
      expect(run({ decisions, links: 29 }).reasons).toEqual(["mass-removal"]);
      expect(run({ decisions, links: 30 }).reasons).toEqual([]);
    });

    it("adds up all kinds of conclusions from what is missing on B", () => {
      const decisions = [...many("remove", 2, "a"), ...many("suppress", 2), ...many("drop", 2)];
      expect(run({ decisions, links: 29 }).reasons).toEqual(["mass-removal"]);
      expect(run({ decisions, links: 30 }).reasons).toEqual([]);
    });

    it("counts each side for itself: 4 missing on either is no more than a person would delete", () => {
      const decisions = [...many("remove", 4, "a"), ...many("remove", 4, "b")];
      expect(run({ decisions, links: 8 })).toEqual({ released: decisions, held: [], reasons: [] });
    });

    it("holds what rests on absence of either side when one side is not believed", () => {
      const decisions = [...many("remove", 5, "a"), one("remove", "single", "b")];
      expect(run({ decisions, links: 20 })).toEqual({ released: [], held: decisions, reasons: ["mass-removal"] });
    });

    it("counts a deletion that a policy lets win over an edit", () => {
      const conflict = { kind: "delete/edit", winner: "a" } as const;
      const decisions = many("remove", 5).map((decision): Decision => ({ ...decision, conflict }));
      expect(run({ decisions, links: 24 }).reasons).toEqual(["mass-removal"]);
    });

    it("counts a shared item as many as the entries that stand for it", () => {
      const shared: Decision = { action: "remove", on: "b", keys: ["k1", "k2", "k3", "k4", "k5"], bId: "b" };
      expect(run({ decisions: [shared], links: 24 })).toEqual({
        released: [],
        held: [shared],
        reasons: ["mass-removal"],
      });
      expect(run({ decisions: [shared], links: 25 }).reasons).toEqual([]);
    });

    it("counts a stray, which no link knows, as one", () => {
      const strays = (count: number) =>
        Array.from(
          { length: count },
          (_, index): Decision => ({ action: "remove", on: "b", keys: [], bId: `b-${index}` }),
        );
      expect(run({ decisions: strays(4), links: 0 }).reasons).toEqual([]);
      expect(run({ decisions: strays(5), links: 0 }).reasons).toEqual(["mass-removal"]);
    });
  });

  describe("over a rolling day", () => {
    it("adds what earlier runs let go, so that a mass removal cannot come in slices of 4", () => {
      expect(run({ decisions: many("remove", 4), links: 16, removedLately: { a: 0, b: 0 } }).reasons).toEqual([]);
      expect(run({ decisions: many("remove", 4), links: 12, removedLately: { a: 4, b: 0 } }).reasons).toEqual([
        "mass-removal",
      ]);
      expect(run({ decisions: many("remove", 1), links: 16, removedLately: { a: 3, b: 0 } }).reasons).toEqual([]);
      expect(run({ decisions: many("remove", 1), links: 16, removedLately: { a: 4, b: 0 } }).reasons).toEqual([
        "mass-removal",
      ]);
    });

    it("measures against the links that there were, not against those that are left", () => {
      // 100 links in the morning, 10 removed since: a fifth of the hundred is 20.
      expect(run({ decisions: many("remove", 10), links: 90, removedLately: { a: 10, b: 0 } }).reasons).toEqual([]);
      expect(run({ decisions: many("remove", 11), links: 90, removedLately: { a: 10, b: 0 } }).reasons).toEqual([
        "mass-removal",
      ]);
    });

    it("counts what was missing on each side for itself", () => {
      const missingOnA = many("remove", 1, "b");
      expect(run({ decisions: missingOnA, links: 16, removedLately: { a: 0, b: 9 } }).reasons).toEqual([]);
      expect(run({ decisions: missingOnA, links: 16, removedLately: { a: 4, b: 0 } }).reasons).toEqual([
        "mass-removal",
      ]);
      const missingOnB = many("remove", 1, "a");
      expect(run({ decisions: missingOnB, links: 16, removedLately: { a: 9, b: 0 } }).reasons).toEqual([]);
      expect(run({ decisions: missingOnB, links: 16, removedLately: { a: 0, b: 4 } }).reasons).toEqual([
        "mass-removal",
      ]);
    });

    it("does not hold a run that concludes nothing from absence, whatever went before", () => {
      const decisions = many("create", 3);
      expect(run({ decisions, links: 10, removedLately: { a: 90, b: 0 } })).toEqual({
        released: decisions,
        held: [],
        reasons: [],
      });
    });
  });

  describe("on mass changes", () => {
    const all = (count: number, on: SideLetter) => many("update", count, on);

    it("holds updates from a side of which more than 80 % changed at once", () => {
      const decisions = all(17, "b");
      const changed = { a: 17, b: 0 };
      expect(run({ decisions, links: 20, changed })).toEqual({
        released: [],
        held: decisions,
        reasons: ["mass-change"],
      });
    });

    it("lets exactly 80 % go", () => {
      const decisions = all(16, "b");
      expect(run({ decisions, links: 20, changed: { a: 16, b: 0 } }).reasons).toEqual([]);
      expect(run({ decisions: all(80, "b"), links: 100, changed: { a: 80, b: 0 } }).reasons).toEqual([]);
      expect(run({ decisions: all(81, "b"), links: 100, changed: { a: 81, b: 0 } }).reasons).toEqual(["mass-change"]);
    });

    it("lets all of fewer than 20 links change", () => {
      expect(run({ decisions: all(19, "b"), links: 19, changed: { a: 19, b: 0 } }).reasons).toEqual([]);
      expect(run({ decisions: all(20, "b"), links: 20, changed: { a: 20, b: 0 } }).reasons).toEqual(["mass-change"]);
    });

    it("looks at each side: holds what B would get from A, not what A would get from B", () => {
      const [toB, toA] = [all(18, "b"), all(2, "a")];
      const decisions = [...toB, ...toA];
      expect(run({ decisions, links: 20, changed: { a: 18, b: 2 } })).toEqual({
        released: toA,
        held: toB,
        reasons: ["mass-change"],
      });
      const [many, few] = [all(18, "a"), all(2, "b")];
      expect(run({ decisions: [...many, ...few], links: 20, changed: { a: 2, b: 18 } }).held).toEqual(many);
    });

    it("holds merges that carry such changes over, to both sides or to the other one", () => {
      const conflict = { kind: "edit/edit", winner: "fields" } as const;
      const toBoth: Decision = { action: "merge", keys: ["k"], aId: "a", bId: "b", conflict };
      const toB: Decision = { ...toBoth, on: "b" };
      for (const merge of [toBoth, toB]) {
        expect(run({ decisions: [merge], links: 20, changed: { a: 20, b: 1 } }).held).toEqual([merge]);
      }
      expect(run({ decisions: [toBoth], links: 20, changed: { a: 1, b: 20 } }).held).toEqual([toBoth]);
      expect(run({ decisions: [toB], links: 20, changed: { a: 1, b: 20 } }).held).toEqual([]);
    });

    it("lets go what carries no change over: copies, links, what is equal already, and the record of a conflict", () => {
      const decisions = (["create", "link", "advance", "conflict"] as const).map((action) => one(action, action));
      expect(run({ decisions, links: 20, changed: { a: 20, b: 20 } })).toEqual({
        released: decisions,
        held: [],
        reasons: [],
      });
    });

    it("lets removals go that are few, and holds both where both are too many", () => {
      const changes = all(18, "b");
      const changed = { a: 18, b: 0 };
      const few = many("remove", 2);
      expect(run({ decisions: [...changes, ...few], links: 20, changed })).toEqual({
        released: few,
        held: changes,
        reasons: ["mass-change"],
      });
      const lots = many("remove", 5);
      const created = one("create", "new");
      expect(run({ decisions: [...changes, ...lots, created], links: 20, changed })).toEqual({
        released: [created],
        held: [...changes, ...lots],
        reasons: ["mass-removal", "mass-change"],
      });
    });
  });

  describe("when it holds", () => {
    it("lets what rests on presence go ahead, in its order", () => {
      const created = one("create", "new");
      const linked = one("link", "both");
      const gone = many("suppress", 5);
      expect(run({ decisions: [linked, ...gone, created], links: 10 })).toEqual({
        released: [linked, created],
        held: gone,
        reasons: ["mass-removal"],
      });
    });

    it("asks a person first where that is due, for a single removal too", () => {
      const removed = one("remove", "old");
      const created = one("create", "new");
      expect(run({ decisions: [removed, created], confirmFirst: true })).toEqual({
        released: [created],
        held: [removed],
        reasons: ["needs-confirmation"],
      });
    });

    it.each(fromPresence)("asks nobody about a %s, which rests on no absence", (action) => {
      const decisions = many(action, 100);
      expect(run({ decisions, confirmFirst: true })).toEqual({ released: decisions, held: [], reasons: [] });
    });

    it("gives each reason once", () => {
      const { reasons } = run({ decisions: many("remove", 9), links: 9, confirmFirst: true, emptySide: true });
      expect(reasons).toEqual(["mass-removal", "needs-confirmation", "side-empty"]);
    });
  });

  describe("when a side that had items lists none", () => {
    it.each([...fromAbsence, ...fromPresence])("D1: believes nothing: holds even a single %s", (action) => {
      const decisions = [one(action, "k")];
      expect(run({ decisions, emptySide: true })).toEqual({ released: [], held: decisions, reasons: ["side-empty"] });
    });

    it("holds what rests on presence also where there are other reasons to hold", () => {
      const decisions = [...many("remove", 9), one("create", "new")];
      expect(run({ decisions, links: 9, emptySide: true }).held).toEqual(decisions);
    });
  });
});

describe("a listing that lacks too much to conclude anything from it", () => {
  it.each([
    ["shows nothing although one is known to be there", { rows: 0, known: 1, missing: 1 }, true],
    ["shows nothing where nothing is known", { rows: 0, known: 0, missing: 0 }, false],
    ["lacks as many as a person removes", { rows: 1, known: 5, missing: 4 }, false],
    ["lacks more than that, and more than a fifth", { rows: 19, known: 24, missing: 5 }, true],
    ["lacks more than that, and no more than a fifth", { rows: 20, known: 25, missing: 5 }, false],
  ])("%s", (_, shown, incredible) => {
    expect(isIncredible(shown)).toBe(incredible);
  });
});
