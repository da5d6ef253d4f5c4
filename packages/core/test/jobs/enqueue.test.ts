import { describe, expect, it } from "vitest";
import { inProcessQueue, type JobInfo, type Queue, QueueFullError, type StorageAdapter } from "../../src/index.ts";
import { only, refOf, Workshop } from "./support/workshop.ts";

const HOUR_MS = 3_600_000;

describe("enqueue", () => {
  it("writes one waiting row per pair, with handles, times and codes only, and gives its handle", async () => {
    const shop = await new Workshop().open("anna");
    const { engine, events } = shop.engine();
    const job = only(await engine.enqueue(shop.request("anna")));
    expect(job).toMatchObject({
      status: "queued",
      lane: "manual",
      trigger: "manual",
      type: "favorites",
      retryCount: 0,
      maxRetries: 4,
      dueAtMs: shop.clock.now(),
    });
    expect(job.pairId).toBe(await shop.pair("anna"));
    expect(await shop.job(job.id)).toMatchObject({ format: 1, worker_id: null, locked_until: null, started_at: null });
    expect(events).toEqual([
      {
        type: "job.queued",
        tenantId: "default",
        userId: "anna",
        pairId: job.pairId,
        jobId: job.id,
        lane: "manual",
        dueAtMs: shop.clock.now(),
      },
    ]);
    expect(shop.begun).toEqual([]);
  });

  it("refuses what sync refuses, and a dry run, before anything is written", async () => {
    const shop = await new Workshop().open("anna");
    const { engine } = shop.engine();
    const request = shop.request("anna");
    for (const [wrong, code] of [
      [{ ...request, pairs: [] }, "request.no-pair"],
      [{ ...request, userId: "nobody" }, "service.not-connected"],
      [{ ...request, options: { dryRun: true } }, "request.invalid"],
      [{ ...request, options: { matchThreshold: 7 } }, "request.invalid"],
    ] as const) {
      await expect(engine.enqueue(wrong)).rejects.toMatchObject({ code });
    }
    for (const options of [{ delayMs: -1 }, { delayMs: 1.5 }, { lane: "fast" }, null, 7]) {
      await expect(engine.enqueue(request, options as never)).rejects.toMatchObject({ code: "request.invalid" });
    }
    expect(await shop.jobs()).toEqual([]);
    expect(await shop.storage.count({ table: "sync_pairs" })).toBe(0);
  });

  it("gives the job that waits when a pair is asked for again, by any process and however often at once", async () => {
    const shop = await new Workshop().open("anna");
    const engines = [shop.engine().engine, shop.engine().engine];
    const given = await Promise.all(
      Array.from({ length: 20 }, (_, index) => engines[index % 2]?.enqueue(shop.request("anna"))),
    );
    expect(new Set(given.map((jobs) => only(jobs ?? []).id)).size).toBe(1);
    expect(await shop.jobs()).toHaveLength(1);
  });

  it("gives the same job for a pair that a request names twice", async () => {
    const shop = await new Workshop().open("anna");
    const request = shop.request("anna");
    const jobs = await shop.engine().engine.enqueue({ ...request, pairs: [...request.pairs, ...request.pairs] });
    expect(jobs).toHaveLength(2);
    expect(jobs[0]).toEqual(jobs[1]);
    expect(await shop.jobs()).toHaveLength(1);
  });

  it("lifts a job that waits in the background when a person asks, and brings it forward", async () => {
    const shop = await new Workshop().open("anna");
    const { engine, events } = shop.engine();
    const waiting = only(await engine.enqueue(shop.request("anna"), { lane: "automatic", delayMs: HOUR_MS }));
    expect(waiting).toMatchObject({ lane: "automatic", trigger: "scheduled", dueAtMs: shop.clock.now() + HOUR_MS });
    const lifted = only(await engine.enqueue(shop.request("anna"), { delayMs: 5_000 }));
    expect(lifted).toMatchObject({ id: waiting.id, lane: "manual", trigger: "manual" });
    expect(lifted.dueAtMs).toBe(shop.clock.now() + 5_000);
    expect(only(await shop.jobs())).toMatchObject({ lane: "manual", priority: 10, trigger: "manual" });
    expect(events.map(({ type }) => type)).toEqual(["job.queued", "job.queued"]);
  });

  it("leaves a waiting job as it is when the background asks, or a person asks for later", async () => {
    const shop = await new Workshop().open("anna");
    const { engine, events } = shop.engine();
    const waiting = only(await engine.enqueue(shop.request("anna"), { delayMs: 1_000 }));
    for (const options of [{ lane: "automatic" }, { lane: "automatic", delayMs: 0 }, { delayMs: HOUR_MS }] as const) {
      expect(only(await engine.enqueue(shop.request("anna"), options))).toEqual(waiting);
    }
    expect(events).toHaveLength(1);
  });

  it("a job that runs is no job that waits: one more can be queued behind it", async () => {
    const shop = await new Workshop().open("anna");
    await shop.stopInTheMiddle("anna");
    const { engine } = await shop.worker();
    const running = only(await engine.enqueue(shop.request("anna")));
    await shop.clock.settle();
    expect((await shop.job(running.id)).status).toBe("running");
    const next = only(await engine.enqueue(shop.request("anna")));
    expect(next.id).not.toBe(running.id);
    expect(only(await engine.enqueue(shop.request("anna"))).id).toBe(next.id);
    await shop.clock.advance(20_000);
    expect((await shop.job(next.id)).status).toBe("queued");
    await shop.release("anna");
    await shop.clock.advance(5_000);
    expect(await engine.jobs.get(refOf(next))).toMatchObject({ status: "succeeded", retryCount: 0 });
    await engine.stop();
  });
});

describe("a lane that is full", () => {
  const capacity = { manual: 2, automatic: 1 };

  it("refuses with its name and size, and queues nothing of what was asked for", async () => {
    const shop = await new Workshop().open("anna", "ben", "cleo");
    const { engine } = shop.engine({ jobs: { capacity } });
    await engine.enqueue(shop.request("anna"));
    await engine.enqueue(shop.request("ben"));
    const refused = await engine.enqueue(shop.request("cleo")).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(QueueFullError);
    expect(refused).toMatchObject({ code: "queue.full", remedy: "retry", params: { lane: "manual", size: 2 } });
    expect(await shop.jobs()).toHaveLength(2);
    // Who waits already takes no further place; the other lane has its own.
    expect(await engine.enqueue(shop.request("ben"))).toHaveLength(1);
    expect(await engine.enqueue(shop.request("cleo"), { lane: "automatic" })).toHaveLength(1);
    await expect(engine.enqueue(shop.request("cleo"))).rejects.toMatchObject({ params: { lane: "manual" } });
    expect(only(await shop.jobs({ lane: "automatic" })).lane).toBe("automatic");
  });

  it("takes all pairs of a request or none", async () => {
    const shop = await new Workshop().open("anna", "ben");
    await shop.engine().engine.connections.addPublic({ userId: "anna", service: "left", accountId: "other" });
    const { engine } = shop.engine({ jobs: { capacity } });
    await engine.enqueue(shop.request("ben"));
    const lefts = await engine.connections.list({ userId: "anna", service: "left" });
    const pairs = lefts.map(({ id }) => ({
      source: { connectionId: id },
      target: "right",
      mode: "sync-from" as const,
    }));
    const request = { userId: "anna", type: "favorites" as const, pairs };
    await expect(engine.enqueue(request)).rejects.toMatchObject({ code: "queue.full" });
    expect(await shop.jobs()).toHaveLength(1);
    const { engine: roomy } = shop.engine({ jobs: { capacity: { manual: 3 } } });
    expect(await roomy.enqueue(request)).toHaveLength(2);
    expect(await shop.jobs()).toHaveLength(3);
  });

  it("is each tenant's own", async () => {
    const shop = await new Workshop().open("big/a", "big/b", "big/c", "small/d");
    const { engine } = shop.engine({ jobs: { capacity } });
    await engine.enqueue(shop.request("big/a"));
    await engine.enqueue(shop.request("big/b"));
    await expect(engine.enqueue(shop.request("big/c"))).rejects.toMatchObject({ code: "queue.full" });
    expect(await engine.enqueue(shop.request("small/d"))).toHaveLength(1);
  });

  it("H14: has somebody woken for a few jobs of a tenant; who has done one wakes for the next", async () => {
    const many = Array.from({ length: 40 }, (_, index) => `big/user-${index}`);
    const shop = await new Workshop().open(...many, "small/anna");
    const inner = inProcessQueue({ clock: shop.clock });
    const woken: string[] = [];
    const queue: Queue = {
      ...inner,
      wake: async (message, options) => {
        woken.push(message.jobId);
        await inner.wake(message, options);
      },
    };
    const { engine } = shop.engine({ jobs: { queue } });
    for (const name of many) await engine.enqueue(shop.request(name));
    const anna = only(await engine.enqueue(shop.request("small/anna")));
    expect(woken).toHaveLength(11);
    expect(woken.at(-1)).toBe(anna.id);
    await engine.start({ pollMs: 3_600_000 });
    await shop.clock.advance(60_000);
    expect(await shop.jobs({ status: "succeeded" })).toHaveLength(41);
    await engine.stop();
  });

  it("has somebody woken for a job that is due, however many of its tenant wait for their time", async () => {
    const later = Array.from({ length: 12 }, (_, index) => `big/user-${index}`);
    const shop = await new Workshop().open(...later, "big/anna");
    const { engine } = await shop.worker({ pollMs: HOUR_MS });
    for (const name of later) await engine.enqueue(shop.request(name), { delayMs: 2 * HOUR_MS });
    const anna = only(await engine.enqueue(shop.request("big/anna")));
    await shop.clock.advance(5_000);
    expect((await shop.job(anna.id)).status).toBe("succeeded");
    await engine.stop();
  });

  it("holds however many ask at once", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `user-${index}`);
    const shop = await new Workshop().open(...names);
    const { engine } = shop.engine({ jobs: { capacity: { manual: 5 } } });
    const outcomes = await Promise.allSettled(names.map((name) => engine.enqueue(shop.request(name))));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    expect(await shop.jobs()).toHaveLength(5);
  });

  it("has a place for 500 people and 200 of the background, if nobody says otherwise", async () => {
    const names = Array.from({ length: 501 }, (_, index) => `user-${index}`);
    const shop = await new Workshop().open(...names);
    const { engine } = shop.engine();
    for (const [lane, size] of [
      ["automatic", 200],
      ["manual", 500],
    ] as const) {
      const accepted = await Promise.allSettled(names.map((name) => engine.enqueue(shop.request(name), { lane })));
      const refused = accepted.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
      expect(await shop.jobs({ lane })).toHaveLength(size);
      expect(refused[0]).toMatchObject({ code: "queue.full", params: { lane, size } });
      await shop.storage.write({ statements: [{ delete: "sync_jobs", where: {} }] });
    }
  });

  it("keeps the place of what has begun and waits for another attempt, and does not count it", async () => {
    const shop = await new Workshop().open("anna", "ben", "cleo");
    const { engine } = await shop.worker({}, { jobs: { capacity: { manual: 1 } } });
    shop.bench.left.passing = () => {
      throw new Error("a bug of the provider's");
    };
    for (const name of ["anna", "ben", "cleo"]) {
      await engine.enqueue(shop.request(name));
      await shop.clock.settle();
    }
    expect((await shop.jobs()).map(({ status }) => status)).toEqual(["queued", "queued", "queued"]);
    await engine.stop();
  });
});

describe("a database that fails or moves while a job is queued", () => {
  it("an enqueue that could not be written has queued nothing and says so", async () => {
    const shop = await new Workshop().open("anna");
    await shop.pair("anna");
    const storage: StorageAdapter = {
      ...shop.storage,
      write: async () => {
        throw new Error("the disk is full");
      },
    };
    await expect(shop.engine({ storage }).engine.enqueue(shop.request("anna"))).rejects.toThrow("the disk is full");
    expect(await shop.jobs()).toEqual([]);
  });

  it("a job that begins in the very moment another is asked for is followed by a new one", async () => {
    const shop = await new Workshop().open("anna");
    const first = only(await shop.engine().engine.enqueue(shop.request("anna"), { lane: "automatic" }));
    let taken = false;
    const storage: StorageAdapter = {
      ...shop.storage,
      write: async (batch) => {
        // Between its look at what waits and its write, a worker elsewhere takes the job.
        if (!taken) {
          taken = true;
          const set = { status: "running", worker_id: "w", locked_until: shop.clock.now() + 30_000 } as const;
          await shop.storage.write({ statements: [{ update: "sync_jobs", set, where: { id: first.id } }] });
        }
        return await shop.storage.write(batch);
      },
    };
    const second = only(await shop.engine({ storage }).engine.enqueue(shop.request("anna")));
    expect(second.id).not.toBe(first.id);
    expect((await shop.jobs()).map(({ status }) => status).sort()).toEqual(["queued", "running"]);
  });

  it("a pair that another process asks for in the very same moment has one waiting job, given to both", async () => {
    const shop = await new Workshop().open("anna");
    await shop.pair("anna");
    let other: readonly JobInfo[] = [];
    let isFirst = true;
    const storage: StorageAdapter = {
      ...shop.storage,
      write: async (batch) => {
        if (isFirst) {
          isFirst = false;
          other = await shop.engine().engine.enqueue(shop.request("anna"));
        }
        return await shop.storage.write(batch);
      },
    };
    const own = await shop.engine({ storage }).engine.enqueue(shop.request("anna"));
    expect(only(own).id).toBe(only(other).id);
    expect(await shop.jobs()).toHaveLength(1);
  });
});
