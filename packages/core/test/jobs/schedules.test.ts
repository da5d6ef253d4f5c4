import { describe, expect, it } from "vitest";
import type { Query, StorageAdapter } from "../../src/index.ts";
import { only, Workshop } from "./support/workshop.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Users whose pairs are scheduled every hour, the first time at once. */
async function scheduled(...names: readonly string[]) {
  const shop = await new Workshop().open(...names);
  const { engine } = shop.engine();
  for (const name of names) {
    const { tenantId, userId } = shop.request(name);
    await engine.schedules.set({ tenantId, userId, pairId: await shop.pair(name), everyMs: HOUR_MS });
  }
  return shop;
}

describe("schedules of an engine that works", () => {
  it("are queued in the automatic lane when they are due, to the moment, again and again", async () => {
    const shop = await scheduled("anna");
    const { engine } = await shop.worker();
    expect(only(await shop.jobs())).toMatchObject({ lane: "automatic", trigger: "scheduled", status: "succeeded" });
    await shop.clock.advance(HOUR_MS - 1);
    expect(await shop.jobs()).toHaveLength(1);
    await shop.clock.advance(1);
    expect(await shop.jobs({ status: "succeeded" })).toHaveLength(2);
    await shop.clock.advance(5 * HOUR_MS);
    expect(await shop.jobs({ status: "succeeded" })).toHaveLength(7);
    await engine.stop();
  });

  it("H11, ENG-11: what was missed while nobody worked is made up for once", async () => {
    const shop = await scheduled("anna");
    await shop.clock.advance(30 * HOUR_MS);
    const { engine } = await shop.worker();
    expect(only(await shop.jobs()).status).toBe("succeeded");
    const schedule = only(await engine.schedules.list({ userId: "anna" }));
    expect(schedule).toMatchObject({ nextRunAtMs: shop.clock.now() + HOUR_MS, lastRunAtMs: shop.clock.now() });
    await engine.stop();
  });

  it("H4: while a run takes longer than the schedule's period, one job waits behind it, never two", async () => {
    const shop = await scheduled("anna");
    await shop.stopInTheMiddle("anna");
    const { engine } = await shop.worker();
    for (let hour = 0; hour < 5; hour++) {
      await shop.clock.advance(HOUR_MS);
      expect(await shop.jobs({ status: "running" })).toHaveLength(1);
      expect(await shop.jobs({ status: "queued" })).toHaveLength(1);
    }
    expect(shop.begun).toHaveLength(1);
    await shop.release("anna");
    await shop.clock.advance(5_000);
    expect((await shop.jobs()).map(({ status }) => status)).toEqual(["succeeded", "succeeded"]);
    await engine.stop();
  });

  it("H7: a person who asks while a scheduled job waits or runs gets one job more at most", async () => {
    const shop = await scheduled("anna");
    await shop.stopInTheMiddle("anna");
    const { engine } = await shop.worker();
    await shop.clock.advance(1_000);
    const asked = only(await engine.enqueue(shop.request("anna")));
    expect(only(await engine.enqueue(shop.request("anna"))).id).toBe(asked.id);
    const direct = await engine.sync(shop.request("anna"));
    expect(direct.pairs).toMatchObject([{ status: "busy" }]);
    await shop.release("anna");
    await shop.clock.advance(5_000);
    const jobs = await shop.jobs();
    expect(jobs.map(({ trigger, status }) => [trigger, status])).toEqual([
      ["scheduled", "succeeded"],
      ["manual", "succeeded"],
    ]);
    expect(shop.bench.right.writes).toBe(1);
    await engine.stop();
  });

  it("are queued once, however many processes look", async () => {
    const shop = await scheduled("anna", "ben", "cleo");
    const workers = await Promise.all([shop.worker(), shop.worker(), shop.worker()]);
    await shop.clock.advance(3 * HOUR_MS);
    expect(await shop.jobs({ status: "succeeded" })).toHaveLength(12);
    expect(await shop.jobs()).toHaveLength(12);
    for (const { engine } of workers) await engine.stop();
  });

  it("are not queued again by a process that saw them before another one had their job done", async () => {
    const shop = await scheduled("anna");
    const due = await shop.storage.select({ table: "sync_schedules" });
    const { engine } = await shop.worker();
    expect(await shop.jobs({ status: "succeeded" })).toHaveLength(1);
    const late: StorageAdapter = {
      ...shop.storage,
      select: (async (query: Query<"sync_schedules">) =>
        query.table === "sync_schedules" ? due : await shop.storage.select(query)) as typeof shop.storage.select,
    };
    const { engine: other } = await shop.worker({}, { storage: late });
    expect(await shop.jobs()).toHaveLength(1);
    await other.stop();
    await engine.stop();
  });

  it("are not queued while the pair is paused, put off, or the schedule switched off; nor later for that time", async () => {
    const shop = await scheduled("anna", "ben", "cleo");
    const { engine } = shop.engine();
    const [anna, ben, cleo] = [await shop.pair("anna"), await shop.pair("ben"), await shop.pair("cleo")];
    await engine.pairs.pause({ userId: "anna", pairId: anna });
    const not_before = shop.clock.now() + MINUTE_MS;
    await shop.storage.write({ statements: [{ update: "sync_pairs", set: { not_before }, where: { id: ben } }] });
    await engine.schedules.set({ userId: "cleo", pairId: cleo, everyMs: HOUR_MS, enabled: false });
    await engine.start();
    await shop.clock.settle();
    expect(await shop.jobs()).toEqual([]);
    await engine.pairs.resume({ userId: "anna", pairId: anna });
    await shop.clock.advance(2 * MINUTE_MS);
    expect(await shop.jobs()).toEqual([]);
    await shop.clock.advance(HOUR_MS);
    expect((await shop.jobs()).map(({ pair_id }) => pair_id).sort()).toEqual([anna, ben].sort());
    await engine.stop();
  });

  it("stay due while the automatic lane is full, and are queued when it has room", async () => {
    const names = ["a", "b", "c"];
    const shop = await scheduled(...names);
    await shop.stopInTheMiddle(...names);
    const { engine, logs } = await shop.worker({ workers: 2 }, { jobs: { capacity: { automatic: 1 } } });
    // One runs; of the others one waits, and one has no place.
    await shop.clock.advance(MINUTE_MS);
    expect([(await shop.jobs({ status: "running" })).length, (await shop.jobs({ status: "queued" })).length]).toEqual([
      1, 1,
    ]);
    expect(logs.filter(({ event }) => event === "queue.full").length).toBeGreaterThan(0);
    const due = await shop.storage.count({
      table: "sync_schedules",
      where: { next_run_at: { lte: shop.clock.now() } },
    });
    expect(due).toBe(1);
    await shop.release(...names);
    await shop.clock.advance(MINUTE_MS);
    expect(await shop.jobs({ status: "succeeded" })).toHaveLength(3);
    await engine.stop();
  });

  it("many at once are all queued, more than one look takes", async () => {
    const names = Array.from({ length: 130 }, (_, index) => `user-${index}`);
    const shop = await scheduled(...names);
    const { engine } = await shop.worker({ workers: 8 });
    await shop.clock.advance(1_000);
    expect(await shop.jobs({ status: "succeeded" })).toHaveLength(130);
    await engine.stop();
  });

  it("leave schedules.runDue to hosts with a clock of their own, which finds nothing twice", async () => {
    const shop = await scheduled("anna");
    const { engine } = shop.engine();
    expect(await engine.schedules.runDue()).toMatchObject([{ status: "succeeded" }]);
    await engine.start();
    await shop.clock.settle();
    expect(only(await shop.jobs())).toMatchObject({ worker_id: null, trigger: "scheduled" });
    await shop.clock.advance(HOUR_MS);
    expect(await engine.schedules.runDue()).toEqual([]);
    expect(await shop.jobs()).toHaveLength(2);
    await engine.stop();
  });

  it("old jobs and the like are forgotten by the way", async () => {
    const shop = await scheduled("anna");
    const { engine } = await shop.worker();
    const old = only(await shop.jobs());
    await engine.stop();
    await shop.clock.advance(91 * 24 * HOUR_MS);
    const { engine: next } = await shop.worker();
    const young = only(await shop.jobs());
    expect(young.id).not.toBe(old.id);
    expect(young.status).toBe("succeeded");
    await next.stop();
  });
});
