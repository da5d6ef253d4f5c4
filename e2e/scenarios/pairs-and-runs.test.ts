import { createSyncEngine, keyring, memoryStorage, type PairPlan, type SyncEvent } from "@syncer/core";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { describe, expect, it } from "vitest";
import { providers, startHost, TEST_KEY } from "../support/host.ts";
import { copied, DAY, HOUR, MINUTE, scenario, sortedIds } from "../support/scenario.ts";

const mirror = { propagation: "mirror" } as const;

describe("Stored pairs", () => {
  it("a pair that is paused is not run until it is resumed, and then goes on where it was", async () => {
    const s = await copied(10);
    const ref = await s.ref();
    await s.engine.pairs.pause(ref);
    s.a.like(s.recordings(12).slice(10));
    expect(await s.engine.syncPair(ref)).toMatchObject({ status: "failed", error: { code: "pair.paused" } });
    expect(await s.run()).toMatchObject({ status: "failed", error: { code: "pair.paused" } });
    expect([s.a.requests(), s.b.requests()]).toEqual([0, 0]);
    expect(await s.engine.pairs.get(ref)).toMatchObject({ state: "paused", stateReason: "pair.paused-by-host" });
    await s.engine.pairs.resume(ref);
    expect(await s.engine.syncPair(ref)).toMatchObject({ status: "succeeded", counts: { added: 2 } });
  });

  it("a change of propagation makes the next run one without deletes unless its plan is confirmed", async () => {
    const s = await copied(30);
    const ref = await s.ref();
    await s.clock.advance(MINUTE);
    s.a.unlike(s.library.slice(0, 2));
    const changed = await s.engine.pairs.rescope(ref, { options: mirror });
    expect(changed.options).toMatchObject({ propagation: "mirror", prune: false, matchThreshold: 0.8 });
    const held = await s.engine.syncPair(ref);
    expect(held).toMatchObject({ status: "held", counts: { removed: 0 }, hold: { reasons: ["needs-confirmation"] } });
    expect(s.b.ids()).toHaveLength(30);
    await s.engine.confirm({ ...ref, planHash: held.hold?.hash ?? "" });
    expect(await s.engine.syncPair(ref)).toMatchObject({ status: "succeeded", counts: { removed: 2 } });
    expect(await s.linkStates()).toEqual({ linked: 28, dropped: 2 });
  });

  it("a change of direction keeps the links, copies nothing twice and deletes nothing", async () => {
    const s = await copied(20);
    const ref = await s.ref();
    await s.clock.advance(MINUTE);
    s.b.unlike(s.library.slice(0, 1));
    await s.engine.pairs.rescope(ref, { mode: "sync-to", options: mirror });
    s.sandbox.control.clearStats();
    const report = await s.engine.syncPair(ref);
    expect(report).toMatchObject({ status: "held", counts: { added: 0, removed: 0 } });
    expect([s.a.writes(), s.b.writes()]).toEqual([0, 0]);
    expect(s.a.ids()).toHaveLength(20);
    s.b.like(s.library.slice(0, 1));
    expect(await s.engine.syncPair(ref)).toMatchObject({ status: "succeeded", counts: { added: 0, removed: 0 } });
    expect(await s.linkStates()).toEqual({ linked: 20 });
  });

  it("a plan that was made before the pair was changed is refused", async () => {
    const s = await copied(5);
    s.a.like(s.recordings(7).slice(5));
    const plan = await s.engine.plan(s.request());
    await s.engine.pairs.rescope(await s.ref(), { options: mirror });
    const outcome = await s.engine.apply(plan).then(
      ({ pairs }) => pairs[0]?.error?.code,
      (error: { code?: string }) => error.code,
    );
    expect(outcome).toBe("plan.stale");
    expect(s.b.ids()).toHaveLength(5);
  });

  it("a pair that is forgotten leaves nothing behind, and both libraries as they are", async () => {
    const s = await copied(10);
    const ref = await s.ref();
    await s.engine.schedules.set({ ...ref, everyMs: HOUR });
    await s.engine.pairs.forget(ref);
    for (const table of ["sync_pairs", "links", "sync_cursors", "intents", "intent_items", "sync_schedules"] as const) {
      expect(await s.storage.count({ table, where: {} }), table).toBe(0);
    }
    expect([s.a.ids().length, s.b.ids().length]).toEqual([10, 10]);
    await expect(s.engine.pairs.get(ref)).rejects.toMatchObject({ code: "pair.unknown" });
    expect(await s.run()).toMatchObject({ status: "succeeded", counts: { linked: 10, added: 0 } });
    expect([s.a.writes(), s.b.writes()]).toEqual([0, 0]);
  });
});

describe("Schedules", () => {
  it("what is due is run once, though two engines on one database look at the same time", async () => {
    const s = await copied(10, "sync-from", { storage: sqlite(":memory:") });
    const other = startHost({ clock: s.clock, sandbox: s.sandbox, storage: s.storage });
    await s.engine.schedules.set({ ...(await s.ref()), everyMs: HOUR, jitterMs: 0 });
    const both = await Promise.all([s.engine.schedules.runDue(), other.engine.schedules.runDue()]);
    expect(both.map((reports) => reports.length).sort()).toEqual([0, 1]);
    expect(both.flat()).toMatchObject([{ status: "succeeded" }]);
    expect(await s.engine.schedules.runDue()).toEqual([]);
    await s.clock.advance(HOUR);
    expect(await other.engine.schedules.runDue()).toHaveLength(1);
  });

  it("times that were missed give one run", async () => {
    const s = await copied(10);
    const ref = await s.ref();
    await s.engine.schedules.set({ ...ref, everyMs: HOUR, jitterMs: 0 });
    await s.clock.advance(3 * DAY);
    expect(await s.engine.schedules.runDue()).toHaveLength(1);
    expect(await s.engine.schedules.runDue()).toEqual([]);
    const [schedule] = await s.engine.schedules.list({ userId: "user-1" });
    expect((schedule?.nextRunAtMs ?? 0) - s.clock.now()).toBeGreaterThan(HOUR - MINUTE);
    expect((schedule?.nextRunAtMs ?? 0) - s.clock.now()).toBeLessThanOrEqual(HOUR);
  });

  it("a pair that is paused, put off or switched off is not run", async () => {
    const s = await copied(10);
    const ref = await s.ref();
    await s.engine.schedules.set({ ...ref, everyMs: HOUR, jitterMs: 0 });
    await s.engine.pairs.pause(ref);
    expect(await s.engine.schedules.runDue()).toEqual([]);
    await s.engine.pairs.resume(ref);
    await s.clock.advance(HOUR);
    await s.engine.schedules.set({ ...ref, everyMs: HOUR, jitterMs: 0, enabled: false });
    expect(await s.engine.schedules.runDue()).toEqual([]);
    await s.engine.schedules.set({ ...ref, everyMs: HOUR, jitterMs: 0, enabled: true });
    s.sandbox.control.fault({
      service: "spotify",
      path: "/v1/**",
      fault: { type: "too-many", retryAfter: 7_200 },
    });
    expect(await s.engine.schedules.runDue()).toMatchObject([{ status: "deferred" }]);
    await s.clock.advance(HOUR);
    expect(await s.engine.schedules.runDue()).toEqual([]);
    await s.clock.advance(2 * HOUR);
    expect(await s.engine.schedules.runDue()).toMatchObject([{ status: "succeeded" }]);
  });
});

describe("Runs", () => {
  it("ENG-7: a pair that fails does not fail the others", async () => {
    const s = await scenario();
    const ben = s.sandbox.control.people[1];
    if (!ben) throw new Error("no such person");
    s.a.like(s.recordings(5));
    s.sandbox.control.spotify.seedFavourites(
      ben.spotifyId,
      s.recordings(3).map(({ spotify }) => spotify),
    );
    const anna = await s.connection("spotify");
    const deezer = await s.connection("deezer");
    await s.connectAs("spotify", ben);
    const bens = (await s.engine.connections.list({ userId: "user-1", service: "spotify" })).find(
      ({ id }) => id !== anna.connectionId,
    );
    s.sandbox.control.spotify.revoke(ben.spotifyId);
    const from = (connectionId: string) =>
      ({ source: { connectionId }, target: { connectionId: deezer.connectionId }, mode: "sync-from" }) as const;
    const { pairs } = await s.engine.sync({
      userId: "user-1",
      type: "favorites",
      pairs: [from(bens?.id ?? ""), from(anna.connectionId)],
    });
    expect(pairs).toMatchObject([
      { status: "failed", error: { code: "auth.reauthorization-required" } },
      { status: "succeeded", counts: { added: 5 } },
    ]);
    const plan = await s.engine.plan({
      userId: "user-1",
      type: "favorites",
      pairs: [from(bens?.id ?? ""), from(anna.connectionId)],
    });
    expect(plan.pairs.map(({ ok }) => ok)).toEqual([false, true]);
  });

  it("two runs of one pair at once: one works, the other says busy, and everything is written once", async () => {
    const s = await scenario();
    const library = s.recordings(60);
    s.a.like(library);
    await s.engine.pairs.create({ userId: "user-1", type: "favorites", pair: s.request().pairs[0] });
    const other = startHost({ clock: s.clock, sandbox: s.sandbox, storage: s.storage });
    const reports = await Promise.all([s.host.sync(), other.sync()]);
    expect(reports.map(({ status }) => status).sort()).toEqual(["busy", "succeeded"]);
    expect(s.b.writes()).toBe(2);
    expect(s.b.ids()).toEqual(sortedIds(s.b, library));
    expect((await s.run()).status).toBe("succeeded");
  });

  it("the host's veto stops a plan before anything is written, and leaves it to the next run", async () => {
    const seen: PairPlan[] = [];
    let allowed = false;
    const s = await scenario("sync-from", {
      engine: {
        beforeApply: (plan) => {
          seen.push(plan);
          return allowed;
        },
      },
    });
    s.a.like(s.recordings(5));
    expect(await s.run()).toMatchObject({ status: "failed", error: { code: "plan.vetoed" }, items: [] });
    expect(s.b.writes()).toBe(0);
    expect(seen[0]?.operations.map(({ kind }) => kind)).toEqual(Array(5).fill("add"));
    expect((await s.pair()).state).toBe("active");
    allowed = true;
    expect(await s.run()).toMatchObject({ status: "succeeded", counts: { added: 5 } });
    expect(await s.run()).toMatchObject({ status: "succeeded" });
    expect(seen).toHaveLength(2);
  });

  it("a listener that throws harms neither the run nor other listeners", async () => {
    const s = await scenario();
    const heard: SyncEvent["type"][] = [];
    s.engine.on(() => {
      throw new Error("a listener of the host's");
    });
    s.engine.on(({ type }) => heard.push(type));
    s.a.like(s.recordings(3));
    expect((await s.run()).counts.added).toBe(3);
    expect(heard[0]).toBe("run.started");
    expect(heard.at(-1)).toBe("run.finished");
    const phases = new Set(s.events.flatMap((event) => (event.type === "run.progress" ? [event.phase] : [])));
    expect(phases).toEqual(new Set(["reading-source", "reading-target", "resolving", "applying"]));
  });

  it("a signal that is aborted between two writes leaves what was written recorded, and the rest to the next run", async () => {
    const s = await scenario();
    const library = s.recordings(120);
    s.a.like(library);
    const cancel = new AbortController();
    s.engine.on((event) => {
      if (event.type === "run.progress" && event.phase === "applying") cancel.abort();
    });
    const { pairs } = await s.engine.sync(s.request(), { signal: cancel.signal });
    expect(pairs[0]).toMatchObject({
      status: "partial",
      counts: { added: 50, left: 70 },
      error: { code: "run.aborted" },
    });
    expect(await s.linkStates()).toEqual({ linked: 50, pending: 70 });
    const next = await s.run();
    expect(next).toMatchObject({ status: "succeeded", counts: { added: 70 } });
    expect(s.b.requests("lookup")).toBe(0);
    expect(s.b.ids()).toEqual(sortedIds(s.b, library));
  });

  it("a signal that was aborted before costs no request", async () => {
    const s = await scenario();
    s.a.like(s.recordings(3));
    const { pairs } = await s.engine.sync(s.request(), { signal: AbortSignal.abort() });
    expect(pairs[0]).toMatchObject({ status: "failed", error: { code: "run.aborted" } });
    expect([s.a.requests(), s.b.requests()]).toEqual([0, 0]);
    const plan = await s.engine.plan(s.request(), { signal: AbortSignal.abort() });
    expect(plan.pairs).toMatchObject([{ ok: false, error: { code: "run.aborted" } }]);
    const [job] = await s.storage.select({ table: "sync_jobs", where: {} });
    expect(job).toMatchObject({ status: "failed", error_code: "run.aborted" });
    expect((await s.run()).status).toBe("succeeded");
  });

  it("stop() finishes the operation at hand, gives the lease back and takes no more work", async () => {
    const storage = memoryStorage();
    const s = await scenario("sync-from", { storage: { ...storage, close: async () => {} } });
    const library = s.recordings(120);
    s.a.like(library);
    let stopped: Promise<void> | undefined;
    s.engine.on((event) => {
      if (event.type === "run.progress" && event.phase === "applying") stopped ??= s.engine.stop();
    });
    const since = s.clock.now();
    const report = await s.run();
    await stopped;
    expect(report).toMatchObject({ status: "partial", counts: { added: 50, left: 70 } });
    expect(s.clock.now() - since).toBeLessThan(60_000);
    expect(await storage.count({ table: "leases", where: { expires_at: { gt: s.clock.now() } } })).toBe(0);
    expect(await storage.count({ table: "intents", where: { state: "prepared" } })).toBe(0);
    await expect(s.host.sync()).rejects.toMatchObject({ code: "engine.stopped" });
    await expect(s.engine.plan(s.request())).rejects.toMatchObject({ code: "engine.stopped" });
    const restarted = s.host.restart();
    expect(await restarted.sync()).toMatchObject({ status: "succeeded", counts: { added: 70 } });
    expect(s.b.ids()).toEqual(sortedIds(s.b, library));
    expect(s.clock.sleepers).toEqual([]);
  });

  it("an engine is disposed of with `await using`", async () => {
    let closed = 0;
    const inner = memoryStorage();
    const storage = {
      ...inner,
      close: async () => {
        closed += 1;
        await inner.close();
      },
    };
    {
      await using engine = createSyncEngine({
        providers: providers(),
        storage,
        encryption: keyring({ current: "k1", keys: { k1: TEST_KEY } }),
      });
      await engine.migrate();
    }
    expect(closed).toBe(1);
  });

  it("each run is written down with its counts and nothing else", async () => {
    const s = await copied(10);
    s.a.like(s.recordings(12).slice(10));
    const report = await s.run();
    const jobs = await s.storage.select({ table: "sync_jobs", where: {}, orderBy: ["created_at", "id"] });
    expect(jobs).toHaveLength(2);
    const job = jobs.find(({ id }) => id === report.jobId);
    const sent = [...Object.values(report.requests.source), ...Object.values(report.requests.target)];
    expect(job).toMatchObject({
      status: "succeeded",
      trigger: "manual",
      items_added: 2,
      items_deleted: 0,
      error_code: null,
      requests: sent.reduce((sum, n) => sum + n, 0),
    });
    expect(s.a.requests() + s.b.requests()).toBe(job?.requests);
    const metadata = await s.storage.select({ table: "sync_metadata", where: {} });
    expect(metadata).toHaveLength(24);
    expect(new Set(metadata.map(({ sync_count }) => sync_count))).toEqual(new Set([1]));
  });
});
