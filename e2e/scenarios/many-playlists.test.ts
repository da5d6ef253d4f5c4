import type { PairReport, Query, StorageAdapter, TableName } from "@syncer/core";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { describe, expect, it } from "vitest";
import { entriesOn, lettersOf, RackBench } from "../../packages/core/test/engine/containers/support/rack-bench.ts";

/** Older databases take so many values in one statement. */
const MOST_VALUES = 999;

/** Notes the longest list of values that a condition was given. */
function measured(storage: StorageAdapter): { readonly storage: StorageAdapter; longest(): number } {
  let longest = 0;
  const note = (where: object | undefined): void => {
    for (const condition of Object.values(where ?? {})) {
      const list: unknown =
        condition !== null && typeof condition === "object" ? Reflect.get(condition, "in") : undefined;
      if (Array.isArray(list)) longest = Math.max(longest, list.length);
    }
  };
  const wrapped: StorageAdapter = {
    ...storage,
    migrate: () => storage.migrate(),
    select: (<T extends TableName>(query: Query<T>) => {
      note(query.where);
      return storage.select(query);
    }) as StorageAdapter["select"],
    write: (batch: Parameters<StorageAdapter["write"]>[0]) => {
      for (const each of [...(batch.guards ?? []), ...batch.statements]) if ("where" in each) note(each.where);
      return storage.write(batch);
    },
    count: (query) => storage.count(query),
    close: () => storage.close(),
  };
  return { storage: wrapped, longest: () => longest };
}

describe("1,200 playlists in a SQLite database", () => {
  it("are made, cut off, matched otherwise, left out and forgotten without a long list of values", {
    timeout: 240_000,
  }, async () => {
    const { storage, longest } = measured(sqlite(":memory:"));
    const bench = new RackBench({}, storage);
    await bench.open();
    for (let n = 0; n < 1_200; n++) bench.left.put(`list ${n}`, entriesOn("left", n % 100 === 0 ? "AP" : "A"));
    const sync = (options = {}): Promise<PairReport> => bench.sync("bidirectional", options);
    expect(await sync()).toMatchObject({ counts: { refused: 0, left: 0 } });
    expect(bench.right.lists.size).toBe(1_200);
    // A call whose answer is lost is looked for among all of them.
    bench.left.edit(bench.left.named("list 7"), (entries) => entries.push("left-B"));
    bench.right.passing = (when, what) => {
      if (when === "after" && what === "right.insert") throw new Error("the process dies");
    };
    await expect(sync()).rejects.toThrow("dies");
    bench.right.passing = () => {};
    await bench.clock.advance(60_000);
    expect(await sync()).toMatchObject({ status: "succeeded" });
    expect(lettersOf(bench.right.named("list 7"))).toBe("AB");
    expect(await sync({ match: { live: "accept" } })).toMatchObject({ status: "succeeded" });
    expect(await sync({ select: { ids: { source: ["left-list-1"] } } })).toMatchObject({
      status: "succeeded",
      items: [],
    });
    expect(await sync({ select: {} })).toMatchObject({ status: "succeeded" });
    // Their own pairs go with the lists.
    for (const id of [...bench.left.lists.keys()].slice(0, 700)) bench.left.lists.delete(id);
    const { pairId, hold } = await sync();
    await bench.engine().confirm({ userId: "user-1", pairId, planHash: hold?.hash ?? "" });
    await sync();
    expect(bench.right.lists.size).toBe(500);
    expect(await storage.count({ table: "sync_pairs" })).toBe(501);
    expect(longest()).toBeGreaterThan(100);
    expect(longest()).toBeLessThan(MOST_VALUES);
  });
});
