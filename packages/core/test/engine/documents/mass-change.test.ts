import type { SyntheticDocuments } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import type { SyncOptions } from "../../../src/index.ts";
import { idOf, inStep, type Mode } from "./notes-bench.ts";

function editAll(service: SyntheticDocuments, count: number, body = "edited"): void {
  for (let index = 0; index < count; index++) service.edit(idOf(service, index), { body });
}

const ways: readonly (readonly [mode: Mode, options: SyncOptions])[] = [
  ["bidirectional", {}],
  ["sync-from", { propagation: "mirror" }],
  ["sync-to", { propagation: "mirror" }],
];

describe.each(ways)("documents, a whole side changed, %s", (mode, options) => {
  async function ready(count: number) {
    const bench = await inStep(count, { mode });
    const [a, b] = mode === "sync-to" ? [bench.right, bench.left] : [bench.left, bench.right];
    await bench.sync(options, mode);
    return { bench, a, b, run: () => bench.sync(options, mode) };
  }

  it("more than 80 % of 20 links changed at once: compared again after a new listing, and held", async () => {
    const { bench, a, b, run } = await ready(20);
    editAll(a, 17);
    const [lists, writes] = [a.calls.list ?? 0, bench.writes];
    const held = await run();
    expect(held).toMatchObject({ status: "held", counts: { updated: 0 }, hold: { reasons: ["mass-change"] } });
    expect(held.hold?.operations.map(({ kind }) => kind)).toEqual(Array(17).fill("update"));
    expect((a.calls.list ?? 0) - lists).toBe(2);
    expect(bench.writes).toBe(writes);
    await bench.engine().confirm({ ...(await bench.ref()), planHash: held.hold?.hash ?? "" });
    expect(await run()).toMatchObject({ status: "succeeded", counts: { updated: 17 } });
    expect(bench.shown.right).toEqual(bench.shown.left);
    expect(b.get(idOf(b, 0))?.body).toBe("edited");
  });

  it("an edit that is held is not forgotten when the other side's document has another id meanwhile", async () => {
    const { bench, a, b, run } = await ready(20);
    editAll(a, 20);
    const old = idOf(b, 3);
    const note = b.get(old) ?? {};
    b.remove(old);
    b.put(note);
    const held = await run();
    expect(held).toMatchObject({ status: "held", hold: { reasons: ["mass-change"] } });
    await bench.engine().confirm({ ...(await bench.ref()), planHash: held.hold?.hash ?? "" });
    expect(await run()).toMatchObject({ status: "succeeded", counts: { updated: 20, added: 0, removed: 0 } });
    expect(bench.shown.right).toEqual(bench.shown.left);
    expect(await bench.linkStates()).toEqual({ linked: 20, superseded: 1 });
  });

  it("what was only shown changed for a moment is not held, and nothing is written", async () => {
    const { bench, a, run } = await ready(20);
    const original = a.snapshot();
    editAll(a, 20, "a service's bad moment");
    const writes = bench.writes;
    let pages = 0;
    a.onCall(({ kind, moment }) => {
      if (kind === "list" && moment === "after" && ++pages === 1) a.restore(original);
    });
    expect(await run()).toMatchObject({ status: "succeeded", counts: { updated: 0 } });
    expect(bench.writes).toBe(writes);
    expect(pages).toBe(2);
  });

  it.each([
    [20, 16],
    [19, 19],
  ])("of %i links %i changed are what a person may do", async (links, changed) => {
    const { bench, a, run } = await ready(links);
    editAll(a, changed);
    expect(await run()).toMatchObject({ status: "succeeded", counts: { updated: changed } });
    expect(bench.shown.right).toEqual(bench.shown.left);
  });

  it("what was not changed goes ahead meanwhile", async () => {
    const { a, b, run } = await ready(30);
    editAll(a, 28);
    a.put({ title: "new" });
    a.remove(idOf(a, 29));
    expect(await run()).toMatchObject({ status: "held", counts: { added: 1, removed: 1, updated: 0 } });
    expect(b.notes().size).toBe(30);
  });
});

describe("documents, a whole side changed, two-way", () => {
  it("an edit of the other side goes ahead, and is not held with those of the side that changed as a whole", async () => {
    const bench = await inStep(30);
    editAll(bench.left, 28);
    bench.right.edit(idOf(bench.right, 29), { body: "by hand" });
    const report = await bench.sync();
    expect(report).toMatchObject({ status: "held", counts: { updated: 1 }, hold: { reasons: ["mass-change"] } });
    expect(bench.left.get(idOf(bench.left, 29))?.body).toBe("by hand");
    expect(bench.right.get(idOf(bench.right, 0))?.body).toBe("first");
  });

  it("both sides changed as a whole, under merge: nothing is written without a person", async () => {
    const bench = await inStep(20);
    editAll(bench.left, 20, "left");
    for (let index = 0; index < 20; index++) bench.right.edit(idOf(bench.right, index), { tags: ["right"] });
    const before = bench.writes;
    expect(await bench.sync({ conflictPolicy: "merge" })).toMatchObject({ status: "held" });
    expect(bench.writes).toBe(before);
  });

  it("the same changes on both sides are no change to hold", async () => {
    const bench = await inStep(20);
    editAll(bench.left, 20);
    editAll(bench.right, 20);
    const before = bench.writes;
    const report = await bench.sync();
    expect(report.status).toBe("succeeded");
    expect(bench.writes).toBe(before);
  });
});
