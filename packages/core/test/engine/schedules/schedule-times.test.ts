import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCron } from "../../../src/engine/schedules/cron-times.ts";
import { defaultJitterMs, nextRunMs, ownShare } from "../../../src/engine/schedules/schedule-times.ts";
import { newHandle, systemRandom } from "../../../src/index.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START_MS = Date.UTC(2027, 0, 1);

const ids = fc
  .uint8Array({ minLength: 15, maxLength: 15 })
  .map((bytes) => `sched_${Buffer.from(bytes).toString("base64url")}`);
const interval = { cron: null, time_zone: null } as const;

describe("the next run of an interval", () => {
  it("keeps its beat however late its runs are, and does not follow at once on what was made up for late", async () => {
    const anything = fc.record({
      id: ids,
      every_ms: fc.integer({ min: MINUTE_MS, max: 48 * HOUR_MS }),
      jitter_ms: fc.integer({ min: 0, max: HOUR_MS }),
      lateness: fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { minLength: 3, maxLength: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(anything, async ({ id, every_ms, jitter_ms, lateness }) => {
        let dueMs = START_MS;
        let lastMs: number | null = null;
        const beatMs = START_MS + Math.floor(ownShare(id) * jitter_ms);
        for (const late of lateness) {
          const nowMs: number = dueMs + Math.floor(late * every_ms);
          dueMs = await nextRunMs(
            { id, ...interval, every_ms, jitter_ms, next_run_at: dueMs, last_run_at: lastMs },
            nowMs,
          );
          lastMs = nowMs;
          expect((dueMs - beatMs) % every_ms).toBe(0);
          expect(dueMs - nowMs).toBeGreaterThanOrEqual(every_ms / 2);
          expect(dueMs - nowMs).toBeLessThanOrEqual(every_ms * 1.5 + jitter_ms);
        }
      }),
    );
  });
});

describe("the next run of an expression", () => {
  it("comes once for each of its times, later by the schedule's own share of the jitter", async () => {
    const anything = fc.record({
      id: ids,
      jitter_ms: fc.integer({ min: 0, max: 2 * HOUR_MS }),
      cron: fc.constantFrom("0 * * * *", "30 2 * * *", "*/20 * * * *", "0 9 * * MON-FRI"),
      startMs: fc.integer({ min: START_MS, max: START_MS + 400 * 24 * HOUR_MS }),
    });
    await fc.assert(
      fc.asyncProperty(anything, async ({ id, jitter_ms, cron, startMs }) => {
        const times = readCron(cron, "Europe/Berlin", startMs);
        const schedule = { id, cron, time_zone: "Europe/Berlin", every_ms: HOUR_MS, jitter_ms, last_run_at: null };
        const laterMs = Math.floor(ownShare(id) * jitter_ms);
        let dueMs = await nextRunMs({ ...schedule, next_run_at: startMs }, startMs);
        for (let count = 0; count < 10; count++) {
          const nextMs = await nextRunMs({ ...schedule, next_run_at: dueMs, last_run_at: dueMs }, dueMs);
          expect(nextMs - laterMs).toBe(times.next(dueMs - laterMs));
          dueMs = nextMs;
        }
      }),
    );
  });
});

describe("a schedule's own share of its jitter", () => {
  it("is spread evenly over all schedules, and always the same for one", () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let count = 0; count < 20_000; count++) {
      const id = newHandle("sched", systemRandom);
      const share = ownShare(id);
      expect(share).toBe(ownShare(id));
      tenths[Math.floor(share * 10)] = (tenths[Math.floor(share * 10)] ?? 0) + 1;
    }
    for (const amount of tenths) expect(Math.abs(amount - 2_000)).toBeLessThan(300);
  });

  it("is of five minutes at most, or a twentieth of the period, unless the host says otherwise", () => {
    expect([MINUTE_MS, HOUR_MS, 24 * HOUR_MS].map(defaultJitterMs)).toEqual([3_000, 180_000, 300_000]);
  });
});
