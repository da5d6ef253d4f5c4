import { describe, expect, it } from "vitest";
import type { StorageAdapter } from "../../src/index.ts";
import { only, refOf, Workshop } from "./support/workshop.ts";

const MINUTE_MS = 60_000;

describe("an engine that has been started", () => {
  it("does what is queued, here and in other processes, and tells of it", async () => {
    const shop = await new Workshop().open("anna", "ben");
    const { engine, events } = await shop.worker();
    const here = only(await engine.enqueue(shop.request("anna")));
    await shop.clock.settle();
    expect(await engine.jobs.get(refOf(here))).toMatchObject({
      status: "succeeded",
      counts: { added: 3, processed: 3 },
      startedAtMs: shop.clock.now(),
      finishedAtMs: shop.clock.now(),
      cancelRequested: false,
    });
    expect(shop.bench.right.ids()).toHaveLength(3);
    expect(events.map(({ type }) => type).filter((type) => type !== "run.progress")).toEqual([
      "job.queued",
      "run.started",
      "run.finished",
    ]);
    const elsewhere = only(await shop.engine().engine.enqueue(shop.request("ben")));
    await shop.clock.advance(29_000);
    expect((await shop.job(elsewhere.id)).status).toBe("queued");
    await shop.clock.advance(1_000);
    expect((await shop.job(elsewhere.id)).status).toBe("succeeded");
    await engine.stop();
    expect(shop.clock.sleepers).toEqual([]);
  });

  it("works for one row from beginning to end, and leaves none beside it", async () => {
    const shop = await new Workshop().open("anna");
    const { engine } = await shop.worker();
    const job = only(await engine.enqueue(shop.request("anna")));
    await shop.clock.settle();
    const row = only(await shop.jobs());
    expect(row).toMatchObject({ id: job.id, worker_id: null, locked_until: null, next_retry_at: null, items_added: 3 });
    const logs = await shop.storage.select({ table: "sync_logs", where: { job_id: job.id } });
    expect(logs.map(({ event, amount }) => [event, amount])).toEqual([["items.added", 3]]);
    await engine.stop();
  });

  it("looks at the storage as often as it is told", async () => {
    const shop = await new Workshop().open("anna");
    const { engine } = await shop.worker({ pollMs: 500 });
    const job = only(await shop.engine().engine.enqueue(shop.request("anna")));
    await shop.clock.advance(500);
    expect((await shop.job(job.id)).status).toBe("succeeded");
    await engine.stop();
  });

  it("begins a delayed job when it is due, not before and not only at the next look", async () => {
    const shop = await new Workshop().open("anna");
    const { engine } = await shop.worker();
    const job = only(await engine.enqueue(shop.request("anna"), { delayMs: 7_000 }));
    await shop.clock.advance(6_999);
    expect((await shop.job(job.id)).status).toBe("queued");
    await shop.clock.advance(1);
    expect((await shop.job(job.id)).status).toBe("succeeded");
    await engine.stop();
  });

  it("H11: goes on after a restart with what waits, at its time, although no queue remembers it", async () => {
    const shop = await new Workshop().open("anna", "ben", "cleo");
    const { engine: before } = shop.engine();
    const now = only(await before.enqueue(shop.request("anna")));
    const later = only(await before.enqueue(shop.request("ben"), { delayMs: 12_345 }));
    const background = only(await before.enqueue(shop.request("cleo"), { lane: "automatic" }));
    await before.stop();
    const { engine } = await shop.worker();
    expect((await shop.job(now.id)).status).toBe("succeeded");
    expect((await shop.job(background.id)).status).toBe("succeeded");
    await shop.clock.advance(12_344);
    expect((await shop.job(later.id)).status).toBe("queued");
    await shop.clock.advance(1);
    expect((await shop.job(later.id)).status).toBe("succeeded");
    await engine.stop();
  });

  it("runs as many jobs at once as it has workers, and keeps one of them from automatic work", async () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    const shop = await new Workshop().open(...names, "person", "other");
    await shop.stopInTheMiddle(...names, "person", "other");
    const { engine } = await shop.worker({ workers: 3 });
    for (const name of names) await engine.enqueue(shop.request(name), { lane: "automatic" });
    await shop.clock.settle();
    expect(await shop.jobs({ status: "running" })).toHaveLength(2);
    const job = only(await engine.enqueue(shop.request("person")));
    await shop.clock.settle();
    expect((await shop.job(job.id)).status).toBe("running");
    expect(shop.begun).toHaveLength(3);
    // The share of the manual lane is two of three: the next free worker is for the next person.
    const next = only(await engine.enqueue(shop.request("other")));
    await shop.clock.settle();
    expect((await shop.job(next.id)).status).toBe("queued");
    await shop.release("a");
    expect((await shop.job(next.id)).status).toBe("running");
    await shop.release(...names, "person", "other");
    expect(await shop.jobs({ status: "succeeded" })).toHaveLength(8);
    await engine.stop();
  });

  it("gives idle workers of the automatic lane to people, all of them", async () => {
    const names = ["a", "b", "c", "d"];
    const shop = await new Workshop().open(...names);
    await shop.stopInTheMiddle(...names);
    const { engine } = await shop.worker({ workers: 4, lanes: { automatic: 3 } });
    for (const name of names) await engine.enqueue(shop.request(name));
    await shop.clock.settle();
    expect(await shop.jobs({ status: "running" })).toHaveLength(4);
    await shop.release(...names);
    await engine.stop();
  });

  it("H14: is fair between tenants", async () => {
    const crowd = Array.from({ length: 12 }, (_, index) => `crowd/user-${index}`);
    const shop = await new Workshop().open(...crowd, "small/anna");
    const { engine } = shop.engine();
    for (const name of crowd) await engine.enqueue(shop.request(name), { lane: "automatic" });
    await shop.clock.advance(1);
    await engine.enqueue(shop.request("small/anna"), { lane: "automatic" });
    await engine.stop();
    const { engine: worker } = await shop.worker({ workers: 2 });
    expect(shop.begun.indexOf(await shop.pair("small/anna"))).toBe(1);
    expect(shop.begun).toHaveLength(13);
    await worker.stop();
  });

  it("H1: of two processes that are told of the same job one works, and the other counts nothing against it", async () => {
    const shop = await new Workshop().open("anna");
    await shop.stopInTheMiddle("anna");
    const workers = [await shop.worker(), await shop.worker()];
    const job = only(await shop.engine().engine.enqueue(shop.request("anna")));
    // Both look at the same moment.
    await shop.clock.advance(30_000);
    await shop.release("anna");
    expect(await shop.job(job.id)).toMatchObject({ status: "succeeded", retry_count: 0, items_added: 3 });
    expect(shop.begun).toHaveLength(1);
    expect(shop.bench.right.writes).toBe(1);
    for (const { engine } of workers) await engine.stop();
  });

  it("a job whose pair a direct call is syncing waits for it, and that is no failed attempt", async () => {
    const shop = await new Workshop().open("anna");
    await shop.stopInTheMiddle("anna");
    const { engine, events } = await shop.worker();
    const direct = engine.sync(shop.request("anna"));
    await shop.clock.settle();
    const job = only(await engine.enqueue(shop.request("anna")));
    await shop.clock.advance(5 * MINUTE_MS);
    expect(await shop.job(job.id)).toMatchObject({ status: "queued", retry_count: 0, started_at: null });
    await shop.release("anna");
    expect((await direct).pairs).toMatchObject([{ status: "succeeded", counts: { added: 3 } }]);
    await shop.clock.advance(5_000);
    expect(await shop.job(job.id)).toMatchObject({ status: "succeeded", retry_count: 0, items_added: 0 });
    expect(shop.bench.right.writes).toBe(1);
    expect(events.some(({ type }) => type === "job.retrying")).toBe(false);
    await engine.stop();
  });

  it("a job whose pair is taken by a call in the moment in which it begins waits too, and loses no attempt", async () => {
    const shop = await new Workshop().open("anna");
    await shop.stopInTheMiddle("anna");
    const { engine: calling } = shop.engine();
    let direct: Promise<unknown> | undefined;
    const storage: StorageAdapter = {
      ...shop.storage,
      write: async (batch) => {
        const result = await shop.storage.write(batch);
        const [statement] = batch.statements;
        const claims =
          statement && "update" in statement && statement.update === "sync_jobs" && statement.set.worker_id;
        if (claims && !direct) {
          direct = calling.sync(shop.request("anna"));
          while (shop.begun.length === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        return result;
      },
    };
    const { engine, events } = await shop.worker({}, { storage });
    const job = only(await engine.enqueue(shop.request("anna")));
    await shop.clock.settle();
    expect(direct).toBeDefined();
    expect(await shop.job(job.id)).toMatchObject({ status: "queued", retry_count: 0, worker_id: null });
    await shop.release("anna");
    await direct;
    await shop.clock.advance(5_000);
    expect(await shop.job(job.id)).toMatchObject({ status: "succeeded", retry_count: 0 });
    expect(events.some(({ type }) => type === "job.retrying")).toBe(false);
    await engine.stop();
  });

  it("H2: a message that comes again after its job was done finds nothing to do", async () => {
    const shop = await new Workshop().open("anna");
    const delivered: (() => Promise<void>)[] = [];
    const queue = {
      wake: async () => {},
      process: async (handler: (message: { jobId: string; format: number }) => Promise<void>) => {
        delivered.push(async () => await handler({ jobId: "whatever", format: 99 }));
        return { close: async () => {} };
      },
    };
    const { engine } = await shop.worker({}, { jobs: { queue } });
    const job = only(await engine.enqueue(shop.request("anna")));
    await delivered[0]?.();
    expect((await shop.job(job.id)).status).toBe("succeeded");
    const [writes, reads] = [shop.bench.right.writes, shop.bench.left.reads];
    await delivered[0]?.();
    await delivered[0]?.();
    expect([shop.bench.right.writes, shop.bench.left.reads]).toEqual([writes, reads]);
    expect(await shop.jobs()).toHaveLength(1);
    await engine.stop();
  });

  it("a queue that fails loses no job", async () => {
    const shop = await new Workshop().open("anna");
    const queue = {
      wake: async () => {
        throw new Error("the broker is away");
      },
      process: async () => ({ close: async () => {} }),
    };
    const { engine: broken, logs } = shop.engine({ jobs: { queue } });
    const job = only(await broken.enqueue(shop.request("anna")));
    expect(logs.map(({ event }) => event)).toContain("queue.failed");
    const { engine } = await shop.worker();
    expect((await shop.job(job.id)).status).toBe("succeeded");
    await engine.stop();
  });
});
