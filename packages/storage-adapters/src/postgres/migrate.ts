import { InvalidRequestError, type MigrationReport } from "@syncer/core";
import { createSchema } from "../shared/create-schema.ts";
import type { Program } from "../shared/program.ts";
import { type SchemaRelease, type StoredVersion, thisRelease } from "../shared/schema-release.ts";
import { changesSince } from "../shared/schema-steps.ts";
import { createVersionTable, recordVersion, requireNotTooNew, versionTable } from "../shared/schema-version.ts";
import type { SqlDialect } from "../shared/sql-dialect.ts";
import { alterStatements } from "./alter-tables.ts";

/** The version of the schema in which this adapter came out; there are no tables of earlier ones. */
const FIRST_VERSION = 6;

/** Reads the version of the stored schema; 0 if there is none. Needs no right but to read. */
export function* versionProgram(dialect: SqlDialect): Program<StoredVersion> {
  const table = versionTable(dialect);
  const name = quoted(table);
  const { rows: tables } = yield {
    sql: 'select to_regclass($1) is not null as "found"',
    parameters: [name],
    table,
    columns: ["found"],
  };
  if (dialect.decode(tables[0]?.[0], "flag") !== true) return { version: 0, oldest: 0 };
  const columns = ["version", "oldest"];
  const { rows } = yield { sql: `select "version", "oldest" from ${name}`, parameters: [], table, columns };
  return { version: Number(rows[0]?.[0] ?? 0), oldest: Number(rows[0]?.[1] ?? 0) };
}

/**
 * Brings the schema to this release's version. The first statement waits for others who do the same, so the transaction
 * must not have been given its view of the database before: it has to be of the level `read committed`.
 */
export function* migrateProgram(
  dialect: SqlDialect,
  schema: string | undefined,
  release: SchemaRelease = thisRelease,
): Program<MigrationReport> {
  const table = versionTable(dialect);
  yield {
    sql: "select pg_advisory_xact_lock(hashtextextended($1, 0))",
    parameters: [`syncer migrates ${table}`],
    table,
    columns: [],
  };
  const found = yield* versionProgram(dialect);
  const from = found.version;
  requireNotTooNew(found, release.version);
  if (from >= release.version) return { from, to: from };
  if (from === 0 && schema !== undefined) yield* createNamespace(schema);
  for (const text of migrationStatements(dialect, from, release)) yield { sql: text, parameters: [], table };
  return { from, to: release.version };
}

/** Asked first, because `create schema if not exists` wants the right to make one even where there is nothing to make. */
function* createNamespace(schema: string): Program<void> {
  const { rows } = yield {
    sql: 'select count(*) as "amount" from pg_namespace where nspname = $1',
    parameters: [schema],
    table: schema,
    columns: ["amount"],
  };
  if (Number(rows[0]?.[0]) === 0) yield { sql: `create schema ${quoted(schema)}`, parameters: [], table: schema };
}

/** What to run on a database of this version, in order; 0 is one without our tables. */
export function migrationStatements(dialect: SqlDialect, from: number, release: SchemaRelease = thisRelease): string[] {
  if (from >= release.version) return [];
  const steps =
    from === 0
      ? [createVersionTable(dialect), ...createSchema(dialect, release)]
      : alterStatements(dialect, changesSince(from, release.steps), release);
  return [...steps, recordVersion(dialect, release)];
}

/** The same as text, to be reviewed and run by somebody else. */
export function migrationText(
  dialect: SqlDialect,
  schema: string | undefined,
  from: number,
  release: SchemaRelease = thisRelease,
): string {
  if (!Number.isSafeInteger(from) || (from !== 0 && from < FIRST_VERSION) || from > release.version) {
    const problem = `expected 0 or a whole number in ${FIRST_VERSION}..${release.version}`;
    throw new InvalidRequestError("request.invalid", { path: "migrationSql.from", problem });
  }
  const namespace = from === 0 && schema !== undefined ? [`create schema if not exists ${quoted(schema)}`] : [];
  return [...namespace, ...migrationStatements(dialect, from, release)].map((text) => `${text};\n`).join("");
}

/** Names are words of letters, digits and underscores, with a dot behind that of the schema. */
function quoted(name: string): string {
  return name
    .split(".")
    .map((part) => `"${part}"`)
    .join(".");
}
