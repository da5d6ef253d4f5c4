import { setTimeout as sleep } from "node:timers/promises";
import {
  type BatchResult,
  ConfigurationError,
  checkBatch,
  checkQuery,
  type MigrationReport,
  type Query,
  type Row,
  SCHEMA_VERSION,
  type StorageAdapter,
  StorageError,
  type TableName,
} from "@syncer/core";
import { batchProgram } from "../shared/batch-program.ts";
import { InsertTexts } from "../shared/insert-program.ts";
import { requireUsable } from "../shared/schema-version.ts";
import { countProgram, selectProgram } from "../shared/select-program.ts";
import type { SqlDialect } from "../shared/sql-dialect.ts";
import { kyselyConnection } from "./kysely-connection.ts";
import { foreignKeysProgram, migrateProgram, migrationText, versionProgram } from "./migrate.ts";
import { hostDatabase, openFile } from "./node-connection.ts";
import type { SqliteConnection } from "./sqlite-connection.ts";
import { isBusy, toStorageError } from "./sqlite-errors.ts";
import { checkOptions, type SqliteOptions, type SqliteSource } from "./sqlite-options.ts";
import { sqliteSql } from "./sqlite-sql.ts";

export type { SqliteOptions, SqliteSource } from "./sqlite-options.ts";

export interface SqliteStorage extends StorageAdapter {
  /**
   * The SQL that `migrate()` would run, for review or for a role that may do what the application's may not. Run it in
   * one transaction that ends with the first error. Nothing but `migrate()` ever changes the schema.
   *
   * Unlike `migrate()` it knows nothing of indexes and triggers that a host added to our tables, nor of a host's tables
   * that refer to them.
   * @param from the version that the database has, which `storage.schema-outdated` names; 0 (default): none of our tables
   * @returns nothing for a database of this release's version
   * @throws {InvalidRequestError} `request.invalid`: no version up to this release's
   */
  migrationSql(from?: number): string;
}

/**
 * Keeps everything in SQLite: the embedded default. Several processes may use one file; each write is one
 * `BEGIN IMMEDIATE` transaction and waits its turn without blocking its process.
 *
 * Nothing is opened before the first call. Without a current schema every call but `migrate` rejects with
 * `storage.schema-outdated`.
 *
 * @example
 * const storage = sqlite("./syncer.db");
 * await storage.migrate();
 * @throws {ConfigurationError} with every problem at once
 */
export function sqlite(source: SqliteSource, options: SqliteOptions = {}): SqliteStorage {
  const { tablePrefix, busyTimeoutMs } = checkOptions(source, options);
  return new Sqlite(source, tablePrefix, busyTimeoutMs);
}

class Sqlite implements SqliteStorage {
  readonly #source: SqliteSource;
  readonly #dialect: SqlDialect;
  readonly #inserts: InsertTexts;
  readonly #busyTimeoutMs: number;
  #connection: SqliteConnection | undefined;
  #isSchemaCurrent = false;
  #isClosed = false;

  constructor(source: SqliteSource, tablePrefix: string, busyTimeoutMs: number) {
    this.#source = source;
    this.#dialect = sqliteSql({ tablePrefix, rowsPerInsert: rowsPerInsert(source) });
    this.#inserts = new InsertTexts(this.#dialect);
    this.#busyTimeoutMs = busyTimeoutMs;
  }

  migrationSql(from = 0): string {
    return migrationText(this.#dialect, from);
  }

  async migrate(): Promise<MigrationReport> {
    await this.#requireForeignKeys();
    // Neither the write lock nor a right to change the schema is needed to find that there is nothing to do.
    const found = await this.#run("migrate", (connection) => connection.read(() => versionProgram(this.#dialect)));
    const report =
      found.version === SCHEMA_VERSION
        ? { from: found.version, to: found.version }
        : await this.#run("migrate", (connection) => connection.transact(() => migrateProgram(this.#dialect)));
    this.#isSchemaCurrent = true;
    return report;
  }

  async select<T extends TableName, K extends keyof Row<T>>(query: Query<T, K>): Promise<Pick<Row<T>, K>[]> {
    const plain = checkQuery(query);
    await this.#requireSchema("select");
    const rows = await this.#run("select", (connection) => connection.read(() => selectProgram(this.#dialect, plain)));
    return rows as Pick<Row<T>, K>[];
  }

  async count<T extends TableName>(query: Pick<Query<T>, "table" | "where">): Promise<number> {
    const plain = checkQuery(query);
    await this.#requireSchema("count");
    return this.#run("count", (connection) => connection.read(() => countProgram(this.#dialect, plain)));
  }

  async write(batch: Parameters<StorageAdapter["write"]>[0]): Promise<BatchResult> {
    const plain = checkBatch(batch);
    await this.#requireSchema("write");
    return this.#run("write", (connection) =>
      connection.transact(() => batchProgram(this.#dialect, this.#inserts, plain)),
    );
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
  }

  async #requireSchema(operation: string): Promise<void> {
    if (this.#isSchemaCurrent) return;
    await this.#requireForeignKeys();
    requireUsable(await this.#run(operation, (connection) => connection.read(() => versionProgram(this.#dialect))));
    this.#isSchemaCurrent = true;
  }

  /** A host's connection may have them off; then rows would stay behind whose pair or connection has gone. */
  async #requireForeignKeys(): Promise<void> {
    const areOn = await this.#run("open", (connection) => connection.read(() => foreignKeysProgram()));
    if (areOn) return;
    throw new ConfigurationError([
      {
        path: "sqlite.source",
        expected: "a connection that enforces foreign keys",
        fix: 'Run "pragma foreign_keys = on" on it first; SQLite has them off unless told.',
      },
    ]);
  }

  /** Does the work, again and again while another connection holds the lock, and gives its errors the port's form. */
  async #run<TResult>(operation: string, work: (connection: SqliteConnection) => Promise<TResult>): Promise<TResult> {
    const giveUpAt = performance.now() + this.#busyTimeoutMs;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await work(await this.#open(operation));
      } catch (error) {
        if (!isBusy(error) || performance.now() >= giveUpAt) throw toStorageError(error, operation);
      }
      await sleep(BUSY_WAITS_MS[attempt] ?? LONGEST_BUSY_WAIT_MS);
    }
  }

  async #open(operation: string): Promise<SqliteConnection> {
    if (this.#isClosed) {
      throw new StorageError("storage.failed", { operation }, { cause: new Error("the storage has been closed") });
    }
    this.#connection ??= connect(this.#source);
    return this.#connection;
  }
}

/** Waits between tries for the write lock: short at first, as most batches take a millisecond or two. */
const BUSY_WAITS_MS = [1, 2, 3, 5, 8, 13];
const LONGEST_BUSY_WAIT_MS = 20;

function connect(source: SqliteSource): SqliteConnection {
  if (typeof source === "string") return openFile(source);
  if ("path" in source) return openFile(source.path);
  return "database" in source ? hostDatabase(source.database) : kyselyConnection(source.kysely);
}

/** Through Kysely each statement costs a few promises, so it had better carry many rows; `node:sqlite` gains nothing. */
function rowsPerInsert(source: SqliteSource): number {
  return typeof source === "object" && "kysely" in source ? 64 : 1;
}
