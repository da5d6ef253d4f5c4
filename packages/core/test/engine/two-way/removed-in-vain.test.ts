import { describe, expect, it } from "vitest";
import { TwoWayBench } from "./bench.ts";

const HOUR_MS = 3_600_000;

/** Song 1 was removed on the left; the right says that it has removed it too, and has not. */
async function removedInVain() {
  const dated = { addedAt: true };
  const bench = await new TwoWayBench({ left: dated, right: dated }).open();
  for (let song = 1; song < 10; song++) {
    bench.left.put(`l${song}`);
    bench.right.put(`r${song}`);
  }
  await bench.sync();
  await bench.clock.advance(5 * HOUR_MS);
  bench.left.take("l1");
  bench.right.lose("r1", "without-effect");
  const report = await bench.sync();
  expect(report.counts.removed).toBe(1);
  await bench.clock.advance(5 * HOUR_MS);
  return bench;
}

describe("a removal that a service answers as done and does not carry out", () => {
  it("brings nothing back, and says what has to be done", async () => {
    const bench = await removedInVain();
    expect(bench.right.ids()).toContain("r1");
    const report = await bench.sync();
    expect(report.counts).toMatchObject({ added: 0, unsyncable: 1 });
    expect(report.unmatched).toMatchObject([{ side: "target", itemId: "r1", verdict: "unsyncable" }]);
    expect(report.unmatched[0]?.reason).toMatchObject({ code: "unsyncable.still-there" });
    expect(bench.left.ids()).not.toContain("l1");
    await bench.clock.advance(48 * HOUR_MS);
    expect((await bench.sync()).counts.added).toBe(0);
    expect(bench.left.ids()).not.toContain("l1");
  });

  it("is over once the entry is taken away by hand and added again", async () => {
    const bench = await removedInVain();
    await bench.sync();
    bench.right.take("r1");
    await bench.clock.advance(HOUR_MS);
    await bench.sync();
    bench.right.put("r1");
    await bench.clock.advance(HOUR_MS);
    expect((await bench.sync()).counts.added).toBe(1);
    expect(bench.left.ids()).toContain("l1");
  });

  it("does not stand in the way of somebody who adds the song on the other side", async () => {
    const bench = await removedInVain();
    await bench.sync();
    bench.left.put("l1");
    await bench.clock.advance(HOUR_MS);
    expect((await bench.sync()).counts).toMatchObject({ added: 0, linked: 1, unsyncable: 0 });
  });
});
