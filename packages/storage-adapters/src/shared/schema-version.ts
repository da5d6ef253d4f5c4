import { StorageError } from "@syncer/core";
import { sql } from "kysely";
import { oldestWorking, type SchemaRelease, type StoredVersion, thisRelease } from "./schema-release.ts";
import type { SqlDialect } from "./sql-dialect.ts";

const VERSION_TABLE = "schema_version";

export function versionTable(dialect: SqlDialect): string {
  return dialect.tableName(VERSION_TABLE);
}

/** The table that says which version the others have, and the oldest whose code may go on using them. */
export function createVersionTable(dialect: SqlDialect): string {
  const create = dialect.builder.schema
    .createTable(versionTable(dialect))
    .addColumn("id", sql`integer`, (column) => column.primaryKey().check(sql`"id" = 1`))
    .addColumn("version", sql`integer`, (column) => column.notNull())
    .addColumn("oldest", sql`integer`, (column) => column.notNull());
  return (dialect.tableEnd ? create.modifyEnd(dialect.tableEnd) : create).compile().sql;
}

export function recordVersion(dialect: SqlDialect, release: SchemaRelease = thisRelease): string {
  const table = sql.table(versionTable(dialect));
  return sql`insert into ${table} ("id", "version", "oldest") values (1, ${sql.lit(release.version)}, ${sql.lit(oldestWorking(release))}) on conflict ("id") do update set "version" = excluded."version", "oldest" = excluded."oldest"`.compile(
    dialect.builder,
  ).sql;
}

/**
 * Whether this release can work with the tables as they are. Newer ones are all right as long as what is new in them is
 * in nobody's way: during a rolling deploy, processes of the release before go on beside those of the next one.
 * @throws {StorageError} `storage.schema-outdated`, `storage.schema-newer`
 */
export function requireUsable(found: StoredVersion, { version }: SchemaRelease = thisRelease): void {
  requireNotTooNew(found, version);
  if (found.version < version) {
    throw new StorageError("storage.schema-outdated", { found: found.version, needed: version });
  }
}

/** @throws {StorageError} `storage.schema-newer` */
export function requireNotTooNew({ version: found, oldest }: StoredVersion, known: number): void {
  if (found > known && oldest > known) throw new StorageError("storage.schema-newer", { found, known });
}
