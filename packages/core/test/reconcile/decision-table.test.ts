import { describe, expect, it } from "vitest";
import {
  type Action,
  type DecisionTableName,
  decide,
  decisionTables,
  type SideState,
  type TableLinkState,
} from "../../src/reconcile/index.ts";

type Combination = readonly [a: SideState, b: SideState, link: TableLinkState];

const sides: readonly SideState[] = ["=", "~", "-", "?", "+", "0"];
const linkStates: readonly TableLinkState[] = ["none", "linked", "unresolved", "detached", "suppressed"];
const oneWay: readonly DecisionTableName[] = ["additive", "mirror", "prune"];
const tables: readonly DecisionTableName[] = ["two-way", ...oneWay];

const everything: readonly Combination[] = sides.flatMap((a) =>
  sides.flatMap((b) => linkStates.map((link): Combination => [a, b, link])),
);

const known = everything.filter(([a, b]) => a !== "?" && b !== "?");

/** What each side can be seen as, by what the link says of it: `=`, `~` and `-` need a link, `+` and `0` its absence. */
function canComeAbout([a, b, link]: Combination): boolean {
  const agreed = (state: SideState) => state === "=" || state === "-" || state === "?";
  const open = (state: SideState) => state === "+" || state === "0" || state === "?";
  switch (link) {
    case "none":
      // What neither side has and no link knows is no item at all.
      return open(a) && open(b) && !(a === "0" && b === "0");
    case "linked":
      return (agreed(a) || a === "~") && (agreed(b) || b === "~");
    case "unresolved":
      // The side on which it was first seen has had it, the other has never been agreed on.
      return (agreed(a) && open(b)) || (open(a) && agreed(b));
    case "detached":
    case "suppressed":
      return agreed(a) && agreed(b);
  }
}

function fits(cell: string, state: string): boolean {
  return cell === "*" || cell === state;
}

interface Meaning {
  readonly says: string;
  readonly when: Combination;
  readonly decides: { readonly [T in DecisionTableName]: Action };
}

function always(action: Action): Meaning["decides"] {
  return { "two-way": action, additive: action, mirror: action, prune: action };
}

/** One entry for each combination in which both sides are known. Codes are those of the semantics' scenarios. */
const meanings: readonly Meaning[] = [
  { says: "A1: what A has and B lacks is created on B", when: ["+", "0", "none"], decides: always("create B") },
  {
    says: "B3, C2: what B has is created on A two-way, and left alone one-way unless prune is asked for",
    when: ["0", "+", "none"],
    decides: { "two-way": "create A", additive: "nothing", mirror: "nothing", prune: "remove B" },
  },
  { says: "A3: what both have already is linked without a write", when: ["+", "+", "none"], decides: always("link") },

  { says: "both sides as they were agreed on need nothing", when: ["=", "=", "linked"], decides: always("nothing") },
  { says: "B1: edited on A, updated on B", when: ["~", "=", "linked"], decides: always("update B") },
  {
    says: "B2, C1: edited on B, updated on A; mirror takes it back, additive leaves it",
    when: ["=", "~", "linked"],
    decides: { "two-way": "update A", additive: "nothing", mirror: "update B", prune: "update B" },
  },
  {
    says: "B6 to B12: edited on both sides is for the policy, except in mirror, where B gets A",
    when: ["~", "~", "linked"],
    decides: { "two-way": "edit/edit", additive: "edit/edit", mirror: "update B", prune: "update B" },
  },
  {
    says: "B4, C4, C5: deleted on A is deleted on B, and kept on B in additive",
    when: ["-", "=", "linked"],
    decides: { "two-way": "remove B", additive: "detach", mirror: "remove B", prune: "remove B" },
  },
  {
    says: "B4, C3, C6: deleted on B is deleted on A two-way, made again in mirror, and stays deleted in additive",
    when: ["=", "-", "linked"],
    decides: { "two-way": "remove A", additive: "suppress", mirror: "create B", prune: "create B" },
  },
  { says: "B5: deleted on both sides, the link is forgotten", when: ["-", "-", "linked"], decides: always("drop") },
  {
    says: "B14, B15: deleted on A and edited on B is for the policy two-way; one-way an edit of B counts for nothing",
    when: ["-", "~", "linked"],
    decides: { "two-way": "delete/edit", additive: "detach", mirror: "remove B", prune: "remove B" },
  },
  {
    says: "B14: edited on A and deleted on B is for the policy two-way; one-way it is as deleted on B",
    when: ["~", "-", "linked"],
    decides: { "two-way": "edit/delete", additive: "suppress", mirror: "create B", prune: "create B" },
  },

  { says: "A6: a counterpart found later is created", when: ["=", "0", "unresolved"], decides: always("create B") },
  {
    says: "what B had first and could not be copied yet is created on A, and is no business of one-way, prune aside",
    when: ["0", "=", "unresolved"],
    decides: { "two-way": "create A", additive: "drop", mirror: "drop", prune: "remove B" },
  },
  {
    says: "a counterpart found later and there already is linked",
    when: ["=", "+", "unresolved"],
    decides: always("link"),
  },
  { says: "the same, first seen on B", when: ["+", "=", "unresolved"], decides: always("link") },
  { says: "what never had a copy leaves with A", when: ["-", "0", "unresolved"], decides: always("drop") },
  { says: "the same, first seen on B", when: ["0", "-", "unresolved"], decides: always("drop") },
  {
    says: "C2: what B has of its own outlives an unresolved item of A unless prune is asked for",
    when: ["-", "+", "unresolved"],
    decides: { "two-way": "drop", additive: "drop", mirror: "drop", prune: "remove B" },
  },
  {
    says: "what A has of its own outlives an unresolved item of B",
    when: ["+", "-", "unresolved"],
    decides: always("drop"),
  },

  { says: "back on A, a detached item is linked again", when: ["=", "=", "detached"], decides: always("link") },
  {
    says: "back on A, an item that B lost meanwhile is new",
    when: ["=", "-", "detached"],
    decides: always("create B"),
  },
  {
    says: "C5: what was let go on A stays on B, also after a change of mode, unless prune is asked for",
    when: ["-", "=", "detached"],
    decides: { "two-way": "nothing", additive: "nothing", mirror: "nothing", prune: "remove B" },
  },
  { says: "gone from B too, a detached link is forgotten", when: ["-", "-", "detached"], decides: always("drop") },

  {
    says: "put back on B by its user, a copy is linked again",
    when: ["=", "=", "suppressed"],
    decides: always("link"),
  },
  {
    says: "C6: a copy that its user deleted stays deleted, also after a change of mode",
    when: ["=", "-", "suppressed"],
    decides: always("nothing"),
  },
  {
    says: "put back on B and gone from A, the copy is new two-way, and its user's own one-way",
    when: ["-", "=", "suppressed"],
    decides: { "two-way": "create A", additive: "drop", mirror: "drop", prune: "remove B" },
  },
  { says: "gone from A too, a suppressed link is forgotten", when: ["-", "-", "suppressed"], decides: always("drop") },
];

describe.each(tables)("the %s table", (table) => {
  const rows = decisionTables[table];

  for (const { says, when, decides } of meanings) {
    it(`${when.join(" ")}: ${says}`, () => {
      expect(decide(table, ...when)).toBe(decides[table]);
    });
  }

  it("waits whatever else holds while a side is not known", () => {
    for (const [a, b, link] of everything) {
      if (a === "?" || b === "?") expect(decide(table, a, b, link), `${a} ${b} ${link}`).toBe("wait");
    }
  });

  it("never waits while both sides are known", () => {
    for (const [a, b, link] of known) expect(decide(table, a, b, link), `${a} ${b} ${link}`).not.toBe("wait");
  });

  it("has a row for each combination that can come about", () => {
    expect(everything.filter((combination) => canComeAbout(combination) && !decide(table, ...combination))).toEqual([]);
  });

  it("has no answer for what cannot come about, so that a mistake shows", () => {
    expect(known.filter((combination) => !canComeAbout(combination) && decide(table, ...combination))).toEqual([]);
  });

  it("has one row for each combination, wildcards aside", () => {
    const plain = rows.filter(({ a, b, link }) => ![a, b, link].includes("*"));
    for (const [a, b, link] of everything) {
      const fitting = plain.filter((row) => row.a === a && row.b === b && row.link === link);
      expect(fitting.length, `${a} ${b} ${link}`).toBeLessThanOrEqual(1);
    }
  });

  it("keeps wildcards to what is not known, so that their order cannot matter", () => {
    const wild = rows.filter(({ a, b, link }) => [a, b, link].includes("*"));
    expect(wild.map(({ action }) => action)).toEqual(["wait", "wait"]);
    for (const [a, b, link] of everything) {
      const fitting = rows.filter((row) => fits(row.a, a) && fits(row.b, b) && fits(row.link, link));
      expect(new Set(fitting.map(({ action }) => action)).size, `${a} ${b} ${link}`).toBeLessThanOrEqual(1);
    }
  });

  it("creates only where it is missing, and removes or updates only what is there", () => {
    const has: readonly (SideState | undefined)[] = ["=", "~", "+"];
    for (const [a, b, link] of known) {
      const action = decide(table, a, b, link);
      const [onA, onB] = [has.includes(a), has.includes(b)];
      const label = `${a} ${b} ${link}: ${action}`;
      if (action === "create B" || action === "remove A") expect([onA, onB], label).toEqual([true, false]);
      if (action === "create A" || action === "remove B") expect([onA, onB], label).toEqual([false, true]);
      if (action === "link" || action === "edit/edit") expect([onA, onB], label).toEqual([true, true]);
      if (action === "update A" || action === "update B") expect([onA, onB], label).toEqual([true, true]);
      if (action === "drop" && table === "two-way" && link !== "unresolved") {
        expect([onA, onB], label).toEqual([false, false]);
      }
    }
  });
});

it("this file states the tables whole: every combination in which both sides are known has its meaning", () => {
  const stated = meanings.map(({ when }) => when.join(""));
  expect(known.filter(canComeAbout).filter((combination) => !stated.includes(combination.join("")))).toEqual([]);
  expect(new Set(stated).size).toBe(stated.length);
});

describe("the two-way table", () => {
  const mirroredState: { readonly [L in TableLinkState]: TableLinkState } = {
    none: "none",
    linked: "linked",
    unresolved: "unresolved",
    detached: "suppressed",
    suppressed: "detached",
  };
  const mirroredAction: { readonly [A in Action]?: Action } = {
    "create A": "create B",
    "create B": "create A",
    "update A": "update B",
    "update B": "update A",
    "remove A": "remove B",
    "remove B": "remove A",
    "delete/edit": "edit/delete",
    "edit/delete": "delete/edit",
  };

  it("is the same for both sides: swapping them gives the mirrored action", () => {
    for (const [a, b, link] of everything) {
      const action = decide("two-way", a, b, link);
      const mirrored = action && (mirroredAction[action] ?? action);
      expect(decide("two-way", b, a, mirroredState[link]), `${a} ${b} ${link}`).toBe(mirrored);
    }
  });

  it("makes no one-way state", () => {
    expect(decisionTables["two-way"].filter(({ action }) => action === "detach" || action === "suppress")).toEqual([]);
  });

  it("deletes only what both sides had agreed on", () => {
    const removals = decisionTables["two-way"].filter(({ action }) => action.startsWith("remove"));
    expect(removals.map(({ link }) => link)).toEqual(["linked", "linked"]);
  });
});

describe("the additive table", () => {
  it("removes nothing, ever", () => {
    expect(decisionTables.additive.filter(({ action }) => action.startsWith("remove"))).toEqual([]);
  });
});

describe.each(oneWay)("the %s table, one-way", (table) => {
  it("never writes A", () => {
    const onA: readonly Action[] = ["create A", "update A", "remove A"];
    expect(decisionTables[table].filter(({ action }) => onA.includes(action))).toEqual([]);
  });

  it("knows no conflict in which somebody deleted: one-way a deletion on either side is settled by the table", () => {
    const conflicts = decisionTables[table].filter(
      ({ action }) => action === "delete/edit" || action === "edit/delete",
    );
    expect(conflicts).toEqual([]);
  });
});
