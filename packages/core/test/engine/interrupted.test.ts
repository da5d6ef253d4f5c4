import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Expected } from "./support/expected.ts";
import { habits, history, holds, patient } from "./support/invented.ts";
import { edit, syncAndDie, syncToTheEnd, watchedBench } from "./support/living.ts";
import { counterpartOf } from "./support/recordings.ts";
import { plainHabits } from "./support/shelf.ts";

/** Steps at which the first process of a sync dies, and the one that recovers; a run has some dozens. */
const deaths = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 3 });
const deathsOfEach = fc.array(deaths, { minLength: 4, maxLength: 4 });

describe("in invented histories whose runs are cut off anywhere, also while they recover", patient, () => {
  it("E8, A9: the right side ends as if nothing had happened", async () => {
    const arbitrary = fc.record({ history, left: habits, right: habits, deathsOfEach });
    await holds("engine interruptions", 0.3, arbitrary, async (invented) => {
      const { propagation, steps } = invented.history;
      const bench = await watchedBench(invented.left, invented.right);
      const expected = new Expected(propagation);
      for (const [index, step] of steps.entries()) {
        edit(bench, step);
        await bench.clock.advance(step.waitMs);
        const should = expected.afterSync(bench);
        for (const death of invented.deathsOfEach[index] ?? []) await syncAndDie(bench, { propagation }, death);
        await syncToTheEnd(bench, { propagation });
        expect(bench.right.ids()).toEqual(should);

        const writes = bench.right.writes;
        await syncToTheEnd(bench, { propagation });
        expect(bench.right.writes, "a second run writes nothing").toBe(writes);
      }
      expect(await openWork(bench.storage)).toEqual({ intents: 0, jobs: 0, pending: 0 });
    });
  });

  it("E8: nothing is lost, and nothing done that the user no longer wants, when the user goes on in between", async () => {
    const arbitrary = fc.record({ history, left: habits, right: habits, deathsOfEach });
    await holds("engine interruptions and edits", 0.2, arbitrary, async (invented) => {
      const { propagation, steps } = invented.history;
      // It fails where something is added that the left side does not have, or removed that it has.
      const bench = await watchedBench(invented.left, invented.right);
      const deletedOnRight = new Set<string>();
      for (const [index, step] of steps.entries()) {
        for (const id of step.rightRemoves) deletedOnRight.add(id);
        edit(bench, step);
        await bench.clock.advance(step.waitMs);
        for (const death of invented.deathsOfEach[index] ?? []) await syncAndDie(bench, { propagation }, death);
      }
      await syncToTheEnd(bench, { propagation });
      const wanted = bench.left.ids().flatMap((id) => counterpartOf(id) ?? []);
      const missing = wanted.filter((id) => !bench.right.has(id));
      expect(missing.filter((id) => propagation === "mirror" || !deletedOnRight.has(id))).toEqual([]);

      const writes = bench.right.writes;
      await syncToTheEnd(bench, { propagation });
      expect(bench.right.writes, "a second run writes nothing").toBe(writes);
    });
  });
});

describe("a run that is cut off, and a user who then takes back what it was about", () => {
  it("leaves no cursor that vouches for it, wherever it was cut off", async () => {
    const exact = { ...plainHabits, probe: "exact" } as const;
    let struck = true;
    let step = 0;
    while (struck) {
      const bench = await watchedBench(exact, exact);
      bench.left.put("left-8", "left-9");
      await syncToTheEnd(bench, { propagation: "mirror" });
      bench.left.put("left-10");
      struck = await syncAndDie(bench, { propagation: "mirror" }, ++step);
      bench.left.take("left-10");
      await syncToTheEnd(bench, { propagation: "mirror" });
      const linked = (await bench.links()).filter(({ state }) => state !== "dropped").map(({ source_id }) => source_id);
      expect(linked, `cut off at step ${step}`).toEqual(["left-8", "left-9"]);
    }
    expect(step).toBeGreaterThan(40);
  });
});

async function openWork(storage: Awaited<ReturnType<typeof watchedBench>>["storage"]) {
  return {
    intents: await storage.count({ table: "intents", where: { state: "prepared" } }),
    jobs: await storage.count({ table: "sync_jobs", where: { status: "running" } }),
    pending: await storage.count({ table: "links", where: { state: "pending" } }),
  };
}
