import fc from "fast-check";
import { expect, it } from "vitest";
import { memoryGovernor } from "../../src/transport/memory-governor.ts";
import { describeGovernor, fullestWindow, limitOf, traffic } from "./support/describe-governor.ts";

const make = (clock: Parameters<typeof memoryGovernor>[0]["clock"]) => memoryGovernor({ clock });

describeGovernor("the governor in memory", { make, stretch: 1 });

it("keeps the window as the service counts it, which counts a request some time between its turn and its answer", async () => {
  const PER_MS = 1_000;
  const requests = fc.array(
    fc.record({
      atMs: fc.nat(3_000),
      onItsWayMs: fc.nat(PER_MS / 20),
      answeredAfterMs: fc.oneof(fc.nat(60), fc.nat(2_500)),
      cost: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 5, maxLength: 50 },
  );
  await fc.assert(
    fc.asyncProperty(requests, fc.integer({ min: 3, max: 12 }), async (sent, units) => {
      const limit = limitOf({ requests: units, perMs: PER_MS });
      const { counted } = await traffic(
        make,
        limit,
        sent.map(({ answeredAfterMs, ...request }) => ({ ...request, lastsMs: request.onItsWayMs + answeredAfterMs })),
      );
      expect(fullestWindow(counted, PER_MS)).toBeLessThanOrEqual(units);
    }),
    { numRuns: 150 },
  );
});

it("waits for no answer longer than a twentieth of a window: what takes so long had come in before", async () => {
  const slow = Array.from({ length: 3 }, () => ({ atMs: 0, lastsMs: 30_000 }));
  const { starts } = await traffic(make, limitOf({ requests: 1, perMs: 1_000 }), slow);
  expect(starts.map(({ atMs }) => atMs)).toEqual([0, 1_050, 2_100]);
});
