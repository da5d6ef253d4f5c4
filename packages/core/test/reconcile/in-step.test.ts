import { describe, expect, it } from "vitest";
import { type Arrival, type LinkFacts, type ReconcileInput, reconcile } from "../../src/reconcile/index.ts";
import { anyInput, toInput } from "./support/any-input.ts";
import { holdsFor, patient } from "./support/random-runs.ts";

const link = (aId: string, bId: string, key = aId): LinkFacts => {
  return { key, aId, bId, origin: "a", state: "linked", alias: key !== "a0" };
};

function decided(links: readonly LinkFacts[], gone: readonly string[], more: Partial<ReconcileInput> = {}) {
  const facts = (id: string) => (gone.includes(id) ? "absent" : "present");
  const { decisions } = reconcile({
    table: "two-way",
    links,
    arrivals: [],
    strays: [],
    aComplete: true,
    a: facts,
    b: facts,
    ...more,
  });
  return decisions.map(({ action, on, keys }) => [action, on, keys.join(" ")].filter(Boolean).join(" "));
}

describe("links in step beside one that is not", patient, () => {
  it("keep an item that they share with it", () => {
    expect(decided([link("a0", "b0"), link("a1", "b0")], ["a1"])).toEqual(["drop a1"]);
  });

  it("change nothing where they are looked at one by one", () => {
    holdsFor("in step, looked at one by one", anyInput, (given) => {
      const input = toInput(given);
      // An entry of which a row is listed too is never left out; the row itself counts for nothing.
      const listed = given.links.flatMap(({ key, aId, bId }): Arrival[] =>
        aId === undefined ? [] : [{ origin: "a", key, aId, ...(bId === undefined ? {} : { bId }) }],
      );
      expect(reconcile(input)).toEqual(reconcile({ ...input, arrivals: [...input.arrivals, ...listed] }));
    });
  });

  it("are no newcomers, though they are listed as such", () => {
    const arrivals = [{ origin: "a", key: "a0", aId: "a0", bId: "b0" }] as const;
    expect(decided([link("a0", "b0")], [], { arrivals })).toEqual([]);
  });

  it("are no strays", () => {
    expect(decided([link("a0", "b0")], [], { table: "prune", strays: ["b0", "b1"] })).toEqual(["remove b"]);
  });
});
