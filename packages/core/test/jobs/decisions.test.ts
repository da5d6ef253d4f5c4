import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lanesAhead, lanesToTry } from "../../src/jobs/choose-lane.ts";
import { BUSY_MS, decideOutcome, type RunResult } from "../../src/jobs/decide-outcome.ts";
import { retryDelayMs } from "../../src/jobs/retry-delay.ts";

const NOW = 1_000_000;
const fresh = { retry_count: 0, max_retries: 4 };
const calm = { halted: undefined, nowMs: NOW, jitter: 0.5 } as const;

describe("how long a job waits before it is tried again", () => {
  it("is anything up to a bound that doubles from 30 s on, never more than 15 minutes", () => {
    const most = (failed: number) => retryDelayMs(failed, 0.999_999_999);
    expect([1, 2, 3, 4].map((failed) => Math.ceil(most(failed) / 1_000))).toEqual([30, 60, 120, 240]);
    expect(most(30)).toBeLessThanOrEqual(900_000);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (failed, jitter) => {
          const delay = retryDelayMs(failed, jitter);
          expect(Number.isSafeInteger(delay)).toBe(true);
          expect(delay).toBeGreaterThanOrEqual(0);
          // Full jitter: in proportion to the chance, from nothing on.
          expect(Math.abs(delay - jitter * retryDelayMs(failed, 1))).toBeLessThanOrEqual(1);
          expect(retryDelayMs(failed + 1, jitter)).toBeGreaterThanOrEqual(delay);
        },
      ),
    );
  });
});

describe("which lane a free worker looks into", () => {
  const half = { workers: 4, shares: { manual: 2, automatic: 2 } } as const;

  it.each([
    [{ manual: 0, automatic: 0 }, ["manual", "automatic"]],
    [{ manual: 2, automatic: 0 }, ["automatic", "manual"]],
    [{ manual: 2, automatic: 1 }, ["automatic", "manual"]],
    [{ manual: 3, automatic: 0 }, ["automatic", "manual"]],
    [{ manual: 0, automatic: 2 }, ["manual", "automatic"]],
    [{ manual: 0, automatic: 3 }, ["manual"]],
    [{ manual: 1, automatic: 3 }, []],
    [{ manual: 4, automatic: 0 }, []],
  ] as const)("with %j running", (running, lanes) => {
    expect(lanesToTry({ ...half, running })).toEqual(lanes);
  });

  const setting = fc.integer({ min: 2, max: 9 }).chain((workers) =>
    fc
      .tuple(fc.integer({ min: 1, max: workers - 1 }), fc.integer({ min: 1, max: workers - 1 }))
      .filter(([manual, automatic]) => manual + automatic <= workers)
      .map(([manual, automatic]) => ({ workers, shares: { manual, automatic } })),
  );
  type Step = "manual" | "automatic" | "manual ends" | "automatic ends";
  const steps = fc.array(fc.constantFrom<Step>("manual", "automatic", "manual ends", "automatic ends"), {
    maxLength: 80,
  });

  it("never leaves a worker idle that may work, keeps one from automatic work, and starves neither lane", () => {
    fc.assert(
      fc.property(setting, steps, ({ workers, shares }, history) => {
        const waiting = { manual: 0, automatic: 0 };
        const running = { manual: 0, automatic: 0 };
        for (const step of history) {
          if (step === "manual" || step === "automatic") waiting[step]++;
          else {
            const lane = step === "manual ends" ? "manual" : "automatic";
            running[lane] = Math.max(0, running[lane] - 1);
          }
          for (;;) {
            const lane = lanesToTry({ workers, shares, running }).find((each) => waiting[each] > 0);
            if (lane === undefined) break;
            const other = lane === "manual" ? "automatic" : "manual";
            // Nobody takes beyond its share what the other lane needs for its own.
            if (running[lane] >= shares[lane])
              expect(waiting[other] === 0 || running[other] >= shares[other]).toBe(true);
            waiting[lane]--;
            running[lane]++;
          }
          expect(running.manual + running.automatic).toBeLessThanOrEqual(workers);
          expect(running.automatic).toBeLessThan(workers);
          const idle = workers - running.manual - running.automatic;
          if (waiting.manual > 0) expect(idle).toBe(0);
          if (waiting.automatic > 0) expect(idle === 0 || running.automatic === workers - 1).toBe(true);
        }
      }),
    );
  });

  it("lets a person who comes begin at once while only automatic work is done, however much of that waits", () => {
    fc.assert(
      fc.property(setting, ({ workers, shares }) => {
        const running = { manual: 0, automatic: 0 };
        while (lanesToTry({ workers, shares, running }).includes("automatic")) running.automatic++;
        expect(lanesToTry({ workers, shares, running })).toEqual(["manual"]);
      }),
    );
  });
});

describe("for whom a job makes room", () => {
  const half = { workers: 4, shares: { manual: 2, automatic: 2 } } as const;

  it.each([
    [{ manual: 2, automatic: 2 }, "manual", ["manual"]],
    [{ manual: 2, automatic: 2 }, "automatic", ["automatic"]],
    [{ manual: 4, automatic: 0 }, "manual", ["automatic", "manual"]],
    [{ manual: 1, automatic: 3 }, "automatic", ["manual", "automatic"]],
    [{ manual: 0, automatic: 3 }, "automatic", ["automatic"]],
    [{ manual: 1, automatic: 2 }, "automatic", []],
    [{ manual: 3, automatic: 0 }, "manual", []],
  ] as const)("with %j running, one of the %s lane does so for %j", (running, own, lanes) => {
    expect(lanesAhead({ ...half, running }, own)).toEqual(lanes);
  });
});

describe("what becomes of a job after a run", () => {
  const failed = (
    code: string,
    remedy: "retry" | "reconnect" | "change-request" | "operate" | "report",
  ): RunResult => ({
    status: "failed",
    left: false,
    error: { code, remedy },
  });
  const ended = (status: string, errorCode: string | null = null) => ({ kind: "end", status, errorCode });

  it.each<[string, RunResult, object]>([
    ["all done", { status: "succeeded", left: false }, ended("succeeded")],
    ["held for a person", { status: "held", left: true }, ended("held")],
    ["some refused for good", { status: "partial", left: false }, ended("partial")],
    [
      "user has to connect again",
      failed("auth.reauthorization-required", "reconnect"),
      ended("failed", "auth.reauthorization-required"),
    ],
    ["pair is paused", failed("pair.paused", "change-request"), ended("failed", "pair.paused")],
    ["connection is switched off", failed("connection.off", "change-request"), ended("failed", "connection.off")],
    ["the host refused it", failed("plan.vetoed", "change-request"), ended("failed", "plan.vetoed")],
    [
      "sync type is unknown",
      failed("request.type-unsupported", "change-request"),
      ended("dead", "request.type-unsupported"),
    ],
    ["connection is unknown", failed("connection.unknown", "change-request"), ended("dead", "connection.unknown")],
    ["key is missing", failed("crypto.key-unknown", "operate"), ended("dead", "crypto.key-unknown")],
    ["answer makes no sense", failed("service.malformed-answer", "report"), ended("dead", "service.malformed-answer")],
    [
      "part is done, and the rest needs the user",
      { status: "partial", left: true, error: { code: "auth.scope-missing", remedy: "reconnect" } },
      ended("partial", "auth.scope-missing"),
    ],
  ])("%s: it ends, and is not tried again", (_name, result, expected) => {
    expect(decideOutcome(result, fresh, calm)).toEqual(expected);
  });

  it.each<[string, RunResult]>([
    ["the service is down", failed("service.unavailable", "retry")],
    ["the database is down", failed("storage.failed", "operate")],
    ["a bug, of whatever kind", failed("job.crashed", "retry")],
    ["something is left whose outcome nobody knows", { status: "partial", left: true }],
    [
      "the service failed in the middle",
      { status: "partial", left: true, error: { code: "service.unavailable", remedy: "retry" } },
    ],
  ])("%s: it is tried again after a while, five times in all", (_name, result) => {
    let job = fresh;
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 4; attempt++) {
      const outcome = decideOutcome(result, job, calm);
      if (outcome.kind !== "again") throw new Error("it ends too early");
      expect(outcome).toMatchObject({ why: "retry", retryCount: attempt });
      delays.push(outcome.dueMs - NOW);
      job = { ...job, retry_count: outcome.retryCount };
    }
    expect(delays).toEqual([15_000, 30_000, 60_000, 120_000]);
    const status = result.status === "partial" ? "partial" : "dead";
    expect(decideOutcome(result, job, calm)).toEqual(ended(status, result.error?.code ?? null));
  });

  const last = { retry_count: 4, max_retries: 4 };

  it("a run that a service put off is due when the quiet is over, and that is no failure", () => {
    const deferred: RunResult = {
      status: "deferred",
      left: true,
      deferredUntilMs: NOW + 86_400_000,
      error: { code: "run.deferred", remedy: "retry" },
    };
    expect(decideOutcome(deferred, last, calm)).toMatchObject({
      kind: "again",
      why: "deferred",
      dueMs: NOW + 86_400_000,
      retryCount: 4,
    });
    expect(decideOutcome({ ...deferred, deferredUntilMs: NOW - 5 }, last, calm)).toMatchObject({ dueMs: NOW });
  });

  it("a run that found its pair busy comes again in a moment, and that is no failure", () => {
    const busy: RunResult = { status: "busy", left: false, error: { code: "pair.busy", remedy: "change-request" } };
    expect(decideOutcome(busy, last, calm)).toMatchObject({ why: "busy", dueMs: NOW + BUSY_MS, retryCount: 4 });
  });

  it("a run that was told to end is cancelled, or given back without a failure, but what it had done is done", () => {
    const aborted: RunResult = { ...failed("run.aborted", "retry"), status: "partial", left: true };
    expect(decideOutcome(aborted, last, { ...calm, halted: "cancelled" })).toEqual(ended("cancelled", "run.aborted"));
    expect(decideOutcome(aborted, last, { ...calm, halted: "stopped" })).toMatchObject({
      kind: "again",
      why: "stopped",
      dueMs: NOW,
      retryCount: 4,
    });
    for (const halted of ["cancelled", "stopped"] as const) {
      expect(decideOutcome({ status: "succeeded", left: false }, last, { ...calm, halted })).toEqual(
        ended("succeeded"),
      );
    }
  });

  describe("that was told to leave the rest to its next slice", () => {
    const halted = { ...calm, halted: "sliced" } as const;
    const cut: RunResult = { status: "partial", left: true };

    it.each<[string, RunResult]>([
      ["with work left", cut],
      ["with work left beside what waits for a person", { ...cut, status: "held" }],
    ])("%s: it is queued behind what was due then, and that is no failure", (_name, result) => {
      const again = { kind: "again", why: "sliced", dueMs: NOW + 1, retryCount: 4, errorCode: null };
      expect(decideOutcome(result, last, halted)).toEqual(again);
    });

    it("is cancelled all the same, or given back by a worker that stops", () => {
      expect(decideOutcome(cut, last, { ...calm, halted: "cancelled" })).toEqual(ended("cancelled"));
      expect(decideOutcome(cut, last, { ...calm, halted: "stopped" })).toMatchObject({ why: "stopped", dueMs: NOW });
    });

    it("but came to its end, failed or was put off by then: that decides", () => {
      const error = { code: "service.unavailable", remedy: "retry" } as const;
      expect(decideOutcome({ ...cut, error }, fresh, halted)).toMatchObject({ why: "retry", retryCount: 1 });
      expect(decideOutcome({ status: "succeeded", left: false }, last, halted)).toEqual(ended("succeeded"));
      expect(decideOutcome({ status: "held", left: false }, last, halted)).toEqual(ended("held"));
      expect(decideOutcome({ status: "partial", left: false }, last, halted)).toEqual(ended("partial"));
      const deferred: RunResult = { status: "deferred", left: true, deferredUntilMs: NOW + 5_000 };
      expect(decideOutcome(deferred, last, halted)).toMatchObject({ why: "deferred", dueMs: NOW + 5_000 });
    });
  });

  it("whatever runs come to, attempts never exceed five, and only what failed counts as one", () => {
    const result = fc.record({
      status: fc.constantFrom("succeeded", "partial", "held", "deferred", "failed", "busy"),
      left: fc.boolean(),
      error: fc.record({
        code: fc.constantFrom("service.unavailable", "pair.paused", "storage.failed", "job.crashed", "request.invalid"),
        remedy: fc.constantFrom("retry", "reconnect", "change-request", "operate", "report"),
      }),
      deferredUntilMs: fc.integer({ min: 0, max: 2 * NOW }),
    }) as fc.Arbitrary<RunResult>;
    const halted = fc.constantFrom("cancelled" as const, "stopped" as const, "sliced" as const, undefined, undefined);
    fc.assert(
      fc.property(fc.array(fc.tuple(result, halted), { maxLength: 60 }), (runs) => {
        let job = fresh;
        let failures = 0;
        for (const [run, why] of runs) {
          const outcome = decideOutcome(run, job, { ...calm, halted: why });
          if (outcome.kind === "end") return;
          expect(outcome.dueMs).toBeGreaterThanOrEqual(NOW);
          if (outcome.why === "retry") failures++;
          expect(outcome.retryCount).toBe(failures);
          expect(failures).toBeLessThanOrEqual(4);
          job = { ...job, retry_count: outcome.retryCount };
        }
      }),
    );
  });
});
