import { inspect } from "node:util";
import { PGlite } from "@electric-sql/pglite";
import { type PostgresSource, postgres } from "@syncer/storage-adapters/postgres";
import { sampleRow } from "@syncer/testkit";
import { CamelCasePlugin, Kysely, PGliteDialect, PostgresDialect } from "kysely";
import pg from "pg";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { type TestDatabase, testDatabase } from "../support/postgres-server.ts";
import { wrappedPool } from "../support/wrapped-pool.ts";

const found = await testDatabase();
afterAll(() => found?.drop());
const database = found as TestDatabase;
// Its start takes seconds in which nothing else happens, so it is over before the first test begins.
const pglite = await PGlite.create();
afterAll(() => pglite.close());
let schemas = 0;
const nextSchema = () => `schema_${++schemas}`;

const lease = sampleRow("leases", { name: "planted-secret", owner_id: "planted-secret" });
const insertLease = { statements: [{ insert: "leases" as const, rows: [lease] }] };
const isThere = { table: "leases", where: { name: lease.name }, must: "exist" } as const;
const change = { update: "leases", set: {}, increment: { fencing: 1 }, where: { name: lease.name } } as const;

function hostPool(config: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({ connectionString: database.connectionString, ...config });
  pool.on("error", () => undefined);
  onTestFinished(async () => {
    if (!pool.ended) await pool.end();
  });
  return pool;
}

async function migrated(schema: string, source: PostgresSource) {
  const storage = postgres(source, { schema });
  onTestFinished(() => storage.close());
  await storage.migrate();
  return storage;
}

describe.skipIf(!found)("what a host brings", () => {
  it("is left as it was: settings, listeners, open", async () => {
    const pool = hostPool({ max: 1 });
    const settings = async () => {
      const client = await pool.connect();
      try {
        const { rows } = await client.query(
          "select name, setting from pg_settings where name <> 'transaction_isolation'",
        );
        return { rows, listeners: client.listenerCount("error") };
      } finally {
        client.release();
      }
    };
    const before = await settings();
    const storage = await migrated(nextSchema(), { pool });
    await storage.write(insertLease);
    await storage.write({ guards: [isThere], statements: [change] });
    await storage.write(insertLease).catch(() => undefined);
    await storage.close();
    expect(await settings()).toEqual(before);
    expect(pool.ended).toBe(false);
    expect(pool.totalCount).toBe(1);
  });

  it("may read numbers and truths as it likes, through a pool or through Kysely, and have plugins", async () => {
    const odd = {
      getTypeParser: () => (value: string) => ({ toString: () => value }),
    } as unknown as pg.CustomTypesConfig;
    const asBigInt = {
      getTypeParser: (oid: number) => (value: string) => (oid === 20 ? BigInt(value) : value === "t" ? true : value),
    } as unknown as pg.CustomTypesConfig;
    const pair = sampleRow("sync_pairs", { prune: true, version: 2 ** 53 - 1, match_threshold: 0.1 + 0.2 });
    const sources = [
      { pool: hostPool({ types: odd }) },
      {
        kysely: new Kysely<object>({
          dialect: new PostgresDialect({ pool: hostPool({ types: asBigInt }) }),
          plugins: [new CamelCasePlugin()],
        }),
      },
    ];
    for (const source of sources) {
      const storage = await migrated(nextSchema(), source);
      await storage.write({ statements: [{ insert: "sync_pairs", rows: [pair] }] });
      expect(await storage.select({ table: "sync_pairs" })).toStrictEqual([pair]);
      expect(await storage.count({ table: "sync_pairs" })).toBe(1);
    }
  });

  it("may be a role that can do nothing but read and write rows", async () => {
    const schema = nextSchema();
    const owner = postgres({ connectionString: database.connectionString }, { schema });
    onTestFinished(() => owner.close());
    const role = `${new URL(database.connectionString).pathname.slice(1)}_role`;
    await database.run(`create role ${role}`);
    onTestFinished(async () => void (await database.run(`drop owned by ${role}; drop role ${role}`)));
    await owner.migrate();
    await database.run(
      `grant usage on schema ${schema} to ${role};
       grant select, insert, update, delete on all tables in schema ${schema} to ${role}`,
    );
    const pool = hostPool({ options: `-c role=${role}` });
    await expect(pool.query(`create table ${schema}.t (a int)`)).rejects.toThrow("permission denied");
    const storage = await migrated(schema, { pool });
    await storage.write(insertLease);
    await storage.write({ guards: [isThere], statements: [change] });
    await storage.write({ statements: [{ delete: "leases", where: {} }] });
    expect(await storage.count({ table: "leases" })).toBe(0);
  });
});

describe.skipIf(!found)("errors", () => {
  const sources: [string, () => PostgresSource][] = [
    ["a pool of our own", () => ({ connectionString: database.connectionString })],
    ["a host's Kysely", () => ({ kysely: new Kysely<object>({ dialect: new PostgresDialect({ pool: hostPool() }) }) })],
    ["PGlite", () => ({ kysely: new Kysely<object>({ dialect: new PGliteDialect({ pglite }) }) })],
  ];
  it.each(sources)("name no stored value, nor do their causes: %s", async (_, source) => {
    const storage = await migrated(nextSchema(), source());
    await storage.write(insertLease);
    const orphan = sampleRow("links", { pair_id: "planted-secret", link_key: "planted-secret" });
    const refused = [
      { batch: insertLease, table: "leases" },
      { batch: { guards: [isThere], statements: insertLease.statements }, table: "leases" },
      { batch: { statements: [{ insert: "links" as const, rows: [orphan] }] }, table: "links" },
    ];
    for (const { batch, table } of refused) {
      const error: unknown = await storage.write(batch).catch((refusal: unknown) => refusal);
      expect(error).toMatchObject({ code: "storage.constraint", params: { table } });
      expect(error).toMatchObject({ cause: { code: expect.stringMatching(/^23/), constraint: expect.any(String) } });
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain("planted-secret");
    }
    expect(await storage.count({ table: "leases" })).toBe(1);
  });

  it("name no value that the server quotes in its message", async () => {
    const storage = await migrated(nextSchema(), {
      pool: wrappedPool(hostPool(), {
        before(text) {
          if (!text.startsWith("delete")) return;
          throw Object.assign(new Error('invalid input syntax for type bigint: "planted-secret"'), {
            code: "22P02",
            detail: "planted-secret",
            routine: "pg_strtoint64",
          });
        },
      }),
    });
    const error: unknown = await storage
      .write({ statements: [{ delete: "leases", where: {} }] })
      .catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({ code: "storage.failed", cause: { code: "22P02", routine: "pg_strtoint64" } });
    expect(inspect(error, { depth: null })).not.toContain("planted-secret");
  });

  it("are storage.failed where there is no server, and the options' where they are wrong", async () => {
    const storage = postgres({ connectionString: "postgres://postgres@127.0.0.1:1/none" });
    await expect(storage.migrate()).rejects.toMatchObject({ code: "storage.failed", params: { operation: "migrate" } });
    await expect(storage.close()).resolves.toBeUndefined();
  });

  it("come when the server gives a statement up after the time that was set", async () => {
    const schema = nextSchema();
    const owner = await migrated(schema, { pool: hostPool() });
    await owner.write(insertLease);
    const blocker = await hostPool().connect();
    await blocker.query(`begin; lock table ${schema}.leases in access exclusive mode`);
    const storage = postgres({ connectionString: database.connectionString }, { schema, statementTimeoutMs: 50 });
    await expect(storage.count({ table: "leases" })).rejects.toMatchObject({
      code: "storage.failed",
      cause: { code: "57014" },
    });
    await blocker.query("rollback");
    blocker.release();
    expect(await storage.count({ table: "leases" })).toBe(1);
    await storage.close();
  });
});

describe.skipIf(!found)("strings", () => {
  it("come back as they are, and are found, whatever the text of an array means by them", async () => {
    const storage = await migrated(nextSchema(), { pool: hostPool() });
    const names = ['a"b', "c\\d", 'e\\"', "{f,g}", "null", "NULL", " h ", "i'j", '","', "\n"];
    const rows = names.map((name) => sampleRow("leases", { name }));
    await storage.write({ statements: [{ insert: "leases", rows }] });
    const read = await storage.select({ table: "leases", columns: ["name"], where: { name: { in: names } } });
    expect(read.map(({ name }) => name).sort()).toEqual([...names].sort());
  });
});

describe("options", () => {
  const url = { connectionString: "postgres://localhost/x" };
  const kysely = new Kysely<object>({ dialect: new PostgresDialect({ pool: new pg.Pool() }) });
  const wrong: [string, unknown, object, string[]][] = [
    ["no source", undefined, {}, ["source"]],
    ["an empty connection string", { connectionString: "" }, {}, ["source"]],
    ["an object that names nothing", {}, {}, ["source"]],
    ["a pool that is none", { pool: {} }, {}, ["source"]],
    ["a Kysely that is none", { kysely: {} }, {}, ["source"]],
    ["a transaction", { kysely: { executeQuery() {}, isTransaction: true } }, {}, ["source"]],
    ["a schema that ends the name", url, { schema: 'x"; drop table links; --' }, ["schema"]],
    ["a schema of the server's", url, { schema: "pg_catalog" }, ["schema"]],
    ["a schema in a schema", url, { schema: "a.b" }, ["schema"]],
    ["a prefix that leaves no room for names", url, { tablePrefix: "p".repeat(31) }, ["tablePrefix"]],
    ["a misspelled name", url, { shema: "app" }, ["shema"]],
    ["an option in the place of the source's", { ...url, schema: "app" }, {}, ["source.schema"]],
    ["a pool's size for a host's", { kysely }, { poolSize: 3 }, ["poolSize"]],
    [
      "all of it",
      5,
      { tablePrefix: "1", poolSize: 0, retryTimeoutMs: -1, connectTimeoutMs: 0.5, statementTimeoutMs: Number.NaN },
      ["source", "tablePrefix", "retryTimeoutMs", "poolSize", "connectTimeoutMs", "statementTimeoutMs"],
    ],
  ];
  it.each(wrong)("are refused with all problems at once: %s", (_, source, options, paths) => {
    const problems = paths.map((path) => expect.objectContaining({ path: `postgres.${path}` }));
    expect(() => postgres(source as PostgresSource, options)).toThrow(
      expect.objectContaining({ code: "config.invalid", problems }),
    );
  });
});
