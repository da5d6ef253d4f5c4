import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PLACE_MS } from "../../src/transport/shared/decide.ts";
import { fullestWindow } from "./support/describe-governor.ts";
import { anyPlan, type FleetPlan, runFleet } from "./support/fleet.ts";

const LONGEST_LEAD_MS = 250;
const runs = { numRuns: 1_000 };
const slowest = ({ latenciesMs }: FleetPlan) => 2 * Math.max(...latenciesMs);
/** More than enough for everything to go out one by one, with each place of the dead waited for. */
function longestMs({ limit, requests, closes, deaths, latenessMs, latenciesMs }: FleetPlan): number {
  const slow = 20 * (Math.max(...latenessMs) + Math.max(...latenciesMs));
  const one = (2 * limit.perMs) / limit.requests;
  const each = requests.map(({ cost, lastsMs }) => cost * one + Math.min(cost, 1) * limit.perMs + lastsMs + 600 + slow);
  const quietMs = Math.max(0, ...closes.map(({ atMs, forMs }) => atMs + forMs));
  return 3_000 + quietMs + each.reduce((sum, ms) => sum + ms, 0) + deaths.length * (PLACE_MS + 6_000);
}

describe("several processes on one budget", () => {
  it("keep every promise, however they interleave, die, come too late, are told to be quiet or give up", async () => {
    await fc.assert(
      fc.asyncProperty(anyPlan(), async (plan) => {
        const { starts, mostRunning, ends, endMs, quiets } = await runFleet(plan);
        const { requests, perMs, concurrency } = plan.limit;
        const units = starts.map(({ atMs, cost }) => ({ atMs, cost: Math.min(cost, requests) }));
        expect(fullestWindow(units.length ? units : [{ atMs: 0, cost: 0 }], perMs)).toBeLessThanOrEqual(requests);
        expect(mostRunning).toBeLessThanOrEqual(concurrency);
        for (const { process, fromMs, storedMs, untilMs } of quiets) {
          // What was let go just before the quiet was stored may still be on its way to its process, or wait for its slot.
          const heardMs = storedMs + slowest(plan) + LONGEST_LEAD_MS;
          const early = starts.filter(
            (start) =>
              start.atMs < untilMs && (start.atMs > heardMs || (start.process === process && start.atMs > fromMs)),
          );
          expect(early).toEqual([]);
        }
        expect(endMs).toBeLessThanOrEqual(longestMs(plan));
        expect(ends.filter((end) => end === "closed")).toEqual([]);
      }),
      runs,
    );
  }, 60_000);

  it("keep quiet too where one has its place already, and nothing to write before it begins", async () => {
    const { starts } = await runFleet({
      ...calm({ requests: 2, perMs: 749, concurrency: 1 }),
      requests: [request(1), request(1)],
      closes: [{ process: 0, atMs: 419, forMs: 371 }],
      latenciesMs: [0, 2],
      latenessMs: [23, 0, 0],
    });
    expect(starts.map(({ atMs }) => atMs >= 790 || atMs < 419)).toEqual([true, true]);
  });

  it("serve parties in turns, wherever they are", async () => {
    const counts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 6, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(counts, fc.integer({ min: 1, max: 9 }), async (amounts, perSecond) => {
        const parties = amounts.flatMap((amount, n) => Array.from({ length: amount }, () => ({ n })));
        const { starts } = await runFleet({
          ...calm({ requests: perSecond }),
          requests: parties.map(({ n }) => ({ ...request(n % 3), party: `party-${n}` })),
        });
        const served = amounts.map(() => 0);
        for (const { party } of starts) {
          served[Number(party.slice(6))] = (served[Number(party.slice(6))] ?? 0) + 1;
          const waiting = served.filter((done, n) => done < (amounts[n] ?? 0));
          const most = Math.max(...served.filter((_, n) => (amounts[n] ?? 0) > 1), 0);
          if (waiting.length > 0) expect(most - Math.min(...waiting)).toBeLessThanOrEqual(2);
        }
        expect(starts).toHaveLength(parties.length);
      }),
      { numRuns: 50 },
    );
  });

  it("hand places on in turns too, where requests take longer than the pace", async () => {
    const greedy = Array.from({ length: 30 }, () => ({ ...request(0, 1_000), party: "greedy" }));
    const modest = [1, 2, 3].map(() => ({ ...request(1, 1_000), party: "modest", atMs: 2_500 }));
    const { starts, endMs } = await runFleet({
      ...calm({ requests: 50, concurrency: 1 }),
      requests: [...greedy, ...modest],
    });
    const served = starts.map(({ party }) => party);
    expect(served.slice(3, 9)).toEqual(["greedy", "modest", "greedy", "modest", "greedy", "modest"]);
    expect(endMs).toBeLessThan(33_000 * 1.05);
  });

  it("keep a place for a request that takes longer than places do, and give that of a dead one away", async () => {
    const long = { ...request(0, 3 * PLACE_MS), party: "long" };
    const other = { ...request(1, 10), party: "other", atMs: 100 };
    const limit = { requests: 10, concurrency: 1 };
    const alive = await runFleet({ ...calm(limit), requests: [long, other] });
    expect(alive.starts.map(({ atMs }) => atMs)[1]).toBeGreaterThanOrEqual(3 * PLACE_MS);
    const deaths = [{ process: 0, atMs: 50 }];
    const dead = await runFleet({ ...calm(limit), requests: [long, other], deaths });
    expect(dead.starts.map(({ atMs }) => atMs)[1]).toBeGreaterThanOrEqual(PLACE_MS);
    expect(dead.starts.map(({ atMs }) => atMs)[1]).toBeLessThan(PLACE_MS + 1_000);
  });

  it.each([
    { store: "as slow as one in another town", latenciesMs: [10, 15], withinMs: 4_000 },
    { store: "slower than slots are wide", latenciesMs: [80, 120], withinMs: 40_000 },
  ])("get through a store that is $store", async ({ latenciesMs, withinMs }) => {
    const requests = Array.from({ length: 20 }, (_, n) => request(n % 3));
    const { starts, endMs } = await runFleet({ ...calm({ requests: 10 }), requests, latenciesMs });
    expect(fullestWindow(starts, 1_000)).toBeLessThanOrEqual(10);
    expect(starts).toHaveLength(20);
    expect(endMs).toBeLessThan(withinMs);
  });
});

const calm = (limit: Partial<FleetPlan["limit"]>): FleetPlan => ({
  limit: { requests: 10, perMs: 1_000, concurrency: 100, sharedBy: "client", ...limit },
  ...{ requests: [], closes: [], deaths: [], latenciesMs: [0, 1], latenessMs: [0] },
});
const request = (process: number, lastsMs = 0) => ({
  ...{ process, party: "anna", atMs: 0, lastsMs, cost: 1, abortAfterMs: undefined },
});
