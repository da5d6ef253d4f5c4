import { InvalidRequestError, type MigrationReport } from "@syncer/core";
import { createSchema } from "../shared/create-schema.ts";
import type { Program } from "../shared/program.ts";
import { type SchemaRelease, type StoredVersion, thisRelease } from "../shared/schema-release.ts";
import { changesSince } from "../shared/schema-steps.ts";
import { createVersionTable, recordVersion, requireNotTooNew, versionTable } from "../shared/schema-version.ts";
import type { SqlDialect } from "../shared/sql-dialect.ts";
import {
  hostAdditionsProgram,
  rebuildStatements,
  requireNoForeignChildren,
  tablesToRebuild,
} from "./rebuild-tables.ts";

/** Reads the version of the stored schema; 0 if there is none. Needs no right but to read. */
export function* versionProgram(dialect: SqlDialect): Program<StoredVersion> {
  const table = versionTable(dialect);
  const { rows: tables } = yield {
    sql: "select sql from sqlite_master where type = 'table' and name = ?",
    parameters: [table],
    table,
    columns: ["sql"],
  };
  if (tables.length === 0) return { version: 0, oldest: 0 };
  // Until version 6 nothing was said of older code, which could not work with newer tables.
  const oldest = String(tables[0]?.[0]).includes('"oldest"') ? '"oldest"' : '"version" as "oldest"';
  const columns = ["version", "oldest"];
  const { rows } = yield { sql: `select "version", ${oldest} from "${table}"`, parameters: [], table, columns };
  return { version: Number(rows[0]?.[0] ?? 0), oldest: Number(rows[0]?.[1] ?? 0) };
}

/** Whether the connection enforces foreign keys. */
export function* foreignKeysProgram(): Program<boolean> {
  const { rows } = yield { sql: "pragma foreign_keys", parameters: [], table: "", columns: ["foreign_keys"] };
  return Number(rows[0]?.[0]) === 1;
}

/**
 * Brings the schema to this release's version. The caller runs it under the write lock, so of several processes that
 * start at once one does the work and the others find it done.
 * @param path what a refusal of the host's database is about
 */
export function* migrateProgram(
  dialect: SqlDialect,
  release: SchemaRelease = thisRelease,
  path = "sqlite.source",
): Program<MigrationReport> {
  const found = yield* versionProgram(dialect);
  const from = found.version;
  requireNotTooNew(found, release.version);
  if (from >= release.version) return { from, to: from };
  const rebuilt = from === 0 ? [] : tablesToRebuild(changesSince(from, release.steps), release);
  yield* requireNoForeignChildren(dialect, rebuilt, path);
  const hostAdditions = yield* hostAdditionsProgram(dialect, rebuilt);
  for (const text of [...migrationStatements(dialect, from, release), ...hostAdditions]) {
    yield { sql: text, parameters: [], table: versionTable(dialect) };
  }
  return { from, to: release.version };
}

/**
 * The text that brings a database of this version to this release's; 0 is one without our tables.
 * @throws {InvalidRequestError} `request.invalid`: no version up to this release's
 */
export function migrationText(dialect: SqlDialect, from: number): string {
  const { version } = thisRelease;
  if (!Number.isSafeInteger(from) || from < 0 || from > version) {
    const problem = `expected a whole number in 0..${version}`;
    throw new InvalidRequestError("request.invalid", { path: "migrationSql.from", problem });
  }
  return migrationStatements(dialect, from)
    .map((text) => `${text};\n`)
    .join("");
}

/** What to run on a database of this version, in order; 0 is one without our tables. */
function migrationStatements(dialect: SqlDialect, from: number, release: SchemaRelease = thisRelease): string[] {
  if (from >= release.version) return [];
  const steps =
    from === 0
      ? createSchema(dialect, release)
      : rebuildStatements(dialect, changesSince(from, release.steps), release);
  return [
    // Made anew, it is always what it is in a new database. One that is there without a version of ours is not ours.
    ...(from === 0 ? [] : [`drop table "${versionTable(dialect)}"`]),
    createVersionTable(dialect),
    ...steps,
    recordVersion(dialect, release),
  ];
}
