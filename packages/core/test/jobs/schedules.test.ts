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
    await engine.schedules.set({ tenantId, userId, pairId: await shop.pair(name), everyMs: HOUR_MS, jitterMs: 0 });
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

  it("H14: of a tenant whose lane is full hold up nobody else's, however many there are", async () => {
    const many = Array.from({ length: 130 }, (_, index) => `big/user-${index}`);
    const shop = await scheduled(...many, "small/anna");
    const { engine, logs } = shop.engine({ jobs: { capacity: { automatic: 20 } } });
    expect(await engine.schedules.enqueueDue()).toBe(21);
    const queued = await shop.jobs({ status: "queued" });
    expect(queued.filter(({ tenant_id }) => tenant_id === "small")).toHaveLength(1);
    expect(logs.filter(({ event }) => event === "queue.full")).toMatchObject([
      { tenantId: "big", counts: { size: 20 } },
    ]);
    expect(await engine.schedules.enqueueDue()).toBe(0);
    expect(
      await shop.storage.count({ table: "sync_schedules", where: { next_run_at: { lte: shop.clock.now() } } }),
    ).toBe(110);
  });

  it("move on although one of them was written by who knows other time zones", async () => {
    const names = ["anna", "ben", "cleo"];
    const shop = await scheduled(...names);
    const set = { cron: "0 8 * * *", time_zone: "Mars/Olympus" };
    const where = { pair_id: await shop.pair("ben") };
    await shop.storage.write({ statements: [{ update: "sync_schedules", set, where }] });
    const { engine } = shop.engine();
    expect(await engine.schedules.enqueueDue()).toBe(3);
    const [row] = await shop.storage.select({ table: "sync_schedules", where });
    expect(row?.next_run_at).toBe(shop.clock.now() + (row?.every_ms ?? 0));
    expect(await engine.schedules.enqueueDue()).toBe(0);
  });

  it("are queued for workers elsewhere by a host's own clock, once, whoever else does the same", async () => {
    const names = Array.from({ length: 120 }, (_, index) => `user-${index}`);
    const shop = await scheduled(...names);
    const processes = [shop.engine().engine, shop.engine().engine, shop.engine().engine];
    const moved = await Promise.all(processes.map((engine) => engine.schedules.enqueueDue()));
    expect(moved.reduce((sum, each) => sum + each, 0)).toBe(120);
    expect(await shop.jobs({ status: "queued" })).toHaveLength(120);
    expect(shop.begun).toEqual([]);
  });

  it("move on a hundred in one step of the storage", async () => {
    const names = Array.from({ length: 100 }, (_, index) => `user-${index}`);
    const shop = await scheduled(...names);
    let writes = 0;
    const storage: StorageAdapter = {
      ...shop.storage,
      write: async (batch) => {
        writes += 1;
        return await shop.storage.write(batch);
      },
    };
    expect(await shop.engine({ storage }).engine.schedules.enqueueDue()).toBe(100);
    expect(writes).toBe(1);
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

  it("run at the times of an expression, in the time of a place, and not before", async () => {
    const shop = await new Workshop().open("anna");
    const { engine } = await shop.worker();
    const who = { userId: "anna", pairId: await shop.pair("anna") };
    const schedule = await engine.schedules.set({ ...who, cron: "0 8 * * *", timeZone: "Asia/Tokyo", jitterMs: 0 });
    expect(new Date(schedule.nextRunAtMs).toISOString()).toMatch(/T23:00:00\.000Z$/);
    expect(schedule).toMatchObject({ cron: "0 8 * * *", timeZone: "Asia/Tokyo", everyMs: 24 * HOUR_MS, enabled: true });
    await shop.clock.advance(schedule.nextRunAtMs - shop.clock.now() - 1);
    expect(await shop.jobs()).toEqual([]);
    await shop.clock.advance(1);
    expect(await shop.jobs({ status: "succeeded" })).toHaveLength(1);
    await shop.clock.advance(72 * HOUR_MS);
    expect(await shop.jobs({ status: "succeeded" })).toHaveLength(4);
    await engine.stop();
  });

  it("of the same time and different users are due at different moments, each always at its own", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `user-${index}`);
    const shop = await new Workshop().open(...names);
    const { engine } = shop.engine();
    const dues = [];
    for (const name of names) {
      const pairId = await shop.pair(name);
      dues.push((await engine.schedules.set({ userId: name, pairId, cron: "0 8 * * *" })).nextRunAtMs);
    }
    expect(new Set(dues).size).toBeGreaterThan(15);
    expect(Math.max(...dues) - Math.min(...dues)).toBeLessThan(5 * MINUTE_MS);
    await shop.clock.advance(24 * HOUR_MS);
    const day = 24 * HOUR_MS;
    expect(await engine.schedules.enqueueDue()).toBe(20);
    for (const [index, userId] of names.entries()) {
      const { nextRunAtMs } = only(await engine.schedules.list({ userId }));
      expect((nextRunAtMs - (dues[index] ?? 0)) % day).toBe(0);
    }
  });

  it("rest while they are paused, and make up for it once when they are resumed", async () => {
    const shop = await scheduled("anna");
    const { engine } = await shop.worker();
    const who = { userId: "anna", pairId: await shop.pair("anna") };
    expect(await engine.schedules.pause(who)).toMatchObject({ enabled: false });
    await shop.clock.advance(10 * HOUR_MS);
    expect(await shop.jobs()).toHaveLength(1);
    expect(await engine.schedules.resume(who)).toMatchObject({ enabled: true, everyMs: HOUR_MS });
    await shop.clock.advance(MINUTE_MS);
    expect(await shop.jobs({ status: "succeeded" })).toHaveLength(2);
    await engine.schedules.remove(who);
    await expect(engine.schedules.pause(who)).rejects.toMatchObject({ code: "schedule.unknown" });
    await engine.stop();
  });

  it("change from an interval to an expression and back", async () => {
    const shop = await scheduled("anna");
    const { engine } = shop.engine();
    const who = { userId: "anna", pairId: await shop.pair("anna") };
    await engine.schedules.enqueueDue();
    expect(await engine.schedules.set({ ...who, cron: "*/30 * * * *", jitterMs: 0 })).toMatchObject({
      timeZone: "UTC",
      everyMs: 30 * MINUTE_MS,
    });
    const back = await engine.schedules.set({ ...who, everyMs: 2 * HOUR_MS, jitterMs: 0 });
    expect(back).not.toHaveProperty("cron");
    expect(back.nextRunAtMs).toBe(shop.clock.now());
  });

  it.each([
    [{}, "request.everyMs"],
    [{ everyMs: HOUR_MS, cron: "0 8 * * *" }, "request.everyMs"],
    [{ everyMs: HOUR_MS, timeZone: "UTC" }, "request.timeZone"],
    [{ everyMs: MINUTE_MS - 1 }, "request.everyMs"],
    [{ cron: "0 8 * *" }, "request.cron"],
    [{ cron: "0 8 * * *", timeZone: "Berlin" }, "request.timeZone"],
    [{ cron: "0 8 * * *", jitterMs: -1 }, "request.jitterMs"],
  ])("are refused where they make no sense: %j", async (times, path) => {
    const shop = await new Workshop().open("anna");
    const { engine } = shop.engine();
    const who = { userId: "anna", pairId: await shop.pair("anna") };
    await expect(engine.schedules.set({ ...who, ...times })).rejects.toMatchObject({
      code: "request.invalid",
      params: { path },
    });
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
