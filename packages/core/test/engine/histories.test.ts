import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PairReport, SyncOptions } from "../../src/index.ts";
import { type Bench, only } from "./support/bench.ts";
import { Expected } from "./support/expected.ts";
import { type History, habits, history, holds, patient } from "./support/invented.ts";
import { confirmHeld, edit, watchedBench } from "./support/living.ts";

/** The plan as the report of it must read. */
async function planAndApply(bench: Bench, options: SyncOptions): Promise<PairReport> {
  const engine = bench.engine();
  const before = await bench.dump();
  const writes = bench.right.writes;
  const plan = await engine.plan(bench.request(options));
  expect(await bench.dump(), "a plan changes no row").toEqual(before);
  expect(bench.right.writes, "a plan writes to no service").toBe(writes);
  const [planned] = plan.pairs;
  if (!planned?.ok) throw planned?.error ?? new Error("nothing was planned");
  const report = only(await engine.apply(plan));
  const plannedOf = (kind: string) => planned.operations.filter((operation) => operation.kind === kind).length;
  const done = (...kinds: string[]) => report.items.filter(({ kind }) => kinds.includes(kind)).length;
  expect(done("removed")).toBe(plannedOf("remove"));
  expect(done("linked")).toBe(plannedOf("link"));
  // A probe that stands for the listing does not tell what the right side holds of its own; adding that does no harm.
  expect(done("added", "already-there")).toBe(plannedOf("add"));
  if (bench.right.habits.probe === "none") expect(done("added")).toBe(plannedOf("add"));
  expect(bench.right.writes - writes, "as many requests as were estimated").toBe(planned.estimate.requests);
  return report;
}

/** Syncs; what a guard holds is confirmed, as a person would who did delete so much. */
async function syncAll(bench: Bench, options: SyncOptions, twoCalls: boolean): Promise<void> {
  for (let attempt = 0; attempt < 4; attempt++) {
    const report = twoCalls ? await planAndApply(bench, options) : await bench.sync(options);
    if (report.status === "succeeded") return;
    expect(report.status).toBe("held");
    await confirmHeld(bench, report.pairId, report.hold?.hash);
  }
  throw new Error("it is held although it was confirmed");
}

async function live(bench: Bench, { propagation, steps }: History): Promise<void> {
  const expected = new Expected(propagation);
  for (const step of steps) {
    edit(bench, step);
    await bench.clock.advance(step.waitMs);
    const should = expected.afterSync(bench);
    await syncAll(bench, { propagation }, step.twoCalls);
    expect(bench.right.ids()).toEqual(should);
  }
}

describe("in invented histories, over every kind of listing", patient, () => {
  it("C1–C6: the right side ends as the semantics say, and a plan is applied as it was shown", async () => {
    await holds("engine histories", 0.4, fc.record({ history, left: habits, right: habits }), async (invented) => {
      const bench = await watchedBench(invented.left, invented.right);
      await live(bench, invented.history);

      const [reads, writes] = [bench.right.reads + bench.left.reads, bench.right.writes];
      const again = await bench.sync({ propagation: invented.history.propagation });
      expect(again.status).toBe("succeeded");
      expect(bench.right.writes, "a second run writes nothing").toBe(writes);
      expect(again.items, "a second run has nothing to say").toEqual([]);
      if (invented.left.probe === "exact" && invented.right.probe === "exact") {
        const third = bench.right.reads + bench.left.reads;
        await bench.sync({ propagation: invented.history.propagation });
        expect(bench.right.reads + bench.left.reads - third, "a quiet run is one probe a side").toBe(2);
        expect(third).toBeGreaterThan(reads);
      }
    });
  });

  it("the result is the same whatever the pages, orders and batches are", async () => {
    const arbitrary = fc.record({ history, left: habits, right: habits, otherLeft: habits, otherRight: habits });
    await holds("engine page sizes and orders", 0.15, arbitrary, async (invented) => {
      const one = await watchedBench(invented.left, invented.right);
      // What a probe spares is not asked again, so both have it or neither.
      const two = await watchedBench(
        { ...invented.otherLeft, probe: invented.left.probe },
        { ...invented.otherRight, probe: invented.right.probe },
      );
      for (const bench of [one, two]) await live(bench, invented.history);
      expect(two.right.ids()).toEqual(one.right.ids());
      expect(await standing(two)).toEqual(await standing(one));
    });
  });
});

async function standing(bench: Bench) {
  const links = await bench.links();
  return links.map(({ link_key, source_id, target_id, state }) => ({ link_key, source_id, target_id, state }));
}
