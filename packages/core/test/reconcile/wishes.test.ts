import { describe, expect, it } from "vitest";
import { type Decision, type Wish, weighWishes } from "../../src/reconcile/index.ts";

const NOW = 1_000;
const there = (atMs: number): Wish => ({ gone: false, atMs });
const gone = (atMs: number): Wish => ({ gone: true, atMs });

function weighed(decision: Decision, onRecord: { readonly a?: Wish; readonly b?: Wish }) {
  const { decisions, waiting } = weighWishes([decision], (side) => onRecord[side], NOW);
  const [only] = decisions;
  return only ? `${only.action} ${only.on} of ${only.wishedAtMs}` : waiting ? "waits" : "nothing";
}

describe.each(["a", "b"] as const)("in a ring of pairs, written to %s", (on) => {
  const other = on === "a" ? "b" : "a";
  const ids = { keys: ["k"], aId: "a1", bId: "b1" };

  // What is on record of the side that is written and of the other, and what comes of it.
  it.each<[string, { own?: Wish; other?: Wish }, string]>([
    ["removed by a person just now, nothing on record", {}, `remove ${on} of 1000`],
    ["removed by a person just now, wished for earlier", { own: there(900) }, `remove ${on} of 1000`],
    ["removed there long ago, wished for since", { own: there(900), other: gone(500) }, `create ${other} of 900`],
    ["removed there, wished for before that", { own: there(400), other: gone(500) }, `remove ${on} of 500`],
    ["removed and wished for in one moment", { own: there(500), other: gone(500) }, `remove ${on} of 500`],
    ["removed there, removed here and back again", { own: gone(500), other: gone(500) }, `create ${other} of 501`],
    ["removed by a person just now, back again here", { own: gone(500) }, `remove ${on} of 1000`],
    ["on record as there, and gone now", { own: there(900), other: there(950) }, `remove ${on} of 1000`],
    ["removed by a person in the moment of the wish", { own: there(NOW) }, `remove ${on} of 1001`],
    ["removed by a person, wished for by a faster clock", { own: there(2_000) }, `remove ${on} of 2001`],
  ])("a removal: %s", (_, record, outcome) => {
    expect(weighed({ action: "remove", on, ...ids }, { [on]: record.own, [other]: record.other })).toBe(outcome);
  });

  it.each<[string, { own?: Wish; other?: Wish }, string]>([
    ["added by a person just now, nothing on record", {}, `create ${on} of 1000`],
    ["added by a person, removed here earlier", { own: gone(900) }, `create ${on} of 1000`],
    ["a copy from elsewhere, nothing on record here", { other: there(500) }, `create ${on} of 500`],
    ["a copy of what was removed here since", { own: gone(900), other: there(500) }, "waits"],
    ["a copy of what was removed here before that", { own: gone(400), other: there(500) }, `create ${on} of 500`],
    ["a copy of what was here too and has gone", { own: there(500), other: there(500) }, "waits"],
    ["a copy of what was here too in earlier times", { own: there(400), other: there(500) }, `create ${on} of 500`],
    ["on record as gone, and back again", { own: gone(900), other: gone(900) }, `create ${on} of 1000`],
    ["added by a person in the moment of the removal", { own: gone(NOW) }, `create ${on} of 1001`],
    ["added by a person, removed by a faster clock", { own: gone(2_000) }, `create ${on} of 2001`],
  ])("an addition: %s", (_, record, outcome) => {
    expect(weighed({ action: "create", on, ...ids }, { [on]: record.own, [other]: record.other })).toBe(outcome);
  });
});

describe("in a ring of pairs", () => {
  it("what writes nothing is left as it is", () => {
    const decisions: Decision[] = [
      { action: "link", keys: ["k"], aId: "a1", bId: "b1" },
      { action: "drop", keys: ["k"], aId: "a1", bId: "b1" },
    ];
    expect(weighWishes(decisions, () => gone(1), NOW)).toEqual({ decisions, waiting: false });
  });

  it("says that something waits only if it does", () => {
    const create: Decision = { action: "create", on: "b", keys: ["k"], aId: "a1", bId: "b1" };
    expect(weighWishes([create], () => undefined, NOW).waiting).toBe(false);
    expect(weighWishes([create], (side) => (side === "b" ? gone(900) : there(500)), NOW)).toEqual({
      decisions: [],
      waiting: true,
    });
  });

  it("an item that nobody knows by its other name is removed as in any pair", () => {
    const remove: Decision = { action: "remove", on: "b", keys: ["k"], bId: "b1" };
    expect(weighWishes([remove], () => there(2_000), NOW).decisions).toEqual([{ ...remove, wishedAtMs: 2_001 }]);
  });

  it.each(["a", "b"] as const)("what is made again on %s for two entries is made once, for both", (on) => {
    const [own, other] = on === "b" ? (["bId", "aId"] as const) : (["aId", "bId"] as const);
    const decisions: Decision[] = [
      { action: "create", on, keys: ["new"], [own]: "made", [other]: "one" },
      { action: "remove", on: on === "b" ? "a" : "b", keys: ["known"], [own]: "made", [other]: "another" },
      { action: "create", on, keys: ["else"], [own]: "something else", [other]: "third" },
    ];
    // The other entry was wished for after its counterpart had gone.
    const wishes = (_: string, id: string) => (id === "another" ? there(900) : id === "made" ? gone(500) : undefined);
    expect(weighWishes(decisions, wishes, NOW).decisions).toEqual([
      { action: "create", on, keys: ["new", "known"], [own]: "made", wishedAtMs: 1_000 },
      { action: "create", on, keys: ["else"], [own]: "something else", [other]: "third", wishedAtMs: 1_000 },
    ]);
  });
});
