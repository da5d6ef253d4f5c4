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
