import { describe, expect, it } from "vitest";
import { TwoWayBench } from "./bench.ts";

describe("a recording that one service withdraws", () => {
  it("does not come back either where a person has confirmed that both sides are empty", async () => {
    const bench = await new TwoWayBench().open();
    bench.left.put("l1", "l2");
    await bench.sync();
    bench.left.takeDown("l1", "vanished");
    bench.left.take("l2");
    bench.right.take("r1", "r2");
    const engine = bench.engine();
    const plan = await engine.plan(bench.request());
    const [planned] = plan.pairs;
    if (!planned?.ok || !planned.hold) throw new Error("two empty sides are held");
    expect(planned.hold.operations.map(({ kind }) => kind)).toEqual(["drop", "drop"]);
    const { pairs } = await engine.apply(plan, { confirm: [planned.hold.hash] });
    expect(pairs[0]?.items).toMatchObject([{ kind: "refused", reason: { code: "refused.taken-down" } }]);
    bench.left.bringBack("l1");
    const { hold } = await bench.sync();
    // Back on one side, and removed from the other by its user: to be removed, once somebody says so.
    expect(hold?.operations.map(({ kind, fromId }) => [kind, fromId])).toEqual([["remove", "l1"]]);
    expect(bench.shown).toEqual({ left: ["l1"], right: [] });
  });
});

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
