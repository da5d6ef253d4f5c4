import { type PlainStatement, StorageError, SyncerError } from "@syncer/core";
import { FailedCommand } from "../shared/program.ts";
import { shapeOf } from "../shared/select-program.ts";
import type { SqlDialect } from "../shared/sql-dialect.ts";

/**
 * The port's error for one of D1's, which stays as the cause. SQLite names tables and columns in its messages, never
 * values.
 */
export function toStorageError(error: unknown, operation: string): unknown {
  if (SyncerError.is(error)) return error;
  const cause = error instanceof FailedCommand ? error.cause : error;
  return new StorageError("storage.failed", { operation }, { cause });
}

/** The same for a batch, of which a row may have been refused. */
export function toWriteError(error: unknown, dialect: SqlDialect, statements: readonly PlainStatement[]): unknown {
  const message = error instanceof Error ? error.message : "";
  if (!message.includes("SQLITE_CONSTRAINT")) return toStorageError(error, "write");
  const touched = [...new Set(statements.map(tableOf))];
  const table = touched.find((name) => message.includes(`failed: ${dialect.tableName(name)}.`));
  return new StorageError("storage.constraint", { table: table ?? referring(touched) }, { cause: error });
}

function tableOf(statement: PlainStatement): string {
  if ("insert" in statement) return statement.insert;
  return "update" in statement ? statement.update : statement.delete;
}

/** Of a row that refers to nothing D1 does not say where it is; all tables of the batch that refer to others, then. */
function referring(tables: readonly string[]): string {
  return tables.filter((table) => shapeOf(table).references !== undefined).join(" or ");
}
