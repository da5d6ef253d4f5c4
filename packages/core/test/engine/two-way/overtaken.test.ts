import { describe, expect, it } from "vitest";
import type { StorageAdapter } from "../../../src/index.ts";
import { BEYOND_LEASE_MS } from "../support/bench.ts";
import { TwoWayBench } from "./bench.ts";

/** A process that is stopped when an intent has been stored: it hears nothing and asks for nothing until it goes on. */
function stopping(inner: StorageAdapter) {
  const { promise: goOn, resolve: letGo } = Promise.withResolvers<void>();
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  let isStopped = false;
  const storage: StorageAdapter = {
    migrate: () => inner.migrate(),
    close: () => inner.close(),
    select: (query) => inner.select(query),
    count: (query) => inner.count(query),
    async write(batch) {
      if (isStopped) await goOn;
      const result = await inner.write(batch);
      if (!batch.statements.some((statement) => "insert" in statement && statement.insert === "intents")) return result;
      isStopped = true;
      stop();
      await goOn;
      return result;
    },
  };
  return { storage, stopped, letGo };
}

describe("E13: a run that is stopped past its lease", () => {
  it("makes no remote call that it had announced before, once it goes on", async () => {
    const bench = await new TwoWayBench().open();
    bench.left.put("l1", "l2");
    await bench.sync();
    bench.left.take("l1");

    const { storage, stopped, letGo } = stopping(bench.storage);
    const overtaken = bench.sync(bench.engine(storage));
    await stopped;
    await bench.clock.advance(BEYOND_LEASE_MS);
    bench.left.put("l1");
    expect((await bench.sync()).status).toBe("succeeded");
    letGo();
    expect(await overtaken).toMatchObject({ status: "failed", error: { code: "run.lease-lost" } });
    expect(bench.shown).toEqual({ left: ["l1", "l2"], right: ["r1", "r2"] });
  });
});
