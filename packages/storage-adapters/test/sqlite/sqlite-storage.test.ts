import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { constants, DatabaseSync } from "node:sqlite";
import { SCHEMA_VERSION } from "@syncer/core";
import { type SqliteSource, sqlite } from "@syncer/storage-adapters/sqlite";
import { sampleRow } from "@syncer/testkit";
import { describe, expect, it, onTestFinished } from "vitest";

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "syncer-sqlite-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "syncer.db");
}

function hostDatabase(path = ":memory:", foreignKeys = true): DatabaseSync {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: foreignKeys });
  onTestFinished(() => {
    if (database.isOpen) database.close();
  });
  return database;
}

const lease = sampleRow("leases", { name: "planted-secret" });
const insertLease = { statements: [{ insert: "leases" as const, rows: [lease] }] };

describe("sqlite", () => {
  it("keeps a file that is safe for several processes and for a power cut", async () => {
    const path = temporaryFile();
    const storage = sqlite({ path });
    onTestFinished(() => storage.close());
    await storage.migrate();
    expect(hostDatabase(path).prepare("pragma journal_mode").get()).toEqual({ journal_mode: "wal" });
  });

  it("opens nothing before the first call", async () => {
    const storage = sqlite(join(tmpdir(), "no-such-folder", "syncer.db"));
    await expect(storage.migrate()).rejects.toMatchObject({ code: "storage.failed", params: { operation: "open" } });
    await storage.close();
  });

  it("refuses a database that a newer release has migrated in a way that it does not know", async () => {
    const database = hostDatabase();
    await sqlite({ database }).migrate();
    database.exec(`update schema_version set version = ${SCHEMA_VERSION + 1}, oldest = version + 1`);
    const refusal = { code: "storage.schema-newer", params: { found: SCHEMA_VERSION + 1, known: SCHEMA_VERSION } };
    await expect(sqlite({ database }).migrate()).rejects.toMatchObject(refusal);
    await expect(sqlite({ database }).count({ table: "links" })).rejects.toMatchObject(refusal);
    await expect(sqlite({ database }).write({ statements: [] })).rejects.toMatchObject(refusal);
  });

  it("refuses a host's connection without foreign keys, where erasing would leave rows behind", async () => {
    const storage = sqlite({ database: hostDatabase(":memory:", false) });
    await expect(storage.migrate()).rejects.toMatchObject({ code: "config.invalid" });
    await expect(storage.count({ table: "links" })).rejects.toMatchObject({ code: "config.invalid" });
  });

  it.runIf("setAuthorizer" in DatabaseSync.prototype)(
    "needs no right to change the schema but to migrate",
    async () => {
      const database = hostDatabase();
      await sqlite({ database }).migrate();
      const forbidden = new Set(
        Object.entries(constants).flatMap(([name, code]) => (/SQLITE_(CREATE|DROP|ALTER)_/.test(name) ? [code] : [])),
      );
      database.setAuthorizer((action) => (forbidden.has(action) ? constants.SQLITE_DENY : constants.SQLITE_OK));
      expect(() => database.exec("create table t (a)")).toThrow("not authorized");
      const storage = sqlite({ database });
      await storage.migrate();
      await storage.write(insertLease);
      expect(await storage.select({ table: "leases" })).toStrictEqual([lease]);
      await storage.write({ statements: [{ delete: "leases", where: {} }] });
    },
  );

  it("names no stored value in an error, and keeps the driver's as its cause", async () => {
    const storage = sqlite({ database: hostDatabase() });
    await storage.migrate();
    await storage.write(insertLease);
    const error: unknown = await storage.write(insertLease).catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({ code: "storage.constraint", cause: { message: expect.stringContaining("leases") } });
    expect(`${error} ${error instanceof Error && error.cause}`).not.toContain("planted-secret");
  });

  it("waits for another connection's transaction without blocking this process", async () => {
    const path = temporaryFile();
    const storage = sqlite(path);
    onTestFinished(() => storage.close());
    await storage.migrate();
    const other = hostDatabase(path);
    other.exec("begin immediate");
    let isDone = false;
    const write = storage.write(insertLease).then((result) => {
      isDone = true;
      return result;
    });
    // A turn of the event loop goes by, which a wait inside the driver would not let happen.
    await new Promise((resume) => setImmediate(resume));
    expect(isDone).toBe(false);
    expect(await storage.count({ table: "leases" })).toBe(0);
    other.exec("commit");
    expect(await write).toEqual({ applied: true, affected: [1] });
  });

  it("gives up waiting when told to", async () => {
    const path = temporaryFile();
    const storage = sqlite(path, { busyTimeoutMs: 0 });
    onTestFinished(() => storage.close());
    await storage.migrate();
    hostDatabase(path).exec("begin immediate");
    await expect(storage.write(insertLease)).rejects.toMatchObject({
      code: "storage.failed",
      cause: { message: "database is locked" },
    });
  });

  it("closes what it opened and leaves open what a host brought", async () => {
    const database = hostDatabase();
    const storage = sqlite({ database });
    await storage.migrate();
    await storage.close();
    expect(database.isOpen).toBe(true);
    await expect(storage.count({ table: "links" })).rejects.toMatchObject({ code: "storage.failed" });
  });

  it("leaves a host's transaction alone and says that it is in the way", async () => {
    const database = hostDatabase();
    const storage = sqlite({ database });
    await storage.migrate();
    database.exec("create table own (a); begin; insert into own values (1)");
    await expect(storage.write(insertLease)).rejects.toMatchObject({ code: "storage.failed" });
    database.exec("commit");
    expect(database.prepare("select count(*) as rows from own").get()).toEqual({ rows: 1 });
    await storage.write(insertLease);
  });

  const wrong: [string, unknown, object, string[]][] = [
    ["no source", undefined, {}, ["sqlite.source"]],
    ["an empty path", "", {}, ["sqlite.source"]],
    ["an object that names nothing", {}, {}, ["sqlite.source"]],
    ["no database", { database: undefined }, {}, ["sqlite.source"]],
    ["a prefix that ends the name", ":memory:", { tablePrefix: 'x"; drop table links; --' }, ["sqlite.tablePrefix"]],
    ["a misspelled name", ":memory:", { prefix: "own_" }, ["sqlite.prefix"]],
    [
      "an option in the place of the source's",
      { path: ":memory:", tablePrefix: "x" },
      {},
      ["sqlite.source.tablePrefix"],
    ],
    ["a negative wait", ":memory:", { busyTimeoutMs: -1 }, ["sqlite.busyTimeoutMs"]],
    [
      "all of it",
      5,
      { tablePrefix: "1", busyTimeoutMs: 0.5 },
      ["sqlite.source", "sqlite.tablePrefix", "sqlite.busyTimeoutMs"],
    ],
  ];
  it.each(wrong)("refuses %s when it is made", (_, source, options, paths) => {
    const problems = paths.map((path) => expect.objectContaining({ path }));
    expect(() => sqlite(source as SqliteSource, options)).toThrow(
      expect.objectContaining({ code: "config.invalid", problems }),
    );
  });
});
