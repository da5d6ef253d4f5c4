import { type JobInfo, systemRandom } from "@syncer/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { PLACES, type Place } from "./support/places.ts";
import { counting, eventually, Shop } from "./support/shop.ts";

/** Real servers on a machine that does other things too. */
const PATIENCE_MS = 60_000;
const MINUTE_MS = 60_000;
/** Clock seconds in a real one, which servers know nothing of: what a queue delays comes late. */
const SPEED = 20;

/** @param users each with five notes that are to be copied */
async function setting(open: () => Promise<Place>, users: readonly string[]) {
  const place = await open();
  const shop = await new Shop(users, SPEED).open();
  onTestFinished(async () => {
    await shop.close();
    await place.close();
  });
  return { place, shop };
}

function only(jobs: readonly JobInfo[]): JobInfo {
  const [job, second] = jobs;
  if (!job || second) throw new Error(`one job was expected, there are ${jobs.length}`);
  return job;
}

describe.each(PLACES)("an engine whose workers are woken by $name", { timeout: PATIENCE_MS }, ({ isThere, open }) => {
  describe.skipIf(!isThere)("", () => {
    it("H1: the same job delivered several times at once, to two processes: one works, and what is written is exact", async () => {
      const { place, shop } = await setting(open, ["anna"]);
      const job = only(await shop.engine(place.open()).engine.enqueue(shop.request("anna")));
      for (let copy = 0; copy < 5; copy++) await place.put({ jobId: job.id, format: 1 });
      const queues = [counting(place.open()), counting(place.open())];
      const workers = queues.map((queue) => shop.engine(queue));
      await Promise.all(workers.map(({ engine }) => engine.start()));
      expect(await shop.become(job, "succeeded")).toMatchObject({ retry_count: 0, items_added: 5 });
      await eventually(async () => queues.flatMap(({ handled }) => handled).length >= 6 || undefined);
      const told = workers.flatMap(({ events }) => events.map(({ type }) => type));
      expect(told.filter((type) => type === "run.started")).toHaveLength(1);
      expect(shop.of("anna").to.notes().size).toBe(5);
    });

    it("H2: a job delivered again after it was done: nothing is read or written", async () => {
      const { place, shop } = await setting(open, ["anna"]);
      const queue = counting(place.open());
      const { engine } = shop.engine(queue);
      await engine.start();
      const job = only(await engine.enqueue(shop.request("anna")));
      const done = await shop.become(job, "succeeded");
      await eventually(async () => queue.handled.length >= 1 || undefined);
      const before = [{ ...shop.of("anna").from.calls }, { ...shop.of("anna").to.calls }];
      const handled = queue.handled.length;
      for (let copy = 0; copy < 3; copy++) await place.put({ jobId: job.id, format: 1 });
      await eventually(async () => queue.handled.length >= handled + 3 || undefined);
      expect([{ ...shop.of("anna").from.calls }, { ...shop.of("anna").to.calls }]).toEqual(before);
      expect(await shop.row(job)).toEqual(done);
    });

    it("H5: a poison job has five attempts and is set aside, others are done meanwhile", async () => {
      const { place, shop } = await setting(open, ["anna", "ben"]);
      // Back-offs are drawn from zero on: this engine draws zero.
      const { engine } = shop.engine(place.open(), { ...systemRandom, uniform: () => 0 });
      await engine.start();
      shop.of("anna").from.fail({ calls: "list", with: { kind: "unavailable" }, times: Number.POSITIVE_INFINITY });
      const poison = only(await engine.enqueue(shop.request("anna")));
      const good = only(await engine.enqueue(shop.request("ben")));
      await shop.become(good, "succeeded");
      expect(await shop.become(poison, "dead")).toMatchObject({ retry_count: 4 });
      expect(shop.of("ben").to.notes().size).toBe(5);
    });

    it("H10: what nobody understands and what is gone is set aside, and what comes after it is done", async () => {
      const { place, shop } = await setting(open, ["anna", "ben", "cleo"]);
      const asking = shop.engine(place.open()).engine;
      const later = only(await asking.enqueue(shop.request("anna")));
      const where = { id: later.id };
      await shop.storage.write({ statements: [{ update: "sync_jobs", set: { format: 0 }, where }] });
      const gone = only(await asking.enqueue(shop.request("ben")));
      await asking.pairs.forget({ userId: "ben", pairId: gone.pairId });
      const broken = [{ jobId: 12 }, { format: 1 }, {}];
      for (const data of broken) await place.put(data);
      await place.put({ jobId: "job_nobody_knows", format: 1 });
      await shop.engine(place.open()).engine.start();
      const good = only(await asking.enqueue(shop.request("cleo")));
      await shop.become(good, "succeeded");
      expect(await shop.become(later, "dead")).toMatchObject({ error_code: "job.format-unknown" });
      const dead = await eventually(async () => {
        const letters = await place.deadLetters();
        return letters.length >= broken.length ? letters : undefined;
      });
      expect(dead.map((each) => JSON.stringify(each)).sort()).toEqual(
        broken.map((each) => JSON.stringify(each)).sort(),
      );
    });

    it("H11: a queue that loses everything costs time only: jobs that wait and schedules are done", async () => {
      const { place, shop } = await setting(open, ["anna", "ben", "cleo"]);
      const asking = shop.engine(place.open()).engine;
      const worker = shop.engine(place.open()).engine;
      await worker.start({ pollMs: 1_000 });
      const delayed = only(await asking.enqueue(shop.request("anna"), { delayMs: MINUTE_MS }));
      const [pair] = shop.request("cleo").pairs;
      if (!pair) throw new Error("a request names a pair");
      const { id: pairId } = await asking.pairs.create({ userId: "cleo", pair, type: "notes" });
      await asking.schedules.set({ userId: "cleo", pairId, everyMs: MINUTE_MS });
      await place.flush();
      const after = only(await asking.enqueue(shop.request("ben")));
      await shop.become(after, "succeeded");
      await shop.become(delayed, "succeeded");
      await eventually(async () => shop.of("cleo").to.notes().size === 5 || undefined);
      await place.flush();
      const last = only(await asking.enqueue(shop.request("ben")));
      await shop.become(last, "succeeded");
    });

    it("tells how long it takes from asking in one process to beginning in another", async () => {
      const { place, shop } = await setting(open, ["anna"]);
      const asking = shop.engine(place.open()).engine;
      const working = shop.engine(place.open());
      await working.engine.start();
      const times: number[] = [];
      for (let time = 0; time < 10; time++) {
        const started = Promise.withResolvers<number>();
        const off = working.engine.on(({ type }) => {
          if (type === "run.started") started.resolve(performance.now());
        });
        const askedAt = performance.now();
        const job = only(await asking.enqueue(shop.request("anna")));
        times.push((await started.promise) - askedAt);
        off();
        await shop.become(job, "succeeded");
      }
      times.sort((a, b) => a - b);
      process.stdout.write(
        `from asking to beginning: median ${times[5]?.toFixed(0)} ms, longest ${times.at(-1)?.toFixed(0)} ms\n`,
      );
      expect(times).toHaveLength(10);
    });
  });
});
