import { describe, expect, it } from "vitest";
import { DeferredError } from "../../src/contract/index.ts";
import { StorageError } from "../../src/errors/index.ts";
import { memoryStorage, type StorageAdapter } from "../../src/ports/index.ts";
import { sharedGovernor } from "../../src/transport/shared-governor.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { json, type Step, text } from "./support/hostile-fetch.ts";
import { errorOf, fixedRandom, getTrack, lab, providerOf } from "./support/transport-lab.ts";

const fine = json({ id: "t1" });
const broken = json({}, 500);
const tooMany = (retryAfter?: string): Step => text("", 429, retryAfter ? { "retry-after": retryAfter } : {});

/** Processes, one after the other or side by side, on one store and one clock, each with a shared governor. */
function fleet(storage: StorageAdapter = memoryStorage()) {
  const clock = virtualClock({ autoAdvance: true });
  const random = fixedRandom(() => 0);
  const start = (steps: [Step, ...Step[]], provider = providerOf()) =>
    lab(steps, { clock, storage, provider, random, governor: sharedGovernor({ storage, clock, random }) });
  return { clock, storage, start, rows: () => storage.select({ table: "service_limits" }) };
}

describe("quiet that processes share", () => {
  it("F1: is silence from every process at once, until it is over", async () => {
    const { clock, start } = fleet();
    const [refused, other] = [start([tooMany("7"), fine]), start([fine])];
    await other.http.request(getTrack());
    const first = refused.http.request(getTrack());
    await clock.sleep(500);
    const untilMs = clock.now() - 500 + 7_000;
    await Promise.all([first, ...[1, 2, 3].map(() => other.http.request(getTrack()))]);
    const later = [...refused.seen.slice(1), ...other.seen.slice(1)].map(({ atMs }) => atMs);
    expect(later).toHaveLength(4);
    expect(Math.min(...later)).toBeGreaterThanOrEqual(untilMs);
  });

  it("F4: of a day holds after a restart of all, and for none but that service", async () => {
    const { clock, start } = fleet();
    await errorOf(start([tooMany("86400")]).http.request(getTrack()));
    const next = start([fine]);
    const other = start([fine], providerOf({ name: "other" }));
    for (let hour = 0; hour < 23; hour += 1) {
      expect(await errorOf(next.http.request(getTrack()))).toBeInstanceOf(DeferredError);
      await other.http.request(getTrack());
      await clock.sleep(3_600_000);
    }
    expect(next.seen).toEqual([]);
    expect(await next.transport.limits(providerOf(), "tenant")).toMatchObject({ remaining: 0, reason: "rate-limited" });
    await clock.sleep(3_600_000);
    await next.http.request(getTrack());
    expect([next.seen.length, other.seen.length]).toEqual([1, 23]);
  });

  it("F3: climbs over all processes, and begins anew once one was answered", async () => {
    const { clock, start, rows } = fleet();
    const provider = providerOf({ rateLimit: { quietMs: [10_000, 20_000, 40_000] } });
    const [first, second] = [start([tooMany()], provider), start([tooMany()], provider)];
    await errorOf(first.open({ maxWaitMs: 15_000 }).http.request(getTrack()));
    expect([first.seen.length, await rows()]).toMatchObject([2, [{ strikes: 2, closed_until: clock.now() + 20_000 }]]);
    await clock.sleep(20_000);
    await errorOf(second.open({ maxWaitMs: 15_000 }).http.request(getTrack()));
    expect([second.seen.length, await rows()]).toMatchObject([1, [{ strikes: 3, closed_until: clock.now() + 40_000 }]]);
    await clock.sleep(40_000);
    await start([fine], provider).http.request(getTrack());
    await clock.sleep(1_000);
    expect(await rows()).toMatchObject([{ strikes: 0 }]);
  });

  it("F21: is that of a day's quota which all of them used up", async () => {
    const { clock, start } = fleet();
    const provider = providerOf({ rateLimit: { perDay: 4 } });
    const both = [start([fine], provider), start([fine], provider)];
    await Promise.all(both.flatMap(({ http }) => [1, 2].map(() => http.request(getTrack()))));
    const next = start([fine], provider);
    const error = await errorOf(next.http.request(getTrack()));
    expect(error).toBeInstanceOf(DeferredError);
    expect(next.seen).toEqual([]);
    await clock.sleep((error as DeferredError).untilMs - clock.now());
    await next.http.request(getTrack());
    expect(next.seen).toHaveLength(1);
  });
});

describe("a circuit that processes share", () => {
  it("is open for all, over a restart, and tried by a single request of them all", async () => {
    const { clock, start } = fleet();
    const failing = start([broken]);
    await errorOf(failing.http.request(getTrack()));
    expect(failing.seen).toHaveLength(5);
    const openedMs = clock.now();
    const others = [start([broken]), start([broken]), start([broken])];
    const errors = Promise.all(others.map(({ open }) => errorOf(open({ maxWaitMs: 40_000 }).http.request(getTrack()))));
    await errors;
    const tried = others.flatMap(({ seen }) => seen.map(({ atMs }) => atMs - openedMs));
    expect(tried).toHaveLength(1);
    expect(tried[0]).toBeGreaterThanOrEqual(30_000);
    // The trial failed, so it is open for twice as long, for all of them.
    for (const { http } of others)
      expect(await errorOf(http.request(getTrack()))).toMatchObject({ code: "service.circuit-open" });
  });

  it("closes for all when one of them was answered", async () => {
    const { clock, start, rows } = fleet();
    await errorOf(start([broken]).http.request(getTrack()));
    const others = [start([fine]), start([fine])];
    await Promise.all(others.flatMap(({ open }) => [1, 2, 3].map(() => open().http.request(getTrack()))));
    await clock.sleep(1_000);
    expect(await rows()).toMatchObject([{ strikes: 0, reason: "unavailable" }]);
    const [first = 0, ...later] = others.flatMap(({ seen }) => seen.map(({ atMs }) => atMs)).sort((a, b) => a - b);
    expect(later).toHaveLength(5);
    expect((later[4] ?? 0) - first).toBeLessThan(1_000);
  });
});

describe("a store that fails", () => {
  const failing = (fails: () => boolean): StorageAdapter => {
    const storage = memoryStorage();
    const error = () => new StorageError("storage.failed", { operation: "write" });
    return {
      ...storage,
      write: (batch) => (fails() ? Promise.reject(error()) : storage.write(batch)),
      select: (query) => (fails() ? Promise.reject(error()) : storage.select(query)),
    };
  };

  it("fails requests with its error, and nothing goes out", async () => {
    let isDown = true;
    const { start } = fleet(failing(() => isDown));
    const { http, seen } = start([fine]);
    const errors = await Promise.all([1, 2, 3].map(() => errorOf(http.request(getTrack()))));
    expect(errors.every((error) => error instanceof StorageError)).toBe(true);
    expect(seen).toEqual([]);
    isDown = false;
    await http.request(getTrack());
    expect(seen).toHaveLength(1);
  });

  it("does not keep a refusal from holding in the process that heard it, which is said in the log", async () => {
    let isDown = false;
    const { start } = fleet(failing(() => isDown));
    const { http, seen, eventNames } = start([
      (request, signal) => {
        isDown = true;
        return tooMany("86400")(request, signal);
      },
    ]);
    expect(await errorOf(http.request(getTrack()))).toBeInstanceOf(DeferredError);
    isDown = false;
    expect(await errorOf(http.request(getTrack()))).toBeInstanceOf(DeferredError);
    expect(seen).toHaveLength(1);
    expect(eventNames()).toEqual(["service.rate-limited", "service.quiet-not-stored"]);
  });
});
