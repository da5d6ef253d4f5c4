import { type Column, type Index, SCHEMA_VERSION, type TableShape, tableShapes } from "@syncer/core";
import { type CreateTableBuilder, type RawBuilder, type SqlBool, sql } from "kysely";
import { indexName } from "../shared/index-name.ts";
import type { SqlDialect } from "../shared/sql-dialect.ts";

const VERSION_TABLE = "schema_version";

export function versionTable(dialect: SqlDialect): string {
  return dialect.tableName(VERSION_TABLE);
}

/** The table that says which version of the schema the others have. */
export function createVersionTable(dialect: SqlDialect): string {
  return dialect.builder.schema
    .createTable(versionTable(dialect))
    .ifNotExists()
    .addColumn("id", sql`integer`, (column) => column.primaryKey().check(sql`"id" = 1`))
    .addColumn("version", sql`integer`, (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .compile().sql;
}

export function recordVersion(dialect: SqlDialect): string {
  return `insert into "${versionTable(dialect)}" ("id", "version") values (1, ${SCHEMA_VERSION}) on conflict ("id") do update set "version" = excluded."version"`;
}

/** All statements that make this release's tables and indexes in an empty database. */
export function createSchema(dialect: SqlDialect): string[] {
  return [...tableShapes].flatMap(([table, shape]) => [
    createTable(dialect, table, shape),
    ...createIndexes(dialect, table, shape),
  ]);
}

export function createIndexes(dialect: SqlDialect, table: string, { indexes }: TableShape): string[] {
  return indexes.map((index) => createIndex(dialect, table, index));
}

export function createTable(dialect: SqlDialect, table: string, shape: TableShape): string {
  const name = dialect.tableName(table);
  const { references } = shape;
  let create: CreateTableBuilder<string, string> = dialect.builder.schema.createTable(name);
  for (const [column, definition] of Object.entries(shape.columns)) create = addColumn(create, column, definition);
  create = create.addPrimaryKeyConstraint(`${name}_key`, [...shape.primaryKey]);
  if (references) {
    create = create.addForeignKeyConstraint(
      `${name}_parent`,
      [...references.columns],
      dialect.tableName(references.table),
      [...references.target],
      (constraint) => constraint.onDelete("cascade"),
    );
  }
  return create.modifyEnd(sql`strict`).compile().sql;
}

function addColumn(
  create: CreateTableBuilder<string, string>,
  name: string,
  column: Column,
): CreateTableBuilder<string, string> {
  return create.addColumn(name, typeOf(column), (built) => {
    const check = checkOf(name, column);
    const checked = check ? built.check(check) : built;
    return column.nullable ? checked : checked.notNull();
  });
}

function typeOf(column: Column): RawBuilder<unknown> {
  switch (column.class) {
    case "time":
    case "count":
    case "flag":
      return sql`integer`;
    case "ratio":
      return sql`real`;
    default:
      return sql`text collate binary`;
  }
}

/** A check on null is neither true nor false and so lets it pass. */
function checkOf(name: string, column: Column): RawBuilder<SqlBool> | undefined {
  const ref = sql.ref(name);
  if (column.class === "enum")
    return sql`${ref} in (${sql.join((column.values ?? []).map((value) => sql.lit(value)))})`;
  if (column.class === "flag") return sql`${ref} in (0, 1)`;
  if (column.class === "ratio") return sql`${ref} between 0 and 1`;
  return undefined;
}

function createIndex(dialect: SqlDialect, table: string, index: Index): string {
  const name = dialect.tableName(table);
  const { columns, unique, where } = index;
  let create = dialect.builder.schema
    .createIndex(indexName(name, index))
    .on(name)
    .columns([...columns]);
  if (unique) create = create.unique();
  if (where) create = create.where(conditionOf(where));
  return create.compile().sql;
}

function conditionOf({ column, is }: NonNullable<Index["where"]>): RawBuilder<SqlBool> {
  const ref = sql.ref(column);
  if (is === "not-null") return sql`${ref} is not null`;
  return sql`${ref} = ${sql.lit(typeof is === "boolean" ? Number(is) : is)}`;
}
