import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { SCHEMA_VERSION } from "@syncer/core";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { sampleRow } from "@syncer/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Outcome, runSync } from "../../src/shared/program.ts";
import { oldestWorking, type SchemaRelease, thisRelease } from "../../src/shared/schema-release.ts";
import { schemaSteps } from "../../src/shared/schema-steps.ts";
import { migrateProgram } from "../../src/sqlite/migrate.ts";
import { sqliteSql } from "../../src/sqlite/sqlite-sql.ts";
import { nextRelease } from "../support/next-release.ts";
import { definitions } from "./old-database.ts";

const dialect = sqliteSql({ tablePrefix: "", rowsPerInsert: 1 });

function memory(): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  onTestFinished(() => database.close());
  return database;
}

function migrateTo(release: SchemaRelease, database: DatabaseSync) {
  return runSync(migrateProgram(dialect, release), ({ sql, parameters, columns }): Outcome => {
    const statement = database.prepare(sql);
    if (!columns) return { rows: [], changes: Number(statement.run(...(parameters as string[])).changes) };
    return { rows: statement.all(...(parameters as string[])).map((row) => Object.values(row)), changes: 0 };
  });
}

describe("a rolling deploy on SQLite", () => {
  it("lets processes of this release go on beside those of the next one", async () => {
    const database = memory();
    const running = sqlite({ database });
    await running.migrate();
    const pair = sampleRow("sync_pairs");
    const link = sampleRow("links", { pair_id: pair.id, link_key: "1" });
    await running.write({
      statements: [
        { insert: "sync_pairs", rows: [pair] },
        { insert: "links", rows: [link] },
      ],
    });
    expect(migrateTo(nextRelease(), database)).toEqual({ from: SCHEMA_VERSION, to: SCHEMA_VERSION + 1 });

    const started = sqlite({ database });
    expect(await started.migrate()).toEqual({ from: SCHEMA_VERSION + 1, to: SCHEMA_VERSION + 1 });
    for (const [n, older] of [running, started, sqlite({ database })].entries()) {
      const own = { ...link, link_key: `older ${n}` };
      const batch = { insert: "links", rows: [own, link], onConflict: "replace" } as const;
      expect(await older.write({ statements: [batch] })).toEqual({ applied: true, affected: [2] });
      expect(await older.select({ table: "links", where: { link_key: own.link_key } })).toEqual([own]);
    }
    database.exec("update links set state = 'asleep', naps = 3, mood = 'bad' where link_key = '1'");
    const rows = database.prepare("select state, naps, mood from links where link_key in ('1', 'older 2') order by 1");
    expect(rows.all()).toEqual([
      expect.objectContaining({ state: "asleep", naps: 3, mood: "bad" }),
      expect.objectContaining({ state: link.state, naps: 0, mood: "good" }),
    ]);
    expect(await running.count({ table: "links" })).toBe(4);
  });

  it("makes by its steps what the next release makes in an empty database", async () => {
    const [stepped, fresh] = [memory(), memory()];
    await sqlite({ database: stepped }).migrate();
    migrateTo(nextRelease(), stepped);
    migrateTo(nextRelease(), fresh);
    expect(definitions(stepped)).toEqual(definitions(fresh));
  });

  it("refuses this release where the next one says that it breaks it", async () => {
    const database = memory();
    await sqlite({ database }).migrate();
    migrateTo(nextRelease(true), database);
    const refusal = { code: "storage.schema-newer", params: { found: SCHEMA_VERSION + 1, known: SCHEMA_VERSION } };
    await expect(sqlite({ database }).migrate()).rejects.toMatchObject(refusal);
    await expect(sqlite({ database }).count({ table: "links" })).rejects.toMatchObject(refusal);
  });

  it("takes a version that says nothing of older code as one that older code does not know", async () => {
    const database = memory();
    database.exec(readFileSync(new URL("./schema-v6.sql", import.meta.url), "utf8"));
    database.exec(`update schema_version set version = ${SCHEMA_VERSION + 1}`);
    await expect(sqlite({ database }).count({ table: "links" })).rejects.toMatchObject({
      code: "storage.schema-newer",
    });
  });

  it("has the inserts of version 6 go on in version 7", async () => {
    const old = memory();
    old.exec(readFileSync(new URL("./schema-v6.sql", import.meta.url), "utf8"));
    const columns = old.prepare("select name from pragma_table_info('sync_schedules')").all();
    const database = memory();
    await sqlite({ database }).migrate();
    const pair = sampleRow("sync_pairs");
    await sqlite({ database }).write({ statements: [{ insert: "sync_pairs", rows: [pair] }] });
    const schedule = sampleRow("sync_schedules", { pair_id: pair.id });
    const names = columns.map(({ name }) => String(name)) as (keyof typeof schedule)[];
    const values = names.map((name) => (schedule[name] === false ? 0 : schedule[name]) as string | number | null);
    database
      .prepare(`insert into sync_schedules (${names.join()}) values (${names.map(() => "?").join()})`)
      .run(...values);
    expect(await sqlite({ database }).select({ table: "sync_schedules" })).toEqual([schedule]);
  });
});

describe("the steps between versions", () => {
  it("break older code where a new column has no one value for all, or they say so", () => {
    for (const step of schemaSteps.filter(({ version }) => version > 6)) {
      const fills = Object.values<object>(step.changedTables).flatMap((columns) => Object.values(columns));
      const computed = fills.filter((fill) => typeof fill === "object" && fill !== null);
      if (computed.length > 0) expect(step.breaksOlder, `version ${step.version}`).toBe(true);
    }
  });

  it("name the oldest version that works: the last one that broke older code, 6 at least", () => {
    expect(oldestWorking(thisRelease)).toBe(6);
    expect(oldestWorking({ ...thisRelease, version: 5, steps: [] })).toBe(5);
    expect(oldestWorking(nextRelease())).toBe(6);
    expect(oldestWorking(nextRelease(true))).toBe(SCHEMA_VERSION + 1);
  });
});
