import { describe, expect, it, onTestFinished } from "vitest";
import { Stage, type WorkerProcess } from "../crash/support/stage.ts";
import { PLACES } from "./support/places.ts";

const PATIENCE_MS = 120_000;
/** Clock seconds in a real one: the lock of a dead worker, 30 s, lasts a second and a half. */
const SPEED = 20;

describe.each(PLACES)("workers woken by $name, real processes, SIGKILL", { timeout: PATIENCE_MS }, (kind) => {
  it("H3: another one takes over the job of one that was killed in its middle, and what is written is exact", async ({
    skip,
  }) => {
    const place = kind.isThere ? await kind.open() : undefined;
    onTestFinished(async () => await place?.close());
    if (!place?.child) return skip("no other process can open it here");
    const stage = await Stage.open(SPEED);
    const workers: WorkerProcess[] = [];
    onTestFinished(async () => {
      for (const worker of workers) {
        worker.kill("SIGKILL");
        await worker.ended();
      }
      await stage.close();
    });
    const scene = await stage.scene(place.child);
    const work = (...at: Parameters<typeof scene.worker>) => {
      const worker = scene.worker(...at);
      workers.push(worker);
      return worker;
    };

    const doomed = work({ CRASH_AT: "remote:add:after" });
    await doomed.saying("ready");
    const job = await scene.enqueue();
    const queuedMs = scene.now();
    const begun = await doomed.saying("run.started");
    expect(begun.atMs - queuedMs, "it was woken, and did not only look").toBeLessThan(30_000);
    const other = work();
    await other.saying("ready");
    expect(await doomed.ended()).toBe("SIGKILL");
    expect((await other.saying("run.finished")).status).toBe("succeeded");
    other.kill("SIGTERM");
    expect(await other.ended()).toBe(0);
    expect(await scene.job(job)).toMatchObject({ status: "succeeded", retry_count: 1, items_deleted: 2 });
    expect(scene.writes(), "what the dead one added is found, and not added again").toBe(3);
    expect(await scene.openWork()).toEqual({ intents: 0, jobs: 0, leases: 0 });
  });
});
