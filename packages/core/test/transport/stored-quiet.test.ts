import { describe, expect, it } from "vitest";
import { DeferredError } from "../../src/contract/index.ts";
import { StorageError } from "../../src/errors/index.ts";
import { memoryStorage, type StorageAdapter } from "../../src/ports/index.ts";
import { createTransport } from "../../src/transport/create-transport.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { json, type Step, scriptedFetch, text } from "./support/hostile-fetch.ts";
import { errorOf, fixedRandom, getTrack, lab, providerOf } from "./support/transport-lab.ts";

const fine = json({ id: "t1" });
const tooMany = (retryAfter: string): Step => text("", 429, { "retry-after": retryAfter });

/** Processes, one after the other or side by side, on one store and one clock. */
function fleet() {
  const clock = virtualClock({ autoAdvance: true });
  const storage = memoryStorage();
  const start = (steps: [Step, ...Step[]], provider = providerOf()) => lab(steps, { clock, storage, provider });
  return { clock, storage, start, rows: () => storage.select({ table: "service_limits" }) };
}

describe("quiet that outlives a process", () => {
  it.each([
    ["F4: of a day", "86400", undefined],
    ["that a run may wait out", "40", 40_000],
  ])("holds after a restart: %s", async (_, retryAfter, waitedMs) => {
    const { clock, start } = fleet();
    const startMs = clock.now();
    const first = start([tooMany(retryAfter)]);
    await errorOf(first.open({ maxWaitMs: 0 }).http.request(getTrack()));
    const second = start([fine]);
    if (waitedMs === undefined) {
      expect(await errorOf(second.http.request(getTrack()))).toMatchObject({ untilMs: startMs + 86_400_000 });
      expect(second.seen).toEqual([]);
      await clock.sleep(86_400_000);
    }
    await second.http.request(getTrack());
    expect(second.seen[0]?.atMs).toBe(startMs + (waitedMs ?? 86_400_000));
  });

  it("is kept under a hash, with times and codes only", async () => {
    const { clock, start, rows } = fleet();
    const nowMs = clock.now();
    await errorOf(start([tooMany("86400")]).http.request(getTrack()));
    expect(await rows()).toEqual([
      {
        budget_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        service: "fake",
        closed_until: nowMs + 86_400_000,
        reason: "rate-limited",
        strikes: 1,
        next_at: null,
        version: 0,
        under_way: "[]",
        day: "[]",
        created_at: nowMs,
        updated_at: nowMs,
      },
    ]);
    expect(JSON.stringify(await rows())).not.toContain("client-1");
  });

  it("is not shortened by another process that was asked for less", async () => {
    const { clock, start, rows } = fleet();
    const nowMs = clock.now();
    const [long, short] = [start([tooMany("500")]), start([tooMany("100")])];
    // Both have looked at the store before either was refused.
    await Promise.all([errorOf(long.http.request(getTrack())), errorOf(short.http.request(getTrack()))]);
    expect(await rows()).toMatchObject([{ closed_until: nowMs + 500_000 }]);
  });

  it("is noticed by another running process within half a minute", async () => {
    const { clock, start } = fleet();
    const [refusedOne, other] = [start([tooMany("3600")]), start([fine])];
    await other.http.request(getTrack());
    await errorOf(refusedOne.http.request(getTrack()));
    await clock.sleep(30_000);
    expect(await errorOf(other.http.request(getTrack()))).toBeInstanceOf(DeferredError);
    expect(other.seen).toHaveLength(1);
  });

  it("goes on climbing where the process before had stopped", async () => {
    const { clock, start, rows } = fleet();
    const provider = providerOf({ rateLimit: { quietMs: [100_000, 200_000, 400_000] } });
    await errorOf(start([text("", 429)], provider).http.request(getTrack()));
    const next = start([text("", 429)], provider);
    await errorOf(next.open({ maxWaitMs: 150_000 }).http.request(getTrack()));
    expect(next.seen).toHaveLength(1);
    expect(await rows()).toMatchObject([{ strikes: 2, closed_until: clock.now() + 200_000 * 1.125 }]);
  });

  it("counts an open circuit too, and the operator's part in it", async () => {
    const { start } = fleet();
    const provider = providerOf({
      classify: ({ status }) => (status === 403 ? { kind: "outage", reason: "disabled" } : undefined),
    });
    await errorOf(start([json({}, 403)], provider).http.request(getTrack()));
    const next = start([fine], provider);
    expect(await errorOf(next.http.request(getTrack()))).toMatchObject({
      code: "service.circuit-open",
      remedy: "operate",
    });
    expect(await next.transport.limits(provider, "tenant")).toMatchObject({ remaining: 0, reason: "outage" });
    expect(next.seen).toEqual([]);
  });

  it("holds in the process even if it cannot be stored, which is said in the log", async () => {
    const storage: StorageAdapter = {
      ...memoryStorage(),
      write: () => Promise.reject(new StorageError("storage.failed", { operation: "write" })),
    };
    const { http, eventNames, seen } = lab([tooMany("86400")], { storage });
    for (let count = 0; count < 2; count += 1)
      expect(await errorOf(http.request(getTrack()))).toBeInstanceOf(DeferredError);
    expect(seen).toHaveLength(1);
    expect(eventNames()).toEqual(["service.rate-limited", "service.quiet-not-stored"]);
  });

  it("F21: counts a declared daily quota that was used up, and is written once however many requests meet it", async () => {
    let writes = 0;
    const memory = memoryStorage();
    const storage: StorageAdapter = {
      ...memory,
      write: (batch) => {
        writes += 1;
        return memory.write(batch);
      },
    };
    const clock = virtualClock({ autoAdvance: true });
    const provider = providerOf({ rateLimit: { perDay: 2 } });
    const first = lab([fine], { clock, storage, provider });
    await Promise.all([1, 2].map(() => first.http.request(getTrack())));
    for (let count = 0; count < 5; count += 1) {
      expect(await errorOf(first.http.request(getTrack()))).toBeInstanceOf(DeferredError);
    }
    expect(writes).toBe(1);
    const second = lab([fine], { clock, storage, provider });
    expect(await errorOf(second.http.request(getTrack()))).toBeInstanceOf(DeferredError);
    expect(second.seen).toEqual([]);
  });

  it("is not taken for absent when the store fails", async () => {
    const storage = memoryStorage();
    await storage.close();
    const { http, seen } = lab([fine], { storage });
    expect(await errorOf(http.request(getTrack()))).toBeInstanceOf(StorageError);
    expect(seen).toEqual([]);
  });
});

describe("createTransport", () => {
  it("takes the host's own hash, agent and governor", async () => {
    const clock = virtualClock({ autoAdvance: true });
    const { fetch, seen } = scriptedFetch(clock, fine);
    const hashed: string[] = [];
    const budgets: string[] = [];
    const transport = createTransport({
      fetch,
      clock,
      random: fixedRandom(),
      userAgent: "my-app/1.0",
      hash: (text) => `#${hashed.push(text)}`,
      governor: {
        run: (budget, _claim, work) => {
          budgets.push(budget.key);
          return work();
        },
        close: async () => {},
        status: async () => ({ remaining: 1, wholeAtMs: 0 }),
      },
    });
    await transport.session({ provider: providerOf(), tenantId: "tenant" }).http.request(getTrack());
    expect(hashed).toEqual(['["fake","client","client-1"]']);
    expect(budgets).toEqual(["#1"]);
    expect(seen[0]?.headers.get("user-agent")).toBe("my-app/1.0");
  });

  it("refuses a user agent that no header can carry", () => {
    const clock = virtualClock();
    const { fetch } = scriptedFetch(clock, fine);
    expect(() => createTransport({ fetch, clock, random: fixedRandom(), userAgent: "a\nb" })).toThrow("userAgent");
  });
});
