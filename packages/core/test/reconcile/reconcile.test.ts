import { describe, expect, it } from "vitest";
import {
  type Arrival,
  type LinkFacts,
  type LinkState,
  type Presence,
  type ReconcileInput,
  reconcile,
} from "../../src/reconcile/index.ts";

interface Given {
  readonly table?: ReconcileInput["table"];
  /** Links as `key: [state, item of B, alias]`; the item of A is the key. */
  readonly links?: Record<string, readonly [state: LinkState, bId?: string, alias?: "alias"]>;
  /** Arrivals as `key: item of B`. */
  readonly arrivals?: Record<string, string | undefined>;
  readonly strays?: readonly string[];
  readonly aComplete?: boolean;
  /** Everything else is absent. */
  readonly a?: Record<string, Presence>;
  readonly b?: Record<string, Presence>;
}

function decided({
  table = "additive",
  links = {},
  arrivals = {},
  strays = [],
  aComplete = true,
  a = {},
  b = {},
}: Given) {
  return reconcile({
    table,
    links: Object.entries(links).map(([key, [state, bId, alias]]): LinkFacts => {
      const link = { key, aId: key, origin: "a" as const, state, alias: alias === "alias" };
      return bId === undefined ? link : { ...link, bId };
    }),
    arrivals: Object.entries(arrivals).map(
      ([key, bId]): Arrival => ({ origin: "a", key, aId: key, ...(bId === undefined ? {} : { bId }) }),
    ),
    strays,
    aComplete,
    a: (id) => a[id] ?? "absent",
    b: (id) => b[id] ?? "absent",
  });
}

const nothing = { decisions: [], waiting: 0, readAgain: false, unmatched: [] };

describe("reconcile, one entry for one item", () => {
  it("A1: creates what arrives with a counterpart, and says what to create", () => {
    expect(decided({ arrivals: { x: "b" }, a: { x: "present" } })).toEqual({
      ...nothing,
      decisions: [{ action: "create", on: "b", keys: ["x"], aId: "x", bId: "b" }],
    });
  });

  it("A2: has nothing to say of two empty sides", () => {
    for (const table of ["additive", "mirror", "prune"] as const) expect(decided({ table })).toEqual(nothing);
  });

  it("A3: links what both have", () => {
    expect(decided({ arrivals: { x: "b" }, a: { x: "present" }, b: { b: "present" } }).decisions).toEqual([
      { action: "link", keys: ["x"], aId: "x", bId: "b" },
    ]);
  });

  it("A6: reports an arrival without a counterpart once, and leaves it alone as an unmatched link", () => {
    const a = { x: "present", y: "present" } as const;
    expect(decided({ arrivals: { y: undefined, x: undefined }, a })).toEqual({ ...nothing, unmatched: ["x", "y"] });
    expect(decided({ links: { x: ["unmatched"], y: ["uncertain"] }, a })).toEqual(nothing);
  });

  it.each(["unmatched", "uncertain", "refused", "pending"] as const)(
    "creates a link that is %s once it has a counterpart, and forgets it when it leaves A without one",
    (state) => {
      const found = decided({ links: { x: [state, "b"] }, a: { x: "present" } });
      expect(found.decisions).toEqual([{ action: "create", on: "b", keys: ["x"], aId: "x", bId: "b" }]);
      expect(decided({ links: { x: [state] } }).decisions).toEqual([{ action: "drop", keys: ["x"], aId: "x" }]);
    },
  );

  it("waits for what it does not know, with and without a counterpart, and counts it", () => {
    const links = { x: ["linked", "b"], y: ["unmatched"], z: ["linked", "c"] } as const;
    const a = { x: "unknown", y: "unknown", z: "present" } as const;
    expect(decided({ table: "mirror", links, a, b: { b: "present", c: "unknown" } })).toEqual({
      ...nothing,
      waiting: 3,
    });
  });

  it("leaves alone what contradicts itself, and does not call the run settled", () => {
    expect(decided({ table: "prune", arrivals: { x: "b" }, b: { b: "present" } })).toEqual({ ...nothing, waiting: 1 });
  });
});

describe("reconcile, scenarios of one-way modes", () => {
  const linked = { x: ["linked", "b"] } as const;

  it("C2: mirror leaves alone what it did not make, and prune removes it", () => {
    const given = { strays: ["own"], b: { own: "present" } } as const;
    expect(decided({ ...given, table: "additive" })).toEqual(nothing);
    expect(decided({ ...given, table: "mirror" })).toEqual(nothing);
    expect(decided({ ...given, table: "prune" }).decisions).toEqual([
      { action: "remove", on: "b", keys: [], bId: "own" },
    ]);
  });

  it("C3: mirror makes again what was deleted on B", () => {
    expect(decided({ table: "mirror", links: linked, a: { x: "present" } }).decisions).toMatchObject([
      { action: "create", on: "b" },
    ]);
  });

  it("C4: mirror removes from B what was deleted on A", () => {
    expect(decided({ table: "mirror", links: linked, b: { b: "present" } }).decisions).toMatchObject([
      { action: "remove", on: "b" },
    ]);
  });

  it("C5: additive keeps on B what was deleted on A, and lets it go", () => {
    expect(decided({ links: linked, b: { b: "present" } }).decisions).toMatchObject([{ action: "detach" }]);
    expect(decided({ links: { x: ["detached", "b"] }, b: { b: "present" } })).toEqual(nothing);
  });

  it("C6: additive lets a copy that was deleted on B stay deleted", () => {
    expect(decided({ links: linked, a: { x: "present" } }).decisions).toMatchObject([{ action: "suppress" }]);
    expect(decided({ links: { x: ["suppressed", "b"] }, a: { x: "present" } })).toEqual(nothing);
  });
});

describe("reconcile, several entries for one item", () => {
  const pair = { x: ["linked", "b"], y: ["linked", "b", "alias"] } as const;

  it("removes the shared item once, in the name of all its entries, when the last of them is gone", () => {
    expect(decided({ table: "mirror", links: pair, b: { b: "present" } }).decisions).toEqual([
      { action: "remove", on: "b", keys: ["x", "y"], bId: "b" },
    ]);
  });

  it("keeps the shared item while one entry is left, and forgets the other", () => {
    expect(decided({ table: "mirror", links: pair, a: { y: "present" }, b: { b: "present" } }).decisions).toEqual([
      { action: "drop", keys: ["x"], aId: "x", bId: "b" },
    ]);
  });

  it("waits with all entries while one of them may be left", () => {
    const given = { table: "mirror", links: pair, a: { y: "unknown" }, b: { b: "present" } } as const;
    expect(decided(given)).toEqual({ ...nothing, waiting: 2 });
  });

  it("waits with all entries, gone ones too, while it is not known whether B has the item", () => {
    const given = { links: pair, a: { y: "present" }, b: { b: "unknown" } } as const;
    expect(decided(given)).toEqual({ ...nothing, waiting: 2 });
  });

  it("creates the shared item once, and names the primary link before aliases and newcomers", () => {
    const links = { y: ["detached", "b", "alias"], z: ["detached", "b"] } as const;
    const a = { a: "present", y: "present", z: "present" } as const;
    expect(decided({ links, arrivals: { a: "b" }, a }).decisions).toEqual([
      { action: "create", on: "b", keys: ["z", "y", "a"], bId: "b" },
    ]);
  });

  it("links a newcomer to what is shared already, and it alone", () => {
    const given = { links: pair, arrivals: { n: "b" }, b: { b: "present" } } as const;
    expect(decided({ ...given, a: { x: "present", y: "present", n: "present" } }).decisions).toEqual([
      { action: "link", keys: ["n"], aId: "n", bId: "b" },
    ]);
  });

  it("C6: does not let a newcomer bring back a copy that its user deleted, now or earlier", () => {
    const a = { x: "present", n: "present" } as const;
    expect(decided({ links: { x: ["suppressed", "b"] }, arrivals: { n: "b" }, a }).decisions).toEqual([
      { action: "suppress", keys: ["n"], aId: "n", bId: "b" },
    ]);
    expect(decided({ links: { x: ["linked", "b"] }, arrivals: { n: "b" }, a }).decisions).toEqual([
      { action: "suppress", keys: ["x", "n"], bId: "b" },
    ]);
  });

  it("C6: does not let an entry that found its counterpart late bring back a deleted copy", () => {
    const links = { x: ["linked", "b"], late: ["unmatched", "b"] } as const;
    expect(decided({ links, a: { x: "present", late: "present" } }).decisions).toEqual([
      { action: "suppress", keys: ["late", "x"], bId: "b" },
    ]);
  });

  it("forgets entries whose shared counterpart was refused when all of them leave A, written or not", () => {
    const links = { x: ["refused", "b"], y: ["refused", "b"] } as const;
    for (const b of ["absent", "present"] as const) {
      expect(decided({ links, b: { b } })).toEqual({
        ...nothing,
        decisions: [{ action: "drop", keys: ["x", "y"], bId: "b" }],
      });
    }
  });

  it("tells an heir of a deleted copy before the entry that knew of it is forgotten", () => {
    const given = { links: { a: ["linked", "b"] }, arrivals: { n: "b" }, a: { n: "present" } } as const;
    expect(decided(given).decisions.map(({ action, keys }) => [action, ...keys])).toEqual([
      ["suppress", "n"],
      ["drop", "a"],
    ]);
  });

  it("takes an entry whose id moved for the same: linked under the new id, nothing removed or created", () => {
    const given = { table: "mirror", links: { old: ["linked", "b"] }, arrivals: { new: "b" } } as const;
    expect(decided({ ...given, a: { new: "present" }, b: { b: "present" } }).decisions).toEqual([
      { action: "link", keys: ["new"], aId: "new", bId: "b" },
      { action: "drop", keys: ["old"], aId: "old", bId: "b" },
    ]);
  });

  it("lets a deleted copy weigh more than an agreed one where ids were merged or decided in turn", () => {
    const links = { x: ["linked", "b"], y: ["suppressed", "b"] } as const;
    const a = { x: "present", y: "present" } as const;
    for (const table of ["additive", "mirror", "prune"] as const) {
      expect(decided({ table, links, a }).decisions).toEqual([{ action: "suppress", keys: ["x"], aId: "x", bId: "b" }]);
    }
  });

  it("C6: lets a copy stay deleted that an entry agreed on, though another was let go before", () => {
    const links = { x: ["detached", "b"], y: ["linked", "b"] } as const;
    expect(decided({ links, a: { x: "present", y: "present" } }).decisions).toEqual([
      { action: "suppress", keys: ["x", "y"], bId: "b" },
    ]);
  });

  it("changes only the entries that are not yet where they shall be", () => {
    const links = { x: ["detached", "b"], y: ["linked", "b"] } as const;
    expect(decided({ links, b: { b: "present" } }).decisions).toEqual([
      { action: "detach", keys: ["y"], aId: "y", bId: "b" },
    ]);
  });
});

describe("reconcile, prune", () => {
  it("leaves strays alone while A is not known whole, and does not call the run settled", () => {
    const given = { table: "prune", strays: ["s", "t"], aComplete: false, b: { s: "present", t: "present" } } as const;
    expect(decided(given)).toEqual({ ...nothing, waiting: 2 });
  });

  it("still removes what A is known to have let go while the rest of A is not known", () => {
    const given = { table: "prune", links: { x: ["linked", "b"] }, aComplete: false, b: { b: "present" } } as const;
    expect(decided(given).decisions).toMatchObject([{ action: "remove", on: "b", keys: ["x"] }]);
  });

  it("takes nothing for a stray that an arrival or a link of this run stands for", () => {
    const given = {
      table: "prune",
      arrivals: { x: "b" },
      links: { y: ["unmatched", "c"] },
      strays: ["b", "c"],
    } as const;
    const seen = { a: { x: "present", y: "present" }, b: { b: "present", c: "present" } } as const;
    expect(decided({ ...given, ...seen }).decisions.map(({ action }) => action)).toEqual(["link", "link"]);
  });

  it("removes a stray once, however often it was listed", () => {
    expect(decided({ table: "prune", strays: ["s", "s"], b: { s: "present" } }).decisions).toHaveLength(1);
  });

  it("waits for a stray that it does not know about", () => {
    expect(decided({ table: "prune", strays: ["s"], b: { s: "unknown" } })).toEqual({ ...nothing, waiting: 1 });
  });
});

describe("reconcile, what it is given twice", () => {
  it("counts an arrival once, and takes none for new that has a link", () => {
    const twice: Arrival = { origin: "a", key: "x", aId: "x", bId: "b" };
    const input: ReconcileInput = {
      table: "additive",
      links: [],
      arrivals: [twice, twice],
      strays: [],
      aComplete: true,
      a: () => "present",
      b: () => "absent",
    };
    expect(reconcile(input).decisions).toEqual([{ action: "create", on: "b", keys: ["x"], aId: "x", bId: "b" }]);
    const links: LinkFacts[] = [{ ...twice, state: "suppressed", alias: false }];
    expect(reconcile({ ...input, links })).toEqual(nothing);
  });
});
