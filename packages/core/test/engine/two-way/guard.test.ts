import { describe, expect, it } from "vitest";
import { TwoWayBench } from "./bench.ts";

describe("D, the guard over a day", () => {
  it("counts removals whose answer was lost, also once they are known to have been made", async () => {
    const bench = await new TwoWayBench({ right: { batchSize: { add: 50, remove: 1 } } }).open();
    bench.left.put("l1", "l2", "l3", "l4", "l5", "l6", "l7");
    await bench.sync();
    bench.left.take("l1", "l2", "l3");
    for (const id of ["r1", "r2", "r3"]) bench.right.lose(id, "after");
    expect((await bench.sync()).counts).toMatchObject({ left: 3, removed: 0 });
    expect((await bench.sync()).counts.removed, "all three turn out to be made").toBe(3);

    bench.left.take("l4", "l5");
    const report = await bench.sync();
    expect(report.hold?.reasons).toEqual(["mass-removal"]);
    expect(bench.shown.right).toEqual(["r4", "r5", "r6", "r7"]);
  });
});
