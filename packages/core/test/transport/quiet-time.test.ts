import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { QuietTime } from "../../src/transport/quiet-time.ts";

const refusal = (atMs: number, named?: { retryAfterMs?: number; elsewhereMs?: number; quota?: boolean }) => ({
  failure: {
    kind: "rate-limited" as const,
    ...(named?.elsewhereMs === undefined ? {} : { retryAfterMs: named.elsewhereMs }),
    ...(named?.quota === undefined ? {} : { quota: named.quota }),
  },
  retryAfterMs: named?.retryAfterMs,
  sentAtMs: atMs,
  arrivedAtMs: atMs,
});

/** Refuses again and again, each time right after the quiet, and gives the lengths of the quiets. */
function climb(quietTime: QuietTime, times: number, jitter: number, quota = false): number[] {
  let atMs = 1_000;
  return Array.from({ length: times }, () => {
    const { untilMs } = quietTime.afterRefusal(refusal(atMs, { quota }), jitter);
    const lengthMs = untilMs - atMs;
    atMs = untilMs;
    return lengthMs;
  });
}

describe("quiet after a refusal", () => {
  it("F3: without a header grows from 30 s, doubles, and is capped at an hour", () => {
    expect(climb(new QuietTime({}), 10, 0)).toEqual(
      [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600].map((seconds) => seconds * 1_000),
    );
  });

  it("F3: climbs the provider's own ladder where it has one", () => {
    expect(climb(new QuietTime({ quietMs: [1_000, 2_000, 5_000, 10_000] }), 6, 0)).toEqual([
      1_000, 2_000, 5_000, 10_000, 10_000, 10_000,
    ]);
  });

  it("F3: is jittered upwards only, by a quarter at most", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (jitter) => {
        const [lengthMs = 0] = climb(new QuietTime({}), 1, jitter);
        expect(lengthMs).toBeGreaterThanOrEqual(30_000);
        expect(lengthMs).toBeLessThanOrEqual(37_500);
      }),
    );
    expect(climb(new QuietTime({}), 1, 0.8)).toEqual([36_000]);
  });

  it("is never shorter than what the service names, nor jittered then; of two times the longer one holds", () => {
    fc.assert(
      fc.property(
        fc.option(fc.nat(1e9)),
        fc.nat(1e9),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (elsewhereMs, retryAfterMs, jitter) => {
          const named = { retryAfterMs, ...(elsewhereMs === null ? {} : { elsewhereMs }) };
          const { untilMs } = new QuietTime({}).afterRefusal(refusal(0, named), jitter);
          expect(untilMs).toBe(Math.max(retryAfterMs, elsewhereMs ?? 0, 1_000));
        },
      ),
    );
  });

  it("lasts at least a second, so that a service that says 0 is not asked without end", () => {
    expect(new QuietTime({}).afterRefusal(refusal(0, { retryAfterMs: 0 }), 0).untilMs).toBe(1_000);
  });

  it("F21: of a used-up quota without a time is counted in hours", () => {
    expect(climb(new QuietTime({ quietMs: [1_000] }), 6, 0, true).map((ms) => ms / 3_600_000)).toEqual([
      1, 2, 4, 8, 12, 12,
    ]);
    expect(new QuietTime({}).afterRefusal(refusal(0, { quota: true, retryAfterMs: 5_000 }), 0)).toEqual({
      untilMs: 5_000,
      reason: "quota",
    });
  });

  it("counts refusals of requests that were under way together as one", () => {
    const quietTime = new QuietTime({});
    for (let count = 0; count < 8; count += 1) quietTime.afterRefusal(refusal(1_000 + count), 0);
    expect(quietTime.strikes).toBe(1);
  });

  it("goes back to the foot after a success that was sent after the quiet, not by one that was under way before it", () => {
    const quietTime = new QuietTime({});
    climb(quietTime, 2, 0);
    quietTime.afterSuccess(1_001);
    expect(quietTime.strikes).toBe(2);
    quietTime.afterSuccess(91_000);
    expect(quietTime.strikes).toBe(0);
    expect(climb(quietTime, 1, 0)).toEqual([30_000]);
  });

  it("takes a time that is none for absent", () => {
    for (const elsewhereMs of [Number.NaN, -5]) {
      expect(new QuietTime({}).afterRefusal(refusal(0, { elsewhereMs }), 0).untilMs).toBe(30_000);
      expect(new QuietTime({}).afterRefusal(refusal(0, { elsewhereMs, retryAfterMs: 7_000 }), 0).untilMs).toBe(7_000);
    }
  });

  it("never reaches beyond what dates can say", () => {
    const { untilMs } = new QuietTime({}).afterRefusal(refusal(0, { retryAfterMs: Number.POSITIVE_INFINITY }), 0);
    expect(new Date(untilMs).toISOString()).toBe("9999-12-31T00:00:00.000Z");
  });
});
