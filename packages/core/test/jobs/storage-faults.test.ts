import { describe, expect, it } from "vitest";
import { type StorageAdapter, StorageError } from "../../src/index.ts";
import { only, Workshop } from "./support/workshop.ts";

const HOUR_MS = 3_600_000;

/** A database that fails at its n-th write, before it takes effect or after. */
function failingOnce(storage: StorageAdapter, at: number, moment: "before" | "after") {
  let writes = 0;
  const failing: StorageAdapter = {
    ...storage,
    write: async (batch) => {
      const fails = ++writes === at;
      const failure = () => new StorageError("storage.failed", { operation: "write" });
      if (fails && moment === "before") throw failure();
      const result = await storage.write(batch);
      if (fails) throw failure();
      return result;
    },
  };
  return { failing, writes: () => writes };
}

describe("a lease that ended long ago", () => {
  it("is taken also when it is cleared away in the moment in which it is reached for", async () => {
    const shop = await new Workshop().open("anna");
    await shop.engine().engine.sync(shop.request("anna"));
    let cleared = 0;
    const select: StorageAdapter["select"] = async (query) => {
      const rows = await shop.storage.select(query);
      if (query.table === "leases" && rows.length > 0) {
        cleared++;
        await shop.storage.write({ statements: [{ delete: "leases", where: {} }] });
      }
      return rows;
    };
    const { engine } = shop.engine({ storage: { ...shop.storage, select } });
    expect(only((await engine.sync(shop.request("anna"))).pairs).status).not.toBe("busy");
    expect(cleared).toBe(1);
  });
});

describe("a database that fails once while a worker does a scheduled job", () => {
  it.each(["before", "after"] as const)(
    "at any write, %s it is committed: the job is done once, exactly",
    async (moment) => {
      let writes = 1;
      for (let at = 1; at <= writes; at++) {
        const shop = await new Workshop().open("anna");
        const pairId = await shop.pair("anna");
        await shop.engine().engine.schedules.set({ userId: "anna", pairId, everyMs: 24 * HOUR_MS });
        const { failing, writes: made } = failingOnce(shop.storage, at, moment);
        const { engine } = shop.engine({ storage: failing });
        // The first look of all may fail; a host starts again.
        await engine.start().catch(() => engine.start());
        await shop.clock.advance(HOUR_MS);
        if (at === 1) writes = made();
        const where = `write ${at} of ${writes} failed ${moment}`;
        const job = only(await shop.jobs());
        expect(job, where).toMatchObject({ status: "succeeded", worker_id: null, next_retry_at: null });
        expect(job.retry_count, where).toBeLessThanOrEqual(1);
        expect(shop.bench.right.ids(), where).toHaveLength(3);
        expect(shop.bench.right.writes, where).toBeLessThanOrEqual(2);
        await engine.stop();
        expect(await shop.storage.count({ table: "intents", where: { state: "prepared" } }), where).toBe(0);
        expect(shop.clock.sleepers, where).toEqual([]);
      }
      expect(writes).toBeGreaterThan(8);
    },
  );
});
