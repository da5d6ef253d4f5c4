import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createSyncEngine, keyring, type PairReport, SCHEMA_VERSION, type StorageAdapter } from "@syncer/core";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { inventedRecordings, syntheticLibrary } from "@syncer/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { CutOff } from "../../packages/core/test/engine/support/cut-off.ts";
import { virtualClock } from "../../packages/core/test/support/virtual-clock.ts";
import { createVersion1 } from "../../packages/storage-adapters/test/sqlite/old-database.ts";
import { TEST_KEY } from "../support/host.ts";

const USER = { userId: "user-1" } as const;
const songs = Array.from({ length: 20 }, (_, song) => song);

/** Two libraries, one-way as a mirror: what version 1 could do. */
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
    const report = await engine(storage).sync({
      ...USER,
      pairs: [{ source: "left", target: "right", mode: "sync-from" }],
      type: "favorites",
      options: { propagation: "mirror" },
    });
    return report.pairs[0];
  };
  return { clock, left, right, engine, sync };
}

/** What a database holds, in the tables and columns that version 1 had. */
function inVersion1(from: string, to: string): void {
  const database = new DatabaseSync(to);
  database.exec("pragma foreign_keys = off");
  createVersion1(database);
  database.prepare("attach ? as now").run(from);
  const tables = database
    .prepare("select name from main.sqlite_master where type = 'table' and name <> 'schema_version'")
    .all();
  for (const { name } of tables) {
    const known = (schema: string) =>
      database
        .prepare("select name from pragma_table_info(?, ?)")
        .all(String(name), schema)
        .map((column) => String(column.name));
    const now = new Set(known("now"));
    const columns = known("main").filter((column) => now.has(column));
    const list = columns.map((column) => `"${column}"`).join();
    database.exec(`insert into main."${name}" (${list}) select ${list} from now."${name}"`);
  }
  database.close();
}

describe("L. Store: an older database", () => {
  it.each(["right:add:before", "right:add:after", "right:remove:before", "right:remove:after"])(
    "L11: a database of version 1 whose run died at %s is migrated and recovered: all once, nothing twice",
    async (step) => {
      const folder = mkdtempSync(join(tmpdir(), "syncer-old-"));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const { clock, left, right, engine, sync } = libraries();
      const before = sqlite(join(folder, "now.db"));
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
      await before.close();
      inVersion1(join(folder, "now.db"), join(folder, "old.db"));

      const after = sqlite(join(folder, "old.db"));
      onTestFinished(() => after.close());
      expect(await engine(after).migrate()).toEqual({ from: 1, to: SCHEMA_VERSION });
      await clock.advance(60_000);
      expect((await sync(after))?.status).toBe("succeeded");
      expect([...right.ids()].sort()).toEqual(["r1", "r10", "r11", "r12", "r2", "r3", "r4", "r5"]);
      const changes = right.log.map(({ kind, id }) => `${kind} ${id}`).sort();
      expect(changes).toEqual(["add r10", "add r11", "add r12", "remove r0"]);
      expect(await after.count({ table: "intents", where: { state: "prepared" } })).toBe(0);
      expect(await after.count({ table: "links", where: { state: "linked" } })).toBe(8);
      expect(await after.count({ table: "links", where: { state: "pending" } })).toBe(0);

      expect((await sync(after))?.counts).toMatchObject({ added: 0, removed: 0, linked: 0 });
      expect(right.log).toHaveLength(4);
    },
  );
});
