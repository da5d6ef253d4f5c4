import {
  type BatchResult,
  checkBatch,
  checkQuery,
  type MigrationReport,
  type Query,
  type Row,
  type StorageAdapter,
  StorageError,
  type TableName,
} from "@syncer/core";
import { InsertTexts } from "../shared/insert-program.ts";
import { type Command, type Outcome, type Program, runAsync } from "../shared/program.ts";
import { requireUsable } from "../shared/schema-version.ts";
import { countProgram, selectProgram } from "../shared/select-program.ts";
import type { SqlDialect } from "../shared/sql-dialect.ts";
import { migrationText, versionProgram } from "../sqlite/migrate.ts";
import { d1Batch, failedGuardOf } from "./d1-batch.ts";
import { toStorageError, toWriteError } from "./d1-errors.ts";
import { planMigration } from "./d1-migrate.ts";
import {
  checkOptions,
  type D1Binding,
  type D1Options,
  type D1PreparedQuery,
  type D1QueryResult,
} from "./d1-options.ts";
import { d1Sql, fitted } from "./d1-sql.ts";

export type { D1Binding, D1Options, D1PreparedQuery, D1QueryResult } from "./d1-options.ts";

export interface D1Storage extends StorageAdapter {
  /**
   * The SQL that `migrate()` would run, for review and for `wrangler d1 migrations`. Nothing but `migrate()` or this text
   * ever changes the schema.
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
 * Keeps everything in Cloudflare D1, from inside a worker. Each write is one `batch()` of D1's, guards included: all of
 * it happens or nothing.
 *
 * Nothing is asked before the first call, and the first one asks for the schema's version: make one adapter for a worker
 * and not one for each request. Without a current schema every call but `migrate` rejects with
 * `storage.schema-outdated`.
 *
 * @param database the binding itself. Not a session (`withSession`): it may read what has been overwritten since
 * @example
 * import { env } from "cloudflare:workers";
 * const storage = d1(env.DB);
 * @throws {ConfigurationError} with every problem at once
 */
export function d1(database: D1Binding, options: D1Options = {}): D1Storage {
  const { tablePrefix } = checkOptions(database, options);
  return new D1(database, d1Sql({ tablePrefix }));
}

/** Starts of one version at the same time: all but one find the work done at their second look. */
const MOST_MIGRATION_TRIES = 5;

class D1 implements D1Storage {
  readonly #database: D1Binding;
  readonly #dialect: SqlDialect;
  readonly #inserts: InsertTexts;
  #isSchemaCurrent = false;
  #isClosed = false;

  constructor(database: D1Binding, dialect: SqlDialect) {
    this.#database = database;
    this.#dialect = dialect;
    this.#inserts = new InsertTexts(dialect);
  }

  migrationSql(from = 0): string {
    return migrationText(this.#dialect, from);
  }

  async migrate(): Promise<MigrationReport> {
    for (let tries = 1; ; tries += 1) {
      const { report, commands } = await this.#run("migrate", () => planMigration(this.#dialect, this.#execute));
      if (await this.#migrateBy(commands, tries)) {
        this.#isSchemaCurrent = true;
        return report;
      }
    }
  }

  async select<T extends TableName, K extends keyof Row<T>>(query: Query<T, K>): Promise<Pick<Row<T>, K>[]> {
    const plain = checkQuery(query);
    await this.#requireSchema("select");
    return (await this.#read("select", () => selectProgram(this.#dialect, plain))) as Pick<Row<T>, K>[];
  }

  async count<T extends TableName>(query: Pick<Query<T>, "table" | "where">): Promise<number> {
    const plain = checkQuery(query);
    await this.#requireSchema("count");
    return this.#read("count", () => countProgram(this.#dialect, plain));
  }

  async write(batch: Parameters<StorageAdapter["write"]>[0]): Promise<BatchResult> {
    const plain = checkBatch(batch);
    await this.#requireSchema("write");
    const { commands, affected } = d1Batch(this.#dialect, this.#inserts, plain);
    try {
      return { applied: true, affected: affected(await this.#batch("write", commands)) };
    } catch (error) {
      const failedGuard = failedGuardOf(error);
      if (failedGuard !== undefined) return { applied: false, failedGuard };
      throw toWriteError(error, this.#dialect, plain.statements);
    }
  }

  /** The binding is the host's and has nothing to close. */
  async close(): Promise<void> {
    this.#isClosed = true;
  }

  async #requireSchema(operation: string): Promise<void> {
    if (this.#isSchemaCurrent) return;
    requireUsable(await this.#read(operation, () => versionProgram(this.#dialect)));
    this.#isSchemaCurrent = true;
  }

  /** @returns whether it was done; not if another has changed the version since it was read */
  async #migrateBy(commands: readonly Command[], tries: number): Promise<boolean> {
    try {
      await this.#batch("migrate", commands);
      return true;
    } catch (error) {
      if (failedGuardOf(error) !== undefined && tries < MOST_MIGRATION_TRIES) return false;
      throw toStorageError(error, "migrate");
    }
  }

  #read<TResult>(operation: string, program: () => Program<TResult>): Promise<TResult> {
    return this.#run(operation, () => runAsync(program(), this.#execute));
  }

  async #run<TResult>(operation: string, work: () => Promise<TResult>): Promise<TResult> {
    try {
      this.#requireOpen(operation);
      return await work();
    } catch (error) {
      throw toStorageError(error, operation);
    }
  }

  readonly #execute = async (command: Command): Promise<Outcome> => {
    return { rows: await this.#prepared(command).raw(), changes: 0 };
  };

  async #batch(operation: string, commands: readonly Command[]): Promise<D1QueryResult[]> {
    this.#requireOpen(operation);
    if (commands.length === 0) return [];
    return await this.#database.batch(commands.map((command) => this.#prepared(command)));
  }

  #prepared(command: Command): D1PreparedQuery {
    const { sql, parameters } = fitted(command);
    const prepared = this.#database.prepare(sql);
    return parameters.length > 0 ? prepared.bind(...parameters) : prepared;
  }

  #requireOpen(operation: string): void {
    if (!this.#isClosed) return;
    throw new StorageError("storage.failed", { operation }, { cause: new Error("the storage has been closed") });
  }
}
