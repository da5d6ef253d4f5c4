import { describe, expect, it } from "vitest";
import { only } from "../support/bench.ts";
import { TwoWayBench } from "./bench.ts";

describe("a two-way plan", () => {
  it("is applied as it was shown, also when the pair has never been run", async () => {
    const bench = await new TwoWayBench().open();
    bench.left.put("l1");
    bench.right.put("r2");
    const engine = bench.engine();
    const report = only(await engine.apply(await engine.plan(bench.request())));
    expect(report.status).toBe("succeeded");
    expect(report.counts.added).toBe(2);
    expect(bench.shown).toEqual({ left: ["l1", "l2"], right: ["r1", "r2"] });
  });

  it("reports once what an interrupted call had done, although plan and run both saw it", async () => {
    const bench = await new TwoWayBench().open();
    bench.left.put("l1");
    bench.right.lose("r1", "after");
    expect((await bench.sync()).counts.left).toBe(1);
    const engine = bench.engine();
    const report = only(await engine.apply(await engine.plan(bench.request())));
    expect(report.items.map(({ kind, toId }) => [kind, toId])).toEqual([["linked", "r1"]]);
  });
});
