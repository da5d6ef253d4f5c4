import { describe, expect, it } from "vitest";
import { type Decision, type GuardInput, guard, guardDefaults } from "../../src/reconcile/index.ts";

const fromAbsence = ["remove", "detach", "suppress", "drop"] as const;
const fromPresence = ["create", "link"] as const;

function one(action: Decision["action"], key: string): Decision {
  return { action, keys: [key], aId: `a-${key}`, bId: `b-${key}` };
}

function many(action: Decision["action"], count: number): Decision[] {
  return Array.from({ length: count }, (_, index) => one(action, `${action}-${index}`));
}

function run(input: Partial<GuardInput>) {
  return guard({ decisions: [], links: 1_000, removedLately: 0, emptySide: false, confirmFirst: false, ...input });
}

describe("guard", () => {
  it("has the defaults of the semantics: more than 4 and more than 20 %", () => {
    expect(guardDefaults).toEqual({ few: 4, share: 0.2 });
  });

  it("lets an empty plan through, whatever else holds", () => {
    expect(run({ removedLately: 500, links: 0, emptySide: true, confirmFirst: true })).toEqual({
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

    it("adds up all kinds of conclusions from absence", () => {
      const decisions = fromAbsence.flatMap((action) => many(action, 2));
      expect(run({ decisions, links: 39 }).reasons).toEqual(["mass-removal"]);
      expect(run({ decisions, links: 40 }).reasons).toEqual([]);
    });

    it("counts a shared item as many as the entries that stand for it", () => {
      const shared: Decision = { action: "remove", keys: ["k1", "k2", "k3", "k4", "k5"], bId: "b" };
      expect(run({ decisions: [shared], links: 24 })).toEqual({
        released: [],
        held: [shared],
        reasons: ["mass-removal"],
      });
      expect(run({ decisions: [shared], links: 25 }).reasons).toEqual([]);
    });

    it("counts a stray, which no link knows, as one", () => {
      const strays = (count: number) =>
        Array.from({ length: count }, (_, index): Decision => ({ action: "remove", keys: [], bId: `b-${index}` }));
      expect(run({ decisions: strays(4), links: 0 }).reasons).toEqual([]);
      expect(run({ decisions: strays(5), links: 0 }).reasons).toEqual(["mass-removal"]);
    });
  });

  describe("over a rolling day", () => {
    it("adds what earlier runs let go, so that a mass removal cannot come in slices of 4", () => {
      expect(run({ decisions: many("remove", 4), links: 16, removedLately: 0 }).reasons).toEqual([]);
      expect(run({ decisions: many("remove", 4), links: 12, removedLately: 4 }).reasons).toEqual(["mass-removal"]);
      expect(run({ decisions: many("remove", 1), links: 16, removedLately: 3 }).reasons).toEqual([]);
      expect(run({ decisions: many("remove", 1), links: 16, removedLately: 4 }).reasons).toEqual(["mass-removal"]);
    });

    it("measures against the links that there were, not against those that are left", () => {
      // 100 links in the morning, 10 removed since: a fifth of the hundred is 20.
      expect(run({ decisions: many("remove", 10), links: 90, removedLately: 10 }).reasons).toEqual([]);
      expect(run({ decisions: many("remove", 11), links: 90, removedLately: 10 }).reasons).toEqual(["mass-removal"]);
    });

    it("does not hold a run that concludes nothing from absence, whatever went before", () => {
      const decisions = many("create", 3);
      expect(run({ decisions, links: 10, removedLately: 90 })).toEqual({ released: decisions, held: [], reasons: [] });
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

    it("asks nobody where nothing rests on absence", () => {
      const decisions = many("create", 100);
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
