import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { SCHEMA_VERSION } from "@syncer/core";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { sampleRow } from "@syncer/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { contentsOf, dump, fill } from "../sqlite/old-database.ts";
import { type D1Runtime, startD1Runtime } from "./support/d1-runtime.ts";

let runtime: D1Runtime;
beforeAll(async () => {
  runtime = await startD1Runtime({ databases: 20, workers: 2 });
}, 60_000);
afterAll(() => runtime.stop());

/** D1 has a table of its own beside ours. */
const DEFINITIONS =
  "select type, name, tbl_name, sql from sqlite_master where name not glob '_cf_*' order by type, name";

function memory(): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  onTestFinished(() => database.close());
  return database;
}

/** The same old tables with the same three rows in each, in SQLite and in D1. */
async function twins(version: number): Promise<{ inSqlite: DatabaseSync; inD1: string }> {
  const text = readFileSync(new URL(`../sqlite/schema-v${version}.sql`, import.meta.url), "utf8");
  const inSqlite = memory();
  inSqlite.exec(text);
  const [contents] = fc.sample(contentsOf(inSqlite, { min: 3, max: 3 }), { seed: 11, numRuns: 1 });
  fill(inSqlite, contents ?? new Map());
  const rows = dump(inSqlite).rows.flatMap(([table, all]) =>
    table === "schema_version" ? [] : all.map((row) => insertion(table, row as Record<string, unknown>)),
  );
  const inD1 = runtime.freshDatabase();
  await runtime.run(inD1, ...statementsOf(text), "pragma defer_foreign_keys = on", ...rows);
  return { inSqlite, inD1 };
}

function statementsOf(text: string): string[] {
  return text.split(/;\s*\n/).filter((statement) => statement.trim() !== "");
}

function insertion(table: string, row: Record<string, unknown>): string {
  const values = Object.values(row).map((value) =>
    typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value),
  );
  return `insert into "${table}" ("${Object.keys(row).join('", "')}") values (${values})`;
}

async function dumpOfD1(database: string, like: DatabaseSync) {
  const { rows } = dump(like);
  const found = rows.map(async ([table]) => {
    const key = like.prepare("select name from pragma_table_info(?) where pk > 0 order by pk").all(table);
    const order = key.map(({ name }) => `"${name}"`).join() || "rowid";
    return [table, await runtime.run(database, `select * from "${table}" order by ${order}`)];
  });
  return { definitions: await runtime.run(database, DEFINITIONS), rows: await Promise.all(found) };
}

describe("a migration of D1", () => {
  it("makes exactly the tables that SQLite's makes, by the same text", async () => {
    const database = runtime.freshDatabase();
    const storage = runtime.open(database, { tablePrefix: "syncer_" });
    const inSqlite = memory();
    const beside = sqlite({ database: inSqlite }, { tablePrefix: "syncer_" });
    expect(await storage.migrationSql()).toBe(beside.migrationSql());
    expect(await storage.migrate()).toEqual({ from: 0, to: SCHEMA_VERSION });
    await beside.migrate();
    expect(await runtime.run(database, DEFINITIONS)).toEqual(dump(inSqlite).definitions);
    await expect(storage.migrationSql(SCHEMA_VERSION + 1)).rejects.toMatchObject({ code: "request.invalid" });
  });

  it.each([1, 6])("from version %i ends where SQLite's ends, row by row", async (version) => {
    const { inSqlite, inD1 } = await twins(version);
    const storage = runtime.open(inD1);
    await expect(storage.count({ table: "links" })).rejects.toMatchObject({
      code: "storage.schema-outdated",
      params: { found: version },
    });
    expect(await storage.migrate()).toEqual({ from: version, to: SCHEMA_VERSION });
    await sqlite({ database: inSqlite }).migrate();
    expect(await dumpOfD1(inD1, inSqlite)).toEqual(dump(inSqlite));
    expect(await storage.count({ table: "links" })).toBe(3);
  });

  it("is done by one of many adapters of two workers that start at once", async () => {
    const { inD1 } = await twins(6);
    for (const [database, from] of [
      [inD1, 6],
      [runtime.freshDatabase(), 0],
    ] as const) {
      const starting = Array.from({ length: 8 }, (_, n) => runtime.open(database, { worker: n % 2 }));
      const reports = await Promise.all(starting.map((storage) => storage.migrate()));
      expect(reports.filter((report) => report.from === from)).toHaveLength(1);
      expect(reports.filter((report) => report.from === SCHEMA_VERSION)).toHaveLength(7);
      for (const storage of starting) expect(await storage.count({ table: "leases" })).toBe(from === 0 ? 0 : 3);
    }
  });

  it("leaves everything as it was when a statement in the middle fails", async () => {
    const { inSqlite, inD1 } = await twins(6);
    // In the way of the rows of that table; others have been put aside by then.
    for (const text of ["create table service_limits_put_aside (a text)"]) {
      inSqlite.exec(text);
      await runtime.run(inD1, text);
    }
    await expect(runtime.open(inD1).migrate()).rejects.toMatchObject({
      code: "storage.failed",
      params: { operation: "migrate" },
    });
    expect(await dumpOfD1(inD1, inSqlite)).toEqual(dump(inSqlite));
  });

  it("keeps a host's indexes, triggers and views of our tables", async () => {
    const { inD1 } = await twins(1);
    const additions = [
      "create index host_links on links (source_id)",
      "create trigger host_says after insert on links when new.link_key = '?' begin select 1; select 2; end",
      "create view host_view as select pair_id from links",
    ];
    await runtime.run(inD1, ...additions);
    const theirs = "select name from sqlite_master where name like 'host_%' order by name";
    const before = await runtime.run(inD1, theirs);
    await runtime.open(inD1).migrate();
    expect(before).toHaveLength(3);
    expect(await runtime.run(inD1, theirs)).toEqual(before);
    expect(await runtime.run(inD1, "select count(*) as n from host_view")).toEqual([{ n: 3 }]);
  });

  it("is refused where a host's table refers to one that is made anew, and names it", async () => {
    const { inD1 } = await twins(1);
    await runtime.run(inD1, "create table host_notes (pair text references sync_pairs (id) on delete cascade)");
    await expect(runtime.open(inD1).migrate()).rejects.toMatchObject({
      code: "config.invalid",
      problems: [{ path: "d1.database", fix: expect.stringContaining("host_notes") }],
    });
  });

  it("is not done backwards", async () => {
    const database = runtime.freshDatabase();
    await runtime.open(database).migrate();
    await runtime.run(database, "update schema_version set version = version + 1, oldest = version + 1");
    const older = runtime.open(database);
    const refusal = { code: "storage.schema-newer", params: { found: SCHEMA_VERSION + 1, known: SCHEMA_VERSION } };
    await expect(older.migrate()).rejects.toMatchObject(refusal);
    await expect(older.count({ table: "links" })).rejects.toMatchObject(refusal);
  });

  it("may be run as text by other means, and nothing more is asked for then", async () => {
    const database = runtime.freshDatabase();
    const storage = runtime.open(database);
    await runtime.run(database, ...statementsOf(await storage.migrationSql()));
    const row = sampleRow("leases");
    await storage.write({ statements: [{ insert: "leases", rows: [row] }] });
    expect(await storage.select({ table: "leases" })).toEqual([row]);
    expect(await storage.migrate()).toEqual({ from: SCHEMA_VERSION, to: SCHEMA_VERSION });
  });
});
