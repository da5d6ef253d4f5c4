import { describe, expect, it } from "vitest";
import { only } from "../support/bench.ts";
import { TwoWayBench } from "./bench.ts";

type Mode = "bidirectional" | "sync-from" | "sync-to";

/** Additive, song 1 left the side that is read and song 2 the copies; then the same pair goes on in another direction. */
async function letGo(first: Mode) {
  const bench = await new TwoWayBench().open();
  bench.left.put("l1", "l2", "l3");
  bench.right.put("r1", "r2", "r3");
  const sync = async (mode: Mode) => {
    await bench.clock.advance(60_000);
    const engine = bench.engine();
    const report = only(await engine.sync(bench.request({}, mode)));
    expect(report.status).toBe("succeeded");
    return report;
  };
  await sync(first);
  if (first === "sync-to") {
    bench.right.take("r1");
    bench.left.take("l2");
  } else {
    bench.left.take("l1");
    bench.right.take("r2");
  }
  await sync(first);
  return { bench, sync, shown: bench.shown };
}

describe("what one-way times let go of", () => {
  it.each<[Mode, Mode]>([
    ["sync-from", "sync-to"],
    ["sync-to", "sync-from"],
    ["sync-from", "bidirectional"],
    ["sync-to", "bidirectional"],
  ])("in %s stays as it is when the pair turns to %s", async (first, then) => {
    const { sync, bench, shown } = await letGo(first);
    for (let run = 0; run < 3; run++) expect((await sync(then)).counts).toMatchObject({ added: 0, removed: 0 });
    expect(bench.shown).toEqual(shown);
  });

  it.each<[Mode, Mode]>([
    ["sync-from", "sync-to"],
    ["sync-to", "sync-from"],
    ["sync-from", "bidirectional"],
    ["sync-to", "bidirectional"],
  ])("in %s comes into step in %s once it is back", async (first, then) => {
    const { sync, bench } = await letGo(first);
    bench.left.put(...["l1", "l2"].filter((id) => !bench.left.has(id)));
    bench.right.put(...["r1", "r2"].filter((id) => !bench.right.has(id)));
    expect((await sync(then)).counts).toMatchObject({ added: 0, removed: 0 });
    const links = await bench.storage.select({ table: "links" });
    expect(links.map(({ state }) => state)).toEqual(["linked", "linked", "linked"]);
  });

  it("outlives any clearing out: it is why nothing is written", async () => {
    const { sync, bench, shown } = await letGo("sync-from");
    await bench.clock.advance(200 * 24 * 3_600_000);
    await bench.engine().maintenance.run();
    await sync("bidirectional");
    expect(bench.shown).toEqual(shown);
  });
});
