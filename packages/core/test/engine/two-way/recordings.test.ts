import { describe, expect, it } from "vitest";
import { TwoWayBench } from "./bench.ts";

describe("several recordings of one song", () => {
  it("stand for the one that the other side has, and bring no second one there, whenever they come", async () => {
    const bench = await new TwoWayBench().open();
    bench.left.put("l0");
    bench.right.put("r10");
    await bench.sync();
    bench.left.put("l10");
    const report = await bench.sync();
    expect(report.counts).toMatchObject({ added: 0, linked: 1 });
    expect(bench.shown).toEqual({ left: ["l0", "l10"], right: ["r10"] });

    bench.right.take("r10");
    bench.right.put("r1");
    expect((await bench.sync()).counts.removed, "a song that is gone goes with all its recordings").toBe(2);
    expect(bench.shown).toEqual({ left: ["l1"], right: ["r1"] });
  });
});
