import { describe, expect, it } from "vitest";
import { conflictPolicies } from "../../src/reconcile/index.ts";
import { decided, linkA, linkB, newOnA, newOnB, nothing, type Situation } from "./support/two-way/decided.ts";

const oneWay = ["additive", "mirror", "prune"] as const;
const both = { a: ["x"], b: ["p"] } as const;
const bothEdited = { a: ["x~"], b: ["p~"] } as const;
const equal = () => true;

function actions(given: Situation): (string | undefined)[] {
  return decided(given).decisions.map(({ action, on }) => (on === undefined ? action : `${action} ${on}`));
}

describe("documents, copied", () => {
  it("need no counterpart to be copied", () => {
    const arrivals = [newOnA("x"), newOnB("q")];
    expect(decided({ arrivals, a: ["x"], b: ["q"], documents: {} })).toEqual({
      ...nothing,
      decisions: [
        { action: "create", on: "b", keys: ["a:x"], aId: "x" },
        { action: "create", on: "a", keys: ["b:q"], bId: "q" },
      ],
    });
  });

  it("wait where the other side was not read whole: it may have them", () => {
    const arrivals = [newOnA("x"), newOnB("q")];
    const complete = { a: true, b: false };
    expect(decided({ arrivals, a: ["x"], b: ["q"], documents: { complete } })).toEqual({
      ...nothing,
      decisions: [{ action: "create", on: "a", keys: ["b:q"], bId: "q" }],
      waiting: 1,
    });
  });

  it("are not held up by a side that was not read whole where their counterpart is known", () => {
    const complete = { a: false, b: false };
    const links = [linkA("x", "p")];
    expect(actions({ links, a: ["x~"], b: ["p"], documents: { complete } })).toEqual(["update b"]);
  });

  it("are copied when an earlier copy was not made, and forgotten when they leave before", () => {
    const links = [linkA("x", undefined, "pending"), linkB("q", undefined, "pending")];
    expect(actions({ links, a: ["x"], b: ["q"], documents: {} })).toEqual(["create b", "create a"]);
    expect(actions({ links, documents: {} })).toEqual(["drop", "drop"]);
  });
});

describe("documents, met for the first time", () => {
  const arrivals = [newOnA("x", "p")];

  it("A3: that are equal are linked without a write", () => {
    expect(actions({ arrivals, ...both, documents: { equal } })).toEqual(["link"]);
  });

  it.each([
    ["skip", "conflict"],
    ["source-wins", "update b"],
    ["target-wins", "update a"],
    ["overwrite", "update b"],
    ["newest-wins", "update b"],
    ["merge", "merge"],
  ] as const)("A4: that differ are as edited on both sides: %s, %s", (policy, says) => {
    const { decisions } = decided({ arrivals, ...both, documents: { policy } });
    expect(decisions.map(({ action, on }) => (on === undefined ? action : `${action} ${on}`))).toEqual([says]);
    expect(decisions).toMatchObject([{ keys: ["a:x"], aId: "x", bId: "p", conflict: { kind: "edit/edit" } }]);
  });

  it("lead to no deletion under any policy", () => {
    for (const policy of conflictPolicies) {
      for (const table of ["two-way", ...oneWay] as const) {
        for (const later of ["a", "b", undefined] as const) {
          const documents = { policy, later: () => later };
          expect(actions({ table, arrivals, ...both, documents }).join()).not.toContain("remove");
        }
      }
    }
  });

  it("C1: are made equal by mirror, whatever the policy", () => {
    expect(actions({ table: "mirror", arrivals, ...both, documents: { policy: "skip" } })).toEqual(["update b"]);
    expect(actions({ table: "additive", arrivals, ...both, documents: { policy: "skip" } })).toEqual(["conflict"]);
  });

  it("are the same whether the copy had been begun before", () => {
    const links = [linkA("x", "p", "pending")];
    expect(actions({ links, ...both, documents: { equal } })).toEqual(["link"]);
    expect(actions({ links, ...both, documents: { policy: "source-wins" } })).toEqual(["update b"]);
  });

  it("are not written while one of them is not known", () => {
    const documents = { equal, policy: "source-wins" } as const;
    expect(decided({ arrivals, a: ["x"], b: ["p?"], documents })).toEqual({ ...nothing, waiting: 1 });
  });
});

describe("documents, linked", () => {
  const links = [linkA("x", "p")];

  it("B6: the same edit on both sides advances the link without a write, under any policy", () => {
    for (const policy of conflictPolicies) {
      expect(decided({ links, ...bothEdited, documents: { equal, policy } })).toEqual({
        ...nothing,
        decisions: [{ action: "advance", keys: ["a:x"], aId: "x", bId: "p" }],
      });
    }
  });

  it("advance the link where one side became what the other is", () => {
    expect(actions({ links, a: ["x~"], b: ["p"], documents: { equal } })).toEqual(["advance"]);
    expect(actions({ links, a: ["x"], b: ["p~"], documents: { equal } })).toEqual(["advance"]);
    expect(actions({ table: "mirror", links, a: ["x"], b: ["p~"], documents: { equal } })).toEqual(["advance"]);
  });

  it("need nothing while both are as they were agreed on, however different that looks", () => {
    expect(decided({ links, ...both, documents: { equal: () => false } })).toEqual(nothing);
    expect(decided({ links, ...both, documents: { equal } })).toEqual(nothing);
  });

  it("are compared only where both sides have them", () => {
    const asked: string[] = [];
    const note = (aId: string, bId: string) => asked.push(`${aId} ${bId}`) > 0;
    decided({ links, a: ["x~"], b: [], documents: { equal: note } });
    decided({ links, a: [], b: ["p~"], documents: { equal: note } });
    decided({ links, a: ["x?"], b: ["p~"], documents: { equal: note } });
    expect(asked).toEqual([]);
  });
});

describe("documents in conflict", () => {
  const links = [linkA("x", "p", "conflict")];
  const recorded = () => ({});

  it("B7: unchanged since it was recorded, need nothing, however often they are looked at", () => {
    for (const policy of conflictPolicies) {
      const documents = { policy, recorded };
      expect(decided({ links, ...bothEdited, documents })).toEqual(nothing);
      expect(decided({ links, a: [], b: ["p~"], documents })).toEqual(nothing);
      expect(decided({ links, a: ["x~"], b: [], documents })).toEqual(nothing);
    }
  });

  it("equal by now, advance the link and close the record", () => {
    expect(actions({ links, ...bothEdited, documents: { equal, recorded } })).toEqual(["advance"]);
    expect(actions({ links, ...bothEdited, documents: { equal } })).toEqual(["advance"]);
    expect(actions({ table: "additive", links, a: ["x"], b: ["p~"], documents: { equal } })).toEqual(["advance"]);
  });

  it("changed since, are decided again by the policy of today", () => {
    expect(actions({ links, ...bothEdited, documents: { policy: "skip" } })).toEqual(["conflict"]);
    expect(actions({ links, ...bothEdited, documents: { policy: "target-wins" } })).toEqual(["update a"]);
  });

  it("back on one side to what was agreed on, take the other's edit", () => {
    expect(actions({ links, a: ["x"], b: ["p~"], documents: {} })).toEqual(["update a"]);
    expect(actions({ links, a: ["x~"], b: ["p"], documents: {} })).toEqual(["update b"]);
  });

  it("back on both sides to what was agreed on, are in step again", () => {
    expect(actions({ links, ...both, documents: {} })).toEqual(["advance"]);
  });

  it("additive, back on A only, stay on record: what B has was never agreed on", () => {
    expect(decided({ table: "additive", links, a: ["x"], b: ["p~"], documents: {} })).toEqual(nothing);
  });

  it("gone on both sides, are forgotten, whatever is on record", () => {
    expect(actions({ links, documents: { recorded } })).toEqual(["drop"]);
    expect(actions({ links, documents: {} })).toEqual(["drop"]);
  });

  it("do what a person decided, whatever the policy", () => {
    for (const policy of conflictPolicies) {
      const a = { policy, recorded: () => ({ decision: "a" as const }) };
      const b = { policy, recorded: () => ({ decision: "b" as const }) };
      expect(actions({ links, ...bothEdited, documents: a })).toEqual(["update b"]);
      expect(actions({ links, ...bothEdited, documents: b })).toEqual(["update a"]);
      expect(actions({ links, a: [], b: ["p~"], documents: a })).toEqual(["remove b"]);
      expect(actions({ links, a: [], b: ["p~"], documents: b })).toEqual(["create a"]);
      expect(actions({ links, a: ["x~"], b: [], documents: a })).toEqual(["create b"]);
      expect(actions({ links, a: ["x~"], b: [], documents: b })).toEqual(["remove a"]);
    }
  });

  it("additive, do not write A for a person either", () => {
    const documents = { recorded: () => ({ decision: "b" as const }) };
    expect(actions({ table: "additive", links, ...bothEdited, documents })).toEqual(["conflict"]);
  });

  it("in mirror end in what A has: mirror knows no conflict", () => {
    expect(actions({ table: "mirror", links, ...bothEdited, documents: { recorded } })).toEqual(["update b"]);
  });

  it("wait while a side is not known", () => {
    expect(decided({ links, a: ["x~"], b: ["p?"], documents: {} })).toEqual({ ...nothing, waiting: 1 });
  });

  it("look at records of conflicts only", () => {
    const documents = { policy: "source-wins", recorded } as const;
    expect(actions({ links: [linkA("x", "p")], ...bothEdited, documents })).toEqual(["update b"]);
  });
});

describe("documents, where a one-way state ends", () => {
  it.each(["detached", "suppressed"] as const)("%s: who edited since both last agreed is known", (state) => {
    const links = [linkA("x", "p", state)];
    const documents = { policy: "skip" } as const;
    expect(actions({ links, ...both, documents })).toEqual(["link"]);
    expect(actions({ links, a: ["x~"], b: ["p"], documents })).toEqual(["update b"]);
    expect(actions({ links, a: ["x"], b: ["p~"], documents })).toEqual(["update a"]);
    expect(actions({ links, ...bothEdited, documents })).toEqual(["conflict"]);
    expect(actions({ links, ...bothEdited, documents: { equal } })).toEqual(["link"]);
    expect(actions({ table: "additive", links, a: ["x"], b: ["p~"], documents })).toEqual(["link"]);
  });
});

describe("documents that share a counterpart", () => {
  const links = [linkA("old", "p")];
  const arrivals = [newOnA("new", "p")];

  it("have moved to another id: linked under it, nothing removed or created", () => {
    expect(decided({ links, arrivals, a: ["new"], b: ["p"], documents: { equal } })).toEqual({
      ...nothing,
      decisions: [
        { action: "link", keys: ["a:new"], aId: "new", bId: "p" },
        { action: "drop", keys: ["a:old"], aId: "old", bId: "p" },
      ],
    });
  });

  it("are compared like others that meet for the first time", () => {
    const documents = { policy: "source-wins" } as const;
    expect(actions({ links, arrivals, a: ["new"], b: ["p"], documents })).toEqual(["update b", "drop"]);
    expect(actions({ links, arrivals, a: ["new"], b: ["p"], documents: {} })).toEqual(["conflict", "drop"]);
  });

  it("are left alone while nobody can tell which is which", () => {
    expect(decided({ links, arrivals, a: ["old", "new"], b: ["p"], documents: { equal } })).toEqual({
      ...nothing,
      waiting: 2,
    });
    expect(decided({ links, arrivals, a: ["old?", "new"], b: ["p"], documents: { equal } })).toMatchObject({
      decisions: [],
      waiting: 2,
    });
  });
});
