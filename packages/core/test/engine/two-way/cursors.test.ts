import { describe, expect, it } from "vitest";
import { only } from "../support/bench.ts";
import { TwoWayBench } from "./bench.ts";

describe("what a run saw and could not act on", () => {
  it("is seen again by the next one, although a probe says that nothing has changed since", async () => {
    const bench = await new TwoWayBench({ left: { probe: "exact" }, right: { probe: "exact" } }).open();
    bench.left.put("l1", "l2");
    await bench.sync();

    bench.left.take("l1");
    // Listed without content, so that nobody knows what the user wants with it.
    bench.right.takeDown("r1", "unreadable");
    bench.right.put("r3");
    expect((await bench.sync()).counts.removed).toBe(0);
    bench.right.bringBack("r1");
    bench.right.put("r4");
    expect((await bench.sync()).counts.removed).toBe(1);
    expect(bench.shown).toEqual({ left: ["l2", "l3", "l4"], right: ["r2", "r3", "r4"] });
  });
});

describe("a listing that a service's own answer has shown to be out of date", () => {
  it.each([
    ["lacked an item that was there already", "added", "removed"],
    ["had an item that was gone already", "removed", "added"],
  ] as const)("which %s is no state that a probe can vouch for", async (_, first, then) => {
    const bench = await new TwoWayBench({ right: { probe: "exact", lag: { listMs: 45_000 } } }).open();
    const { left, right } = bench;
    left.put("l1", "l2");
    right.put("r1", "r2");
    await bench.clock.advance(60_000);
    await bench.sync();
    // Both sides do the same, and the listing does not show it yet.
    const change = (kind: "added" | "removed") => (kind === "added" ? "put" : "take");
    if (first === "added") {
      left.take("l1");
      right.take("r1");
      await bench.clock.advance(60_000);
      await bench.sync();
    }
    left[change(first)]("l1");
    right[change(first)]("r1");
    await bench.sync();
    // One side takes it back: its listing is again as it was when it was out of date.
    right[change(then)]("r1");
    await bench.clock.advance(60 * 60_000);
    expect((await bench.sync()).counts[then]).toBe(1);
    expect(left.has("l1")).toBe(then === "added");
  });
});

describe("what people do between a plan and its being carried out", () => {
  it("is seen by the next run, although as many rows are there as should be and a probe says that nothing has changed", async () => {
    const bench = await new TwoWayBench({ left: { probe: "exact" }, right: { probe: "exact" } }).open();
    bench.left.put("l1", "l2");
    await bench.sync();
    bench.right.put("r3");
    const engine = bench.engine();
    const plan = await engine.plan(bench.request());
    bench.left.put("l4");
    bench.left.take("l1");
    expect(only(await engine.apply(plan)).counts.added).toBe(1);
    expect((await bench.sync()).counts).toMatchObject({ added: 1, removed: 1 });
    expect(bench.shown).toEqual({ left: ["l2", "l3", "l4"], right: ["r2", "r3", "r4"] });
  });
});

describe("a row that could not be read", () => {
  it("is seen within a day once it can be, although an exact probe says that nothing has changed", async () => {
    const bench = await new TwoWayBench({ left: { probe: "exact" }, right: { probe: "exact" } }).open();
    bench.left.put("l1", "l5");
    bench.left.takeDown("l5", "unreadable");
    await bench.sync();
    bench.left.bringBack("l5");
    await bench.clock.advance(25 * 60 * 60_000);
    expect((await bench.sync()).counts.added).toBe(1);
    expect(bench.shown).toEqual({ left: ["l1", "l5"], right: ["r1", "r5"] });
  });
});

describe("a listing whose pages were read at different moments", () => {
  it("is no state that a probe can vouch for", async () => {
    const habits = { probe: "exact", pageSize: 2 } as const;
    const bench = await new TwoWayBench({ left: habits, right: habits }).open();
    bench.left.put("l1", "l2", "l3", "l4");
    await bench.sync();
    bench.left.put("l5");
    // The listing is a snapshot from its first page on; what is told of it is of each page's own moment.
    let pages = 0;
    bench.left.onCall(({ kind, moment }) => {
      if (kind !== "list" || moment !== "after" || ++pages !== 1) return;
      bench.left.put("l6");
      bench.left.take("l1");
    });
    await bench.sync();
    bench.left.onCall(undefined);
    await bench.sync();
    expect(bench.shown).toEqual({ left: ["l2", "l3", "l4", "l5", "l6"], right: ["r2", "r3", "r4", "r5", "r6"] });
  });
});

describe("a plan for a pair that is to be synced in another way from now on", () => {
  it("looks at everything: what was read for the former way vouches for nothing", async () => {
    const bench = await new TwoWayBench({ left: { probe: "exact" }, right: { probe: "exact" } }).open();
    bench.left.put("l1");
    // From right to left, what only the left side has is none of the pair's business.
    const engine = bench.engine();
    await engine.sync(bench.request({}, "sync-to"));
    const report = only(await engine.apply(await engine.plan(bench.request())));
    expect(report.counts.added).toBe(1);
    expect(bench.shown).toEqual({ left: ["l1"], right: ["r1"] });
  });
});

describe("what a service refused to do", () => {
  const exact = { left: { probe: "exact" }, right: { probe: "exact" } } as const;
  const mirror = (bench: TwoWayBench) =>
    bench.engine().sync({ ...bench.request({ propagation: "mirror" }, "sync-from") });

  it("leaves a link that no probe can vouch for: what both users have taken away does not come back", async () => {
    const bench = await new TwoWayBench(exact).open();
    bench.left.put("l1", "l2");
    await mirror(bench);
    bench.left.take("l1");
    bench.right.adopt({ refuse: ({ kind }) => (kind === "remove" ? "not-allowed" : undefined) });
    expect(only(await mirror(bench)).counts.refused).toBe(1);
    bench.right.take("r1");
    await mirror(bench);
    expect(bench.shown).toEqual({ left: ["l2"], right: ["r2"] });
  });

  it("is not taken for done by the run after the next", async () => {
    const bench = await new TwoWayBench(exact).open();
    bench.left.put("l1", "l2");
    await mirror(bench);
    bench.right.take("r1");
    bench.right.adopt({ refuse: ({ kind }) => (kind === "add" ? "not-allowed" : undefined) });
    expect(only(await mirror(bench)).counts.refused).toBe(1);
    for (let run = 0; run < 2; run++) expect(only(await mirror(bench)).counts.linked).toBe(0);
  });
});

describe("an item that could not be found and has turned out to be another's counterpart", () => {
  it("is not looked for again, so that probes stand for listings", async () => {
    const bench = await new TwoWayBench({ left: { probe: "exact" }, right: { probe: "exact" } }).open();
    bench.left.takeDown("l1");
    bench.right.put("r1", "r2");
    await bench.sync();
    bench.left.bringBack("l1");
    bench.left.put("l1");
    expect((await bench.sync()).counts.linked).toBe(1);
    await bench.clock.advance(40 * 24 * 60 * 60_000);
    await bench.sync();
    const before = [bench.left.calls.list, bench.right.calls.list];
    await bench.sync();
    expect([bench.left.calls.list, bench.right.calls.list]).toEqual(before);
  });
});

describe("what a user removed while its service had withdrawn it", () => {
  it("is asked for within a day, although an exact probe says that nothing has changed", async () => {
    const bench = await new TwoWayBench({ left: { probe: "exact" }, right: { probe: "exact" } }).open();
    bench.left.put("l1", "l2");
    await bench.sync();
    bench.right.takeDown("r1", "vanished");
    bench.right.take("r1");
    expect((await bench.sync()).counts.removed).toBe(0);
    bench.right.bringBack("r1");
    await bench.clock.advance(25 * 60 * 60_000);
    expect((await bench.sync()).counts.removed).toBe(1);
    expect(bench.shown).toEqual({ left: ["l2"], right: ["r2"] });
  });
});
