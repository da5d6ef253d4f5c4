import { describe, expect, it } from "vitest";
import { type StorageAdapter, StorageError } from "../../../src/index.ts";
import { BEYOND_LEASE_MS } from "../support/bench.ts";
import { TwoWayBench } from "./bench.ts";

/** A storage whose n-th write fails before it has any effect. */
function failingAt(at: number, inner: StorageAdapter): StorageAdapter {
  let writes = 0;
  return {
    migrate: () => inner.migrate(),
    close: () => inner.close(),
    select: (query) => inner.select(query),
    count: (query) => inner.count(query),
    async write(batch) {
      if (++writes === at) throw new StorageError("storage.failed", { operation: "write" });
      return await inner.write(batch);
    },
  };
}

describe("a storage that fails while a run takes its leases", () => {
  // The pair itself is stored already; its lease is the first thing that is written, then those of both collections.
  it.each([1, 2, 3, 4])(
    "at write %i: the pair can be run again once a lease has passed, by the same process too",
    async (at) => {
      const bench = await new TwoWayBench().open();
      bench.left.put("l1");
      await bench.sync();
      const engine = bench.engine(failingAt(at, bench.storage));
      await bench.sync(engine).catch(() => {});
      await bench.clock.advance(BEYOND_LEASE_MS);
      bench.left.put("l2");
      expect((await bench.sync(engine)).counts.added).toBe(1);
      expect((await bench.sync()).status).toBe("succeeded");
      expect(bench.clock.sleepers, "no lease is renewed any more").toEqual([]);
    },
  );
});
