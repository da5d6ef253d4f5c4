import { describe, expect, it } from "vitest";
import type { JobInfo, Queue } from "../../src/index.ts";
import { only, Workshop } from "./support/workshop.ts";

describe("start and stop", () => {
  it("refuses nonsense, a second start, and a start after the end", async () => {
    const shop = await new Workshop().open("anna");
    const { engine } = shop.engine();
    for (const options of [
      { workers: 1 },
      { workers: 2.5 },
      { workers: 4, lanes: { manual: 4 } },
      { workers: 4, lanes: { manual: 3, automatic: 2 } },
      { lanes: { manual: 0 } },
      { pollMs: 0 },
      { sliceMs: 999 },
      { sliceMs: 86_400_001 },
      { sliceMs: 1_000.5 },
      { onError: 7 },
      { worker: 4 },
    ]) {
      await expect(engine.start(options as never)).rejects.toMatchObject({ code: "request.invalid" });
    }
    await engine.start();
    await expect(engine.start()).rejects.toMatchObject({ code: "engine.started" });
    await engine.stop();
    await expect(engine.start()).rejects.toMatchObject({ code: "engine.stopped" });
    await expect(engine.enqueue(shop.request("anna"))).rejects.toMatchObject({ code: "engine.stopped" });
    expect(shop.clock.sleepers).toEqual([]);
  });

  it("a start that finds no database says so, and can be tried again", async () => {
    const shop = await new Workshop().open("anna");
    let isAway = true;
    const storage = {
      ...shop.storage,
      select: (async (query: never) => {
        if (isAway) throw new Error("no database");
        return await shop.storage.select(query);
      }) as typeof shop.storage.select,
    };
    const { engine } = shop.engine({ storage });
    await expect(engine.start()).rejects.toThrow("no database");
    expect(shop.clock.sleepers).toEqual([]);
    isAway = false;
    await engine.start();
    const job = only(await engine.enqueue(shop.request("anna")));
    await shop.clock.settle();
    expect((await shop.job(job.id)).status).toBe("succeeded");
    await engine.stop();
  });

  it("a database that goes away for a while delays work, and ends nothing", async () => {
    const shop = await new Workshop().open("anna");
    let isAway = false;
    const storage = {
      ...shop.storage,
      select: (async (query: never) => {
        if (isAway) throw new Error("no database");
        return await shop.storage.select(query);
      }) as typeof shop.storage.select,
    };
    const { engine, logs } = await shop.worker({}, { storage });
    isAway = true;
    const job = only(await shop.engine().engine.enqueue(shop.request("anna")));
    await shop.clock.advance(90_000);
    expect(logs.filter(({ event }) => event === "worker.failed").length).toBeGreaterThan(1);
    isAway = false;
    await shop.clock.advance(30_000);
    expect((await shop.job(job.id)).status).toBe("succeeded");
    await engine.stop();
  });

  it("stop lets the operation at hand finish, gives what is not done back, and another process goes on", async () => {
    const shop = await new Workshop().open("anna", "ben", "cleo", "dora");
    await shop.stopInTheMiddle("anna", "ben");
    const { engine, events } = await shop.worker({ workers: 2 });
    const jobs: JobInfo[] = [];
    for (const name of ["anna", "ben", "cleo", "dora"]) {
      jobs.push(...(await engine.enqueue(shop.request(name))));
      await shop.clock.settle();
    }
    expect(shop.begun).toHaveLength(2);
    const stopped = engine.stop();
    await shop.release("anna", "ben");
    await stopped;
    const now = shop.clock.now();
    for (const job of jobs) {
      const row = await shop.job(job.id);
      expect(row).toMatchObject({ status: "queued", retry_count: 0, worker_id: null, locked_until: null });
    }
    expect(shop.begun).toHaveLength(2);
    expect(await shop.storage.count({ table: "leases", where: { expires_at: { gt: now } } })).toBe(0);
    expect(await shop.storage.count({ table: "intents", where: { state: "prepared" } })).toBe(0);
    expect(events.filter(({ type }) => type === "job.queued")).toHaveLength(6);
    expect(shop.clock.sleepers).toEqual([]);
    const { engine: next } = await shop.worker();
    for (const job of jobs) expect((await shop.job(job.id)).status).toBe("succeeded");
    expect(shop.bench.right.ids()).toHaveLength(3);
    await next.stop();
  });

  it("a message that comes after the end begins nothing", async () => {
    const shop = await new Workshop().open("anna");
    let deliver: (() => Promise<void>) | undefined;
    const queue: Queue = {
      wake: async () => {},
      process: async (handler) => {
        deliver = () => handler({ jobId: "whatever", format: 1 });
        return { close: async () => {} };
      },
    };
    const { engine, events } = await shop.worker({}, { jobs: { queue } });
    const job = only(await engine.enqueue(shop.request("anna")));
    await engine.stop();
    await deliver?.();
    expect(await shop.job(job.id)).toMatchObject({ status: "queued", started_at: null });
    expect(events.map(({ type }) => type)).toEqual(["job.queued"]);
  });

  it("stop waits no longer than it is told for what does not end, and gives that back too", async () => {
    const shop = await new Workshop().open("anna");
    await shop.stopInTheMiddle("anna");
    const { engine } = await shop.worker();
    const job = only(await engine.enqueue(shop.request("anna")));
    await shop.clock.settle();
    const since = shop.clock.now();
    await shop.clock.run(engine.stop({ graceMs: 4_000 }));
    expect(shop.clock.now() - since).toBe(4_000);
    expect(await shop.job(job.id)).toMatchObject({ status: "queued", retry_count: 0, worker_id: null });
    await shop.release("anna");
    expect(await shop.job(job.id)).toMatchObject({ status: "queued", items_added: 0 });
    await shop.clock.advance(31_000);
    const { engine: next } = await shop.worker();
    expect(await shop.job(job.id)).toMatchObject({ status: "succeeded", items_added: 3 });
    await next.stop();
  });

  it("an engine that works is disposed of with `await using`", async () => {
    const shop = await new Workshop().open("anna");
    {
      await using engine = shop.engine().engine;
      await engine.start();
      await engine.enqueue(shop.request("anna"));
    }
    expect(shop.clock.sleepers).toEqual([]);
    expect(["queued", "succeeded"]).toContain(only(await shop.jobs()).status);
  });

  it("an engine that ends while it starts leaves nothing running", async () => {
    const shop = await new Workshop().open("anna");
    const { engine } = shop.engine();
    const started = engine.start().catch((error: unknown) => error);
    await engine.stop();
    await started;
    await shop.clock.settle();
    expect(shop.clock.sleepers).toEqual([]);
  });
});
