import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Outcome, type Scene, Stage, type WorkerProcess } from "./support/stage.ts";

/** Real processes on a machine that does other things too. */
const PATIENCE_MS = 120_000;
/** Clock seconds in a real one. A lock of 30 s lasts a second and a half; a process that is slow to start stays in time. */
const SPEED = 20;
/** Slower, where what a process does has to fit into ten seconds. */
const SLOW = 4;
/** A lock that ran out, then the next look at the database. */
const LOCK_AND_LOOK_MS = 60_000;
/** Half a second in real time: what a busy machine takes to get round to something. */
const MACHINE_MS = 10_000;

describe("Workers: real processes, a real database, SIGKILL and SIGTERM", { timeout: PATIENCE_MS }, () => {
  let stage: Stage;
  let slowStage: Stage;
  let undisturbed: Outcome;
  const workers: WorkerProcess[] = [];
  const work = (...at: Parameters<Scene["worker"]>) => {
    const worker = at[0] === undefined ? scene.worker() : scene.worker(...at);
    workers.push(worker);
    return worker;
  };
  let scene: Scene;

  beforeAll(async () => {
    stage = await Stage.open(SPEED);
    slowStage = await Stage.open(SLOW);
    scene = await stage.scene();
    expect((await scene.sync()).report).toMatchObject({ status: "succeeded", counts: { added: 4, removed: 2 } });
    undisturbed = await scene.outcome();
  }, PATIENCE_MS);

  afterEach(async () => {
    for (const worker of workers.splice(0)) {
      worker.kill("SIGKILL");
      await worker.ended();
    }
  });

  afterAll(async () => {
    await stage?.close();
    await slowStage?.close();
  });

  it("H1: two processes look at the same moment: one works, and what is written is exact", async () => {
    scene = await stage.scene();
    const job = await scene.enqueue();
    const both = [work(), work()];
    await Promise.any(both.map((worker) => worker.saying("run.finished")));
    for (const worker of both) {
      await worker.saying("ready");
      worker.kill("SIGTERM");
      expect(await worker.ended()).toBe(0);
    }
    expect(both.flatMap(({ said }) => said).filter(({ type }) => type === "run.started")).toHaveLength(1);
    expect(await scene.job(job)).toMatchObject({
      status: "succeeded",
      retry_count: 0,
      items_added: 4,
      items_deleted: 2,
    });
    expect(scene.writes()).toBe(3);
    expect(await scene.outcome()).toEqual(undisturbed);
    expect(await scene.openWork()).toEqual({ intents: 0, jobs: 0, leases: 0 });
  });

  it("H3: a worker is SIGKILLed in the middle of a job: another one takes over within lock and look, exactly", async () => {
    scene = await stage.scene();
    const job = await scene.enqueue();
    const doomed = work({ CRASH_AT: "remote:add:after" });
    await doomed.saying("run.started");
    const other = work();
    await other.saying("ready");
    expect(await doomed.ended()).toBe("SIGKILL");
    const deadMs = scene.now();
    const finished = await other.saying("run.finished");
    expect(finished.status).toBe("succeeded");
    const begun = await other.saying("run.started");
    expect(begun.atMs - deadMs).toBeLessThan(LOCK_AND_LOOK_MS + MACHINE_MS);
    other.kill("SIGTERM");
    expect(await other.ended()).toBe(0);
    expect(await scene.job(job)).toMatchObject({
      status: "succeeded",
      retry_count: 1,
      items_added: 0,
      items_deleted: 2,
    });
    expect(scene.writes(), "what the dead one added is found, and not added again").toBe(3);
    expect(await scene.outcome()).toEqual(undisturbed);
    expect(await scene.openWork()).toEqual({ intents: 0, jobs: 0, leases: 0 });
  });

  it("E11: SIGTERM: the operation at hand is finished and committed, the lease given back, the job queued again", async () => {
    scene = await slowStage.scene();
    const job = await scene.enqueue();
    // The request is on its way when the signal comes, and takes its time.
    slowStage.sandbox.control.setLatency(3_000);
    const worker = work({ TERM_AT: "remote:add:before" });
    expect(await worker.ended()).toBe(0);
    slowStage.sandbox.control.setLatency(0);
    const [asked, stopped] = [await worker.saying("terminating"), await worker.saying("stopped")];
    expect(stopped.atMs - asked.atMs).toBeLessThan(10_000);
    expect(stopped.atMs - asked.atMs, "it did wait for its answer").toBeGreaterThan(1_000);
    expect(scene.writes(), "the additions, and no removal after them").toBe(1);
    expect(await scene.job(job)).toMatchObject({ status: "queued", retry_count: 0, worker_id: null, items_added: 4 });
    const left = await scene.outcome();
    expect(left.deezer).toHaveLength(12);
    expect(left.links.filter(({ state }) => state === "linked")).toHaveLength(12);
    expect(await scene.openWork()).toEqual({ intents: 0, jobs: 0, leases: 0 });

    const next = work();
    expect((await next.saying("run.finished")).status).toBe("succeeded");
    next.kill("SIGTERM");
    expect(await next.ended()).toBe(0);
    expect(await scene.outcome()).toEqual(undisturbed);
    expect(scene.writes()).toBe(3);
    expect(await scene.job(job)).toMatchObject({
      status: "succeeded",
      retry_count: 0,
      items_added: 4,
      items_deleted: 2,
    });
  });
});
