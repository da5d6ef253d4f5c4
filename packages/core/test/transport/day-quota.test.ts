import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DayQuota } from "../../src/transport/day-quota.ts";

const DAY_MS = 86_400_000;

describe("a quota by the day", () => {
  it("is never exceeded in any 24 hours, and what it promises for later is there then", () => {
    const requests = fc.array(fc.record({ afterMs: fc.nat(6 * 3_600_000), cost: fc.integer({ min: 1, max: 50 }) }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(requests, fc.integer({ min: 50, max: 200 }), fc.nat(DAY_MS), (list, perDay, startMs) => {
        const quota = new DayQuota(perDay);
        const spent: { atMs: number; cost: number }[] = [];
        let nowMs = startMs;
        for (const { afterMs, cost } of list) {
          nowMs += afterMs;
          const taken = quota.take(cost, nowMs);
          if (taken !== "taken") {
            expect(taken.untilMs).toBeGreaterThan(nowMs);
            expect(taken.untilMs).toBeLessThanOrEqual(nowMs + DAY_MS + 15 * 60_000);
            nowMs = taken.untilMs;
            expect(quota.take(cost, nowMs)).toBe("taken");
          }
          spent.push({ atMs: nowMs, cost });
        }
        for (const { atMs: fromMs } of spent) {
          const ofDay = spent.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + DAY_MS);
          expect(ofDay.reduce((units, { cost }) => units + cost, 0)).toBeLessThanOrEqual(perDay);
        }
      }),
    );
  });

  it("frees a unit a little too late rather than a little too early", () => {
    const minuteMs = 60_000;
    const quota = new DayQuota(10);
    expect(quota.take(10, 14 * minuteMs)).toBe("taken");
    expect(quota.take(1, DAY_MS + 13 * minuteMs)).toEqual({ untilMs: DAY_MS + 15 * minuteMs });
    expect(quota.remaining(DAY_MS + 15 * minuteMs)).toBe(10);
  });
});
