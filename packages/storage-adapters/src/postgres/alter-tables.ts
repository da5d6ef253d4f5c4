import type { Column, TableShape } from "@syncer/core";
import { type RawBuilder, sql } from "kysely";
import { createIndexes, createTable, namedChecks } from "../shared/create-schema.ts";
import type { SchemaRelease } from "../shared/schema-release.ts";
import { defaultOf, type Fill, filling, type SchemaChanges } from "../shared/schema-steps.ts";
import type { SqlDialect } from "../shared/sql-dialect.ts";

/**
 * Brings tables to their present form in place: new tables are made, changed ones get their new columns, today's checks and
 * the indexes that they lack. Only columns whose old rows get different values rewrite a table.
 */
export function alterStatements(dialect: SqlDialect, changes: SchemaChanges, release: SchemaRelease): string[] {
  return [...release.tables].flatMap(([table, shape]) => {
    if (changes.newTables.has(table)) {
      return [createTable(dialect, table, shape, release), ...createIndexes(dialect, table, shape)];
    }
    const fills = changes.changedTables.get(table);
    return fills ? alterTable(dialect, table, shape, fills, release) : [];
  });
}

function alterTable(
  dialect: SqlDialect,
  table: string,
  shape: TableShape,
  fills: ReadonlyMap<string, Fill>,
  release: SchemaRelease,
): string[] {
  const text = (statement: RawBuilder<unknown>) => statement.compile(dialect.builder).sql;
  const name = sql.table(dialect.tableName(table));
  const alter = (actions: RawBuilder<unknown>[]) =>
    actions.length > 0 ? [text(sql`alter table ${name} ${sql.join(actions)}`)] : [];
  const added = [...fills].flatMap(([column, fill]) => {
    const definition = shape.columns[column];
    return definition ? [{ column, definition, fill, value: defaultOf(table, column, release.steps) }] : [];
  });
  // Without a default there is nothing in the old rows yet, so the rule that something must be comes after.
  const computed = added.filter(({ fill, value }) => fill !== null && value === null);
  return [
    ...alter(
      added.map(({ column, definition, value }) => {
        const rest = value === null ? sql`` : sql` default ${sql.lit(dialect.encode(value))}${notNull(definition)}`;
        return sql`add column ${sql.ref(column)} ${dialect.columnType(definition)}${rest}`;
      }),
    ),
    ...computed.map(({ column, fill }) => text(sql`update ${name} set ${sql.ref(column)} = ${filling(dialect, fill)}`)),
    ...alter([
      ...computed
        .filter(({ definition }) => !definition.nullable)
        .map(({ column }) => sql`alter column ${sql.ref(column)} set not null`),
      ...namedChecks(dialect, table, shape).flatMap(([constraint, check]) => [
        sql`drop constraint if exists ${sql.id(constraint)}`,
        sql`add constraint ${sql.id(constraint)} check (${check})`,
      ]),
    ]),
    ...createIndexes(dialect, table, shape).map((create) => create.replace(/ index /, " index if not exists ")),
  ];
}

function notNull({ nullable }: Column): RawBuilder<unknown> {
  return nullable ? sql`` : sql` not null`;
}
