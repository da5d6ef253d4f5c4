import { describe, expect, it } from "vitest";
import { only } from "../support/bench.ts";
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

describe("a recording that one service withdraws from under a one-way pair that removes nothing", () => {
  const additive = async (bench: TwoWayBench) => only(await bench.engine().sync(bench.request({}, "sync-from")));

  it("is no wish of anybody's when it is back: its copy, deleted meanwhile, is not made again", async () => {
    const bench = await new TwoWayBench().open();
    bench.left.put("l1", "l2");
    await additive(bench);
    bench.left.takeDown("l1", "vanished");
    await additive(bench);
    bench.right.take("r1");
    bench.left.bringBack("l1");
    for (let run = 0; run < 2; run++) expect((await additive(bench)).counts.added).toBe(0);
    expect(bench.shown).toEqual({ left: ["l1", "l2"], right: ["r2"] });
  });

  it("is not forgotten while it is away, if its copy was deleted before", async () => {
    const bench = await new TwoWayBench().open();
    bench.left.put("l1", "l2");
    await additive(bench);
    bench.right.take("r1");
    await additive(bench);
    bench.left.takeDown("l1", "vanished");
    await additive(bench);
    bench.left.bringBack("l1");
    for (let run = 0; run < 2; run++) expect((await additive(bench)).counts.added).toBe(0);
    expect(bench.shown).toEqual({ left: ["l1", "l2"], right: ["r2"] });
  });

  it("keeps its copy linked where it is the copy that was withdrawn", async () => {
    const bench = await new TwoWayBench().open();
    bench.left.put("l1", "l2");
    await additive(bench);
    bench.right.takeDown("r1", "vanished");
    // Not only is nothing done about it: nothing is planned, as a person would see it.
    const { pairs } = await bench.engine().plan(bench.request({}, "sync-from"));
    expect(pairs[0]).toMatchObject({ ok: true, operations: [] });
    await additive(bench);
    const links = await bench.storage.select({ table: "links", orderBy: ["link_key"] });
    expect(links.map(({ state }) => state)).toEqual(["linked", "linked"]);
  });

  it("is told from what its user removed, which is a new wish when it is back", async () => {
    const bench = await new TwoWayBench().open();
    bench.left.put("l1", "l2");
    await additive(bench);
    bench.left.take("l1");
    await additive(bench);
    bench.right.take("r1");
    bench.left.put("l1");
    expect((await additive(bench)).counts.added).toBe(1);
  });
});
