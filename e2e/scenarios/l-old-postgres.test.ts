import {
  createSyncEngine,
  keyring,
  type PairReport,
  SCHEMA_VERSION,
  type StorageAdapter,
  tableShapes,
} from "@syncer/core";
import { postgres } from "@syncer/storage-adapters/postgres";
import { inventedRecordings, syntheticLibrary } from "@syncer/testkit";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { CutOff } from "../../packages/core/test/engine/support/cut-off.ts";
import { virtualClock } from "../../packages/core/test/support/virtual-clock.ts";
import {
  createVersion6,
  NEW_SINCE_VERSION_6,
  SINCE_VERSION_6,
} from "../../packages/storage-adapters/test/support/old-postgres.ts";
import { type TestDatabase, testDatabase } from "../../packages/storage-adapters/test/support/postgres-server.ts";
import { TEST_KEY } from "../support/host.ts";

const found = await testDatabase();
afterAll(() => found?.drop());
const database = found as TestDatabase;

const USER = { userId: "user-1" } as const;
const songs = Array.from({ length: 20 }, (_, song) => song);

function open(schema: string) {
  const storage = postgres({ connectionString: database.connectionString }, { schema, poolSize: 3 });
  onTestFinished(() => storage.close());
  return storage;
}

function libraries() {
  const clock = virtualClock();
  const left = syntheticLibrary({ name: "left", clock, recordings: inventedRecordings("l", songs) });
  const right = syntheticLibrary({ name: "right", clock, recordings: inventedRecordings("r", songs) });
  const engine = (storage: StorageAdapter) =>
    createSyncEngine({
      providers: [left.provider(), right.provider()],
      storage,
      clock,
      encryption: keyring({ current: "k1", keys: { k1: TEST_KEY } }),
      fetch: () => Promise.reject(new Error("these services need no network")),
    });
  const sync = async (storage: StorageAdapter): Promise<PairReport | undefined> => {
    await clock.advance(60_000);
    const pairs = [{ source: "left", target: "right", mode: "bidirectional" }] as const;
    const report = await engine(storage).sync({ ...USER, pairs, type: "favorites" });
    return report.pairs[0];
  };
  return { clock, left, right, engine, sync };
}

/** What a schema holds, in the tables and columns that version 6 had. */
async function inVersion6(from: string, to: string): Promise<void> {
  await createVersion6(database, to);
  for (const [table, { columns }] of tableShapes) {
    if (NEW_SINCE_VERSION_6.has(table)) continue;
    const names = Object.keys(columns).filter((column) => !SINCE_VERSION_6[table]?.includes(column));
    const list = names.map((name) => `"${name}"`).join();
    await database.run(`insert into ${to}.${table} (${list}) select ${list} from ${from}.${table}`);
  }
}

describe.skipIf(!found)("L. Store: an older PostgreSQL database", () => {
  it.each(["right:add:before", "right:add:after", "right:remove:before", "right:remove:after"])(
    "L11: of version 6, whose run died at %s, is migrated and recovered: all once, nothing twice",
    async (step) => {
      const name = step.replaceAll(":", "_");
      const { clock, left, right, engine, sync } = libraries();
      const before = open(`now_${name}`);
      await engine(before).migrate();
      for (const service of ["left", "right"]) {
        await engine(before).connections.addPublic({ ...USER, service, accountId: "me" });
      }
      left.put("l0", "l1", "l2", "l3", "l4", "l5");
      expect((await sync(before))?.status).toBe("succeeded");
      left.put("l10", "l11", "l12");
      left.take("l0");
      right.forgetLog();

      const cutOff = new CutOff(step, [left, right]);
      await sync(cutOff.around(before)).catch(() => {});
      cutOff.end();
      expect(cutOff.struck).toBe(true);
      expect(await before.count({ table: "intents", where: { state: "prepared" } })).toBe(1);
      expect(await before.count({ table: "sync_jobs", where: { status: "running" } })).toBe(1);
      await inVersion6(`now_${name}`, `old_${name}`);

      const after = open(`old_${name}`);
      expect(await engine(after).migrate()).toEqual({ from: 6, to: SCHEMA_VERSION });
      await clock.advance(60_000);
      expect((await sync(after))?.status).toBe("succeeded");
      expect([...right.ids()].sort()).toEqual(["r1", "r10", "r11", "r12", "r2", "r3", "r4", "r5"]);
      const changes = right.log.map(({ kind, id }) => `${kind} ${id}`).sort();
      expect(changes).toEqual(["add r10", "add r11", "add r12", "remove r0"]);
      expect(await after.count({ table: "intents", where: { state: "prepared" } })).toBe(0);
      expect(await after.count({ table: "links", where: { state: "pending" } })).toBe(0);
      expect((await sync(after))?.counts).toMatchObject({ added: 0, removed: 0, linked: 0 });
      expect(right.log).toHaveLength(4);
    },
  );
});
