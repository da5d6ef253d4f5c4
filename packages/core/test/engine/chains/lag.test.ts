import { inventedRecordings, syntheticLibrary } from "@syncer/testkit";
import { expect, it } from "vitest";
import { virtualClock } from "../../support/virtual-clock.ts";
import { Ring } from "./ring.ts";

const LAG_MS = 10 * 60_000;

const legs = [
  ["gamma", "alpha"],
  ["beta", "gamma"],
] as const;

/** What is written at gamma is seen by every other listing only, until the lag is over. Song 1 is everywhere, so that no side is ever empty. */
async function newRing() {
  const clock = virtualClock();
  const bench = await new Ring(clock, (name) =>
    syntheticLibrary({
      name,
      clock,
      recordings: inventedRecordings(name.slice(0, 1), [0, 1]),
      habits: name === "gamma" ? { lag: { listMs: LAG_MS, manner: "flapping" } } : {},
    }),
  ).open();
  for (const service of bench.all) service.put(`${service.name.slice(0, 1)}1`);
  await clock.advance(LAG_MS);
  await bench.settle(legs);
  return bench;
}

it("what one pair has just written and a listing does not show yet is not taken for removed by another", async () => {
  const bench = await newRing();
  bench.services.alpha.put("a0");
  bench.services.beta.put("b0");
  expect((await bench.run(legs[0])).counts.added).toBe(1);
  for (let run = 0; run < 4; run++) {
    const { status, counts } = await bench.run(legs[1]);
    expect([status, counts.removed]).toEqual(["succeeded", 0]);
  }
  await bench.clock.advance(LAG_MS);
  expect(await bench.settle(legs)).toBe(0);
  expect(bench.all.every((service) => service.ids().length === 2)).toBe(true);
});

it("what one pair has just removed and a listing still shows is not taken for new by another", async () => {
  const bench = await newRing();
  bench.services.alpha.put("a0");
  await bench.run(legs[0]);
  await bench.clock.advance(LAG_MS);
  bench.services.alpha.take("a0");
  expect((await bench.run(legs[0])).counts.removed).toBe(1);
  for (let run = 0; run < 4; run++) {
    const { status, counts } = await bench.run(legs[1]);
    expect([status, counts.added]).toEqual(["succeeded", 0]);
  }
  expect(bench.all.every((service) => service.ids().length === 1)).toBe(true);
});

it("what was new while nothing was known of its counterpart is seen again, although a probe says that nothing changed", async () => {
  const clock = virtualClock();
  const bench = await new Ring(clock, (name) =>
    syntheticLibrary({
      name,
      clock,
      recordings: inventedRecordings(name.slice(0, 1), [0, 1]),
      habits: name === "beta" ? { lag: { listMs: LAG_MS } } : { probe: "exact" },
    }),
  ).open();
  const { alpha, beta, gamma } = bench.services;
  for (const service of bench.all) service.put(`${service.name.slice(0, 1)}1`);
  alpha.put("a0");
  beta.put("b0");
  await clock.advance(LAG_MS);
  await bench.run(["alpha", "beta"]);
  alpha.take("a0");
  expect((await bench.run(["alpha", "beta"])).counts.removed).toBe(1);
  gamma.put("g0");
  expect((await bench.run(["beta", "gamma"])).counts.added).toBe(0);
  await clock.advance(LAG_MS);
  expect((await bench.run(["beta", "gamma"])).counts.added).toBe(1);
  expect(beta.has("b0")).toBe(true);
});
