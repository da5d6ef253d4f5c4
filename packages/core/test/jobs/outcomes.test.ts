import { describe, expect, it } from "vitest";
import { DeferredError, MalformedAnswerError, type Row, type Schema, ServiceError } from "../../src/index.ts";
import { counterpartOf } from "../engine/support/recordings.ts";
import { only, refOf, Workshop } from "./support/workshop.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const unavailable = (): Error =>
  new ServiceError("left", { kind: "unavailable" }, "service.unavailable", {
    service: "left",
    route: "/things",
    status: 503,
  });

const quietForTwoHours = ({ clock }: Workshop): Error => new DeferredError("left", clock.now() + 2 * HOUR_MS);

/** A workshop in which Anna's job meets what `fail` throws, whenever a service is asked. */
async function failing(fail: (shop: Workshop) => Error, random = 0.5) {
  const shop = await new Workshop().open("anna", "ben");
  const broken = () => {
    throw fail(shop);
  };
  shop.bench.left.passing = broken;
  const uniform = { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)), uniform: () => random };
  const errors: unknown[] = [];
  const made = await shop.worker({ onError: (error, jobId) => errors.push([error, jobId]) }, { random: uniform });
  const job = only(await made.engine.enqueue(shop.request("anna")));
  await shop.clock.settle();
  return {
    shop,
    ...made,
    job,
    errors,
    row: () => shop.job(job.id),
    mend: () => {
      shop.bench.left.passing = () => {};
    },
    told: (type: string) => made.events.filter((event) => event.type === type),
  };
}

describe("a job whose service asks for quiet", () => {
  it("is put off until the quiet is over, however often, without a failed attempt, and then done", async () => {
    const f = await failing(quietForTwoHours);
    const begun = f.shop.clock.now();
    for (let quiet = 1; quiet <= 7; quiet++) {
      expect(await f.row()).toMatchObject({
        status: "queued",
        retry_count: 0,
        next_retry_at: begun + quiet * 2 * HOUR_MS,
      });
      expect(await f.engine.jobs.get(refOf(f.job))).toMatchObject({ dueAtMs: begun + quiet * 2 * HOUR_MS });
      await f.shop.clock.advance(2 * HOUR_MS);
    }
    f.mend();
    expect(await f.shop.storage.count({ table: "leases", where: { expires_at: { gt: f.shop.clock.now() } } })).toBe(0);
    await f.shop.clock.advance(2 * HOUR_MS);
    expect(await f.row()).toMatchObject({ status: "succeeded", retry_count: 0, error_code: null, items_added: 3 });
    expect(f.told("job.retrying")).toEqual([]);
    expect(f.told("job.queued").length).toBe(9);
    await f.engine.stop();
  });

  it("asks for nothing meanwhile, and leaves the worker to others", async () => {
    const f = await failing(quietForTwoHours);
    f.mend();
    const reads = f.shop.bench.left.reads;
    await f.shop.clock.advance(HOUR_MS);
    expect(f.shop.bench.left.reads).toBe(reads);
    const ben = only(await f.engine.enqueue(f.shop.request("ben")));
    await f.shop.clock.settle();
    expect((await f.shop.job(ben.id)).status).toBe("succeeded");
    expect((await f.row()).status).toBe("queued");
    await f.engine.stop();
  });
});

describe("a job that fails in a way that may pass", () => {
  it("H5: is tried five times with growing pauses, then set aside with one alarm", async () => {
    const f = await failing(unavailable);
    const pauses = [15_000, 30_000, 60_000, 120_000];
    for (const [index, pause] of pauses.entries()) {
      expect(await f.row()).toMatchObject({
        status: "queued",
        retry_count: index + 1,
        next_retry_at: f.shop.clock.now() + pause,
        error_code: "service.unavailable",
      });
      await f.shop.clock.advance(pause - 1);
      expect((await f.row()).status).toBe("queued");
      await f.shop.clock.advance(1);
    }
    expect(await f.row()).toMatchObject({ status: "dead", retry_count: 4, finished_at: f.shop.clock.now() });
    await f.shop.clock.advance(24 * HOUR_MS);
    expect(f.told("run.started")).toHaveLength(5);
    expect(f.told("job.retrying")).toMatchObject([2, 3, 4, 5].map((attempt) => ({ jobId: f.job.id, attempt })));
    expect(only(f.told("job.dead"))).toMatchObject({ jobId: f.job.id, errorCode: "service.unavailable" });
    expect(f.logs.filter(({ event }) => event === "job.dead")).toMatchObject([{ level: "error", jobId: f.job.id }]);
    expect(await f.engine.jobs.replay(refOf(f.job))).toMatchObject({ status: "queued", retryCount: 0 });
    await f.shop.clock.settle();
    expect(await f.row()).toMatchObject({ status: "queued", retry_count: 1 });
    f.mend();
    const ben = only(await f.engine.enqueue(f.shop.request("ben")));
    await f.shop.clock.settle();
    expect((await f.shop.job(ben.id)).status).toBe("succeeded");
    await f.engine.stop();
  });

  it("is done as soon as an attempt succeeds, and keeps count of those that failed", async () => {
    const f = await failing(unavailable);
    await f.shop.clock.advance(15_000);
    f.mend();
    await f.shop.clock.advance(30_000);
    expect(await f.row()).toMatchObject({ status: "succeeded", retry_count: 2, error_code: null, items_added: 3 });
    await f.engine.stop();
  });

  it("waits a random while", async () => {
    const [early, late] = [await failing(unavailable, 0.01), await failing(unavailable, 0.99)];
    expect((await early.row()).next_retry_at).toBe(early.shop.clock.now() + 300);
    expect((await late.row()).next_retry_at).toBe(late.shop.clock.now() + 29_700);
    await early.engine.stop();
    await late.engine.stop();
  });

  it("begins again at once when a person asks for its pair", async () => {
    const f = await failing(unavailable, 0.99);
    f.mend();
    expect(only(await f.engine.enqueue(f.shop.request("anna"))).id).toBe(f.job.id);
    await f.shop.clock.settle();
    expect(await f.row()).toMatchObject({ status: "succeeded", retry_count: 1 });
    await f.engine.stop();
  });

  it("adds up what its attempts did", async () => {
    const f = await failing(unavailable);
    for (const id of ["left-8", "left-9"]) f.shop.bench.right.lost.add(counterpartOf(id) ?? "");
    f.mend();
    await f.shop.clock.advance(15_000);
    expect(await f.row()).toMatchObject({ status: "queued", retry_count: 2, items_added: 1 });
    await f.shop.clock.advance(30_000);
    expect(await f.row()).toMatchObject({ status: "succeeded", retry_count: 2, items_added: 3 });
    const logs = await f.shop.storage.select({ table: "sync_logs", where: { job_id: f.job.id } });
    const added = logs
      .filter(({ event }) => event === "items.added")
      .reduce((sum, { amount }) => sum + (amount ?? 0), 0);
    expect(added).toBe(3);
    await f.engine.stop();
  });
});

describe("a job that meets a bug", () => {
  it("is tried again and set aside, tells the host what was thrown, and keeps that out of store and log", async () => {
    const bug = new TypeError("cannot read 'Secret Song Title'");
    const f = await failing(() => bug);
    expect(await f.row()).toMatchObject({ status: "queued", retry_count: 1, error_code: "job.crashed" });
    await f.shop.clock.advance(10 * MINUTE_MS);
    expect(await f.row()).toMatchObject({ status: "dead", error_code: "job.crashed" });
    expect(f.errors).toEqual(Array.from({ length: 5 }, () => [bug, f.job.id]));
    const said = JSON.stringify([f.logs, f.events, await f.shop.bench.dump()]);
    expect(said).not.toContain("Secret");
    expect(f.shop.clock.sleepers).toHaveLength(1);
    await f.engine.stop();
  });
});

describe("a direct call that meets a bug", () => {
  it("throws it on, and leaves no job behind that seems to run", async () => {
    const shop = await new Workshop().open("anna");
    const bug = new TypeError("cannot read 'Secret Song Title'");
    shop.bench.left.passing = () => {
      throw bug;
    };
    const { engine } = shop.engine();
    await expect(engine.sync(shop.request("anna"))).rejects.toBe(bug);
    const finished_at = shop.clock.now();
    expect(only(await shop.jobs())).toMatchObject({ status: "failed", error_code: "job.crashed", finished_at });
    expect(JSON.stringify(await shop.bench.dump())).not.toContain("Secret");
  });
});

describe("a host's hook for errors that fails itself", () => {
  it.each([
    [
      "throws",
      () => {
        throw new Error("the hook's own");
      },
    ],
    [
      "rejects",
      async () => {
        throw new Error("the hook's own");
      },
    ],
  ])("%s, and harms nothing", async (_name, onError) => {
    const shop = await new Workshop().open("anna");
    shop.bench.left.passing = () => {
      throw new TypeError("a bug");
    };
    const { engine } = await shop.worker({ onError });
    const job = only(await engine.enqueue(shop.request("anna")));
    await shop.clock.settle();
    expect(await shop.job(job.id)).toMatchObject({ status: "queued", retry_count: 1, error_code: "job.crashed" });
    await engine.stop();
  });
});

describe("a job that no repetition helps", () => {
  it("is set aside at once when its answer makes no sense to us", async () => {
    const f = await failing(() => new MalformedAnswerError("left", "/things", "no items"));
    expect(await f.row()).toMatchObject({ status: "dead", retry_count: 0, error_code: "service.malformed-answer" });
    expect(f.told("job.dead")).toHaveLength(1);
    await f.engine.stop();
  });

  it("ends as failed, without an alarm, when its pair is paused", async () => {
    const shop = await new Workshop().open("anna");
    const pairId = await shop.pair("anna");
    const { engine, events } = await shop.worker();
    await engine.pairs.pause({ userId: "anna", pairId });
    const job = only(await engine.enqueue(shop.request("anna")));
    await shop.clock.settle();
    expect(await shop.job(job.id)).toMatchObject({ status: "failed", retry_count: 0, error_code: "pair.paused" });
    expect(events.some(({ type }) => type === "job.dead")).toBe(false);
    await engine.stop();
  });
});

describe("a run that is held, or done in part", () => {
  it("held is an end: it waits for a person", async () => {
    const shop = await new Workshop().open("anna");
    shop.bench.left.put(...Array.from({ length: 12 }, (_, index) => `left-${index + 8}`));
    const { engine } = await shop.worker();
    const request = { ...shop.request("anna"), options: { propagation: "mirror" as const } };
    await engine.enqueue(request);
    await shop.clock.settle();
    shop.bench.left.take(...shop.bench.left.ids());
    const job = only(await engine.enqueue(request));
    await shop.clock.advance(HOUR_MS);
    expect(await engine.jobs.get(refOf(job))).toMatchObject({ status: "held", retryCount: 0 });
    await engine.stop();
  });

  it("with an outcome that nobody knows it looks again soon, and ends well once that is clear", async () => {
    const shop = await new Workshop().open("anna");
    const { engine, events } = await shop.worker();
    for (const id of shop.bench.right.catalogue.keys()) shop.bench.right.lost.add(id);
    const job = only(await engine.enqueue(shop.request("anna")));
    await shop.clock.settle();
    expect(await shop.job(job.id)).toMatchObject({ status: "queued", retry_count: 1, items_added: 0 });
    await shop.clock.advance(HOUR_MS);
    expect(await shop.job(job.id)).toMatchObject({ status: "succeeded", items_added: 3 });
    expect(events.find(({ type }) => type === "job.retrying")).toMatchObject({ errorCode: "service.outcome-unknown" });
    await engine.stop();
  });

  it("with items that are refused for good it ends, and is not tried again", async () => {
    const shop = await new Workshop().open("anna");
    for (const id of shop.bench.right.catalogue.keys()) shop.bench.right.refused.add(id);
    const { engine } = await shop.worker();
    const job = only(await engine.enqueue(shop.request("anna")));
    await shop.clock.advance(HOUR_MS);
    expect(await shop.job(job.id)).toMatchObject({ status: "partial", retry_count: 0, items_refused: 3 });
    await engine.stop();
  });
});

describe("H10: a row that means nothing to this release", () => {
  type Change = { readonly [T in "sync_jobs" | "sync_pairs"]?: Partial<Row<T>> };

  it.each<[string, Change, Partial<Row<"sync_jobs">>]>([
    ["of an unknown format", { sync_jobs: { format: 0 } }, { status: "dead", error_code: "job.format-unknown" }],
    [
      "of a sync type that nobody offers",
      { sync_pairs: { sync_type: "smells" } },
      { status: "dead", error_code: "request.type-unsupported" },
    ],
    [
      "whose pair lost a side",
      { sync_pairs: { source_connection_id: "gone" } },
      { status: "dead", error_code: "connection.unknown" },
    ],
  ])("%s is set aside once, and the worker goes on", async (_name, change, expected) => {
    const shop = await new Workshop().open("anna", "ben");
    const { engine: queueing } = shop.engine();
    const job = only(await queueing.enqueue(shop.request("anna")));
    for (const [update, set] of Object.entries(change) as [keyof Schema & ("sync_jobs" | "sync_pairs"), object][]) {
      await shop.storage.write({ statements: [{ update, set, where: { tenant_id: "default" } }] });
    }
    const { engine, events } = await shop.worker();
    const ben = shop.request("ben");
    const other = only(await engine.enqueue(ben));
    await shop.clock.advance(HOUR_MS);
    expect(await shop.job(job.id)).toMatchObject({ ...expected, retry_count: 0 });
    expect(events.filter(({ type }) => type === "job.dead")).toHaveLength(1);
    expect((await shop.job(other.id)).status).toBe("succeeded");
    await engine.stop();
  });

  it("of a pair that is forgotten goes with it, also while it runs", async () => {
    const shop = await new Workshop().open("anna", "ben");
    await shop.stopInTheMiddle("anna");
    const { engine, events } = await shop.worker();
    const [anna, ben] = [await shop.pair("anna"), await shop.pair("ben")];
    await engine.enqueue(shop.request("anna"));
    await engine.enqueue(shop.request("ben"), { delayMs: 20_000 });
    await shop.clock.settle();
    await engine.pairs.forget({ userId: "anna", pairId: anna });
    await engine.pairs.forget({ userId: "ben", pairId: ben });
    await shop.clock.advance(HOUR_MS);
    expect(await shop.jobs()).toEqual([]);
    expect(shop.bench.right.ids()).toEqual([]);
    expect(events.filter(({ type }) => type === "job.dead" || type === "job.retrying")).toEqual([]);
    await shop.release("anna");
    await engine.stop();
    expect(shop.bench.right.ids()).toEqual([]);
    expect(shop.clock.sleepers).toEqual([]);
  });

  it("a message that is none is a wake-up like any other", async () => {
    const shop = await new Workshop().open("anna");
    let deliver: ((message: never) => Promise<void>) | undefined;
    const queue = {
      wake: async () => {},
      process: async (handler: (message: never) => Promise<void>) => {
        deliver = handler;
        return { close: async () => {} };
      },
    };
    const { engine } = await shop.worker({}, { jobs: { queue } });
    const job = only(await engine.enqueue(shop.request("anna")));
    for (const message of [undefined, null, "{", { jobId: 7 }]) await deliver?.(message as never);
    expect((await shop.job(job.id)).status).toBe("succeeded");
    await engine.stop();
  });
});
