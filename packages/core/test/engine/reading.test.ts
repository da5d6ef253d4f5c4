import { beforeEach, describe, expect, it } from "vitest";
import { Bench } from "./support/bench.ts";
import { plainHabits } from "./support/shelf.ts";

const HOUR_MS = 3_600_000;
const lefts = (...numbers: readonly number[]) => numbers.map((number) => `left-${number}`);
const rights = (...numbers: readonly number[]) => numbers.map((number) => `right-${number}`).sort();

describe.each(["exact", "hint"] as const)("reading only what came on top, where a probe is %s", (probe) => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await new Bench().open();
    bench.left.habits = { ...plainHabits, probe, pageSize: 1 };
    bench.right.habits = { ...plainHabits, probe };
    bench.left.put(...lefts(8, 9, 10, 11, 12, 13));
    await bench.clock.advance(HOUR_MS);
    await bench.sync({ propagation: "mirror" });
    await bench.clock.advance(HOUR_MS);
  });

  async function readsOfSync(): Promise<number> {
    const before = bench.left.reads;
    await bench.sync({ propagation: "mirror" });
    return bench.left.reads - before;
  }

  it("asks once where nothing changed", async () => {
    expect(await readsOfSync()).toBe(1);
  });

  it("reads the pages with new rows and the next old one, and adds what is new", async () => {
    bench.left.put("left-14");
    // Two probes, before and after planning, and two pages of one row.
    expect(await readsOfSync()).toBe(4);
    expect(bench.right.ids()).toEqual(rights(8, 9, 10, 11, 12, 13, 14));
  });

  it("is not deceived by a row that was taken out and put back on top, hiding what is below it", async () => {
    bench.left.take("left-8", "left-9");
    bench.left.put("left-14");
    await bench.clock.advance(HOUR_MS);
    bench.left.put("left-9");
    await bench.sync({ propagation: "mirror" });
    expect(bench.right.ids()).toEqual(rights(9, 10, 11, 12, 13, 14));
  });

  it("is not deceived by one that came while another went", async () => {
    bench.left.take("left-10");
    bench.left.put("left-14");
    await bench.sync({ propagation: "mirror" });
    expect(bench.right.ids()).toEqual(rights(8, 9, 11, 12, 13, 14));
  });
});

it("does not take for ever what it saw after its own writes for a listing, however exact the probe is", async () => {
  const bench = await new Bench().open();
  bench.right.habits = { ...plainHabits, probe: "exact" };
  bench.left.put(...lefts(8, 9, 10, 11, 12, 13));
  await bench.sync({ propagation: "mirror" });
  await bench.clock.advance(HOUR_MS);
  bench.left.put("left-14");
  // One goes and another comes on the side that is written, between its listing and the look after our own write.
  let swapped = false;
  bench.right.passing = () => {
    if (swapped || !bench.right.ids().includes("right-14")) return;
    swapped = true;
    bench.right.take("right-8");
    bench.right.put("right-20");
  };
  await bench.sync({ propagation: "mirror" });
  expect([swapped, bench.right.ids().includes("right-8")]).toEqual([true, false]);
  await bench.clock.advance(25 * HOUR_MS);
  await bench.sync({ propagation: "mirror" });
  expect(bench.right.ids()).toContain("right-8");
});
