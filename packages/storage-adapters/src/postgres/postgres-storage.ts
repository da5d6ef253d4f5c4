import {
  type BatchResult,
  checkBatch,
  checkQuery,
  type MigrationReport,
  type PlainBatch,
  type Query,
  type Row,
  SCHEMA_VERSION,
  type StorageAdapter,
  StorageError,
  type TableName,
} from "@syncer/core";
import { batchProgram } from "../shared/batch-program.ts";
import { InsertTexts, isOneStatement } from "../shared/insert-program.ts";
import type { Program } from "../shared/program.ts";
import { requireUsable } from "../shared/schema-version.ts";
import { countProgram, selectProgram } from "../shared/select-program.ts";
import type { SqlDialect } from "../shared/sql-dialect.ts";
import { kyselyConnection } from "./kysely-connection.ts";
import { migrateProgram, migrationText, versionProgram } from "./migrate.ts";
import { ownPool } from "./own-pool.ts";
import { poolConnection } from "./pool-connection.ts";
import type { PostgresConnection } from "./postgres-connection.ts";
import { toStorageError } from "./postgres-errors.ts";
import { type CheckedOptions, checkOptions, type PostgresOptions, type PostgresSource } from "./postgres-options.ts";
import { postgresSql } from "./postgres-sql.ts";
import { type Repeatability, Retries } from "./retries.ts";

export interface PostgresStorage extends StorageAdapter {
  /**
   * The SQL that `migrate()` would run, for review or for a role that may do what the application's may not. Run it in
   * one transaction that ends with the first error, while nobody else does. Nothing but `migrate()` ever changes the schema.
   * @param from the version that the database has, which `storage.schema-outdated` names; 0 (default): none of our tables
   * @returns nothing for a database of this release's version
   * @throws {InvalidRequestError} `request.invalid`: no version that this adapter has had
   */
  migrationSql(from?: number): string;
}

/**
 * Keeps everything in PostgreSQL 14 or newer, for as many processes as there are. A batch with guards is one serializable
 * transaction, which is tried again when another one gets in its way; the rows that its guards ask for stay as they are
 * until it has ended.
 *
 * Nothing is opened before the first call. Without a current schema every call but `migrate` rejects with
 * `storage.schema-outdated`. If the connection breaks while a batch is being written, `storage.failed` does not say whether
 * it was.
 *
 * @example
 * const storage = postgres({ connectionString: process.env.DATABASE_URL });
 * await storage.migrate();
 * @throws {ConfigurationError} with every problem at once
 */
export function postgres(source: PostgresSource, options: PostgresOptions = {}): PostgresStorage {
  return new Postgres(source, checkOptions(source, options));
}

class Postgres implements PostgresStorage {
  readonly #source: PostgresSource;
  readonly #options: CheckedOptions;
  readonly #dialect: SqlDialect;
  readonly #inserts: InsertTexts;
  #connection: Promise<PostgresConnection> | undefined;
  #isSchemaUsable = false;
  #isClosed = false;

  constructor(source: PostgresSource, options: CheckedOptions) {
    this.#source = source;
    this.#options = options;
    this.#dialect = postgresSql(options);
    this.#inserts = new InsertTexts(this.#dialect);
  }

  migrationSql(from = 0): string {
    return migrationText(this.#dialect, this.#options.schema, from);
  }

  async migrate(): Promise<MigrationReport> {
    // Neither a lock nor a right to change the schema is needed to find that there is nothing to do.
    const { version } = await this.#read("migrate", () => versionProgram(this.#dialect));
    const report =
      version === SCHEMA_VERSION
        ? { from: version, to: version }
        : await this.#run(
            "migrate",
            (connection) =>
              connection.transact("read committed", () => migrateProgram(this.#dialect, this.#options.schema)),
            { onLostConnection: true },
          );
    this.#isSchemaUsable = true;
    return report;
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
    return this.#write(plain);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const connection = this.#connection;
    this.#connection = undefined;
    await (await connection?.catch(() => undefined))?.close();
  }

  #write(batch: PlainBatch): Promise<BatchResult> {
    const program = () => batchProgram(this.#dialect, this.#inserts, batch);
    // One statement is atomic by itself, at a third of the round trips; if the connection breaks it may have been done.
    if (isOneStatement(this.#dialect, batch)) return this.#run("write", (connection) => connection.run(program));
    const hasGuards = batch.guards.length > 0;
    // Without guards, each statement works on what is there when its turn comes.
    const isolation = hasGuards ? "serializable" : "read committed";
    const may = { onLostConnection: true, onTakenKey: hasGuards };
    return this.#run("write", (connection) => connection.transact(isolation, program), may);
  }

  #read<TResult>(operation: string, program: () => Program<TResult>): Promise<TResult> {
    return this.#run(operation, (connection) => connection.run(program), { onLostConnection: true });
  }

  async #requireSchema(operation: string): Promise<void> {
    if (this.#isSchemaUsable) return;
    requireUsable(await this.#read(operation, () => versionProgram(this.#dialect)));
    this.#isSchemaUsable = true;
  }

  /** Does the work, again where that is safe and helps, and gives its errors the port's form. */
  async #run<TResult>(
    operation: string,
    work: (connection: PostgresConnection) => Promise<TResult>,
    { onLostConnection = false, onTakenKey = false }: Partial<Repeatability> = {},
  ): Promise<TResult> {
    const giveUpAt = performance.now() + this.#options.retryTimeoutMs;
    const retries = new Retries({ giveUpAt, onLostConnection, onTakenKey });
    for (;;) {
      try {
        return await work(await this.#open(operation));
      } catch (error) {
        const waitMs = retries.after(error);
        if (waitMs === undefined) throw toStorageError(error, operation);
        await new Promise((resume) => setTimeout(resume, waitMs));
      }
    }
  }

  async #open(operation: string): Promise<PostgresConnection> {
    if (this.#isClosed) {
      throw new StorageError("storage.failed", { operation }, { cause: new Error("the storage has been closed") });
    }
    this.#connection ??= connect(this.#source, this.#options);
    return this.#connection;
  }
}

async function connect(source: PostgresSource, options: CheckedOptions): Promise<PostgresConnection> {
  if ("connectionString" in source) return ownPool(source.connectionString, options);
  return "pool" in source ? poolConnection(source.pool) : kyselyConnection(source.kysely);
}
