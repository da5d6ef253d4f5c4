import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StoredLink } from "../../../src/engine/links/links.ts";
import { dueForRetry } from "../../../src/engine/membership/due.ts";
import { release } from "../../../src/engine/membership/release.ts";
import { type Decided, Overruled } from "../../../src/engine/overrides/overruled.ts";
import type { LinkState } from "../../../src/index.ts";

const a = fc.constantFrom("a1", "a2", "a3");
const b = fc.constantFrom("b1", "b2", "b3");
const decision: fc.Arbitrary<Decided> = fc.oneof(
  fc.record({ verdict: fc.constantFrom("same" as const, "different" as const), a, b }),
  a.map((id): Decided => ({ verdict: "none", side: "a", id })),
  b.map((id): Decided => ({ verdict: "none", side: "b", id })),
);
const decisions = fc.array(decision, { maxLength: 6 });

const ofSame = (...pairs: readonly (readonly [string, string])[]) =>
  new Overruled(pairs.map(([left, right]): Decided => ({ verdict: "same", a: left, b: right })));
const link = (state: LinkState, given: Partial<StoredLink> = {}): StoredLink => ({
  key: "source:a1",
  origin: "a",
  state,
  alias: false,
  generation: 0,
  attempts: 2,
  aId: "a1",
  ...given,
});
const setOf = (...links: readonly StoredLink[]) => ({
  links: new Map(links.map((each) => [each.key, each])),
  tombstones: new Map<string, number>(),
});

describe("what is decided about items", () => {
  it("lets an item share another only where the user gave that to both", () => {
    fc.assert(
      fc.property(decisions, a, a, b, (decided, first, second, shared) => {
        const overruled = new Overruled(decided);
        fc.pre(first !== second && overruled.sameAs("a", first).includes(shared));
        const allowed = !overruled.forbids(second, shared);
        if (allowed) expect(overruled.sameAs("a", second)).toContain(shared);
      }),
    );
  });

  it("is the same seen from either side", () => {
    fc.assert(
      fc.property(decisions, a, b, (decided, left, right) => {
        const overruled = new Overruled(decided);
        const flipped = overruled.flipped();
        expect(flipped.forbids(right, left)).toBe(overruled.forbids(left, right));
        expect(flipped.sameAs("b", left)).toEqual(overruled.sameAs("a", left));
        expect(flipped.isAlone("a", right)).toBe(overruled.isAlone("b", right));
        expect(flipped.isEmpty).toBe(decided.length === 0);
        expect(overruled.sameAs("a", left).includes(right)).toBe(overruled.sameAs("b", right).includes(left));
      }),
    );
  });

  it("forbids what is different, what has no counterpart, and what is another's, and nothing else", () => {
    const different = new Overruled([{ verdict: "different", a: "a1", b: "b1" }]);
    expect([different.forbids("a1", "b1"), different.forbids("a1", "b2"), different.forbids("a2", "b1")]).toEqual([
      true,
      false,
      false,
    ]);
    const same = ofSame(["a1", "b1"]);
    expect([same.forbids("a1", "b1"), same.forbids("a1", "b2"), same.forbids("a2", "b1")]).toEqual([false, true, true]);
    expect(same.forbids("a2", "b2")).toBe(false);
    const shared = ofSame(["a1", "b1"], ["a2", "b1"], ["a1", "b2"]);
    const both = [shared.forbids("a1", "b1"), shared.forbids("a2", "b1"), shared.forbids("a1", "b2")];
    expect(both).toEqual([false, false, false]);
    expect(shared.forbids("a2", "b2")).toBe(true);
    for (const alone of [
      { verdict: "none", side: "a", id: "a1" },
      { verdict: "none", side: "b", id: "b1" },
    ] as const) {
      const overruled = new Overruled([alone]);
      expect([overruled.forbids("a1", "b1"), overruled.forbids("a2", "b2")]).toEqual([true, false]);
    }
  });
});

describe("a link", () => {
  it("stays while nothing speaks against it, and is the same object", () => {
    const stored = setOf(link("linked", { bId: "b1", matchedBy: "lookup" }));
    expect(release(stored, new Overruled([])).stored).toBe(stored);
    expect(release(stored, ofSame(["a1", "b1"])).released).toEqual([]);
  });

  it.each([
    ["linked", "lookup", true],
    ["pending", "lookup", true],
    ["suppressed", "lookup", true],
    ["refused", "lookup", false],
    ["detached", "lookup", false],
  ] as const)("that is %s and was ruled out is let go: %s", (state, matchedBy, isReleased) => {
    const stored = setOf(link(state, { bId: "b1", matchedBy }));
    const { released, stored: after } = release(stored, new Overruled([{ verdict: "different", a: "a1", b: "b1" }]));
    expect(released).toEqual(isReleased ? [{ key: "source:a1", origin: "a", ownId: "a1", letGo: "b1", state }] : []);
    const own = after.links.get("source:a1");
    expect(own?.bId).toBe(state === "detached" ? "b1" : undefined);
    expect(own?.state).toBe(isReleased ? "unmatched" : state);
    if (isReleased) expect(own).toMatchObject({ was: state, retryAtMs: 0, attempts: 0 });
  });

  it("that was first seen on the other side keeps that one", () => {
    const stored = setOf(link("linked", { key: "target:b1", origin: "b", bId: "b1" }));
    const { released, stored: after } = release(stored, ofSame(["a2", "b1"]));
    expect(released).toMatchObject([{ origin: "b", ownId: "b1", letGo: "a1" }]);
    expect(after.links.get("target:b1")).toMatchObject({ bId: "b1" });
    expect(after.links.get("target:b1")?.aId).toBeUndefined();
  });

  it("that rests on a decision goes with it, and one that the matcher made does not", () => {
    const made = (matchedBy: "override" | "lookup") => setOf(link("linked", { bId: "b1", matchedBy }));
    expect(release(made("override"), new Overruled([])).released).toHaveLength(1);
    expect(release(made("override"), ofSame(["a1", "b1"])).released).toHaveLength(0);
    expect(release(made("lookup"), new Overruled([])).released).toHaveLength(0);
  });

  it("whose copy the user deleted stays so, though nothing is to stand for the item", () => {
    const stored = setOf(link("suppressed", { bId: "b1" }));
    expect(release(stored, new Overruled([{ verdict: "none", side: "a", id: "a1" }])).released).toEqual([]);
    expect(release(stored, ofSame(["a1", "b2"])).released).toHaveLength(1);
  });
});

describe("what is due for a search", () => {
  const due = (overruled: Overruled, ...links: readonly StoredLink[]) => [
    ...dueForRetry(setOf(...links), 1_000, overruled),
  ];
  const nothing = new Overruled([]);
  const alone = new Overruled([{ verdict: "none", side: "a", id: "a1" }]);

  it.each([
    ["has waited", nothing, link("unmatched", { retryAtMs: 1_000 }), true],
    ["has not waited long enough", nothing, link("unmatched", { retryAtMs: 1_001 }), false],
    ["was put to rest by an override that stands", alone, link("unmatched"), false],
    ["was put to rest by one that is gone", nothing, link("unmatched"), true],
    ["has been marked since the override came", alone, link("unmatched", { retryAtMs: 0 }), true],
    ["has been given a counterpart", ofSame(["a1", "b1"]), link("uncertain", { retryAtMs: 9_000 }), true],
    ["stands for another that was given one", ofSame(["a2", "b1"]), link("unmatched", { retryAtMs: 9_000 }), false],
    [
      "was refused as what the user named",
      ofSame(["a1", "b1"]),
      link("refused", { bId: "b1", matchedBy: "override", retryAtMs: 9_000 }),
      false,
    ],
    [
      "was refused before the user named it",
      ofSame(["a1", "b1"]),
      link("refused", { bId: "b1", matchedBy: "lookup", retryAtMs: 9_000 }),
      true,
    ],
    [
      "was refused as what the user named before",
      ofSame(["a1", "b1"]),
      link("refused", { bId: "b2", matchedBy: "override", retryAtMs: 9_000 }),
      true,
    ],
    ["is linked", ofSame(["a1", "b1"]), link("linked", { bId: "b1" }), false],
  ] as const)("is or is not what %s", (_, overruled, each, expected) => {
    expect(due(overruled, each)).toEqual(expected ? ["source:a1"] : []);
  });

  it("is of the other side what was decided there", () => {
    const onB = link("unmatched", { key: "target:b1", origin: "b", retryAtMs: 9_000 });
    const { aId: _, ...other } = onB;
    expect(due(ofSame(["a1", "b1"]), { ...other, bId: "b1" })).toEqual(["target:b1"]);
  });
});
