import { inProcessQueue, type JobInfo, type JobMessage, type Queue, type Row, type StorageAdapter } from "@syncer/core";
import { signIn } from "@syncer/sandbox";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { describe, expect, it } from "vitest";
import { type VirtualClock, virtualClock } from "../../packages/core/test/support/virtual-clock.ts";
import { type HostOptions, REDIRECT, startHost } from "../support/host.ts";
import { DAY, HOUR, MINUTE, type Scenario, scenario, sortedIds } from "../support/scenario.ts";

/** A database that outlives the engines on it. */
function database(): StorageAdapter {
  const inner = sqlite(":memory:");
  return {
    migrate: () => inner.migrate(),
    select: (query) => inner.select(query),
    count: (query) => inner.count(query),
    write: (batch) => inner.write(batch),
    close: async () => {},
  };
}

/** A scenario on a real database, whose time moves only when the test moves it. */
async function background(engine: HostOptions["engine"] = {}) {
  const clock = virtualClock();
  const s = await clock.run(() => scenario("sync-from", { clock, storage: database(), engine }));
  const library = s.recordings(60);
  s.a.like(library);
  /** Another process on the same services and the same database. */
  const other = (given: HostOptions["engine"] = {}) =>
    startHost({ clock, sandbox: s.sandbox, storage: s.storage, engine: given });
  return {
    ...s,
    clock,
    library,
    other,
    enqueue: async () => only(await s.engine.enqueue(s.request())),
    jobs: () => s.storage.select({ table: "sync_jobs", orderBy: ["created_at", "id"] }),
    job: async ({ id }: JobInfo) => only(await s.storage.select({ table: "sync_jobs", where: { id } })),
  };
}

function only<T>(list: readonly T[]): T {
  const [first, second] = list;
  if (first === undefined || second !== undefined) throw new Error(`one was expected, there are ${list.length}`);
  return first;
}

const statuses = (jobs: readonly Row<"sync_jobs">[]) => jobs.map(({ status }) => status);

/** A queue that delivers everything twice at once, and all of it again when asked to. */
function doubling(clock: VirtualClock): Queue & { again(): Promise<void>; readonly delivered: JobMessage[] } {
  const inner = inProcessQueue({ clock });
  const delivered: JobMessage[] = [];
  let handle: ((message: JobMessage) => Promise<void>) | undefined;
  return {
    delivered,
    wake: (message, options) => inner.wake(message, options),
    process: (handler, options) => {
      handle = handler;
      return inner.process(async (message) => {
        delivered.push(message);
        await Promise.all([handler(message), handler(message)]);
      }, options);
    },
    again: async () => {
      await Promise.all([...delivered].map((message) => handle?.(message)));
    },
  };
}

/** A user of some tenant, with both services connected, as one of the people who have accounts there. */
async function connectSomebody(
  { engine, sandbox, clock }: Scenario & { clock: VirtualClock },
  tenantId: string,
  nth: number,
) {
  const userId = `user-${nth}`;
  const person = sandbox.control.people[nth % sandbox.control.people.length];
  if (!person) throw new Error("there are no people");
  for (const service of ["spotify", "deezer"] as const) {
    const { url } = await engine.connections.begin({ tenantId, userId, service, redirectUrl: REDIRECT[service] });
    const user = service === "spotify" ? person.spotifyId : person.deezerId;
    const callbackUrl = await clock.run(signIn({ fetch: sandbox.fetch, url, user }));
    await clock.run(engine.connections.complete({ service, callbackUrl }));
  }
  const pairs = [{ source: "spotify", target: "deezer", mode: "sync-from" }] as const;
  return { tenantId, userId, pairs, type: "favorites" } as const;
}

describe("H. Queue, workers, schedules", () => {
  it("H1: the same job delivered twice at once, in two processes: one works, and what is written is exact", async () => {
    const s = await background();
    const workers = [s.other({ jobs: { queue: doubling(s.clock) } }), s.other({ jobs: { queue: doubling(s.clock) } })];
    const job = await s.enqueue();
    await Promise.all(workers.map(({ engine }) => engine.start()));
    await s.clock.advance(5 * MINUTE);
    expect(await s.job(job)).toMatchObject({ status: "succeeded", retry_count: 0, items_added: 60 });
    expect(s.b.writes(), "sixty in batches of fifty").toBe(2);
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.library));
    const told = workers.flatMap(({ events }) => events.map(({ type }) => type));
    expect(told.filter((type) => type === "run.started")).toHaveLength(1);
    expect(told.filter((type) => type === "job.retrying")).toHaveLength(0);
    for (const { engine } of workers) await engine.stop();
  });

  it("H2: a job delivered again after it was done: no write, no request", async () => {
    const s = await background();
    const queue = doubling(s.clock);
    const { engine } = s.other({ jobs: { queue } });
    await engine.start();
    const job = only(await engine.enqueue(s.request()));
    await s.clock.advance(5 * MINUTE);
    expect(await s.job(job)).toMatchObject({ status: "succeeded" });
    s.sandbox.control.clearStats();
    await queue.again();
    await s.clock.advance(5 * MINUTE);
    expect([s.a.requests(), s.b.requests()]).toEqual([0, 0]);
    expect(await s.jobs()).toHaveLength(1);
    // And if somebody does ask again: everything is there already.
    const again = only(await engine.enqueue(s.request()));
    await s.clock.advance(5 * MINUTE);
    expect(await s.job(again)).toMatchObject({ status: "succeeded", items_added: 0 });
    expect(s.b.writes()).toBe(0);
    await engine.stop();
  });

  it("H4: schedules overlap: at most one job of the pair waits, and one is active", async () => {
    const s = await background();
    const ref = { userId: "user-1", pairId: (await s.enqueue()).pairId };
    await s.engine.schedules.set({ ...ref, everyMs: MINUTE });
    // Every request takes half a minute: a run lasts far longer than the period.
    s.sandbox.control.setLatency(30_000);
    const workers = [s.other(), s.other()];
    for (const { engine } of workers) await engine.start();
    let most = { queued: 0, running: 0 };
    for (let minute = 0; minute < 40; minute++) {
      await s.clock.advance(MINUTE);
      const jobs = statuses(await s.jobs());
      most = {
        queued: Math.max(most.queued, jobs.filter((status) => status === "queued").length),
        running: Math.max(most.running, jobs.filter((status) => status === "running").length),
      };
    }
    expect(most).toEqual({ queued: 1, running: 1 });
    s.sandbox.control.setLatency(0);
    await s.clock.advance(30 * MINUTE);
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.library));
    expect(s.b.writes()).toBe(2);
    for (const { engine } of workers) await s.clock.run(engine.stop());
    expect(s.clock.sleepers).toEqual([]);
  });

  it("H5: a poisoned job is tried five times and set aside, and others are not affected", async () => {
    const poisoned = { pairId: "" };
    const s = await background({
      beforeApply: ({ pairId }) => {
        if (pairId === poisoned.pairId) throw new TypeError("a hook of the host's that stumbles over this pair");
        return true;
      },
    });
    const request = await connectSomebody(s, "default", 2);
    const [bad, good] = [await s.enqueue(), only(await s.engine.enqueue(request, { delayMs: 2 * MINUTE }))];
    poisoned.pairId = bad.pairId;
    await s.engine.start();
    await s.clock.advance(HOUR);
    expect(await s.job(bad)).toMatchObject({ status: "dead", retry_count: 4, error_code: "job.crashed" });
    expect(s.events.filter(({ type }) => type === "job.dead")).toHaveLength(1);
    expect(s.events.filter(({ type }) => type === "job.retrying")).toHaveLength(4);
    expect(await s.job(good)).toMatchObject({ status: "succeeded", retry_count: 0 });
    expect(s.b.writes()).toBe(0);

    // A person looks at it, mends the hook, and plays it again.
    const letter = only(await s.engine.jobs.deadLetters({}));
    poisoned.pairId = "";
    await s.engine.jobs.replay({ userId: letter.userId, jobId: letter.id });
    await s.clock.advance(5 * MINUTE);
    expect(await s.job(bad)).toMatchObject({ status: "succeeded", items_added: 60 });
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.library));
    await s.engine.stop();
  });

  it("F4: a job that a service puts off for a day waits that day, and worker and lease are free meanwhile", async () => {
    const s = await background();
    const ben = await connectSomebody(s, "default", 2);
    await s.engine.start();
    const since = s.clock.now();
    s.sandbox.control.fault({
      service: "spotify",
      path: "/v1/me/tracks",
      fault: { type: "too-many", retryAfter: 86_400 },
    });
    const job = await s.enqueue();
    await s.clock.advance(MINUTE);
    const row = await s.job(job);
    expect(row).toMatchObject({ status: "queued", retry_count: 0, error_code: "run.deferred", worker_id: null });
    expect((row.next_retry_at ?? 0) - since).toBeGreaterThanOrEqual(DAY);
    expect(await s.storage.count({ table: "leases", where: { expires_at: { gt: s.clock.now() } } })).toBe(0);
    // Somebody else is put off as well, without a request, because the service counts the application.
    const other = only(await s.engine.enqueue(ben));
    s.sandbox.control.clearStats();
    await s.clock.advance(HOUR);
    expect(await s.job(other)).toMatchObject({ status: "queued", retry_count: 0 });
    expect(s.a.requests()).toBe(0);
    await s.clock.advance(DAY);
    expect(statuses(await s.jobs())).toEqual(["succeeded", "succeeded"]);
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.library));
    await s.engine.stop();
  });

  it("H7: a manual run while a scheduled one is active joins the job that waits, or becomes it", async () => {
    const s = await background();
    s.sandbox.control.setLatency(5_000);
    const first = only(await s.engine.enqueue(s.request(), { lane: "automatic" }));
    await s.engine.start();
    await s.clock.advance(20_000);
    expect((await s.job(first)).status).toBe("running");
    expect((await s.clock.run(s.host.sync())).status, "a direct call does not wait").toBe("busy");
    const asked = await s.enqueue();
    expect((await s.enqueue()).id).toBe(asked.id);
    expect(asked.id).not.toBe(first.id);
    await s.engine.schedules.set({ userId: "user-1", pairId: asked.pairId, everyMs: HOUR });
    await s.clock.advance(30 * MINUTE);
    expect((await s.jobs()).map(({ trigger, status }) => [trigger, status])).toEqual([
      ["scheduled", "succeeded"],
      ["manual", "succeeded"],
    ]);
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.library));
    expect(s.b.writes()).toBe(2);
    await s.engine.stop();
  });

  it("H10: unknown format, broken message, sync type that nobody offers, deleted pair: set aside, no crash loop", async () => {
    const s = await background();
    const queue = doubling(s.clock);
    const requests = [s.request(), await connectSomebody(s, "a", 2), await connectSomebody(s, "b", 3)] as const;
    const [unknown, broken, deleted] = [
      only(await s.engine.enqueue(requests[0])),
      only(await s.engine.enqueue(requests[1])),
      only(await s.engine.enqueue(requests[2])),
    ];
    await s.storage.write({
      statements: [
        { update: "sync_jobs", set: { format: 7 }, where: { id: unknown.id } },
        { update: "sync_pairs", set: { sync_type: "no such type" }, where: { id: broken.pairId } },
      ],
    });
    await s.engine.pairs.forget({ tenantId: "b", userId: deleted.userId, pairId: deleted.pairId });
    const { engine, events } = s.other({ jobs: { queue } });
    await engine.start();
    for (const id of [unknown.id, deleted.id, "", "{broken"]) await queue.wake({ jobId: id, format: 99 });
    await s.clock.advance(DAY / 2);
    // A newer release may be being rolled out: its workers come for it.
    expect(await s.job(unknown)).toMatchObject({ status: "queued" });
    await s.clock.advance(DAY);
    expect(await s.job(unknown)).toMatchObject({ status: "dead", error_code: "job.format-unknown" });
    expect(await s.job(broken)).toMatchObject({ status: "dead", error_code: "request.type-unsupported" });
    expect(await s.jobs()).toHaveLength(2);
    expect(events.filter(({ type }) => type === "job.dead")).toHaveLength(2);
    expect(events.filter(({ type }) => type === "run.started")).toHaveLength(1);
    expect([s.a.writes(), s.b.writes()]).toEqual([0, 0]);
    await engine.stop();
  });

  it("H11: the queue is lost: jobs and schedules are found in the database again", async () => {
    const s = await background();
    const schedule = await s.enqueue();
    await s.engine.schedules.set({ userId: "user-1", pairId: schedule.pairId, everyMs: HOUR });
    // A queue that swallows everything, before and after the restart.
    const lost: Queue = { wake: async () => {}, process: async () => ({ close: async () => {} }) };
    const swallowing = s.other({ jobs: { queue: lost } });
    await swallowing.engine.start();
    await s.clock.advance(10 * MINUTE);
    expect(statuses(await s.jobs())).toEqual(["queued"]);
    await swallowing.engine.stop();
    const { engine } = s.other();
    await engine.start();
    await s.clock.advance(5 * MINUTE);
    expect(statuses(await s.jobs())).toEqual(["succeeded"]);
    await s.clock.advance(HOUR);
    expect(statuses(await s.jobs())).toEqual(["succeeded", "succeeded"]);
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.library));
    await engine.stop();
  });

  it("H14: one tenant's jobs, however many, do not hold up another's", async () => {
    const s = await background();
    const crowd = await Promise.all(
      Array.from({ length: 40 }, async (_, nth) => await connectSomebody(s, "crowd", nth)),
    );
    for (const request of crowd) await s.engine.enqueue(request, { lane: "automatic" });
    await s.clock.advance(MINUTE);
    const alone = only(await s.engine.enqueue(await connectSomebody(s, "alone", 1), { lane: "automatic" }));
    await s.engine.start({ workers: 2 });
    await s.clock.advance(HOUR);
    const begun = s.events.flatMap((event) => (event.type === "run.started" ? [event.jobId] : []));
    expect(begun).toHaveLength(41);
    expect(begun.indexOf(alone.id)).toBeLessThanOrEqual(1);
    await s.engine.stop();
  });
});
