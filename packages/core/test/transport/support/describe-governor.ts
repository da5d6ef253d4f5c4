import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RateLimit } from "../../../src/contract/index.ts";
import type { Clock } from "../../../src/ports/index.ts";
import { BudgetClosedError, type Claim, type Governor } from "../../../src/transport/governor.ts";
import { virtualClock } from "../../support/virtual-clock.ts";
import { errorOf } from "./transport-lab.ts";

export interface GovernorUnderTest {
  make(clock: Clock): Governor;
  /** How much further apart requests go out than the limit says, times as far. */
  readonly stretch: number;
}

export const limitOf = (limit: Partial<RateLimit>): RateLimit => ({
  requests: 10,
  perMs: 1_000,
  concurrency: 100,
  sharedBy: "client",
  ...limit,
});
export const budgetOf = (limit: Partial<RateLimit> = {}, key = "budget") => ({
  key,
  service: "fake",
  limit: limitOf(limit),
});
export const claimOf = (claim: Partial<Claim> = {}): Claim => ({
  party: "anna",
  cost: 1,
  maxWaitMs: 60_000,
  signal: new AbortController().signal,
  ...claim,
});

interface TestRequest {
  readonly atMs: number;
  /** From its turn to its answer. */
  readonly lastsMs: number;
  /** From its turn to the service's counting it, at most `lastsMs`. */
  readonly onItsWayMs?: number;
  readonly cost?: number;
}

/** Sends requests that arrive and last as given, and tells when each went out and was counted, and how many ran at once. */
export async function traffic(make: GovernorUnderTest["make"], limit: RateLimit, requests: readonly TestRequest[]) {
  const clock = virtualClock({ startMs: 0 });
  const governor = make(clock);
  const starts: { atMs: number; cost: number }[] = [];
  const counted: { atMs: number; cost: number }[] = [];
  let running = 0;
  let mostRunning = 0;
  await clock.run(
    Promise.all(
      requests.map(async ({ atMs, lastsMs, onItsWayMs = 0, cost = 1 }) => {
        await clock.sleep(atMs);
        await governor.run({ key: "budget", service: "fake", limit }, claimOf({ cost }), async () => {
          starts.push({ atMs: clock.now(), cost });
          counted.push({ atMs: clock.now() + onItsWayMs, cost });
          running += 1;
          mostRunning = Math.max(mostRunning, running);
          await clock.sleep(lastsMs);
          running -= 1;
        });
      }),
    ),
  );
  return { starts, counted, mostRunning, endMs: clock.now() };
}

/** The most units in any half-open window [start, start + perMs). */
export function fullestWindow(starts: readonly { atMs: number; cost: number }[], perMs: number): number {
  return Math.max(
    ...starts.map(({ atMs: fromMs }) =>
      starts.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + perMs).reduce((units, { cost }) => units + cost, 0),
    ),
  );
}

/** The promises of the port, which every governor has to keep. */
export function describeGovernor(name: string, { make, stretch }: GovernorUnderTest): void {
  describe(name, () => {
    it("never lets more than `requests` units out in any window, nor more than `concurrency` run, whatever comes when", async () => {
      const arrivals = fc.array(
        fc.record({ atMs: fc.nat(6_000), lastsMs: fc.nat(2_500), cost: fc.integer({ min: 1, max: 3 }) }),
        { minLength: 1, maxLength: 60 },
      );
      const limits = fc.record({
        requests: fc.integer({ min: 3, max: 20 }),
        perMs: fc.integer({ min: 100, max: 3_000 }),
        concurrency: fc.integer({ min: 1, max: 12 }),
      });
      await fc.assert(
        fc.asyncProperty(arrivals, limits, async (requests, limit) => {
          const { starts, mostRunning } = await traffic(make, limitOf(limit), requests);
          expect(starts).toHaveLength(requests.length);
          expect(fullestWindow(starts, limit.perMs)).toBeLessThanOrEqual(limit.requests);
          expect(mostRunning).toBeLessThanOrEqual(limit.concurrency);
        }),
        { numRuns: 150 },
      );
    });

    it("spreads requests evenly instead of letting a window's worth out at once", async () => {
      const { starts } = await traffic(
        make,
        limitOf({}),
        Array.from({ length: 5 }, () => ({ atMs: 0, lastsMs: 10 })),
      );
      expect(starts.map(({ atMs }) => atMs)).toEqual([0, 1, 2, 3, 4].map((n) => n * 100 * stretch));
    });

    it("does not save up what was not used", async () => {
      const requests = [0, 5_000, 5_000, 5_000].map((atMs) => ({ atMs, lastsMs: 10 }));
      const { starts } = await traffic(make, limitOf({}), requests);
      expect(starts.map(({ atMs }) => atMs)).toEqual([0, 5_000, 5_000 + 100 * stretch, 5_000 + 200 * stretch]);
    });

    it("takes a budget of less than one request a window for one in a longer window", async () => {
      const requests = Array.from({ length: 3 }, () => ({ atMs: 0, lastsMs: 10 }));
      const { starts } = await traffic(make, limitOf({ requests: 0.5, perMs: 1_000 }), requests);
      const gaps = starts.map(({ atMs }, index) => atMs - (starts[index - 1]?.atMs ?? 0));
      expect(Math.min(...gaps.slice(1))).toBeGreaterThanOrEqual(2_000);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(2_000 * 1.05);
    });

    it.each([
      { name: "Deezer's", limit: { requests: 50, perMs: 5_000, concurrency: 10 }, perMs: 1 / 100 },
      { name: "a third of a second's", limit: { requests: 90, perMs: 30_000, concurrency: 8 }, perMs: 3 / 1_000 },
    ])(
      "takes at most 1.10 times what the limit takes, at $name pace and latencies up to a second",
      async ({ limit, perMs }) => {
        let seed = 7;
        const latency = (): number => {
          seed = (seed * 48_271) % 2_147_483_647;
          return (seed / 2_147_483_647) * 1_000;
        };
        const count = 2_000;
        const requests = Array.from({ length: count }, () => ({ atMs: 0, lastsMs: latency() }));
        const { endMs } = await traffic(make, limitOf(limit), requests);
        expect(endMs / (count / perMs)).toBeLessThan(1.1);
      },
    );

    it("loses nothing to timers that fire late, and still keeps the window", async () => {
      const clock = virtualClock({ startMs: 0 });
      let late = 0;
      // Every sleep ends up to 90 ms late: at a clock of speed 20 that is 4.5 ms of real time.
      const lateClock = {
        now: clock.now,
        sleep: (ms: number, signal?: AbortSignal) => {
          late = (late + 37) % 90;
          return clock.sleep(ms + late, signal);
        },
      };
      const governor = make(lateClock);
      const starts: { atMs: number; cost: number }[] = [];
      const budget = budgetOf({ requests: 50, perMs: 5_000 });
      const note = async () => {
        starts.push({ atMs: clock.now(), cost: 1 });
      };
      await clock.run(Promise.all(Array.from({ length: 1_000 }, () => governor.run(budget, claimOf(), note))));
      expect(fullestWindow(starts, 5_000)).toBeLessThanOrEqual(50);
      expect(clock.now() / 100_000).toBeLessThan(1.1);
    });

    it("serves parties in turns: one user's ten thousand requests do not hold up another's three", async () => {
      const clock = virtualClock({ startMs: 0 });
      const governor = make(clock);
      const order: string[] = [];
      const send = (party: string) =>
        governor.run(budgetOf(), claimOf({ party }), async () => {
          order.push(party);
        });
      const greedy = Array.from({ length: 10_000 }, () => send("greedy"));
      await clock.advance(1_000);
      const modest = [send("modest"), send("modest"), send("modest")];
      await clock.run(Promise.all(modest));
      expect(clock.now()).toBeLessThanOrEqual(1_700);
      expect(order.slice(-6)).toEqual(["greedy", "modest", "greedy", "modest", "greedy", "modest"].slice(-6));
      await clock.run(Promise.all(greedy));
      expect(clock.now()).toBe(Math.ceil(10_002 * 100 * stretch));
    });

    it("lets a waiting request be aborted, which frees its turn and leaves no timer", async () => {
      const clock = virtualClock({ startMs: 0 });
      const governor = make(clock);
      const ran: string[] = [];
      const controller = new AbortController();
      const reason = new Error("cancelled");
      const send = (name: string, signal = new AbortController().signal) =>
        governor.run(budgetOf(), claimOf({ signal }), async () => {
          ran.push(name);
        });
      const all = [send("first"), errorOf(send("cancelled", controller.signal)), send("last")];
      controller.abort(reason);
      const [, error] = await clock.run(Promise.all(all));
      expect(error).toBe(reason);
      expect([ran, clock.now()]).toEqual([["first", "last"], 100 * stretch]);
      const another = new AbortController();
      const late = errorOf(send("late", another.signal));
      await clock.settle();
      expect(clock.sleepers).toHaveLength(1);
      another.abort(reason);
      expect(await late).toBe(reason);
      await clock.settle();
      expect(clock.sleepers).toEqual([]);
    });

    it("keeps budgets apart", async () => {
      const clock = virtualClock({ startMs: 0 });
      const governor = make(clock);
      const sent = ["one", "two"].map((key) => governor.run(budgetOf({}, key), claimOf(), async () => clock.now()));
      expect(await clock.run(Promise.all(sent))).toEqual([0, 0]);
    });

    it("hands on what work throws and goes on with the next", async () => {
      const clock = virtualClock({ startMs: 0 });
      const governor = make(clock);
      const failing = governor.run(budgetOf({ concurrency: 1 }), claimOf(), () => Promise.reject(new Error("no")));
      const next = governor.run(budgetOf({ concurrency: 1 }), claimOf(), async () => "yes");
      await expect(failing).rejects.toThrow("no");
      expect(await clock.run(next)).toBe("yes");
    });
  });

  describe(`${name}: a closed budget`, () => {
    it("starts nothing until the quiet is over; a later end prolongs it, an earlier one does not shorten it", async () => {
      const clock = virtualClock({ startMs: 0 });
      const governor = make(clock);
      const waiting = governor.run(budgetOf(), claimOf(), async () => clock.now());
      expect(await waiting).toBe(0);
      const next = governor.run(budgetOf(), claimOf(), async () => clock.now());
      await governor.close(budgetOf(), { untilMs: 5_000, reason: "rate-limited" });
      await clock.advance(1_000);
      await governor.close(budgetOf(), { untilMs: 7_000, reason: "rate-limited" });
      await governor.close(budgetOf(), { untilMs: 3_000, reason: "rate-limited" });
      expect(await governor.status(budgetOf())).toMatchObject({ quiet: { untilMs: 7_000 } });
      expect(await clock.run(next)).toBe(7_000);
    });

    it("begins again evenly, without making up for the quiet", async () => {
      const clock = virtualClock({ startMs: 0 });
      const governor = make(clock);
      await governor.close(budgetOf(), { untilMs: 5_000, reason: "rate-limited" });
      const sent = [1, 2, 3].map(() => governor.run(budgetOf(), claimOf(), async () => clock.now()));
      expect(await clock.run(Promise.all(sent))).toEqual([5_000, 5_000 + 100 * stretch, 5_000 + 200 * stretch]);
    });

    it("refuses those who may not wait so long, at once, in line or new", async () => {
      const clock = virtualClock({ startMs: 0 });
      const governor = make(clock);
      await governor.run(budgetOf(), claimOf(), async () => {});
      const impatient = errorOf(governor.run(budgetOf(), claimOf({ maxWaitMs: 1_000 }), async () => {}));
      const patient = governor.run(budgetOf(), claimOf({ maxWaitMs: 10_000 }), async () => clock.now());
      await governor.close(budgetOf(), { untilMs: 9_000, reason: "quota" });
      expect(await impatient).toBeInstanceOf(BudgetClosedError);
      const late = errorOf(governor.run(budgetOf(), claimOf({ maxWaitMs: 8_999 }), async () => {}));
      expect(await late).toMatchObject({ quiet: { untilMs: 9_000, reason: "quota" } });
      expect(clock.now()).toBe(0);
      expect(await clock.run(patient)).toBe(9_000);
    });
  });

  describe(`${name}: a quota by the day`, () => {
    it("closes the budget when it is used up and frees it a day later, cost by cost", async () => {
      const clock = virtualClock({ startMs: 0 });
      const governor = make(clock);
      const budget = budgetOf({ perDay: 100 });
      const send = (cost: number) => governor.run(budget, claimOf({ cost }), async () => clock.now());
      await clock.run(send(50));
      await clock.advance(3_600_000);
      await clock.run(send(50));
      const error = await clock.run(errorOf(send(1)));
      const dayMs = 86_400_000;
      expect(error).toMatchObject({ quiet: { reason: "quota", untilMs: dayMs + 900_000 } });
      expect(await governor.status(budget)).toMatchObject({ remaining: 0 });
      await clock.advanceTo(dayMs + 900_000);
      expect(await clock.run(send(50))).toBeGreaterThanOrEqual(dayMs + 900_000);
      expect(await clock.run(errorOf(send(1)))).toBeInstanceOf(BudgetClosedError);
    });

    it("is not charged for a request that never went out", async () => {
      const clock = virtualClock({ startMs: 0 });
      const governor = make(clock);
      const budget = budgetOf({ perDay: 2 });
      const controller = new AbortController();
      await governor.run(budget, claimOf(), async () => {});
      const cancelled = errorOf(governor.run(budget, claimOf({ signal: controller.signal }), async () => {}));
      await clock.settle();
      controller.abort(new Error("cancelled"));
      await cancelled;
      expect(await clock.run(governor.run(budget, claimOf(), async () => "sent"))).toBe("sent");
    });
  });
}
