import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { SCHEMA_VERSION, tableShapes } from "@syncer/core";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import fc from "fast-check";
import { Kysely } from "kysely";
import { describe, expect, it, onTestFinished } from "vitest";
import { changesSince, type SchemaStep, schemaSteps } from "../../src/shared/schema-steps.ts";
import { rebuildStatements, tablesToRebuild } from "../../src/sqlite/rebuild-tables.ts";
import { sqliteSql } from "../../src/sqlite/sqlite-sql.ts";
import { nodeSqliteDialect } from "./node-sqlite-dialect.ts";
import { contentsOf, createVersion1, definitions, dump, fill, read } from "./old-database.ts";

type OldRow = Readonly<Record<string, unknown>>;

/** What rows of version 1 have today in columns that they did not have then. */
const LATER: Readonly<Record<string, (row: OldRow) => object>> = {
  sync_pairs: () => ({
    parent_id: null,
    container: "",
    match_policies: null,
    selection_sealed: null,
    selection_hash: null,
    prefix_sealed: null,
    prefix_hash: null,
    history_name_sealed: null,
    history_length: null,
    source_container: "",
    target_container: "",
    containers_sealed: null,
  }),
  links: () => ({
    source_fields: null,
    target_fields: null,
    source_modified_at: null,
    target_modified_at: null,
    turns: 0,
    last_written: null,
  }),
  intents: () => ({ undo: 0 }),
  intent_items: () => ({ meant_fields: null }),
  sync_metadata: () => ({ gone: 0, wished_at: null }),
  sync_cursors: () => ({ for_a_day: 0, token_sealed: null }),
  user_services: () => ({ server_url: null }),
  sync_schedules: () => ({ cron: null, time_zone: null, jitter_ms: 0 }),
  service_limits: () => ({ next_at: null, version: 0, under_way: "[]", day: "[]" }),
  sync_jobs: ({ trigger }) => ({
    lane: trigger === "manual" ? "manual" : "automatic",
    format: 1,
    worker_id: null,
    locked_until: null,
    cancel_requested: 0,
    undoes: null,
    task: "sync",
    plan_id: null,
  }),
};

/** Tables that version 1 did not have. */
const NEW_TABLES: ReadonlySet<string> = new Set(schemaSteps.flatMap(({ newTables }) => newTables));

const REPORT = { from: 1, to: SCHEMA_VERSION };

function memory(): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  onTestFinished(() => {
    if (database.isOpen) database.close();
  });
  return database;
}

function version1(tablePrefix = ""): DatabaseSync {
  const database = memory();
  createVersion1(database, tablePrefix);
  return database;
}

async function today(tablePrefix = ""): Promise<DatabaseSync> {
  const database = memory();
  await sqlite({ database }, { tablePrefix }).migrate();
  return database;
}

/** Version 1 with three rows in every table, the same ones each time. */
function filledVersion1(tablePrefix = ""): DatabaseSync {
  const database = version1(tablePrefix);
  const [contents] = fc.sample(contentsOf(version1(), { min: 3, max: 3 }), { seed: 5, numRuns: 1 });
  if (contents) fill(database, contents, tablePrefix);
  return database;
}

function expectToday(database: DatabaseSync, fresh: DatabaseSync): void {
  expect(definitions(database)).toEqual(definitions(fresh));
  expect(database.prepare("pragma foreign_key_check").all()).toEqual([]);
  expect(database.prepare("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
}

describe("a database of version 1", () => {
  it("becomes exactly what a new one is, and keeps every row, whatever is in it", async () => {
    const fresh = await today();
    const anything = contentsOf(version1(), { min: 0, max: 4 });
    await fc.assert(
      fc.asyncProperty(anything, async (contents) => {
        const database = new DatabaseSync(":memory:");
        try {
          createVersion1(database);
          fill(database, contents);
          const before = [...contents.keys()].map((table) => [table, read(database, table)] as const);
          expect(await sqlite({ database }).migrate()).toEqual(REPORT);
          expectToday(database, fresh);
          for (const [table, rows] of before) {
            expect(read(database, table)).toEqual(rows.map((row) => ({ ...row, ...LATER[table]?.(row) })));
          }
          for (const table of NEW_TABLES) expect(read(database, table)).toEqual([]);
        } finally {
          database.close();
        }
      }),
      { numRuns: 60 },
    );
  });

  it("fits the port afterwards: rows read as rows, and go with what they belong to", async () => {
    const database = filledVersion1();
    const storage = sqlite({ database });
    await expect(storage.count({ table: "links" })).rejects.toMatchObject({
      code: "storage.schema-outdated",
      params: { found: 1, needed: SCHEMA_VERSION },
    });
    await storage.migrate();
    for (const [name, shape] of tableShapes) {
      const rows = await storage.select({ table: name as "links" });
      expect(rows).toHaveLength(NEW_TABLES.has(name) ? 0 : 3);
      for (const row of rows) expect(Object.keys(row)).toEqual(Object.keys(shape.columns));
    }
    const jobs = await storage.select({ table: "sync_jobs" });
    for (const job of jobs) expect(job).toMatchObject({ cancel_requested: false, format: 1, worker_id: null });
    await storage.write({ statements: [{ delete: "sync_pairs", where: {} }] });
    for (const table of ["links", "intents", "intent_items", "sync_jobs"] as const) {
      expect(await storage.count({ table })).toBe(0);
    }
  });

  it("is migrated under its prefix, and another one beside it is left alone", async () => {
    const database = filledVersion1("first_");
    createVersion1(database, "second_");
    const second = definitions(database).filter((each) => JSON.stringify(each).includes("second_"));
    expect(await sqlite({ database }, { tablePrefix: "first_" }).migrate()).toEqual(REPORT);
    const after = definitions(database);
    expect(after.filter((each) => JSON.stringify(each).includes("second_"))).toEqual(second);
    expect(after.filter((each) => !JSON.stringify(each).includes("second_"))).toEqual(
      definitions(await today("first_")),
    );
    expect(read(database, "first_intent_items")).toHaveLength(3);
  });

  it("is migrated through a host's Kysely", async () => {
    const database = filledVersion1();
    const kysely = new Kysely<object>({ dialect: nodeSqliteDialect(database) });
    expect(await sqlite({ kysely }).migrate()).toEqual(REPORT);
    expectToday(database, await today());
    expect(read(database, "intent_items")).toHaveLength(3);
  });

  it("is migrated once by several adapters at once", async () => {
    const database = filledVersion1();
    const kysely = new Kysely<object>({ dialect: nodeSqliteDialect(database) });
    const reports = await Promise.all([1, 2, 3].map(() => sqlite({ kysely }).migrate()));
    const done = { from: SCHEMA_VERSION, to: SCHEMA_VERSION };
    expect(reports.toSorted((left, right) => left.from - right.from)).toEqual([REPORT, done, done]);
    expect(read(database, "links")).toHaveLength(3);
  });

  // One migration for each of its statements; more time for machines that are slow at times.
  it("stays whole when any statement of its migration fails, and is migrated the next time", async () => {
    const steps = sqlite(":memory:").migrationSql(1).split(";\n").slice(0, -1);
    expect(steps.length).toBeGreaterThan(20);
    for (const [index] of steps.entries()) {
      const database = filledVersion1();
      const before = dump(database);
      const prepare = database.prepare.bind(database);
      database.prepare = (sql, ...options) => {
        if (sql === steps[index]) throw new Error("the disk is full");
        return prepare(sql, ...options);
      };
      await expect(sqlite({ database }).migrate()).rejects.toMatchObject({
        code: "storage.failed",
        params: { operation: "migrate" },
      });
      database.prepare = prepare;
      expect(dump(database)).toEqual(before);
      expect(await sqlite({ database }).migrate()).toEqual(REPORT);
    }
  }, 30_000);

  it("is not migrated where a reference of its own leads nowhere", async () => {
    const database = filledVersion1();
    database.exec("pragma foreign_keys = off; delete from intents; pragma foreign_keys = on");
    const before = dump(database);
    await expect(sqlite({ database }).migrate()).rejects.toMatchObject({ code: "storage.constraint" });
    expect(dump(database)).toEqual(before);
  });
});

describe("what a host has added to a database of version 1", () => {
  it("stays: views, indexes, triggers, and tables that refer to what is not made anew", async () => {
    const database = filledVersion1();
    const additions = [
      "CREATE VIEW linked AS select link_key from links where state = 'linked'",
      "CREATE INDEX reports_links_generation ON links (generation)",
      "CREATE INDEX reports_jobs ON sync_jobs (sync_type, finished_at)",
      "CREATE TABLE removals (link_key text)",
      "CREATE TRIGGER note_removals after delete on links begin insert into removals values (old.link_key); end",
      "CREATE TABLE notes (entry_id text references audit_log (id) on delete cascade, note text)",
    ];
    for (const text of additions) database.exec(text);
    database.exec("insert into notes select id, 'mine' from audit_log");
    expect(await sqlite({ database }).migrate()).toEqual(REPORT);
    const kept = database.prepare("select sql from sqlite_master").all();
    expect(kept.map(({ sql }) => sql)).toEqual(expect.arrayContaining(additions));
    expect(definitions(database)).toHaveLength(definitions(await today()).length + additions.length);
    expect(database.prepare("select count(*) as amount from removals").get()).toEqual({ amount: 0 });
    expect(database.prepare("select count(*) as amount from notes").get()).toEqual({ amount: 3 });
    expect(database.prepare("select count(*) as amount from linked").get()).toEqual(
      database.prepare("select count(*) as amount from links where state = 'linked'").get(),
    );
    database.exec("delete from links");
    expect(database.prepare("select count(*) as amount from removals").get()).toEqual({ amount: 3 });
  });

  it("keeps it from being migrated where that would take the host's rows along", async () => {
    const database = filledVersion1();
    database.exec("create table bills (job text references Sync_Jobs (id) on delete cascade)");
    database.exec("insert into bills select id from sync_jobs");
    const before = dump(database);
    await expect(sqlite({ database }).migrate()).rejects.toMatchObject({
      code: "config.invalid",
      problems: [{ path: "sqlite.source", fix: expect.stringContaining("bills") }],
    });
    expect(dump(database)).toEqual(before);
    database.exec("create table kept as select * from bills; drop table bills; alter table kept rename to bills");
    expect(await sqlite({ database }).migrate()).toEqual(REPORT);
  });
});

describe("the migration as text", () => {
  it.each([true, false])("leads where migrate leads, with foreign keys on: %s", async (foreignKeys) => {
    const [byHand, byUs] = [filledVersion1("x_"), filledVersion1("x_")];
    const storage = sqlite({ database: byHand }, { tablePrefix: "x_" });
    byHand.exec(`pragma foreign_keys = ${foreignKeys ? "on" : "off"}`);
    byHand.exec(`begin; ${storage.migrationSql(1)} commit; pragma foreign_keys = on`);
    await sqlite({ database: byUs }, { tablePrefix: "x_" }).migrate();
    expect(dump(byHand)).toEqual(dump(byUs));
    expect(await storage.migrate()).toEqual({ from: SCHEMA_VERSION, to: SCHEMA_VERSION });
  });

  it("is empty where there is nothing to do, and refused for a version that there is not", () => {
    const storage = sqlite(":memory:");
    expect(storage.migrationSql(SCHEMA_VERSION)).toBe("");
    for (const from of [-1, 0.5, Number.NaN, SCHEMA_VERSION + 1]) {
      expect(() => storage.migrationSql(from)).toThrow(expect.objectContaining({ code: "request.invalid" }));
    }
  });
});

describe("the steps between versions", () => {
  it.each([2, 3, 4, 5, 6])("lead from version %i to what a new database is", async (version) => {
    const database = memory();
    database.exec(readFileSync(new URL(`./schema-v${version}.sql`, import.meta.url), "utf8"));
    expect(await sqlite({ database }).migrate()).toEqual({ from: version, to: SCHEMA_VERSION });
    expectToday(database, await today());
  });

  it("are there for every version that there has been", () => {
    const versions = schemaSteps.map(({ version }) => version);
    expect(versions).toEqual(Array.from({ length: SCHEMA_VERSION - 1 }, (_, index) => index + 2));
  });

  it("add up from any version, and a table that is new is made in its last form", () => {
    const steps: SchemaStep[] = [
      { version: 2, newTables: ["conflicts"], changedTables: { links: { turns: 0 } } },
      { version: 3, newTables: [], changedTables: { links: { last_written: null }, conflicts: { decision: null } } },
    ];
    const turns = ["turns", 0] as const;
    const lastWritten = ["last_written", null] as const;
    expect(changesSince(1, steps)).toEqual({
      newTables: new Set(["conflicts"]),
      changedTables: new Map([["links", new Map<string, unknown>([turns, lastWritten])]]),
    });
    expect(changesSince(2, steps)).toEqual({
      newTables: new Set(),
      changedTables: new Map([
        ["links", new Map([lastWritten])],
        ["conflicts", new Map([["decision", null]])],
      ]),
    });
    expect(changesSince(3, steps)).toEqual({ newTables: new Set(), changedTables: new Map() });
  });

  it("take what belongs to a changed table along, to the last generation, and lose none of it", async () => {
    const database = filledVersion1();
    await sqlite({ database }).migrate();
    const before = dump(database);
    const changes = { newTables: new Set<string>(), changedTables: new Map([["sync_pairs", new Map()]]) };
    expect(tablesToRebuild(changes)).toEqual([
      "sync_pairs",
      "links",
      "list_orders",
      "sync_cursors",
      "intents",
      "intent_items",
      "run_lists",
      "conflicts",
      "sync_jobs",
      "sync_logs",
      "sync_schedules",
      "plans",
      "plan_items",
    ]);
    const dialect = sqliteSql({ tablePrefix: "", rowsPerInsert: 1 });
    for (const text of rebuildStatements(dialect, changes)) database.exec(text);
    expect(dump(database)).toEqual(before);
  });
});
