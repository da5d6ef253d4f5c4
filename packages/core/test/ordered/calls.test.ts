import { describe, expect, it } from "vitest";
import type { OrderedCapability } from "../../src/contract/index.ts";
import { diffOrdered, toCalls } from "../../src/ordered/index.ts";
import { holdsFor, patient } from "../reconcile/support/random-runs.ts";
import { allLists, anyTwo, commonLength } from "./support/lists.ts";
import { OrderedService } from "./support/ordered-service.ts";

const spotify: OrderedCapability = {
  moves: "range",
  insert: "anywhere",
  remove: "token",
  perCall: { insert: 100, remove: 100 },
};
const deezer: OrderedCapability = {
  moves: "whole-order",
  insert: "end",
  remove: "entry",
  perCall: { insert: 50, remove: 50 },
};
const byEntry: OrderedCapability = { ...spotify, remove: "entry", perCall: { insert: 2, remove: 2 } };
const fixed: OrderedCapability = { ...byEntry, moves: "none" };

describe("toCalls", patient, () => {
  const calls = (current: string, wanted: string, can: OrderedCapability) =>
    toCalls(diffOrdered([...current], [...wanted]), can).calls;

  it("calls nobody where nothing is to be done", () => {
    for (const can of everyCapability(2, 2)) expect(calls("abca", "abca", can)).toEqual([]);
  });

  it("moves one entry of 5,000 in one call, up or down, and whatever the service", () => {
    const list = numbers(5_000);
    const up = [...list.slice(0, 100), "4000", ...list.slice(100).filter((token) => token !== "4000")];
    expect(toCalls(diffOrdered(list, up), spotify).calls).toEqual([
      { kind: "move", start: 4_000, length: 1, before: 100 },
    ]);
    expect(toCalls(diffOrdered(up, list), spotify).calls).toEqual([
      { kind: "move", start: 100, length: 1, before: 4_001 },
    ]);
    expect(toCalls(diffOrdered(list, up), deezer).calls).toEqual([{ kind: "order", tokens: up }]);
  });

  it("moves entries that stay together in one call", () => {
    const list = numbers(1_000);
    const block = list.slice(200, 260);
    const wanted = [...list.slice(0, 200), ...list.slice(260), ...block];
    expect(toCalls(diffOrdered(list, wanted), spotify).calls).toEqual([
      { kind: "move", start: 200, length: 60, before: 1_000 },
    ]);
    expect(calls("abcdefg", "fgabcde", spotify)).toEqual([{ kind: "move", start: 5, length: 2, before: 0 }]);
  });

  it("moves together what an earlier move has brought together", () => {
    expect(calls("abcxdyefgh", "dxyabcefgh", spotify)).toHaveLength(2);
  });

  it("inserts neighbours in one call, as many as it takes", () => {
    expect(calls("ab", "axyzbw", byEntry)).toEqual([
      { kind: "insert", at: 1, tokens: ["x", "y"] },
      { kind: "insert", at: 3, tokens: ["z"] },
      { kind: "insert", at: 5, tokens: ["w"] },
    ]);
  });

  it("removes copies by place from the end on, as many as a call takes", () => {
    expect(calls("axbxc", "bx", byEntry)).toEqual([
      {
        kind: "remove",
        entries: [
          { token: "x", at: 1 },
          { token: "c", at: 4 },
        ],
      },
      {
        kind: "remove",
        entries: [{ token: "a", at: 0 }],
      },
    ]);
  });

  it("inserts again what is left of copies that can only go all at once", () => {
    expect(calls("xaxbx", "axbx", spotify)).toEqual([
      { kind: "remove-every", tokens: ["x"] },
      { kind: "insert", at: 1, tokens: ["x"] },
      { kind: "insert", at: 3, tokens: ["x"] },
    ]);
    expect(calls("abcbd", "ad", { ...spotify, perCall: { insert: 1, remove: 1 } })).toEqual([
      { kind: "remove-every", tokens: ["b"] },
      { kind: "remove-every", tokens: ["c"] },
    ]);
  });

  it("moves no more than it must when copies were taken out to be inserted again", () => {
    expect(calls("xxbxxca", "xabcx", spotify)).toEqual([
      { kind: "remove-every", tokens: ["x"] },
      { kind: "move", start: 2, length: 1, before: 0 },
      { kind: "insert", at: 0, tokens: ["x"] },
      { kind: "insert", at: 4, tokens: ["x"] },
    ]);
  });

  it("appends and orders once where there are no places to insert at", () => {
    expect(calls("abc", "xcab", deezer)).toEqual([
      { kind: "insert", at: 3, tokens: ["x"] },
      { kind: "order", tokens: ["x", "c", "a", "b"] },
    ]);
    expect(calls("abc", "abcde", deezer)).toEqual([{ kind: "insert", at: 3, tokens: ["d", "e"] }]);
  });

  it("appends and moves where ranges can be moved and nothing can be inserted at a place", () => {
    expect(calls("ab", "xyabz", { ...spotify, insert: "end" })).toEqual([
      { kind: "insert", at: 2, tokens: ["x", "y", "z"] },
      { kind: "move", start: 2, length: 2, before: 0 },
    ]);
  });

  it("inserts at the place or appends and orders, whichever takes fewer calls", () => {
    const anywhere = { ...deezer, insert: "anywhere" } as const;
    expect(calls("abc", "axbc", anywhere)).toEqual([{ kind: "insert", at: 1, tokens: ["x"] }]);
    expect(calls("abc", "xaybzc", anywhere).map(({ kind }) => kind)).toEqual(["insert", "order"]);
    expect(calls("abc", "axcb", anywhere).map(({ kind }) => kind)).toEqual(["insert", "order"]);
  });

  it("leaves what cannot be moved, says so, and inserts after the left neighbours that are there", () => {
    expect(toCalls(diffOrdered([..."abc"], [..."xcyabz"]), fixed)).toEqual({
      calls: [
        { kind: "insert", at: 0, tokens: ["x"] },
        { kind: "insert", at: 3, tokens: ["z"] },
        { kind: "insert", at: 5, tokens: ["y"] },
      ],
      after: [..."xabzcy"],
      outOfPlace: 2,
    });
    expect(toCalls(diffOrdered([..."abc"], [..."xabc"]), { ...fixed, insert: "end" })).toEqual({
      calls: [{ kind: "insert", at: 3, tokens: ["x"] }],
      after: [..."abcx"],
      outOfPlace: 1,
    });
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses calls of %s entries", (entries) => {
    const script = diffOrdered(["a"], ["b"]);
    expect(() => toCalls(script, { ...spotify, perCall: { insert: entries, remove: 1 } })).toThrow(RangeError);
    expect(() => toCalls(script, { ...spotify, perCall: { insert: 1, remove: entries } })).toThrow(RangeError);
  });

  it("reaches what is wanted from any list of up to 4 entries, by calls that each service takes", () => {
    const lists = allLists(["a", "b", "c"], 4);
    const capabilities = [...everyCapability(1, 2), ...everyCapability(2, 1)];
    for (const current of lists) {
      for (const wanted of lists) for (const can of capabilities) assertReached(current, wanted, can);
    }
  });

  it("reaches what is wanted in longer lists, by calls that each service takes", () => {
    holdsFor(
      "ordered, calls",
      anyTwo,
      ([current, wanted]) => {
        for (const can of everyCapability(7, 3)) assertReached(current, wanted, can);
      },
      0.3,
    );
  });

  it("moves no entry twice", () => {
    holdsFor("ordered, moves", anyTwo, ([current, wanted]) => {
      const script = diffOrdered(current, wanted);
      const moved = toCalls(script, byEntry).calls.flatMap((call) => (call.kind === "move" ? [call.length] : []));
      expect(moved.reduce((sum, length) => sum + length, 0)).toBe(script.moves.length);
    });
  });
});

function everyCapability(insert: number, remove: number): OrderedCapability[] {
  const moves = ["range", "whole-order", "none"] as const;
  const perCall = { insert, remove };
  return moves.flatMap((each) =>
    (["anywhere", "end"] as const).flatMap((at) =>
      (["entry", "token"] as const).map((what) => ({ moves: each, insert: at, remove: what, perCall })),
    ),
  );
}

function assertReached(current: readonly string[], wanted: readonly string[], can: OrderedCapability): void {
  const { calls, after, outOfPlace } = toCalls(diffOrdered(current, wanted), can);
  const service = new OrderedService(current, can);
  for (const call of calls) service.call(call);
  const says = () => `${JSON.stringify(can)}: ${current.join()} to ${wanted.join()} became ${service.list.join()}`;
  if (service.list.join() !== after.join()) expect.fail(`${says()}, not ${after.join()}`);
  if (can.moves !== "none") {
    if (after.join() !== wanted.join() || outOfPlace !== 0) expect.fail(says());
  } else {
    if (after.toSorted().join() !== wanted.toSorted().join()) expect.fail(says());
    if (outOfPlace !== wanted.length - commonLength(after, wanted))
      expect.fail(`${says()}, ${outOfPlace} out of place`);
  }
}

function numbers(length: number): string[] {
  return Array.from({ length }, (_, i) => String(i));
}
