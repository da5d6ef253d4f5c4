import { describe, expect, it } from "vitest";
import { TwoWayBench } from "./bench.ts";

describe("a recording that one service withdraws while the user removes it on the other", () => {
  it.each(["left", "right"] as const)("does not come back when the %s service has it again", async (withdrawing) => {
    const bench = await new TwoWayBench().open();
    bench.left.put("l1", "l2");
    await bench.sync();
    const [gone, taken] = withdrawing === "left" ? ([bench.left, "l1"] as const) : ([bench.right, "r1"] as const);
    gone.takeDown(taken, "vanished");
    if (withdrawing === "left") bench.right.take("r1");
    else bench.left.take("l1");
    await bench.sync();
    gone.bringBack(taken);
    await bench.sync();
    await bench.sync();
    expect(bench.shown).toEqual({ left: ["l2"], right: ["r2"] });
  });
});
