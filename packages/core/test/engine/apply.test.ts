import { beforeEach, describe, expect, it } from "vitest";
import type { PairPlan, PairReport, Plan } from "../../src/index.ts";
import { BEYOND_LEASE_MS, Bench, only } from "./support/bench.ts";
import { plainHabits } from "./support/shelf.ts";

const MIRROR = { propagation: "mirror" } as const;
const MINUTE_MS = 60_000;
const lefts = (...numbers: readonly number[]) => numbers.map((number) => `left-${number}`);
const rights = (...numbers: readonly number[]) => numbers.map((number) => `right-${number}`).sort();

describe("applying a plan", () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = new Bench();
    bench.left.habits = { ...plainHabits, probe: "exact" };
    bench.right.habits = { ...plainHabits, probe: "exact" };
    await bench.open();
  });

  async function plan(options = {}): Promise<{ readonly plan: Plan; readonly pair: PairPlan }> {
    const made = await bench.engine().plan(bench.request(options));
    const [pair] = made.pairs;
    if (!pair?.ok) throw pair?.error ?? new Error("there is a plan");
    return { plan: made, pair };
  }

  async function apply(made: Plan, confirm: readonly string[] = []): Promise<PairReport> {
    return only(await bench.engine().apply(made, { confirm }));
  }

  const reasons = (report: PairReport) => report.items.map(({ kind, fromId, reason }) => [kind, fromId, reason?.code]);

  it("does not add what has left the side that is read since", async () => {
    bench.left.put(...lefts(8, 9));
    const { plan: made } = await plan();
    bench.left.take("left-8");
    const report = await apply(made);
    expect(reasons(report)).toContainEqual(["refused", "left-8", "refused.precondition-moved"]);
    expect(report.status).toBe("partial");
    expect(bench.right.ids()).toEqual(rights(9));
  });

  it("does not remove what has come back since", async () => {
    bench.left.put(...lefts(8, 9));
    await bench.sync(MIRROR);
    bench.left.take("left-8");
    const { plan: made, pair } = await plan(MIRROR);
    expect(pair.operations.map(({ kind }) => kind)).toEqual(["remove"]);
    bench.left.put("left-8");
    expect(reasons(await apply(made))).toEqual([["refused", "left-8", "refused.precondition-moved"]]);
    expect(bench.right.ids()).toEqual(rights(8, 9));
  });

  it("does not do again what another run has done since", async () => {
    bench.left.put(...lefts(8, 9));
    const { plan: made } = await plan();
    await bench.sync();
    bench.right.take("right-8");
    const writes = bench.right.writes;
    const report = await apply(made);
    expect(report.items.map(({ reason }) => reason?.code)).toEqual(
      report.items.map(() => "refused.precondition-moved"),
    );
    expect(report.items).toHaveLength(2);
    expect(bench.right.writes).toBe(writes);
    await bench.sync();
    expect(bench.right.ids(), "the copy that was deleted stays deleted").toEqual(rights(9));
  });

  it("does not remove what the service itself has withdrawn, whenever it did", async () => {
    bench.left.put(...lefts(8, 9, 10));
    await bench.sync(MIRROR);
    bench.left.takenDown.add("left-8");
    expect((await bench.sync(MIRROR)).items).toEqual([]);
    expect(bench.right.ids()).toEqual(rights(8, 9, 10));
    bench.left.take("left-9");
    expect((await bench.sync(MIRROR)).counts.removed).toBe(1);
    expect(bench.right.ids()).toEqual(rights(8, 10));
  });

  it("refuses, of what a person confirmed, what the service has withdrawn since it was held", async () => {
    bench.left.put(...lefts(8, 9, 10, 11, 12, 13));
    await bench.sync(MIRROR);
    bench.left.take(...lefts(8, 9, 10, 11, 12));
    const { plan: made, pair } = await plan(MIRROR);
    bench.left.takenDown.add("left-8");
    const report = await apply(made, [pair.hold?.hash ?? ""]);
    expect(reasons(report)).toContainEqual(["refused", "left-8", "refused.taken-down"]);
    expect(bench.right.ids()).toEqual(rights(8, 13));
  });

  it("holds back a mass removal until exactly that is confirmed, and lets the rest go ahead", async () => {
    bench.left.put(...lefts(8, 9, 10, 11, 12, 13));
    await bench.sync(MIRROR);
    bench.left.take(...lefts(8, 9, 10, 11, 12));
    bench.left.put("left-14");
    const report = await bench.sync(MIRROR);
    expect(report).toMatchObject({
      status: "held",
      counts: { added: 1, removed: 0 },
      hold: { reasons: ["mass-removal"] },
    });
    expect(bench.right.ids()).toEqual(rights(8, 9, 10, 11, 12, 13, 14));

    const ref = { userId: "user-1", pairId: report.pairId };
    await bench.engine().confirm({ ...ref, planHash: report.hold?.hash ?? "" });
    bench.left.take("left-13");
    const other = await bench.sync(MIRROR);
    expect(other, "another plan than the one that was confirmed").toMatchObject({
      status: "held",
      counts: { removed: 0 },
    });
    await bench.engine().confirm({ ...ref, planHash: other.hold?.hash ?? "" });
    expect((await bench.sync(MIRROR)).counts.removed).toBe(6);
    expect(bench.right.ids()).toEqual(rights(14));
  });

  it.each(["add", "remove"] as const)("goes on with a write to %s whose answer was lost", async (kind) => {
    bench.left.put(...lefts(8, 9, 10));
    await bench.sync(MIRROR);
    if (kind === "add") bench.left.put("left-11");
    else bench.left.take("left-10");
    const id = kind === "add" ? "right-11" : "right-10";
    bench.right.lost.add(id);
    const report = await bench.sync(MIRROR);
    expect(report).toMatchObject({ status: "partial", counts: { left: 1 } });
    expect(report.items[0]?.reason?.code).toBe("refused.outcome-unknown");
    await bench.sync(MIRROR);
    expect(bench.right.has(id)).toBe(kind === "add");
  });

  it("lets a cursor vouch for nothing that the plan could not know", async () => {
    bench.left.put(...lefts(8, 9, 10, 11, 12, 13));
    await bench.sync(MIRROR);
    bench.left.take(...lefts(8, 9, 10, 11, 12));
    const { plan: made, pair } = await plan(MIRROR);
    await bench.clock.advance(MINUTE_MS);
    bench.left.put("left-14");
    await bench.sync(MIRROR);
    bench.left.take("left-14");
    await bench.clock.advance(MINUTE_MS);
    await apply(made, [pair.hold?.hash ?? ""]);
    const { hold } = await bench.sync(MIRROR);
    expect(
      hold?.operations.map(({ toId }) => toId),
      "what came and went in between is seen to be gone",
    ).toEqual(["right-14"]);
  });

  it("a shared item goes when the last of those that stand for it has gone", async () => {
    bench.left.put(...lefts(0, 1, 2, 9));
    await bench.sync(MIRROR);
    expect((await bench.links()).filter(({ alias }) => alias)).toHaveLength(2);
    for (const id of lefts(0, 1)) {
      bench.left.take(id);
      expect((await bench.sync(MIRROR)).counts.removed).toBe(0);
      const standing = (await bench.links()).filter(
        ({ target_id, state }) => target_id === "right-0" && state === "linked",
      );
      expect(
        standing.filter(({ alias }) => !alias),
        "one of them is the primary link",
      ).toHaveLength(1);
    }
    bench.left.take("left-2");
    expect((await bench.sync(MIRROR)).counts.removed).toBe(1);
    expect(bench.right.ids()).toEqual(rights(9));
  });

  it("a change of mode makes the next run one without deletes, unless that is confirmed", async () => {
    bench.left.put(...lefts(8, 9));
    const { pairId } = await bench.sync();
    bench.left.take("left-8");
    const ref = { userId: "user-1", pairId };
    await bench.engine().pairs.rescope(ref, { options: MIRROR });
    const held = await bench.sync(MIRROR);
    expect(held).toMatchObject({ status: "held", hold: { reasons: ["needs-confirmation"] } });
    expect(bench.right.ids()).toEqual(rights(8, 9));
    await bench.engine().confirm({ ...ref, planHash: held.hold?.hash ?? "" });
    await bench.sync(MIRROR);
    expect(bench.right.ids()).toEqual(rights(9));
  });

  it("the host's veto keeps everything from being written", async () => {
    bench.left.put(...lefts(8));
    const report = await bench.sync({}, bench.engine({ beforeApply: () => false }));
    expect(report.error?.code).toBe("plan.vetoed");
    expect([bench.right.writes, (await bench.links()).length]).toEqual([0, 0]);
  });

  it("what the service refuses is not sent again at every run", async () => {
    bench.left.put(...lefts(8, 9));
    bench.right.refused.add("right-8");
    expect(await bench.sync()).toMatchObject({ status: "partial", counts: { added: 1, refused: 1 } });
    const writes = bench.right.writes;
    for (let run = 0; run < 3; run++) {
      await bench.clock.advance(60 * MINUTE_MS);
      await bench.sync();
    }
    expect(bench.right.writes).toBe(writes);
  });

  it("no write without an intent, and no link of what was not answered", async () => {
    bench.left.put(...lefts(8));
    const seen: number[] = [];
    bench.right.onWrite = () => {
      seen.push(1);
    };
    const intentsAtWrite: Promise<number>[] = [];
    bench.right.passing = (moment, what) => {
      if (what !== "right.add" || moment !== "before") return;
      intentsAtWrite.push(bench.storage.count({ table: "intents", where: { state: "prepared" } }));
    };
    await bench.sync();
    expect(await Promise.all(intentsAtWrite)).toEqual([1]);
    const [intent] = await bench.storage.select({ table: "intents" });
    expect(intent).toMatchObject({ state: "done", kind: "add", items: 1 });
    expect(seen).toHaveLength(1);
  });

  it("only one of two engines runs a pair at a time, and the other takes over from a dead one", async () => {
    bench.left.put(...lefts(8, 9));
    const { pairs } = bench.engine();
    await pairs.create({ userId: "user-1", type: "favorites", pair: bench.request().pairs[0] ?? never() });
    const reports = await Promise.all([bench.sync(), bench.sync()]);
    expect(reports.map(({ status }) => status).sort()).toEqual(["busy", "succeeded"]);
    expect(bench.right.writes).toBe(1);

    const name = `pair:${reports[0]?.pairId}`;
    const expires_at = bench.clock.now() + BEYOND_LEASE_MS - 1_000;
    await bench.storage.write({
      statements: [{ update: "leases", set: { expires_at, owner_id: "dead" }, where: { name } }],
    });
    expect((await bench.sync()).status).toBe("busy");
    await bench.clock.advance(BEYOND_LEASE_MS);
    expect((await bench.sync()).status).toBe("succeeded");
  });
});

function never(): never {
  throw new Error("this cannot be");
}
