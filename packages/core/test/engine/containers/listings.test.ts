import { describe, expect, it } from "vitest";
import { entriesOn, lettersOf, RackBench } from "./support/rack-bench.ts";

describe("a listing of a playlist that leaves a page out", () => {
  it.each(["left", "right"] as const)(
    "D2: at the %s moves, adds and removes nothing until it is whole again",
    async (side) => {
      const bench = await new RackBench().open();
      const left = bench.left.put("Sunday", entriesOn("left", "ABCDEFGH"));
      await bench.sync();
      const right = bench.right.named("Sunday");
      await bench.sync();
      bench.left.edit(left, (entries) => entries.splice(0, entries.length, ...entriesOn("left", "IHABCDEFG")));
      bench[side].gapAt = 3;
      const writes = bench.left.writes + bench.right.writes;
      expect(await bench.sync()).toMatchObject({ counts: { added: 0, removed: 0, updated: 0 } });
      expect(bench.left.writes + bench.right.writes).toBe(writes);
      bench[side].gapAt = undefined;
      expect(await bench.sync()).toMatchObject({ status: "succeeded", counts: { added: 1, removed: 0 } });
      expect([lettersOf(left), lettersOf(right)]).toEqual(["IHABCDEFG", "IHABCDEFG"]);
    },
  );
});
