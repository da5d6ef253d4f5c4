import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CircuitBreaker } from "../../src/transport/circuit-breaker.ts";

const unavailable = { kind: "unavailable" } as const;
const outage = { kind: "outage", reason: "premium-required" } as const;

function openedBreaker(atMs = 0): CircuitBreaker {
  const breaker = new CircuitBreaker();
  for (let failure = 0; failure < 5; failure += 1) breaker.fail(false, atMs, unavailable);
  return breaker;
}

/** Lets a trial fail at each opening's end, and gives how long the circuit stayed open each time. */
function openings(breaker: CircuitBreaker, times: number, cause: typeof unavailable | typeof outage): number[] {
  let nowMs = 0;
  let switched = breaker.fail(false, nowMs, cause);
  return Array.from({ length: times }, () => {
    if (switched?.kind !== "opened") throw new Error("did not open");
    const lengthMs = switched.untilMs - nowMs;
    nowMs = switched.untilMs;
    expect(breaker.admit(nowMs)).toEqual({ kind: "pass", trial: true });
    switched = breaker.fail(true, nowMs, cause);
    return lengthMs;
  });
}

describe("the circuit", () => {
  it("opens after five failures in a row, not after five in all", () => {
    const breaker = new CircuitBreaker();
    for (let failure = 0; failure < 4; failure += 1) expect(breaker.fail(false, 0, unavailable)).toBeUndefined();
    breaker.succeed(false);
    for (let failure = 0; failure < 4; failure += 1) expect(breaker.fail(false, 0, unavailable)).toBeUndefined();
    expect(breaker.admit(0)).toEqual({ kind: "pass", trial: false });
    expect(breaker.fail(false, 0, unavailable)).toEqual({
      kind: "opened",
      untilMs: 30_000,
      openings: 1,
      cause: unavailable,
    });
    expect(breaker.admit(29_999)).toEqual({ kind: "open", untilMs: 30_000, cause: unavailable });
  });

  it("opens at once, and for longer, when the application as a whole is refused", () => {
    expect(new CircuitBreaker().fail(false, 0, outage)).toMatchObject({ kind: "opened", untilMs: 900_000 });
  });

  it("lets one trial out when its time is up, and holds all others until that one is over", async () => {
    const breaker = openedBreaker();
    expect(breaker.admit(30_000)).toEqual({ kind: "pass", trial: true });
    const second = breaker.admit(30_000);
    expect(second.kind).toBe("trial-running");
    expect(breaker.succeed(true)).toEqual({ kind: "closed" });
    await (second.kind === "trial-running" ? second.over : undefined);
    expect(breaker.admit(30_000)).toEqual({ kind: "pass", trial: false });
    expect(breaker.isFresh).toBe(true);
  });

  it("stays open twice as long after each failed trial, up to a quarter of an hour, or four hours of outage", () => {
    expect(openings(openedBreakerButOne(), 8, unavailable).map((ms) => ms / 1_000)).toEqual([
      30, 60, 120, 240, 480, 900, 900, 900,
    ]);
    expect(openings(new CircuitBreaker(), 6, outage).map((ms) => ms / 60_000)).toEqual([15, 30, 60, 120, 240, 240]);
  });

  it("does not listen to answers of requests that were sent before it opened", () => {
    const breaker = openedBreaker();
    expect(breaker.succeed(false)).toBeUndefined();
    expect(breaker.fail(false, 10, unavailable)).toBeUndefined();
    expect(breaker.admit(29_999)).toMatchObject({ kind: "open", untilMs: 30_000 });
  });

  it("gives the trial to the next when the one who had it was cancelled", async () => {
    const breaker = openedBreaker();
    breaker.admit(30_000);
    const waiting = breaker.admit(30_000);
    breaker.abandon(true, 30_500);
    await (waiting.kind === "trial-running" ? waiting.over : undefined);
    expect(breaker.admit(30_500)).toEqual({ kind: "pass", trial: true });
  });

  it("never has two trials out at once, and always ends the wait of those who hold for one", async () => {
    const events = fc.array(fc.constantFrom("ask", "succeed", "fail", "abandon", "wait"), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(events, async (steps) => {
        const breaker = openedBreaker();
        let nowMs = 30_000;
        let trials = 0;
        const waits: Promise<void>[] = [];
        for (const step of steps) {
          if (step === "wait") nowMs += 20_000;
          if (step === "ask") {
            const admission = breaker.admit(nowMs);
            if (admission.kind === "pass" && admission.trial) trials += 1;
            if (admission.kind === "trial-running") waits.push(admission.over);
          }
          if (trials > 0 && ["succeed", "fail", "abandon"].includes(step)) {
            if (step === "succeed") breaker.succeed(true);
            if (step === "fail") breaker.fail(true, nowMs, unavailable);
            if (step === "abandon") breaker.abandon(true, nowMs);
            trials -= 1;
          }
          expect(trials).toBeLessThanOrEqual(1);
        }
        if (trials > 0) breaker.succeed(true);
        await Promise.all(waits);
      }),
    );
  });
});

function openedBreakerButOne(): CircuitBreaker {
  const breaker = new CircuitBreaker();
  for (let failure = 0; failure < 4; failure += 1) breaker.fail(false, 0, unavailable);
  return breaker;
}
