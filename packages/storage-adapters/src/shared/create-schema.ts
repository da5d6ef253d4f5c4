import type { Column, Index, Scalar, TableShape } from "@syncer/core";
import { type ColumnDefinitionBuilder, type CreateTableBuilder, type RawBuilder, type SqlBool, sql } from "kysely";
import { boundedName, indexName } from "./index-name.ts";
import { type SchemaRelease, thisRelease } from "./schema-release.ts";
import { defaultOf } from "./schema-steps.ts";
import type { SqlDialect } from "./sql-dialect.ts";

/** All statements that make a release's tables and indexes in an empty database. */
export function createSchema(dialect: SqlDialect, release: SchemaRelease = thisRelease): string[] {
  return [...release.tables].flatMap(([table, shape]) => [
    createTable(dialect, table, shape, release),
    ...createIndexes(dialect, table, shape),
  ]);
}

export function createIndexes(dialect: SqlDialect, table: string, shape: TableShape): string[] {
  return shape.indexes.map((index) => createIndex(dialect, table, shape, index));
}

export function createTable(
  dialect: SqlDialect,
  table: string,
  shape: TableShape,
  { steps }: SchemaRelease = thisRelease,
): string {
  const name = dialect.bareName(table);
  const { references } = shape;
  let create: CreateTableBuilder<string, string> = dialect.builder.schema.createTable(dialect.tableName(table));
  for (const [column, definition] of Object.entries(shape.columns)) {
    create = create.addColumn(
      column,
      dialect.columnType(definition),
      columnForm(dialect, column, definition, defaultOf(table, column, steps)),
    );
  }
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
  for (const [constraint, check] of namedChecks(dialect, table, shape)) {
    create = create.addCheckConstraint(constraint, check);
  }
  return (dialect.tableEnd ? create.modifyEnd(dialect.tableEnd) : create).compile().sql;
}

/** Whether it may be null, its default and, where checks have no names, its check. */
function columnForm(
  dialect: SqlDialect,
  name: string,
  column: Column,
  defaultValue: Scalar,
): (built: ColumnDefinitionBuilder) => ColumnDefinitionBuilder {
  return (built) => {
    const check = dialect.namesChecks ? undefined : checkOf(dialect, name, column);
    const checked = check ? built.check(check) : built;
    const filled = defaultValue === null ? checked : checked.defaultTo(sql.lit(dialect.encode(defaultValue)));
    return column.nullable ? filled : filled.notNull();
  };
}

/** The checks of a table by name, where they have names. */
export function namedChecks(
  dialect: SqlDialect,
  table: string,
  { columns }: TableShape,
): [string, RawBuilder<SqlBool>][] {
  if (!dialect.namesChecks) return [];
  const own = `${dialect.bareName(table)}_`;
  return Object.entries(columns).flatMap(([name, column]) => {
    const check = checkOf(dialect, name, column);
    return check ? [[boundedName(own, `${own}${name}_check`), check]] : [];
  });
}

/** A check on null is neither true nor false and so lets it pass. */
function checkOf(dialect: SqlDialect, name: string, column: Column): RawBuilder<SqlBool> | undefined {
  const ref = sql.ref(name);
  if (column.class === "enum")
    return sql`${ref} in (${sql.join((column.values ?? []).map((value) => sql.lit(value)))})`;
  // Not where a flag has a type of its own.
  if (column.class === "flag" && dialect.encode(true) !== true) return sql`${ref} in (0, 1)`;
  if (column.class === "ratio") return sql`${ref} between 0 and 1`;
  return undefined;
}

function createIndex(dialect: SqlDialect, table: string, shape: TableShape, index: Index): string {
  const { columns, unique, where } = index;
  let create = dialect.builder.schema
    .createIndex(indexName(dialect.bareName(table), index))
    .on(dialect.tableName(table))
    .expression(
      sql.join(
        columns.map((column) => {
          const says = !dialect.nullsComeFirst && shape.columns[column]?.nullable === true;
          return says ? sql`${sql.ref(column)} nulls first` : sql.ref(column);
        }),
      ),
    );
  if (unique) create = create.unique();
  if (where) create = create.where(conditionOf(dialect, where));
  return create.compile().sql;
}

function conditionOf(dialect: SqlDialect, { column, is }: NonNullable<Index["where"]>): RawBuilder<SqlBool> {
  const ref = sql.ref(column);
  if (is === "not-null") return sql`${ref} is not null`;
  return sql`${ref} = ${sql.lit(dialect.encode(is))}`;
}
