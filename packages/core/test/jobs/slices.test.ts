import { describe, expect, it } from "vitest";
import type { JobInfo, StorageAdapter } from "../../src/index.ts";
import { NotesBench } from "../engine/documents/notes-bench.ts";
import { only, refOf } from "./support/workshop.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, WRITE_MS, Yard } from "./support/yard.ts";

const SLICE_MS = 10 * MINUTE_MS;

function slowStorage({ storage, clock }: Yard) {
  const slow = { writeMs: 0 };
  const write: StorageAdapter["write"] = async (batch) => {
    if (slow.writeMs > 0) await clock.sleep(slow.writeMs);
    return await storage.write(batch);
  };
  return Object.assign(slow, { storage: { ...storage, write } });
}

/** A long job that is at work, and a short one of another tenant that has no worker. */
async function held(sizes: Readonly<Record<string, number>> = { "a/long": 50, "b/short": 1 }) {
  const yard = await new Yard(sizes).open();
  const worker = await yard.worker();
  const long = await yard.enqueue("long");
  await yard.clock.advance(WRITE_MS / 2);
  const short = await yard.enqueue("short");
  return { yard, ...worker, long, short };
}

describe("a long job while another one waits", () => {
  it("makes room after its slice, goes on behind the other, and writes each item once", async () => {
    const { yard, engine, told, long, short } = await held();
    await yard.clock.advance(SLICE_MS - MINUTE_MS);
    expect((await yard.row(short)).status).toBe("queued");
    expect((await yard.row(long)).status).toBe("running");
    await yard.clock.advance(MINUTE_MS + WRITE_MS);
    expect(await yard.row(short)).toMatchObject({ status: "succeeded", items_added: 1 });
    expect(yard.at("long").to.ids()).toHaveLength(SLICE_MS / WRITE_MS);
    await yard.clock.advance(HOUR_MS);
    expect(await yard.row(long)).toMatchObject({
      status: "succeeded",
      items_added: 50,
      items_processed: 50,
      retry_count: 0,
      error_code: null,
    });
    expect(yard.at("long").to.ids()).toHaveLength(50);
    expect(yard.at("long").to.writes).toBe(50);
    expect(told("run.started", "long")).toHaveLength(2);
    expect(told("run.finished", "long")).toMatchObject([{ status: "partial" }, { status: "succeeded" }]);
    expect(told("job.retrying", "long")).toEqual([]);
    expect(await yard.leases()).toBe(0);
    await yard.clock.run(engine.stop());
    expect(yard.clock.sleepers).toEqual([]);
  });

  it("is queued meanwhile like any other, with nothing to complain of", async () => {
    const { yard, engine, told, long } = await held({ "a/long": 50, "b/short": 20 });
    await yard.clock.advance(SLICE_MS + MINUTE_MS);
    const info = await engine.jobs.get(refOf(long));
    expect(info).toMatchObject({ status: "queued", retryCount: 0, counts: { added: SLICE_MS / WRITE_MS } });
    expect(info).not.toHaveProperty("errorCode");
    expect(told("job.queued", "long")).toMatchObject([{ jobId: long.id }, { dueAtMs: info.dueAtMs }]);
    expect(await yard.storage.count({ table: "intents", where: { pair_id: info.pairId, state: "prepared" } })).toBe(0);
    await yard.clock.run(engine.stop());
  });

  it("takes turns with another long one, until both are done", async () => {
    const { yard, engine, told, long, short } = await held({ "a/long": 50, "b/short": 50 });
    await yard.clock.advance(HOUR_MS);
    for (const [job, name] of [
      [long, "long"],
      [short, "short"],
    ] as const) {
      expect(await yard.row(job), name).toMatchObject({ status: "succeeded", items_added: 50, retry_count: 0 });
      expect(yard.at(name).to.writes, name).toBe(50);
      expect(told("run.started", name), name).toHaveLength(3);
    }
    await yard.clock.run(engine.stop());
  });

  it("is one of several: for one that waits one makes room", async () => {
    const yard = await new Yard({ "a/long": 60, "b/longer": 60, "c/short": 1 }).open();
    const slow = slowStorage(yard);
    const { engine, told } = await yard.worker({}, slow.storage);
    // Both ask before one of them has made room.
    slow.writeMs = 20;
    const jobs: JobInfo[] = [];
    for (const name of ["long", "longer", "short"]) jobs.push(await yard.enqueue(name, { lane: "manual" }));
    await yard.clock.advance(SLICE_MS + WRITE_MS / 2);
    expect(told("run.started", "short")).toHaveLength(1);
    expect([...told("run.finished", "long"), ...told("run.finished", "longer")]).toHaveLength(1);
    await yard.clock.advance(HOUR_MS);
    for (const job of jobs) expect(await yard.row(job)).toMatchObject({ status: "succeeded", retry_count: 0 });
    for (const name of ["long", "longer"]) expect(yard.at(name).to.writes).toBe(60);
    slow.writeMs = 0;
    await yard.clock.run(engine.stop());
  });

  it("stands behind those that wait, also where its tenant would have the next turn", async () => {
    const yard = await new Yard({ "m/long": 60, "k/longer": 60, "b/short": 1 }).open();
    const slow = slowStorage(yard);
    const { engine, told } = await yard.worker({}, slow.storage);
    // So slow that its job is due again before somebody takes the next one.
    slow.writeMs = 20;
    for (const name of ["long", "longer", "short"]) {
      await yard.enqueue(name, { lane: "manual" });
      await yard.clock.advance(MINUTE_MS);
    }
    await yard.clock.advance(SLICE_MS);
    expect(told("run.finished", "short")).toMatchObject([{ status: "succeeded" }]);
    expect(told("run.finished", "longer")).toEqual([]);
    expect(told("run.finished", "long")).toMatchObject([{ status: "partial" }]);
    slow.writeMs = 0;
    await yard.clock.run(engine.stop());
  });
});

describe("a long job for which nobody else needs the worker", () => {
  it("goes on, and makes room soon after somebody comes", async () => {
    const yard = await new Yard({ "a/long": 80, "b/short": 1 }).open();
    const { engine, told } = await yard.worker();
    const long = await yard.enqueue("long");
    await yard.clock.advance(30 * MINUTE_MS);
    expect(told("run.finished", "long")).toEqual([]);
    const short = await yard.enqueue("short");
    await yard.clock.advance(3 * WRITE_MS);
    expect((await yard.row(short)).status).toBe("succeeded");
    await yard.clock.advance(HOUR_MS);
    expect(await yard.row(long)).toMatchObject({ status: "succeeded", items_added: 80 });
    expect(told("run.started", "long")).toHaveLength(2);
    await yard.clock.run(engine.stop());
  });

  it.each([
    ["another worker is free for what waits", { lane: "manual" as const }, "succeeded"],
    ["what waits is not due yet", { lane: "automatic" as const, delayMs: HOUR_MS }, "queued"],
  ])("goes on while %s", async (_name, options, status) => {
    const yard = await new Yard({ "a/long": 40, "b/short": 1 }).open();
    const { engine, told } = await yard.worker();
    const long = await yard.enqueue("long");
    await yard.clock.advance(SECOND_MS);
    const short = await yard.enqueue("short", options);
    await yard.clock.advance(25 * MINUTE_MS);
    expect((await yard.row(short)).status).toBe(status);
    expect((await yard.row(long)).status).toBe("succeeded");
    expect(told("run.started", "long")).toHaveLength(1);
    await yard.clock.run(engine.stop());
  });

  it("goes on while what waits could not begin, because a direct call works on its pair", async () => {
    const yard = await new Yard({ "a/long": 40, "b/short": 60 }).open();
    const { engine, told } = await yard.worker();
    await yard.enqueue("long");
    const call = yard.engine().engine.sync(yard.request("short"));
    await yard.clock.advance(SECOND_MS);
    await yard.enqueue("short");
    await yard.clock.advance(25 * MINUTE_MS);
    expect(told("run.finished", "long")).toMatchObject([{ status: "succeeded" }]);
    await yard.clock.run(call);
    await yard.clock.run(engine.stop());
  });

  it("does not make room for another job of its own pair, which could not begin either", async () => {
    const yard = await new Yard({ "a/long": 40 }).open();
    const { engine, told } = await yard.worker();
    await yard.enqueue("long");
    await yard.clock.advance(SECOND_MS);
    const next = await yard.enqueue("long");
    await yard.clock.advance(25 * MINUTE_MS);
    expect(told("run.finished", "long")).toMatchObject([{ status: "succeeded" }, { status: "succeeded" }]);
    expect(await yard.row(next)).toMatchObject({ status: "succeeded", items_added: 0 });
    await yard.clock.run(engine.stop());
  });
});

describe("what a slice is sure to get done", () => {
  it("a run that reads and plans is not cut, and neither is one that has not moved anything yet", async () => {
    const yard = await new Yard({ "a/long": 4, "b/short": 1 }).open();
    const { from, to } = yard.at("long");
    from.lastsMs = (what) => (what === "list" ? HOUR_MS : 0);
    to.lastsMs = (what) => (what === "lookup" ? 15 * MINUTE_MS : what === "add" ? 3 * SLICE_MS : 0);
    const { engine, told } = await yard.worker();
    const long = await yard.enqueue("long");
    const short = await yard.enqueue("short");
    await yard.clock.advance(90 * MINUTE_MS);
    while ((await yard.row(short)).status === "queued") await yard.clock.advance(MINUTE_MS);
    expect(to.ids()).toHaveLength(1);
    expect(told("run.finished", "long")).toMatchObject([{ status: "partial" }]);
    await yard.clock.advance(12 * HOUR_MS);
    expect(await yard.row(long)).toMatchObject({ status: "succeeded", items_added: 4, retry_count: 0 });
    expect(to.writes).toBe(4);
    await yard.clock.run(engine.stop());
  });

  it("what comes to nothing counts for nothing: a run that is only refused goes on", async () => {
    const yard = await new Yard({ "a/long": 40, "b/short": 1 }).open();
    const { from, to } = yard.at("long");
    for (const id of from.ids()) to.refused.add(id);
    const { engine, told } = await yard.worker();
    await yard.enqueue("long");
    await yard.enqueue("short");
    await yard.clock.advance(30 * MINUTE_MS);
    expect(told("run.started", "long")).toHaveLength(1);
    expect(to.writes).toBe(40);
    await yard.clock.run(engine.stop());
  });

  it("what a person confirmed is done in one go: its rest would be another plan, and held again", async () => {
    const yard = await new Yard({ "a/long": 60, "b/short": 1 }).open();
    const { from, to, tenantId } = yard.at("long");
    const mirror = { propagation: "mirror" } as const;
    const { engine } = yard.engine();
    await yard.clock.run(engine.sync(yard.request("long", mirror)));
    from.take(...from.ids().slice(0, 50));
    const [report] = (await yard.clock.run(engine.sync(yard.request("long", mirror)))).pairs;
    if (!report?.hold) throw new Error("so many removals are held");
    await engine.confirm({ tenantId, userId: "long", pairId: report.pairId, planHash: report.hold.hash });
    to.lastsMs = () => 4 * MINUTE_MS;
    const { engine: worker, told } = await yard.worker();
    const long = await yard.enqueue("long", { sync: mirror });
    await yard.clock.advance(SECOND_MS);
    const short = await yard.enqueue("short");
    await yard.clock.advance(3 * HOUR_MS);
    expect(told("run.started", "long")).toHaveLength(1);
    expect(await yard.row(long)).toMatchObject({ status: "succeeded", items_deleted: 50 });
    expect((await yard.row(short)).status).toBe("succeeded");
    await yard.clock.run(worker.stop());
  });
});

describe("a long run of documents", () => {
  it("is cut in the same way, and makes each document once", async () => {
    const bench = await new NotesBench().open();
    bench.left.putAll(Array.from({ length: 40 }, (_, index) => ({ title: `note ${index}`, body: "first" })));
    const storage: StorageAdapter = { ...bench.storage, close: async () => {} };
    const slow: StorageAdapter = {
      ...storage,
      // Before each write at a service, of which eight go on at once.
      write: async (batch) => {
        const isWrite = batch.statements.some((each) => "insert" in each && each.insert === "intents");
        if (isWrite) await bench.clock.sleep(SLICE_MS / 2);
        return await storage.write(batch);
      },
    };
    const engine = bench.engine({ storage: slow });
    await engine.start({ workers: 2 });
    const request = bench.request();
    const job = only(await engine.enqueue(request, { lane: "automatic" }));
    await bench.clock.advance(SECOND_MS);
    // Nothing to be done, but by a worker.
    const other = { userId: "user-2" };
    for (const service of ["left", "right"]) await engine.connections.addPublic({ ...other, service, accountId: "me" });
    const { id: pairId } = await engine.pairs.create({ ...request, ...other, pair: only(request.pairs) });
    await engine.pairs.pause({ ...other, pairId });
    const short = only(await engine.enqueue({ ...request, ...other }, { lane: "automatic" }));
    await bench.clock.advance(SLICE_MS);
    expect((await engine.jobs.get(refOf(short))).errorCode).toBe("pair.paused");
    expect(bench.right.notes().size).toBe(16);
    await bench.clock.advance(HOUR_MS);
    expect(await engine.jobs.get(refOf(job))).toMatchObject({
      status: "succeeded",
      retryCount: 0,
      counts: { added: 40 },
    });
    expect(bench.shown.right).toEqual(bench.shown.left);
    expect(bench.writes).toBe(40);
    const finished = bench.events.filter((event) => event.type === "run.finished" && event.jobId === job.id);
    expect(finished).toMatchObject([{ status: "partial" }, { status: "succeeded" }]);
    await bench.clock.run(engine.stop());
  });
});

describe("a slice and everything else that may happen to a job", () => {
  it("a worker that stops gives it back, and another one goes on", async () => {
    const { yard, engine, long, short } = await held();
    await yard.clock.advance(SLICE_MS / 2);
    await yard.clock.run(engine.stop({ graceMs: MINUTE_MS }));
    expect(await yard.row(long)).toMatchObject({ status: "queued", retry_count: 0, error_code: "run.aborted" });
    const { engine: next } = await yard.worker();
    await yard.clock.advance(HOUR_MS);
    for (const job of [long, short]) expect((await yard.row(job)).status).toBe("succeeded");
    expect(yard.at("long").to.writes).toBe(50);
    await yard.clock.run(next.stop());
  });

  it("one that was cancelled is cancelled, and not queued again", async () => {
    const { yard, engine, told, long, short } = await held();
    await yard.clock.advance(SLICE_MS - MINUTE_MS);
    await engine.jobs.cancel(refOf(long));
    await yard.clock.advance(2 * MINUTE_MS);
    expect((await yard.row(long)).status).toBe("cancelled");
    expect((await yard.row(short)).status).toBe("succeeded");
    expect(told("job.queued", "long")).toHaveLength(1);
    await yard.clock.run(engine.stop());
  });

  it("a job of the same pair that waits as well takes over, in the same place", async () => {
    const { yard, engine, long, short } = await held({ "a/long": 50, "b/short": 1, "c/more": 60 });
    expect((await engine.jobs.cancel(refOf(short))).status).toBe("cancelled");
    const manual = await yard.enqueue("more", { lane: "manual" });
    await yard.clock.advance(SECOND_MS);
    const next = await yard.enqueue("more");
    const other = await yard.enqueue("short", { lane: "manual" });
    await yard.clock.advance(SLICE_MS + MINUTE_MS);
    expect((await yard.row(other)).status).toBe("succeeded");
    expect(await yard.row(manual)).toMatchObject({ status: "partial", error_code: null });
    expect(await yard.row(next)).toMatchObject({ lane: "manual", trigger: "manual", priority: 10 });
    await yard.clock.advance(2 * HOUR_MS);
    expect((await yard.row(next)).status).toBe("succeeded");
    expect((await yard.row(long)).status).toBe("succeeded");
    expect(yard.at("more").to.writes).toBe(60);
    await yard.clock.run(engine.stop());
  });

  it("a storage that fails when it is asked who waits cuts nothing, and it is asked again", async () => {
    const yard = await new Yard({ "a/long": 40, "b/short": 1 }).open();
    let fails = 0;
    const select: StorageAdapter["select"] = async (query) => {
      const isAsked = query.table === "sync_jobs" && query.columns?.join() === "pair_id";
      if (isAsked && fails++ < 1) throw new Error("no database");
      return await yard.storage.select(query);
    };
    const { engine, told } = await yard.worker({}, { ...yard.storage, select });
    await yard.enqueue("long");
    const short = await yard.enqueue("short");
    await yard.clock.advance(SLICE_MS + SECOND_MS);
    expect([fails, told("run.finished", "long")]).toEqual([1, []]);
    await yard.clock.advance(MINUTE_MS);
    expect((await yard.row(short)).status).toBe("succeeded");
    await yard.clock.run(engine.stop());
  });

  it("is not cut while another job of its pair waits for a later time, with which the rest would wait", async () => {
    const { yard, engine, told, long } = await held();
    await yard.enqueue("long", { delayMs: HOUR_MS });
    await yard.clock.advance(52 * WRITE_MS);
    expect(await yard.row(long)).toMatchObject({ status: "succeeded", items_added: 50 });
    expect(told("run.started", "long")).toHaveLength(1);
    await yard.clock.run(engine.stop());
  });
});
