import { describe, expect, it } from "vitest";
import { type JobInfo, MalformedAnswerError } from "../../src/index.ts";
import { only, refOf, Workshop } from "./support/workshop.ts";

const MINUTE_MS = 60_000;

describe("looking at jobs", () => {
  it("lists a user's own, youngest first, page by page, direct runs among them", async () => {
    const shop = await new Workshop().open("anna", "ben", "other/anna");
    const { engine } = await shop.worker();
    const made: JobInfo[] = [];
    for (let turn = 0; turn < 4; turn++) {
      made.push(...(await engine.enqueue(shop.request("anna"), turn % 2 === 0 ? {} : { lane: "automatic" })));
      await shop.clock.advance(MINUTE_MS);
    }
    const direct = only((await engine.sync(shop.request("anna"))).pairs);
    for (const name of ["ben", "other/anna"]) await engine.enqueue(shop.request(name));
    await shop.clock.settle();

    const anna = { userId: "anna" };
    const all = await engine.jobs.list(anna);
    expect(all.map(({ id }) => id)).toEqual([direct.jobId, ...made.map(({ id }) => id).reverse()]);
    const pages: JobInfo[][] = [];
    for (let after: string | undefined; ; after = pages.at(-1)?.at(-1)?.id) {
      const page = await engine.jobs.list({ ...anna, limit: 2, ...(after === undefined ? {} : { after }) });
      if (page.length === 0) break;
      pages.push(page);
    }
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(pages.flat()).toEqual(all);
    expect(await engine.jobs.list({ ...anna, lane: "automatic" })).toHaveLength(2);
    expect(await engine.jobs.list({ ...anna, status: "queued" })).toEqual([]);
    expect(await engine.jobs.list({ userId: "anna", tenantId: "other" })).toHaveLength(1);
    expect(await engine.jobs.list({ userId: "nobody" })).toEqual([]);
    await engine.stop();
  });

  it("goes on behind a job whose status has changed since", async () => {
    const shop = await new Workshop().open("anna");
    const { engine } = shop.engine();
    const first = only(await engine.enqueue(shop.request("anna")));
    await engine.jobs.cancel(refOf(first));
    await shop.clock.advance(1);
    const second = only(await engine.enqueue(shop.request("anna")));
    expect(only(await engine.jobs.list({ userId: "anna", status: "queued" })).id).toBe(second.id);
    await engine.jobs.cancel(refOf(second));
    expect(await engine.jobs.list({ userId: "anna", status: "queued", after: second.id })).toEqual([]);
    expect(only(await engine.jobs.list({ userId: "anna", after: second.id })).id).toBe(first.id);
  });

  it.each(["get", "cancel", "replay"] as const)("%s: another's job is as good as none", async (what) => {
    const shop = await new Workshop().open("anna", "ben", "other/anna");
    const { engine } = shop.engine();
    const job = only(await engine.enqueue(shop.request("anna")));
    for (const stranger of [{ userId: "ben" }, { userId: "anna", tenantId: "other" }, { userId: "nobody" }]) {
      const theirs = await engine.jobs[what]({ ...stranger, jobId: job.id }).catch((error: unknown) => error);
      const none = await engine.jobs[what]({ ...stranger, jobId: "job_x" }).catch((error: unknown) => error);
      expect(theirs).toMatchObject({ code: "job.unknown", params: { jobId: job.id } });
      expect(none).toMatchObject({ code: "job.unknown" });
    }
    await expect(engine.jobs.list({ userId: "ben", after: job.id })).rejects.toMatchObject({ code: "job.unknown" });
    expect((await shop.job(job.id)).status).toBe("queued");
  });

  it("counts what waits and runs in each lane, and what is set aside", async () => {
    const shop = await new Workshop().open("a", "b", "c", "d", "e");
    await shop.stopInTheMiddle("a", "b");
    const { engine } = await shop.worker({ workers: 2 });
    await engine.enqueue(shop.request("a"));
    await engine.enqueue(shop.request("b"), { lane: "automatic" });
    await shop.clock.settle();
    for (const name of ["c", "d"]) await engine.enqueue(shop.request(name), { lane: "automatic" });
    await engine.enqueue(shop.request("e"), { delayMs: MINUTE_MS });
    expect(await engine.jobs.stats()).toEqual({
      waiting: { manual: 1, automatic: 2 },
      running: { manual: 1, automatic: 1 },
      dead: 0,
    });
    await shop.release("a", "b");
    await engine.stop();
  });
});

describe("cancelling a job", () => {
  it("that waits: it ends at once, and its pair can be asked for anew", async () => {
    const shop = await new Workshop().open("anna");
    const { engine, events } = shop.engine();
    const job = only(await engine.enqueue(shop.request("anna"), { delayMs: 1_000 }));
    expect(await engine.jobs.cancel(refOf(job))).toMatchObject({ status: "cancelled", finishedAtMs: shop.clock.now() });
    expect(await engine.jobs.cancel(refOf(job))).toMatchObject({ status: "cancelled" });
    expect(events.filter(({ type }) => type === "job.cancelled")).toHaveLength(1);
    const { engine: worker } = await shop.worker();
    await shop.clock.advance(MINUTE_MS);
    expect(shop.begun).toEqual([]);
    expect(only(await engine.enqueue(shop.request("anna"))).id).not.toBe(job.id);
    await worker.stop();
  });

  it("that runs here: it ends at its next safe point, and is not tried again", async () => {
    const shop = await new Workshop().open("anna");
    await shop.stopInTheMiddle("anna");
    const { engine, events } = await shop.worker();
    const job = only(await engine.enqueue(shop.request("anna")));
    await shop.clock.settle();
    expect(await engine.jobs.cancel(refOf(job))).toMatchObject({ status: "running", cancelRequested: true });
    await shop.release("anna");
    expect(await engine.jobs.get(refOf(job))).toMatchObject({ status: "cancelled", errorCode: "run.aborted" });
    expect(shop.bench.right.ids()).toEqual([]);
    await shop.clock.advance(10 * MINUTE_MS);
    expect(shop.begun).toHaveLength(1);
    expect(events.filter(({ type }) => type.startsWith("job.")).map(({ type }) => type)).toEqual([
      "job.queued",
      "job.cancelled",
    ]);
    await engine.stop();
  });

  it("that runs in another process: that one hears of it within ten seconds, and keeps its lock until it has ended", async () => {
    const shop = await new Workshop().open("anna");
    await shop.stopInTheMiddle("anna");
    const { engine } = await shop.worker();
    const job = only(await engine.enqueue(shop.request("anna")));
    await shop.clock.settle();
    await shop.engine().engine.jobs.cancel(refOf(job));
    await shop.clock.advance(60_000);
    expect(await shop.job(job.id)).toMatchObject({ status: "running", cancel_requested: true });
    expect((await shop.job(job.id)).locked_until).toBeGreaterThan(shop.clock.now());
    await shop.release("anna");
    expect((await shop.job(job.id)).status).toBe("cancelled");
    expect(shop.bench.right.ids()).toEqual([]);
    await engine.stop();
  });

  it("that fails before its worker has heard of it: it is cancelled, not tried again", async () => {
    const shop = await new Workshop().open("anna");
    const stopped = Promise.withResolvers<void>();
    const { engine } = await shop.worker(
      {},
      {
        beforeApply: async () => {
          await stopped.promise;
          throw new Error("a hook of the host's");
        },
      },
    );
    const job = only(await engine.enqueue(shop.request("anna")));
    await shop.clock.settle();
    await shop.engine().engine.jobs.cancel(refOf(job));
    stopped.resolve();
    await shop.clock.settle();
    expect(await shop.job(job.id)).toMatchObject({ status: "cancelled", retry_count: 0 });
    await engine.stop();
  });

  it("whose worker died: it is cancelled when its lock has run out", async () => {
    const shop = await new Workshop().open("anna");
    const { engine } = shop.engine();
    const job = only(await engine.enqueue(shop.request("anna")));
    const set = { status: "running", worker_id: "gone", locked_until: shop.clock.now() + 30_000 } as const;
    await shop.storage.write({ statements: [{ update: "sync_jobs", set, where: { id: job.id } }] });
    await engine.jobs.cancel(refOf(job));
    await engine.start();
    await shop.clock.advance(MINUTE_MS);
    expect((await shop.job(job.id)).status).toBe("cancelled");
    expect(shop.begun).toEqual([]);
    await engine.stop();
  });

  it("that has ended changes nothing; one that a call runs has that call's own signal", async () => {
    const shop = await new Workshop().open("anna");
    await shop.stopInTheMiddle("anna");
    const { engine } = shop.engine();
    const direct = engine.sync(shop.request("anna"));
    await shop.clock.settle();
    const running = only(await engine.jobs.list({ userId: "anna" }));
    await expect(engine.jobs.cancel(refOf(running))).rejects.toMatchObject({ code: "job.direct" });
    await shop.release("anna");
    expect((await direct).pairs[0]?.status).toBe("succeeded");
    const before = await shop.job(running.id);
    expect(await engine.jobs.cancel(refOf(running))).toMatchObject({ status: "succeeded", cancelRequested: false });
    expect(await shop.job(running.id)).toEqual(before);
  });
});

describe("dead letters", () => {
  /** A job of each, set aside. */
  async function withDead(...names: readonly string[]) {
    const shop = await new Workshop().open(...names);
    shop.bench.left.passing = () => {
      throw new MalformedAnswerError("left", "/things", "no items");
    };
    const made = await shop.worker();
    const dead: JobInfo[] = [];
    for (const name of names) {
      dead.push(...(await made.engine.enqueue(shop.request(name))));
      await shop.clock.advance(1_000);
    }
    shop.bench.left.passing = () => {};
    return { shop, ...made, dead };
  }

  it("are listed by tenant, or by user, youngest first", async () => {
    const { engine, dead } = await withDead("anna", "ben", "other/anna", "anna2");
    const ids = async (query: Parameters<typeof engine.jobs.deadLetters>[0]) =>
      (await engine.jobs.deadLetters(query)).map(({ id }) => id);
    const [anna, ben, other, anna2] = dead.map(({ id }) => id);
    expect(await ids({})).toEqual([anna2, ben, anna]);
    expect(await ids({ userId: "ben" })).toEqual([ben]);
    expect(await ids({ tenantId: "other" })).toEqual([other]);
    expect(await ids({ limit: 1, after: anna2 ?? "" })).toEqual([ben]);
    expect(await engine.jobs.stats()).toMatchObject({ dead: 4 });
    await expect(engine.jobs.deadLetters({ after: other ?? "" })).rejects.toMatchObject({ code: "job.unknown" });
    await engine.stop();
  });

  it("are tried again with fresh attempts when somebody replays them", async () => {
    const { shop, engine, dead } = await withDead("anna");
    const job = only(dead);
    expect(await shop.job(job.id)).toMatchObject({ status: "dead", error_code: "service.malformed-answer" });
    const replayed = await engine.jobs.replay(refOf(job));
    expect(replayed).toMatchObject({ id: job.id, status: "queued", retryCount: 0, dueAtMs: shop.clock.now() });
    expect(replayed.errorCode).toBeUndefined();
    await shop.clock.settle();
    expect(await engine.jobs.get(refOf(job))).toMatchObject({ status: "succeeded", counts: { added: 3 } });
    await expect(engine.jobs.replay(refOf(job))).rejects.toMatchObject({
      code: "job.not-dead",
      params: { status: "succeeded" },
    });
    await engine.stop();
  });

  it("leave their work to a job of the same pair that waits already", async () => {
    const { shop, engine, dead } = await withDead("anna");
    const waiting = only(await engine.enqueue(shop.request("anna"), { delayMs: MINUTE_MS }));
    expect(await engine.jobs.replay(refOf(only(dead)))).toMatchObject({ id: waiting.id, status: "queued" });
    expect(await shop.job(only(dead).id)).toMatchObject({ status: "failed" });
    expect(await engine.jobs.deadLetters({})).toEqual([]);
    expect(await shop.jobs({ status: "queued" })).toHaveLength(1);
    await engine.stop();
  });
});
