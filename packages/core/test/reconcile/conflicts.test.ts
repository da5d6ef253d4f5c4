import { describe, expect, it } from "vitest";
import {
  type ConflictAction,
  type ConflictPolicy,
  conflictPolicies,
  type Decision,
  type SideLetter,
  winnerOf,
} from "../../src/reconcile/index.ts";
import { decided, linkA, nothing } from "./support/two-way/decided.ts";

const kinds: readonly ConflictAction[] = ["edit/edit", "delete/edit", "edit/delete"];

/** What both sides have, by what each did since they agreed. */
const seen: { readonly [K in ConflictAction]: { readonly a: readonly string[]; readonly b: readonly string[] } } = {
  "edit/edit": { a: ["x~"], b: ["p~"] },
  "delete/edit": { a: [], b: ["p~"] },
  "edit/delete": { a: ["x~"], b: [] },
};

interface Row {
  readonly policy: ConflictPolicy;
  /** Which side changed or deleted later. */
  readonly later?: SideLetter;
  /** What is decided where both edited, where A deleted what B edited, and where B deleted what A edited. */
  readonly decides: readonly [edits: string, aDeleted: string, bDeleted: string];
}

/** The table of policies, with A as the pair's source. `B gets A`: B is updated from A. */
const policies: readonly Row[] = [
  { policy: "skip", decides: ["conflict", "conflict", "conflict"] },
  { policy: "source-wins", decides: ["B gets A", "delete B", "create on B"] },
  { policy: "target-wins", decides: ["A gets B", "create on A", "delete A"] },
  { policy: "overwrite", decides: ["B gets A", "delete B", "create on B"] },
  { policy: "merge", decides: ["merge", "create on A", "create on B"] },
  { policy: "newest-wins", later: "a", decides: ["B gets A", "delete B", "create on B"] },
  { policy: "newest-wins", later: "b", decides: ["A gets B", "create on A", "delete A"] },
  // A tie, or a time that is not known: the source wins, and a deletion does not.
  { policy: "newest-wins", decides: ["B gets A", "create on A", "create on B"] },
];

const words: { readonly [A in Decision["action"]]?: (on: string) => string } = {
  update: (on) => `${on} gets ${on === "A" ? "B" : "A"}`,
  remove: (on) => `delete ${on}`,
  create: (on) => `create on ${on}`,
};

function inWords({ action, on }: Decision): string {
  return words[action]?.(on?.toUpperCase() ?? "") ?? (on === undefined ? action : `${action} on ${on}`);
}

/** How a cell reads when source and target are the other way round. */
function swapped(cell: string): string {
  return cell.replaceAll(/\b[AB]\b/g, (letter) => (letter === "A" ? "B" : "A"));
}

function decide(kind: ConflictAction, { policy, later }: Omit<Row, "decides">, source: SideLetter = "a") {
  const documents = { policy, source, later: () => later };
  return decided({ links: [linkA("x", "p")], ...seen[kind], documents });
}

describe("policies, two-way", () => {
  it("are all stated here", () => {
    expect([...new Set(policies.map(({ policy }) => policy))].sort()).toEqual([...conflictPolicies].sort());
  });

  for (const { policy, later, decides } of policies) {
    for (const [place, kind] of kinds.entries()) {
      const when = later === undefined ? "" : `, ${later.toUpperCase()} later`;
      it(`${policy}${when}, ${kind}: ${decides[place]}`, () => {
        const { decisions, waiting } = decide(kind, { policy, ...(later && { later }) });
        expect(decisions.map(inWords)).toEqual([decides[place]]);
        expect(decisions).toMatchObject([{ keys: ["a:x"], aId: "x", bId: "p", conflict: { kind } }]);
        expect(waiting).toBe(0);
      });
    }

    it(`${policy}: turns about with the source, ${later ?? "no"} side later`, () => {
      // What A deleted is what B deleted, seen from the other side.
      const [edits, aDeleted, bDeleted] = decides.map(swapped);
      const mirroredLater = later && (later === "a" ? "b" : "a");
      const found = kinds.map((kind) => decide(kind, { policy, ...(mirroredLater && { later: mirroredLater }) }, "b"));
      expect(found.map(({ decisions }) => decisions.map(inWords).join())).toEqual([edits, bDeleted, aDeleted]);
    });
  }

  it("overwrite comes out as source-wins in every cell", () => {
    for (const kind of kinds) {
      for (const source of ["a", "b"] as const) {
        for (const later of ["a", "b", undefined] as const) {
          expect(winnerOf("overwrite", kind, source, later)).toBe(winnerOf("source-wins", kind, source, later));
        }
      }
    }
  });

  it("newest-wins: an edit is never later than a deletion that is later, and wins whenever that is not known", () => {
    for (const source of ["a", "b"] as const) {
      for (const later of ["a", "b", undefined] as const) {
        expect(winnerOf("newest-wins", "delete/edit", source, later)).toBe(later === "a" ? "a" : "b");
        expect(winnerOf("newest-wins", "edit/delete", source, later)).toBe(later === "b" ? "b" : "a");
        expect(winnerOf("newest-wins", "edit/edit", source, later)).toBe(later ?? source);
      }
    }
  });

  it("only newest-wins looks at times", () => {
    for (const policy of conflictPolicies.filter((each) => each !== "newest-wins")) {
      for (const kind of kinds) {
        const outcomes = (["a", "b", undefined] as const).map((later) => winnerOf(policy, kind, "a", later));
        expect(new Set(outcomes).size, `${policy}, ${kind}`).toBe(1);
      }
    }
  });

  it("tells who has won, so that the loser can be recorded", () => {
    expect(decide("edit/edit", { policy: "target-wins" }).decisions).toMatchObject([
      { action: "update", on: "a", conflict: { kind: "edit/edit", winner: "b" } },
    ]);
    expect(decide("edit/edit", { policy: "skip" }).decisions).toMatchObject([{ conflict: { winner: "nobody" } }]);
    expect(decide("edit/edit", { policy: "merge" }).decisions).toMatchObject([{ conflict: { winner: "fields" } }]);
  });

  it("count for conflicts only: what one side changed goes to the other under any of them", () => {
    for (const policy of conflictPolicies) {
      for (const source of ["a", "b"] as const) {
        const documents = { policy, source };
        const links = [linkA("x", "p")];
        expect(decided({ links, a: ["x~"], b: ["p"], documents }).decisions.map(inWords)).toEqual(["B gets A"]);
        expect(decided({ links, a: ["x"], b: ["p~"], documents }).decisions.map(inWords)).toEqual(["A gets B"]);
        expect(decided({ links, a: [], b: ["p"], documents }).decisions.map(inWords)).toEqual(["delete B"]);
        expect(decided({ links, a: ["x"], b: [], documents }).decisions.map(inWords)).toEqual(["delete A"]);
      }
    }
  });
});

describe("policies, one-way", () => {
  const links = [linkA("x", "p")];
  const edited = { links, ...seen["edit/edit"] };

  it.each(conflictPolicies)("%s never writes A", (policy) => {
    for (const table of ["additive", "mirror", "prune"] as const) {
      for (const source of ["a", "b"] as const) {
        for (const later of ["a", "b", undefined] as const) {
          for (const kind of kinds) {
            const documents = { policy, source, later: () => later };
            const { decisions } = decided({ table, links, ...seen[kind], documents });
            expect(decisions.filter(({ on }) => on === "a")).toEqual([]);
            expect(decisions.filter(({ action, on }) => action === "merge" && on !== "b")).toEqual([]);
          }
        }
      }
    }
  });

  it.each([
    ["skip", "conflict"],
    ["source-wins", "B gets A"],
    ["overwrite", "B gets A"],
    ["target-wins", "conflict"],
    ["newest-wins", "B gets A"],
    ["merge", "merge on b"],
  ] as const)("additive, edited on both sides, %s: %s", (policy, says) => {
    expect(decided({ table: "additive", ...edited, documents: { policy } }).decisions.map(inWords)).toEqual([says]);
  });

  it("additive, B edited later: B is left as it is", () => {
    const documents = { policy: "newest-wins", later: () => "b" as const } as const;
    expect(decided({ table: "additive", ...edited, documents }).decisions).toMatchObject([
      { action: "conflict", conflict: { kind: "edit/edit", winner: "nobody" } },
    ]);
  });

  it("with the target read first, source and target mean what they say: the source is written", () => {
    const documents = (policy: ConflictPolicy) => ({ policy, source: "b" }) as const;
    const given = { table: "additive", ...edited } as const;
    expect(decided({ ...given, documents: documents("source-wins") }).decisions.map(inWords)).toEqual(["conflict"]);
    expect(decided({ ...given, documents: documents("target-wins") }).decisions.map(inWords)).toEqual(["B gets A"]);
  });

  it("additive, a deletion on either side is settled without the policy", () => {
    for (const policy of conflictPolicies) {
      const given = { table: "additive", links, documents: { policy } } as const;
      expect(decided({ ...given, ...seen["delete/edit"] }).decisions).toMatchObject([{ action: "detach" }]);
      expect(decided({ ...given, ...seen["edit/delete"] }).decisions).toMatchObject([{ action: "suppress" }]);
    }
  });

  it("C1: mirror ends in what A has, whatever the policy says", () => {
    for (const policy of conflictPolicies) {
      const given = { table: "mirror", links, documents: { policy } } as const;
      expect(decided({ ...given, ...seen["edit/edit"] }).decisions.map(inWords)).toEqual(["B gets A"]);
      expect(decided({ ...given, ...seen["delete/edit"] }).decisions.map(inWords)).toEqual(["delete B"]);
      expect(decided({ ...given, ...seen["edit/delete"] }).decisions.map(inWords)).toEqual(["create on B"]);
      expect(decided({ ...given, a: ["x"], b: ["p~"] }).decisions.map(inWords)).toEqual(["B gets A"]);
    }
  });

  it("additive leaves B's own edit alone", () => {
    expect(decided({ table: "additive", links, a: ["x"], b: ["p~"], documents: {} })).toEqual(nothing);
  });
});
