import { describe, expect, it } from "vitest";
import { killable, only, Workshop } from "./support/workshop.ts";

const MINUTE_MS = 60_000;

describe("a worker that dies", () => {
  it("H3: is followed by another within lock and look, and the job is done once more, exactly", async () => {
    const shop = await new Workshop().open("anna");
    await shop.stopInTheMiddle("anna");
    const storage = killable(shop.storage);
    const { engine: doomed } = await shop.worker({}, { storage });
    const job = only(await doomed.enqueue(shop.request("anna")));
    await shop.clock.advance(15_000);
    storage.kill();
    const { engine, events } = await shop.worker();
    await shop.clock.advance(60_000);
    expect(shop.begun).toHaveLength(2);
    await shop.release("anna");
    expect(await shop.job(job.id)).toMatchObject({ status: "succeeded", retry_count: 1, items_added: 3 });
    expect(shop.bench.right.writes).toBe(1);
    expect(events.find(({ type }) => type === "job.retrying")).toMatchObject({
      jobId: job.id,
      attempt: 2,
      errorCode: "job.worker-lost",
    });
    await engine.stop();
  });

  it("is not followed while it lives, however long its run takes", async () => {
    const shop = await new Workshop().open("anna");
    await shop.stopInTheMiddle("anna");
    const { engine: slow } = await shop.worker();
    const job = only(await slow.enqueue(shop.request("anna")));
    await shop.clock.settle();
    const { engine: other } = await shop.worker();
    await shop.clock.advance(20 * MINUTE_MS);
    expect(shop.begun).toHaveLength(1);
    await shop.release("anna");
    expect(await shop.job(job.id)).toMatchObject({ status: "succeeded", retry_count: 0 });
    await slow.stop();
    await other.stop();
  });

  it("five times over the same job: the job is set aside, and others are not kept from theirs", async () => {
    const shop = await new Workshop().open("anna", "ben");
    await shop.stopInTheMiddle("anna");
    const job = only(await shop.engine().engine.enqueue(shop.request("anna")));
    for (let death = 1; death <= 5; death++) {
      const storage = killable(shop.storage);
      await shop.worker({}, { storage });
      expect(shop.begun).toHaveLength(death);
      storage.kill();
      await shop.clock.advance(31_000);
    }
    const { engine, events } = await shop.worker();
    await engine.enqueue(shop.request("ben"));
    await shop.clock.advance(10 * MINUTE_MS);
    expect(shop.begun.filter((pairId) => pairId === job.pairId)).toHaveLength(5);
    expect(await shop.job(job.id)).toMatchObject({ status: "dead", error_code: "job.worker-lost" });
    expect(events.filter(({ type }) => type === "job.dead")).toHaveLength(1);
    expect(only(await shop.jobs({ pair_id: await shop.pair("ben") })).status).toBe("succeeded");
    await engine.stop();
  });

  it("with another job of the pair waiting: that one does the work, and takes over the failed attempt", async () => {
    const shop = await new Workshop().open("anna");
    await shop.stopInTheMiddle("anna");
    const storage = killable(shop.storage);
    const { engine: doomed } = await shop.worker({}, { storage });
    const first = only(await doomed.enqueue(shop.request("anna")));
    await shop.clock.settle();
    storage.kill();
    const { engine } = shop.engine();
    const second = only(await engine.enqueue(shop.request("anna")));
    await shop.clock.advance(31_000);
    await engine.start();
    await shop.release("anna");
    expect(await shop.job(first.id)).toMatchObject({ status: "failed", error_code: "job.worker-lost" });
    expect(await shop.job(second.id)).toMatchObject({ status: "succeeded", retry_count: 1 });
    await engine.stop();
  });

  it("that was asleep past its lock, and wakes up overtaken, changes nothing any more", async () => {
    const shop = await new Workshop().open("anna");
    await shop.stopInTheMiddle("anna");
    // It renews nothing while it sleeps, and hears of that later.
    const asleep = Promise.withResolvers<void>();
    let sleeps = false;
    const storage = {
      ...shop.storage,
      write: async (batch: Parameters<typeof shop.storage.write>[0]) => {
        if (sleeps) await asleep.promise;
        return await shop.storage.write(batch);
      },
    };
    const { engine: slow } = await shop.worker({}, { storage });
    const job = only(await slow.enqueue(shop.request("anna")));
    await shop.clock.settle();
    sleeps = true;
    const { engine: other } = await shop.worker();
    await shop.clock.advance(61_000);
    expect(shop.begun).toHaveLength(2);
    await shop.release("anna");
    const after = await shop.job(job.id);
    expect(after).toMatchObject({ status: "succeeded", retry_count: 1, items_added: 3 });
    sleeps = false;
    asleep.resolve();
    await shop.clock.advance(MINUTE_MS);
    expect(await shop.job(job.id)).toEqual(after);
    expect(shop.bench.right.writes).toBe(1);
    await slow.stop();
    await other.stop();
  });
});
