import { memoryStorage } from "@syncer/core";
import type { Fault, FaultRule } from "@syncer/sandbox";
import { describe, expect, it } from "vitest";
import { copied, DAY, HOUR, MINUTE, type Scenario, scenario, sortedIds } from "../support/scenario.ts";

const WRITE = {
  "sync-from": { service: "deezer", method: "POST", path: "/user/me/tracks" },
  "sync-to": { service: "spotify", method: "PUT", path: "/v1/me/library" },
} as const;

/** When requests came in at a service, in ms since `sinceMs`. */
function arrivals(s: Scenario, service: "spotify" | "deezer", sinceMs: number): number[] {
  return s.sandbox.control
    .log()
    .filter((record) => record.service === service)
    .map(({ at }) => at - sinceMs);
}

/** The longest stretch without a request. */
function longestSilence(times: readonly number[]): number {
  return Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? at)));
}

async function firstRunWith(count: number, mode: "sync-from" | "sync-to", ...rules: readonly FaultRule[]) {
  const s = await scenario(mode);
  const library = s.recordings(count);
  s.a.like(library);
  const planted = rules.map((rule) => s.sandbox.control.fault(rule));
  const startedAtMs = s.clock.now();
  const report = await s.run();
  return {
    ...s,
    library,
    report,
    startedAtMs,
    tookMs: s.clock.now() - startedAtMs,
    struck: planted.map((f) => f.struck()),
  };
}

describe.each(["sync-from", "sync-to"] as const)("F. Provider faults, %s", (mode) => {
  const written = mode === "sync-from" ? "deezer" : "spotify";

  it("F1: a 429 with Retry-After: 7 is 7 s of silence from every worker, then the exact result", async () => {
    const s = await scenario(mode);
    const library = s.recordings(60);
    s.a.like(library);
    const refusal = s.sandbox.control.fault({
      service: written,
      after: 20,
      fault: { type: "too-many", retryAfter: 7 },
    });
    const since = s.clock.now();
    // Beside the run: other work of the same process, and a process that comes up during the quiet.
    const ref = await s.connection(written);
    const lookAt = async ({ engine }: Pick<Scenario, "engine">) =>
      engine.registry.get(written).profile(await engine.connections.session(ref));
    const beside = (async () => {
      for (let look = 0; look < 20; look++) await lookAt(s);
    })();
    const restarted = (async () => {
      while (refusal.struck() === 0) await s.clock.sleep(50);
      await lookAt(s.host.restart());
    })();
    const [report] = await Promise.all([s.run(), beside, restarted]);
    const times = arrivals(s, written, since);
    expect(longestSilence(times)).toBeGreaterThanOrEqual(7_000);
    expect(longestSilence(times)).toBeLessThan(9_000);
    expect(times.slice(1).filter((at, index) => at - (times[index] ?? at) >= 5_000)).toHaveLength(1);
    expect(report).toMatchObject({ status: "succeeded", counts: { added: 60 } });
    expect(s.b.ids()).toEqual(sortedIds(s.b, library));
  });

  it("F2: a Retry-After that is an HTTP date is kept to the second", async () => {
    const s = await firstRunWith(10, mode, {
      service: written,
      after: 3,
      fault: { type: "too-many", status: 503, retryAfter: { dateInSeconds: 9 } },
    });
    expect(s.report).toMatchObject({ status: "succeeded", counts: { added: 10 } });
    expect(longestSilence(arrivals(s, written, s.startedAtMs))).toBeGreaterThanOrEqual(8_000);
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.library));
  });

  it("F3: a 429 without a header makes growing pauses", async () => {
    const refused: FaultRule = { service: written, after: 3, times: 3, fault: { type: "too-many" } };
    const s = await firstRunWith(1, mode, refused);
    const log = s.sandbox.control.log().filter((each) => each.service === written);
    const times = log.map(({ at }) => at);
    const pauses = times.slice(1).map((at, index) => at - (times[index] ?? at));
    const long = pauses.filter((pause) => pause >= 1_000);
    if (written === "deezer") {
      // Deezer's limit is 5 s wide: 1, 2, 5 s, each lengthened by up to a quarter.
      expect(s.report).toMatchObject({ status: "succeeded", counts: { added: 1 } });
      expect(s.struck).toEqual([3]);
      expect(long).toHaveLength(3);
      for (const [index, least] of [1_000, 2_000, 5_000].entries()) {
        expect(long[index]).toBeGreaterThanOrEqual(least);
        expect(long[index]).toBeLessThanOrEqual(least * 1.3);
      }
    } else {
      // 30 s is waited out; the 60 s after it are more than a run waits for.
      expect(s.struck).toEqual([2]);
      expect(long).toHaveLength(1);
      expect(long[0]).toBeGreaterThanOrEqual(30_000);
      expect(long[0]).toBeLessThanOrEqual(30_000 * 1.3);
      expect(s.report).toMatchObject({ status: "deferred" });
      const quietMs = (s.report.deferredUntilMs ?? 0) - (times.at(-1) ?? 0);
      expect(quietMs).toBeGreaterThanOrEqual(60_000);
      expect(quietMs).toBeLessThanOrEqual(60_000 * 1.3);
    }
  });

  it("F4: a Retry-After of a day puts the run off and leaves worker and lease free", async () => {
    const storage = memoryStorage();
    const s = await scenario(mode, { storage });
    const library = s.recordings(60);
    s.a.like(library);
    s.sandbox.control.fault({ service: written, after: 30, fault: { type: "too-many", retryAfter: 86_400 } });
    const since = s.clock.now();
    const report = await s.run();
    expect(report).toMatchObject({ status: "deferred", counts: { added: 0 } });
    expect(s.clock.now() - since).toBeLessThan(60_000);
    const until = report.deferredUntilMs ?? 0;
    expect(until - since).toBeGreaterThanOrEqual(DAY);
    expect(until - since).toBeLessThan(DAY + 60_000);
    expect((await s.pair()).notBeforeMs).toBe(until);
    expect(s.events).toContainEqual(
      expect.objectContaining({ type: "limit.reached", service: written, untilMs: until }),
    );
    expect(await storage.select({ table: "leases", where: { expires_at: { gt: s.clock.now() } } })).toEqual([]);
    expect(s.clock.sleepers).toEqual([]);
    const connection = await s.connection(written);
    expect(await s.engine.limits(connection)).toMatchObject({ remaining: 0, closedUntilMs: until });

    // Asked for again, by anybody, it costs no request.
    const restarted = s.host.restart();
    await s.clock.advance(HOUR);
    s.sandbox.control.clearStats();
    expect(await restarted.sync({}, mode)).toMatchObject({ status: "deferred", deferredUntilMs: until });
    expect([s.a.requests(), s.b.requests()]).toEqual([0, 0]);

    await s.clock.advanceTo(until);
    const done = await restarted.sync({}, mode);
    expect(done).toMatchObject({ status: "succeeded", counts: { added: 60 } });
    expect(s.b.ids()).toEqual(sortedIds(s.b, library));
    // What had been found before the quiet was not looked up again.
    expect(s.b.requests("lookup") + s.b.requests("search")).toBeLessThan(60);
    expect((await s.pair()).notBeforeMs).toBeUndefined();
  });

  it("F4: a quiet of the side that is read puts the run off too, and is announced once", async () => {
    const s = await copied(10, mode);
    const fault = { type: "too-many", retryAfter: 86_400 } as const;
    s.sandbox.control.fault({ service: s.a.service, path: s.a.listing, fault });
    const report = await s.run();
    expect(report).toMatchObject({ status: "deferred", items: [] });
    expect(await s.run()).toMatchObject({ status: "deferred", deferredUntilMs: report.deferredUntilMs });
    expect([s.a.requests(), s.b.requests()]).toEqual([0, 0]);
    expect(s.events.filter(({ type }) => type === "limit.reached")).toMatchObject([
      { service: s.a.service, untilMs: report.deferredUntilMs },
    ]);
    await s.clock.advanceTo(report.deferredUntilMs ?? 0);
    expect(await s.run()).toMatchObject({ status: "succeeded", items: [] });
  });

  it("F4: a quiet in the middle of writing keeps what was written", async () => {
    const s = await scenario(mode);
    const library = s.recordings(110);
    s.a.like(library);
    s.sandbox.control.fault({ ...WRITE[mode], after: 1, fault: { type: "too-many", retryAfter: 86_400 } });
    const report = await s.run();
    const batch = s.b.batch.add;
    expect(report).toMatchObject({ status: "deferred", counts: { added: batch, left: 110 - batch } });
    expect(await s.linkStates()).toEqual({ linked: batch, pending: 110 - batch });
    await s.clock.advanceTo(report.deferredUntilMs ?? 0);
    const done = await s.run();
    expect(done).toMatchObject({ status: "succeeded", counts: { added: 110 - batch } });
    expect(s.b.requests("lookup") + s.b.requests("search")).toBe(0);
    expect(s.b.ids()).toEqual(sortedIds(s.b, library));
  });

  it("F6: reads that answer 500 three times and then well are repeated", async () => {
    const service = mode === "sync-from" ? "spotify" : "deezer";
    const path = mode === "sync-from" ? "/v1/me/tracks" : "/user/me/tracks";
    const s = await firstRunWith(5, mode, {
      service,
      method: "GET",
      path,
      times: 3,
      fault: { type: "status", status: 500 },
    });
    expect(s.struck).toEqual([3]);
    expect(s.report).toMatchObject({ status: "succeeded", counts: { added: 5 } });
    expect(s.tookMs).toBeLessThan(60_000);
  });

  it.each([
    ["F7: a write that is answered 500 and not applied", { type: "status", status: 500 }],
    ["F8: a write that timed out but was applied", { type: "time-out", applied: true }],
    ["F8: a write whose connection broke after it was applied", { type: "disconnect", applied: true }],
    ["F8: a write that was applied and answered 500", { type: "status", status: 500, applied: true }],
  ] as const)("%s ends in one copy of each", async (_, fault: Fault) => {
    const s = await firstRunWith(10, mode, { ...WRITE[mode], fault });
    expect(s.struck).toEqual([1]);
    expect(s.report).toMatchObject({ status: "succeeded", counts: { added: 10 } });
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.library));
    expect(s.b.writes()).toBe(2);
    expect(await s.linkStates()).toEqual({ linked: 10 });
    await s.clock.advance(MINUTE);
    expect(await s.run()).toMatchObject({ status: "succeeded", items: [] });
    expect(s.b.writes()).toBe(0);
  });

  it("F8: a write that is applied but never answered is adopted by the next run", async () => {
    const s = await firstRunWith(10, mode, {
      ...WRITE[mode],
      times: null,
      fault: { type: "disconnect", applied: true },
    });
    expect(s.report).toMatchObject({ status: "failed", counts: { added: 0, left: 10 } });
    expect(await s.linkStates()).toEqual({ pending: 10 });
    s.sandbox.control.clearFaults();
    await s.clock.advance(HOUR);
    const next = await s.run();
    expect(next).toMatchObject({ status: "succeeded", counts: { added: 0, linked: 10 } });
    expect([s.a.writes(), s.b.writes()]).toEqual([0, 0]);
    expect(s.b.requests("lookup") + s.b.requests("search")).toBe(0);
    expect(await s.linkStates()).toEqual({ linked: 10 });
    expect(await s.storage.select({ table: "intents", where: { state: "prepared" } })).toEqual([]);
  });

  it("F17: what is there already when it is written is adopted", async () => {
    const s = await scenario(mode);
    const library = s.recordings(10);
    s.a.like(library);
    const plan = await s.engine.plan(s.request(mode));
    s.b.like(library.slice(0, 4));
    s.sandbox.control.deezer.settings.duplicateFavourite = "refuse";
    const { pairs } = await s.engine.apply(plan);
    expect(pairs[0]).toMatchObject({ status: "succeeded" });
    const { added = 0, linked = 0 } = pairs[0]?.counts ?? {};
    expect(added + linked).toBe(10);
    expect(mode === "sync-from" ? linked : added).toBe(mode === "sync-from" ? 4 : 10);
    expect(await s.linkStates()).toEqual({ linked: 10 });
    expect(s.b.ids()).toEqual(sortedIds(s.b, library));
  });

  it("F20: a batch of which 60 % were done leaves links for what is there and repeats the rest", async () => {
    const s = await scenario(mode);
    const count = s.b.batch.add;
    const library = s.recordings(count);
    s.a.like(library);
    const apply = Math.round(count * 0.6);
    s.sandbox.control.fault({ ...WRITE[mode], fault: { type: "half-batch", apply, answer: { type: "disconnect" } } });
    s.sandbox.control.fault({ ...WRITE[mode], times: null, fault: { type: "disconnect" } });
    expect(await s.run()).toMatchObject({ status: "failed", counts: { left: count } });
    expect(s.b.ids()).toHaveLength(apply);
    s.sandbox.control.clearFaults();
    await s.clock.advance(HOUR);
    const report = await s.run();
    expect(report).toMatchObject({ status: "succeeded", counts: { linked: apply, added: count - apply } });
    expect(s.b.writes()).toBe(1);
    expect(s.b.ids()).toEqual(sortedIds(s.b, library));
    expect(await s.linkStates()).toEqual({ linked: count });
  });

  it("F20: a batch of which a part was done, and whose repeat succeeds, is whole in the same run", async () => {
    const s = await firstRunWith(30, mode, { ...WRITE[mode], fault: { type: "half-batch", apply: 18 } });
    expect(s.report).toMatchObject({ status: "succeeded", counts: { added: 30 } });
    expect(s.b.writes()).toBe(2);
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.library));
  });
});

describe("F. Provider faults", () => {
  const LISTING = { service: "spotify", method: "GET", path: "/v1/me/tracks" } as const;

  it("F10: a page whose connection is cut in the middle is fetched again", async () => {
    const s = await firstRunWith(60, "sync-from", { ...LISTING, after: 1, fault: { type: "cut-body" } });
    expect(s.struck).toEqual([1]);
    expect(s.report).toMatchObject({ status: "succeeded", counts: { added: 60 } });
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.library));
  });

  it.each([
    ["F11: a 200 with HTML", { type: "html" }],
    ["F11: a 200 without a body", { type: "empty-body" }],
    ["F12: a 200 with an error object", { type: "error-object" }],
    ["F12: a 200 without the items", { type: "without-items" }],
  ] as const)("%s is an error and not an empty listing", async (_, fault: Fault) => {
    const s = await copied(20);
    await s.run({ propagation: "mirror" });
    await s.clock.advance(2 * MINUTE);
    s.a.unlike(s.library.slice(0, 1));
    const before = [await s.links(), await s.cursors()];
    s.sandbox.control.fault({ ...LISTING, times: null, fault });
    const report = await s.run({ propagation: "mirror" });
    expect(report).toMatchObject({ status: "failed", items: [] });
    expect(report.hold).toBeUndefined();
    expect(report.error?.code).toBe("service.malformed-answer");
    expect([await s.links(), await s.cursors()]).toEqual(before);
    expect([s.a.writes(), s.b.writes()]).toEqual([0, 0]);
    expect(s.b.ids()).toHaveLength(20);
    expect(await s.pair()).toMatchObject({ state: "active" });
    s.sandbox.control.clearFaults();
    expect((await s.run({ propagation: "mirror" })).counts.removed).toBe(1);
  });

  it.each([
    ["F11: a 200 with HTML", { type: "html" }],
    ["F12: a 200 without the data", { type: "without-items" }],
  ] as const)("%s from Deezer is an error and not an empty listing", async (_, fault: Fault) => {
    const s = await copied(20, "sync-to");
    await s.clock.advance(2 * MINUTE);
    s.a.unlike(s.library.slice(0, 1));
    s.sandbox.control.fault({ service: "deezer", method: "GET", path: "/user/me/tracks", times: null, fault });
    const report = await s.run({ propagation: "mirror" });
    expect(report).toMatchObject({ status: "failed", items: [], error: { code: "service.malformed-answer" } });
    expect(s.b.ids()).toHaveLength(20);
  });

  it("F21: a day's quota that is used up puts the run off and is not taken for a lost permission", async () => {
    const s = await scenario("sync-to");
    const library = s.recordings(60);
    s.a.like(library);
    const quota = { error: { status: 403, message: "Forbidden", reason: "QUOTA_EXCEEDED" } };
    s.sandbox.control.fault({
      service: "spotify",
      path: "/v1/search",
      after: 20,
      times: null,
      fault: { type: "status", status: 403, body: quota, headers: { "retry-after": "36000" } },
    });
    const since = s.clock.now();
    const report = await s.run();
    expect(report.status).toBe("deferred");
    expect((report.deferredUntilMs ?? 0) - since).toBeGreaterThanOrEqual(10 * HOUR);
    expect(await s.pair()).toMatchObject({ state: "active", notBeforeMs: report.deferredUntilMs });
    expect(await s.engine.connections.get(await s.connection("spotify"))).toMatchObject({ state: "active" });
    expect(await s.linkStates()).toEqual({ pending: 20 });
    s.sandbox.control.clearFaults();
    await s.clock.advanceTo(report.deferredUntilMs ?? 0);
    expect(await s.run()).toMatchObject({ status: "succeeded", counts: { added: 60 } });
    expect(s.b.ids()).toEqual(sortedIds(s.b, library));
  });

  it("a lookup that fails for one item leaves that item for a quarter of an hour, and no other", async () => {
    const s = await firstRunWith(20, "sync-from", {
      service: "deezer",
      path: "/track/*",
      after: 7,
      fault: { type: "deezer-error", code: 500 },
    });
    expect(s.report).toMatchObject({ status: "succeeded", counts: { added: 19, notFound: 1 } });
    expect(s.report.unmatched).toMatchObject([{ verdict: "failed", reason: { code: "unmatched.failed" } }]);
    await s.clock.advance(16 * MINUTE);
    expect(await s.run()).toMatchObject({ status: "succeeded", counts: { added: 1, notFound: 0 } });
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.library));
  });

  it("a full collection takes what it can hold, and the rest is refused once and left alone", async () => {
    const s = await scenario();
    const library = s.recordings(60);
    s.a.like(library);
    s.sandbox.control.deezer.settings.favouritesLimit = 50;
    const report = await s.run();
    expect(report).toMatchObject({ status: "partial", counts: { added: 50, refused: 10 } });
    expect(new Set(report.items.filter(({ kind }) => kind === "refused").map(({ reason }) => reason?.code))).toEqual(
      new Set(["refused.collection-full"]),
    );
    expect(await s.run()).toMatchObject({ status: "succeeded", items: [] });
    expect(s.b.writes()).toBe(0);
  });
});
