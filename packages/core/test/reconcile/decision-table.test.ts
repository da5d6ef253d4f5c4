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

const sides: readonly SideState[] = ["=", "-", "?", "+", "0"];
const linkStates: readonly TableLinkState[] = ["none", "linked", "unresolved", "detached", "suppressed"];
const tables: readonly DecisionTableName[] = ["additive", "mirror", "prune"];

/** What each side can be seen as, by what the link says of it: `=` and `-` need a link, `+` and `0` its absence. */
const visible: { readonly [L in TableLinkState]: { a: readonly SideState[]; b: readonly SideState[] } } = {
  none: { a: ["+", "0", "?"], b: ["+", "0", "?"] },
  linked: { a: ["=", "-", "?"], b: ["=", "-", "?"] },
  // A has had it, B has never been agreed on.
  unresolved: { a: ["=", "-", "?"], b: ["+", "0", "?"] },
  detached: { a: ["=", "-", "?"], b: ["=", "-", "?"] },
  suppressed: { a: ["=", "-", "?"], b: ["=", "-", "?"] },
};

const everything: readonly Combination[] = sides.flatMap((a) =>
  sides.flatMap((b) => linkStates.map((link): Combination => [a, b, link])),
);

/** What neither side has and no link knows is no item at all. */
function canComeAbout([a, b, link]: Combination): boolean {
  return visible[link].a.includes(a) && visible[link].b.includes(b) && !(link === "none" && a === "0" && b === "0");
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
  return { additive: action, mirror: action, prune: action };
}

/** One entry for each combination in which both sides are known. Codes are those of the semantics' scenarios. */
const meanings: readonly Meaning[] = [
  { says: "A1: what A has and B lacks is created on B", when: ["+", "0", "none"], decides: always("create") },
  { says: "A3: what both have already is linked without a write", when: ["+", "+", "none"], decides: always("link") },
  {
    says: "C2: what B has and we did not make is left alone unless prune is asked for",
    when: ["0", "+", "none"],
    decides: { additive: "nothing", mirror: "nothing", prune: "remove" },
  },

  { says: "both sides as they were agreed on need nothing", when: ["=", "=", "linked"], decides: always("nothing") },
  {
    says: "C4, C5: deleted on A is deleted on B in mirror, and kept on B in additive",
    when: ["-", "=", "linked"],
    decides: { additive: "detach", mirror: "remove", prune: "remove" },
  },
  {
    says: "C3, C6: a copy deleted on B is made again in mirror, and stays deleted in additive",
    when: ["=", "-", "linked"],
    decides: { additive: "suppress", mirror: "create", prune: "create" },
  },
  { says: "B5: deleted on both sides, the link is forgotten", when: ["-", "-", "linked"], decides: always("drop") },

  { says: "A6: a counterpart found later is created", when: ["=", "0", "unresolved"], decides: always("create") },
  {
    says: "a counterpart found later and there already is linked",
    when: ["=", "+", "unresolved"],
    decides: always("link"),
  },
  { says: "what never had a copy leaves with A", when: ["-", "0", "unresolved"], decides: always("drop") },
  {
    says: "C2: what B has of its own outlives an unresolved item of A unless prune is asked for",
    when: ["-", "+", "unresolved"],
    decides: { additive: "drop", mirror: "drop", prune: "remove" },
  },

  { says: "back on A, a detached item is linked again", when: ["=", "=", "detached"], decides: always("link") },
  { says: "back on A, an item that B lost meanwhile is new", when: ["=", "-", "detached"], decides: always("create") },
  {
    says: "C5: what was let go on A stays on B, also after a change to mirror, unless prune is asked for",
    when: ["-", "=", "detached"],
    decides: { additive: "nothing", mirror: "nothing", prune: "remove" },
  },
  { says: "gone from B too, a detached link is forgotten", when: ["-", "-", "detached"], decides: always("drop") },

  {
    says: "put back on B by its user, a copy is linked again",
    when: ["=", "=", "suppressed"],
    decides: always("link"),
  },
  {
    says: "C6: a copy that its user deleted stays deleted, also after a change to mirror",
    when: ["=", "-", "suppressed"],
    decides: always("nothing"),
  },
  {
    says: "put back on B and gone from A, the copy is its user's own",
    when: ["-", "=", "suppressed"],
    decides: { additive: "drop", mirror: "drop", prune: "remove" },
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
    for (const [a, b, link] of everything) {
      if (a !== "?" && b !== "?") expect(decide(table, a, b, link), `${a} ${b} ${link}`).not.toBe("wait");
    }
  });

  it("has a row for each combination that can come about", () => {
    expect(everything.filter((combination) => canComeAbout(combination) && !decide(table, ...combination))).toEqual([]);
  });

  it("has no answer for what cannot come about, so that a mistake shows", () => {
    const known = everything.filter(([a, b]) => a !== "?" && b !== "?");
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

  it("is stated whole in this test: every combination in which both sides are known has its meaning", () => {
    const stated = new Set(meanings.map(({ when }) => when.join("")));
    const known = everything.filter(([a, b]) => a !== "?" && b !== "?");
    expect(known.filter(canComeAbout).filter((combination) => !stated.has(combination.join("")))).toEqual([]);
  });

  it("creates only what A has, and removes only what A lacks and B has", () => {
    for (const [a, b, link] of everything) {
      const action = decide(table, a, b, link);
      if (action === "create" || action === "link") expect(["=", "+"], `${a} ${b} ${link}`).toContain(a);
      if (action === "create") expect(["-", "0"], `${a} ${b} ${link}`).toContain(b);
      if (action === "remove") expect(["-", "0"], `${a} ${b} ${link}`).toContain(a);
      if (action === "remove" || action === "link") expect(["=", "+"], `${a} ${b} ${link}`).toContain(b);
    }
  });
});

describe("the additive table", () => {
  it("removes nothing, ever", () => {
    expect(decisionTables.additive.filter(({ action }) => action === "remove")).toEqual([]);
  });
});

describe("one-way tables", () => {
  it("know two writes, both to B: no row writes A", () => {
    const changesLinksOnly: readonly Action[] = ["nothing", "wait", "link", "detach", "suppress", "drop"];
    const writes = new Set(tables.flatMap((table) => decisionTables[table].map(({ action }) => action)));
    for (const action of changesLinksOnly) writes.delete(action);
    expect([...writes].sort()).toEqual(["create", "remove"]);
  });
});
