import { type PlainRow, SCHEMA_VERSION, type StorageAdapter, tableShapes } from "@syncer/core";
import { postgres } from "@syncer/storage-adapters/postgres";
import { sampleRow } from "@syncer/testkit";
import fc from "fast-check";
import pg from "pg";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { migrateProgram, migrationStatements } from "../../src/postgres/migrate.ts";
import { poolConnection } from "../../src/postgres/pool-connection.ts";
import { postgresSql } from "../../src/postgres/postgres-sql.ts";
import { type SchemaRelease, thisRelease } from "../../src/shared/schema-release.ts";
import { rowsOfAllTables } from "../support/arbitrary-rows.ts";
import { catalogueOf } from "../support/catalogue.ts";
import { LINKS, nextRelease } from "../support/next-release.ts";
import { createVersion6, fill, NEW_SINCE_VERSION_6, SINCE_VERSION_6 } from "../support/old-postgres.ts";
import { type TestDatabase, testDatabase } from "../support/postgres-server.ts";

const found = await testDatabase();
afterAll(() => found?.drop());
const database = found as TestDatabase;
let schemas = 0;
const nextSchema = () => `schema_${++schemas}`;

/** What rows of version 6 have today in columns that they did not have then. */
const LATER: Readonly<Record<string, object>> = {
  sync_jobs: { task: "sync", plan_id: null },
  sync_schedules: { cron: null, time_zone: null, jitter_ms: 0 },
  service_limits: { next_at: null, version: 0, under_way: "[]", day: "[]" },
};

function open(schema: string, options: { tablePrefix?: string } = {}) {
  const storage = postgres({ connectionString: database.connectionString }, { schema, poolSize: 2, ...options });
  onTestFinished(() => storage.close());
  return storage;
}

async function read(storage: StorageAdapter, table: string): Promise<unknown[]> {
  return storage.select({ table, orderBy: tableShapes.get(table)?.primaryKey } as never);
}

describe.skipIf(!found)("the schema on PostgreSQL", () => {
  it("has the schema's tables and the one that tells its version, with exactly the schema's columns", async () => {
    const schema = nextSchema();
    await open(schema).migrate();
    const { columns } = await catalogueOf(database, schema);
    const names = (columns as { table_name: string; column_name: string }[]).map(
      (column) => `${column.table_name}.${column.column_name}`,
    );
    const wanted = [...tableShapes].flatMap(([table, shape]) =>
      Object.keys(shape.columns).map((column) => `${table}.${column}`),
    );
    const versions = ["id", "version", "oldest"].map((column) => `schema_version.${column}`);
    expect(names.sort()).toEqual([...wanted, ...versions].sort());
  });

  it("compares text by bytes, whatever the language of the database", async () => {
    const schema = nextSchema();
    await open(schema).migrate();
    const { columns } = await catalogueOf(database, schema);
    const texts = (columns as { data_type: string; collation_name: string | null }[]).filter(
      ({ data_type }) => data_type === "text",
    );
    expect(texts.length).toBeGreaterThan(100);
    expect(new Set(texts.map(({ collation_name }) => collation_name))).toEqual(new Set(["C"]));
  });

  it.each([
    ["what is no word of an enum", "mode = 'sideways'", "sync_pairs_mode_check"],
    ["what is no ratio", "match_threshold = 1.5", "sync_pairs_match_threshold_check"],
    ["what is no number", "match_threshold = 'NaN'", "sync_pairs_match_threshold_check"],
    ["nothing where something belongs", "sync_type = null", "not-null"],
  ])("refuses %s by itself, whoever writes it", async (_, change, refusal) => {
    const schema = nextSchema();
    const storage = open(schema);
    await storage.migrate();
    await storage.write({ statements: [{ insert: "sync_pairs", rows: [sampleRow("sync_pairs")] }] });
    await expect(database.run(`update ${schema}.sync_pairs set ${change}`)).rejects.toThrow(refusal);
  });

  it("has room for the longest prefix, under which all names are still different", async () => {
    const schema = nextSchema();
    const tablePrefix = "p".repeat(30);
    await open(schema, { tablePrefix }).migrate();
    const { constraints, indexes } = await catalogueOf(database, schema);
    const own = nextSchema();
    await open(own).migrate();
    const plain = await catalogueOf(database, own);
    expect(indexes).toHaveLength(plain.indexes?.length ?? -1);
    expect(constraints).toHaveLength(plain.constraints?.length ?? -1);
    expect(JSON.stringify(indexes)).not.toContain('"indexname":"sync');
  });

  it("is, in version 8, what it was when version 8 came out", async () => {
    expect(SCHEMA_VERSION).toBe(8);
    const text = postgres({ connectionString: "postgres://nowhere" }).migrationSql();
    await expect(text).toMatchFileSnapshot("./schema-v8.sql");
  });
});

describe.skipIf(!found)("a PostgreSQL database of version 6", () => {
  it("becomes what a new one is, and keeps every row, whatever is in it", async () => {
    const fresh = nextSchema();
    await open(fresh).migrate();
    const wanted = await catalogueOf(database, fresh);
    const pool = new pg.Pool({ connectionString: database.connectionString, max: 2 });
    onTestFinished(() => pool.end());
    await fc.assert(
      fc.asyncProperty(rowsOfAllTables(SINCE_VERSION_6, { min: 0, max: 4 }), async (all) => {
        const contents = new Map([...all].filter(([table]) => !NEW_SINCE_VERSION_6.has(table)));
        const schema = nextSchema();
        await createVersion6(database, schema);
        await fill(database, schema, contents);
        const storage = postgres({ pool }, { schema });
        expect(await storage.migrate()).toEqual({ from: 6, to: SCHEMA_VERSION });
        expect(await catalogueOf(database, schema)).toEqual(wanted);
        for (const [table, rows] of contents) {
          const expected = rows.map((row: PlainRow) => ({ ...row, ...LATER[table] }));
          expect(await read(storage, table)).toEqual(sorted(table, expected));
        }
        await database.run(`drop schema ${schema} cascade`);
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  it("is brought there by the text as well, and by one of several that start at once", async () => {
    const [byText, byMigrate] = [nextSchema(), nextSchema()];
    for (const schema of [byText, byMigrate]) await createVersion6(database, schema);
    await database.run(`begin; ${open(byText).migrationSql(6)} commit`);
    const reports = await Promise.all([1, 2, 3, 4].map(() => open(byMigrate).migrate()));
    expect(reports.filter(({ from }) => from === 6)).toHaveLength(1);
    expect(reports.every(({ to }) => to === SCHEMA_VERSION)).toBe(true);
    expect(await catalogueOf(database, byText)).toEqual(await catalogueOf(database, byMigrate));
    expect(await open(byText).migrate()).toEqual({ from: SCHEMA_VERSION, to: SCHEMA_VERSION });
  });

  it("stays whole when a statement of its migration fails", async () => {
    const schema = nextSchema();
    await createVersion6(database, schema);
    const before = await catalogueOf(database, schema);
    // The last statement but one finds its index's name taken by a table.
    await database.run(`alter table ${schema}.service_limits rename column closed_until to until`);
    await expect(open(schema).migrate()).rejects.toMatchObject({ code: "storage.failed" });
    await database.run(`alter table ${schema}.service_limits rename column until to closed_until`);
    expect(await catalogueOf(database, schema)).toEqual(before);
    expect(await open(schema).migrate()).toEqual({ from: 6, to: SCHEMA_VERSION });
  });

  it.each([-1, 0.5, 1, 5, SCHEMA_VERSION + 1, Number.NaN])(
    "has no text for version %s, which there was not",
    (from) => {
      const storage = postgres({ connectionString: "postgres://nowhere" });
      expect(() => storage.migrationSql(from)).toThrow(expect.objectContaining({ code: "request.invalid" }));
      expect(storage.migrationSql(SCHEMA_VERSION)).toBe("");
    },
  );
});

describe.skipIf(!found)("a rolling deploy on PostgreSQL", () => {
  async function migrateTo(release: SchemaRelease, schema: string) {
    const pool = new pg.Pool({ connectionString: database.connectionString });
    onTestFinished(() => pool.end());
    const dialect = postgresSql({ tablePrefix: "", schema });
    return poolConnection(pool).transact("read committed", () => migrateProgram(dialect, schema, release));
  }

  it("lets processes of this release go on beside those of the next one", async () => {
    const schema = nextSchema();
    const running = open(schema);
    await running.migrate();
    const pair = sampleRow("sync_pairs");
    const link = sampleRow("links", { pair_id: pair.id, link_key: "1" });
    await running.write({
      statements: [
        { insert: "sync_pairs", rows: [pair] },
        { insert: "links", rows: [link] },
      ],
    });
    expect(await migrateTo(nextRelease(), schema)).toEqual({ from: SCHEMA_VERSION, to: SCHEMA_VERSION + 1 });

    const started = open(schema);
    expect(await started.migrate()).toEqual({ from: SCHEMA_VERSION + 1, to: SCHEMA_VERSION + 1 });
    for (const [n, older] of [running, started, open(schema)].entries()) {
      const own = { ...link, link_key: `older ${n}` };
      const batch = { insert: "links", rows: [own, link], onConflict: "replace" } as const;
      expect(await older.write({ statements: [batch] })).toEqual({ applied: true, affected: [2] });
      expect(await older.select({ table: "links", where: { link_key: own.link_key } })).toEqual([own]);
    }
    // The next release writes what this one does not know, and finds its own values in rows that this one made.
    await database.run(`update ${schema}.links set state = 'asleep', naps = 3, mood = 'bad' where link_key = '1'`);
    expect(
      await database.run(
        `select state, naps::int, mood from ${schema}.links where link_key in ('1', 'older 2') order by 1`,
      ),
    ).toEqual([
      { state: "asleep", naps: 3, mood: "bad" },
      { state: link.state, naps: 0, mood: "good" },
    ]);
    expect(await running.count({ table: "links" })).toBe(4);
  });

  it("makes by its steps what the next release makes in an empty database", async () => {
    const [stepped, fresh] = [nextSchema(), nextSchema()];
    await open(stepped).migrate();
    await migrateTo(nextRelease(), stepped);
    await migrateTo(nextRelease(), fresh);
    expect(await catalogueOf(database, stepped)).toEqual(await catalogueOf(database, fresh));
  });

  it("refuses this release where the next one says that it breaks it", async () => {
    const schema = nextSchema();
    await open(schema).migrate();
    await migrateTo(nextRelease(true), schema);
    const refusal = { code: "storage.schema-newer", params: { found: SCHEMA_VERSION + 1, known: SCHEMA_VERSION } };
    await expect(open(schema).migrate()).rejects.toMatchObject(refusal);
    await expect(open(schema).count({ table: "links" })).rejects.toMatchObject(refusal);
    await expect(open(schema).write({ statements: [] })).rejects.toMatchObject(refusal);
  });

  it("fills a column whose value depends on the row before it demands one", async () => {
    const schema = nextSchema();
    const storage = open(schema);
    await storage.migrate();
    const pair = sampleRow("sync_pairs");
    const rows = (["linked", "pending"] as const).map((state) =>
      sampleRow("links", { pair_id: pair.id, link_key: state, state }),
    );
    await storage.write({
      statements: [
        { insert: "sync_pairs", rows: [pair] },
        { insert: "links", rows },
      ],
    });
    const words = Object.fromEntries(
      (LINKS.columns.state?.values ?? []).map((word) => [word, word === "linked" ? 1 : 2]),
    );
    const shape = { ...LINKS, columns: { ...LINKS.columns, rank: { class: "count" as const, nullable: false } } };
    const version = SCHEMA_VERSION + 1;
    const changedTables = { links: { rank: { of: "state", words } } as object };
    const release: SchemaRelease = {
      version,
      tables: new Map([...tableShapes, ["links", shape]]),
      steps: [...thisRelease.steps, { version, newTables: [], changedTables, breaksOlder: true }],
    };
    await migrateTo(release, schema);
    expect(await database.run(`select rank::int from ${schema}.links order by link_key`)).toEqual([
      { rank: 1 },
      { rank: 2 },
    ]);
    expect(migrationStatements(postgresSql({ tablePrefix: "", schema }), version, release)).toEqual([]);
  });
});

function sorted(table: string, rows: readonly object[]): object[] {
  const key = tableShapes.get(table)?.primaryKey ?? [];
  const keyOf = (row: object) => key.map((column) => String((row as PlainRow)[column]).padStart(20)).join("\0");
  return rows.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
}
