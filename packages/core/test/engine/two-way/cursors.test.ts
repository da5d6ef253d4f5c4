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
