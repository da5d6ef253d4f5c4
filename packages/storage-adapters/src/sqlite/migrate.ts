import { type MigrationReport, SCHEMA_VERSION, StorageError } from "@syncer/core";
import type { Program } from "../shared/program.ts";
import { changesSince } from "../shared/schema-steps.ts";
import type { SqlDialect } from "../shared/sql-dialect.ts";
import {
  hostAdditionsProgram,
  rebuildStatements,
  requireNoForeignChildren,
  tablesToRebuild,
} from "./rebuild-tables.ts";
import { createSchema, createVersionTable, recordVersion, versionTable } from "./sqlite-schema.ts";

/** Reads the version of the stored schema; 0 if there is none. Needs no right but to read. */
export function* versionProgram(dialect: SqlDialect): Program<number> {
  const table = versionTable(dialect);
  const { rows: tables } = yield {
    sql: "select name from sqlite_master where type = 'table' and name = ?",
    parameters: [table],
    table,
    columns: ["name"],
  };
  if (tables.length === 0) return 0;
  const { rows } = yield { sql: `select "version" from "${table}"`, parameters: [], table, columns: ["version"] };
  return Number(rows[0]?.[0] ?? 0);
}

/** Whether the connection enforces foreign keys. */
export function* foreignKeysProgram(): Program<boolean> {
  const { rows } = yield { sql: "pragma foreign_keys", parameters: [], table: "", columns: ["foreign_keys"] };
  return Number(rows[0]?.[0]) === 1;
}

/**
 * Brings the schema to this release's version. The caller runs it under the write lock, so of several processes that
 * start at once one does the work and the others find it done.
 */
export function* migrateProgram(dialect: SqlDialect): Program<MigrationReport> {
  const from = yield* versionProgram(dialect);
  if (from > SCHEMA_VERSION) {
    throw new StorageError("storage.schema-newer", { found: from, known: SCHEMA_VERSION });
  }
  const rebuilt = from === 0 ? [] : tablesToRebuild(changesSince(from));
  yield* requireNoForeignChildren(dialect, rebuilt);
  const hostAdditions = yield* hostAdditionsProgram(dialect, rebuilt);
  for (const text of [...migrationStatements(dialect, from), ...hostAdditions]) {
    yield { sql: text, parameters: [], table: versionTable(dialect) };
  }
  return { from, to: SCHEMA_VERSION };
}

/** @throws {StorageError} `storage.schema-outdated`, `storage.schema-newer` */
export function requireCurrent(found: number): void {
  if (found > SCHEMA_VERSION) throw new StorageError("storage.schema-newer", { found, known: SCHEMA_VERSION });
  if (found < SCHEMA_VERSION) throw new StorageError("storage.schema-outdated", { found, needed: SCHEMA_VERSION });
}

/** What to run on a database of this version, in order; 0 is one without our tables. */
export function migrationStatements(dialect: SqlDialect, from: number): string[] {
  if (from >= SCHEMA_VERSION) return [];
  const steps =
    from === 0
      ? [createVersionTable(dialect), ...createSchema(dialect)]
      : rebuildStatements(dialect, changesSince(from));
  return [...steps, recordVersion(dialect)];
}
