import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DeferredError, type JobInfo, type Row, ServiceError } from "../../src/index.ts";
import { holds, patient } from "../engine/support/invented.ts";
import { plainHabits } from "../engine/support/shelf.ts";
import { killable, refOf, Workshop } from "./support/workshop.ts";

const USERS = ["anna", "ben", "tenant-2/anna", "tenant-3/cleo"] as const;
const PROCESSES = 3;
const HOUR_MS = 3_600_000;
const SLICE_MS = 1_500;

const user = fc.constantFrom(...USERS);
const process = fc.integer({ min: 0, max: PROCESSES - 1 });
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("enqueue" as const),
      user,
      lane: fc.constantFrom("manual" as const, "automatic" as const),
      delayMs: fc.constantFrom(0, 0, 2_000, 40_000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(10, 1_000, 11_000, 31_000, 120_000) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("start" as const), process }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("kill" as const, "stop" as const), process }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cancel" as const), nth: fc.nat({ max: 5 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("pause" as const), user }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("release" as const), user }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("service" as const),
      is: fc.constantFrom("fine", "down", "quiet", "buggy"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("sync" as const), user }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Processes that come and go on one database, while users ask for things and a service has its moods. */
class Living {
  readonly shop = new Workshop();
  readonly asked: JobInfo[] = [];
  readonly #calls: Promise<unknown>[] = [];
  readonly #processes: (Awaited<ReturnType<Living["start"]>> | undefined)[] = [];

  constructor() {
    const { right } = this.shop.bench;
    // Longer than a slice: whoever waits cuts a run at its first write.
    right.habits = { ...plainHabits, batchSize: 1 };
    right.lastsMs = (what) => (what === "add" ? 20_000 : 0);
  }

  async start() {
    const storage = killable(this.shop.storage);
    return { ...(await this.shop.worker({ workers: 2, sliceMs: SLICE_MS }, { storage })), storage };
  }

  async take(step: Step): Promise<void> {
    const { shop } = this;
    switch (step.do) {
      case "enqueue": {
        const { lane, delayMs } = step;
        this.asked.push(...(await shop.engine().engine.enqueue(shop.request(step.user), { lane, delayMs })));
        break;
      }
      case "wait":
        await shop.clock.advance(step.ms);
        break;
      case "start":
        this.#processes[step.process] ??= await this.start();
        break;
      case "kill":
        this.#processes[step.process]?.storage.kill();
        this.#processes[step.process] = undefined;
        break;
      case "stop":
        if (this.#processes[step.process])
          this.#calls.push(this.#processes[step.process]?.engine.stop() ?? Promise.resolve());
        this.#processes[step.process] = undefined;
        break;
      case "cancel": {
        const job = this.asked[step.nth % Math.max(1, this.asked.length)];
        if (job) await shop.engine().engine.jobs.cancel(refOf(job));
        break;
      }
      case "pause":
        await shop.stopInTheMiddle(step.user);
        break;
      case "release":
        await shop.release(step.user);
        break;
      case "service":
        this.#mood(step.is);
        break;
      case "sync":
        this.#calls.push(
          shop
            .engine()
            .engine.sync(shop.request(step.user))
            .catch(() => {}),
        );
        break;
    }
    await shop.clock.settle();
  }

  #mood(is: string): void {
    const { left } = this.shop.bench;
    const { clock } = this.shop;
    left.passing = () => {
      if (is === "quiet") throw new DeferredError("left", clock.now() + HOUR_MS);
      if (is === "buggy") throw new TypeError("a bug");
      if (is === "down") {
        const params = { service: "left", route: "/things", status: 503 };
        throw new ServiceError("left", { kind: "unavailable" }, "service.unavailable", params);
      }
    };
  }

  /** All goes well from now on, and there is time. */
  async end(): Promise<void> {
    this.#mood("fine");
    await this.shop.release(...USERS);
    const last = await this.start();
    await this.shop.clock.advance(3 * HOUR_MS);
    for (const each of [...this.#processes, last]) await each?.engine.stop();
    await Promise.all(this.#calls);
  }
}

function expectOrder(jobs: readonly Row<"sync_jobs">[], nowMs: number): void {
  for (const [pairId, ofPair] of Map.groupBy(jobs, ({ pair_id }) => pair_id)) {
    const waiting = ofPair.filter(({ status }) => status === "queued");
    const active = ofPair.filter((job) => job.status === "running" && (job.locked_until ?? 0) > nowMs);
    expect(waiting.length, `jobs of ${pairId} that wait`).toBeLessThanOrEqual(1);
    expect(active.length, `jobs of ${pairId} that are active`).toBeLessThanOrEqual(1);
  }
  for (const job of jobs) {
    expect(job.retry_count).toBeLessThanOrEqual(job.max_retries);
    expect(job.status === "queued", "a job that waits has a time").toBe(
      job.next_retry_at !== null && job.finished_at === null,
    );
  }
}

describe("in invented histories of processes that come and go", patient, () => {
  it("H1, H4, H5, H11: no pair has two jobs of a kind, none is lost, and in the end all have ended", async () => {
    await holds("jobs", 0.1, fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const living = new Living();
      await living.shop.open(...USERS);
      for (const each of steps) {
        await living.take(each);
        expectOrder(
          (await living.shop.jobs()).filter(({ worker_id, status }) => status !== "running" || worker_id),
          living.shop.clock.now(),
        );
      }
      await living.end();
      const jobs = await living.shop.jobs();
      const open = jobs.filter(
        ({ status, worker_id }) => status === "queued" || (status === "running" && worker_id !== null),
      );
      expect(open).toEqual([]);
      for (const { id } of living.asked) {
        const job = jobs.find((each) => each.id === id);
        expect(["succeeded", "partial", "cancelled", "dead", "failed", "deferred"]).toContain(job?.status);
      }
      expect(living.shop.clock.sleepers).toEqual([]);
    });
  });
});
