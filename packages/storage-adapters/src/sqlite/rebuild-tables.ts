import { ConfigurationError, type TableShape, tableShapes } from "@syncer/core";
import { createIndexes, createTable } from "../shared/create-schema.ts";
import { indexName, wholeIndexName } from "../shared/index-name.ts";
import type { Program } from "../shared/program.ts";
import { type SchemaRelease, thisRelease } from "../shared/schema-release.ts";
import { type Fill, filling, type SchemaChanges } from "../shared/schema-steps.ts";
import type { SqlDialect } from "../shared/sql-dialect.ts";

/**
 * Tables to make anew, parents first: those that changed, because SQLite can neither change a CHECK nor put a column
 * where the schema has it, and those that refer to one of them, because its removal would take their rows along.
 */
export function tablesToRebuild(
  { newTables, changedTables }: SchemaChanges,
  { tables }: SchemaRelease = thisRelease,
): string[] {
  const rebuilt = new Set<string>();
  for (const [table, { references }] of tables) {
    if (newTables.has(table)) continue;
    if (changedTables.has(table) || (references && rebuilt.has(references.table))) rebuilt.add(table);
  }
  return [...rebuilt];
}

/**
 * Brings tables to their present form: all rows are put aside, children first; then each table is made as in an empty
 * database, parents first, and gets its rows back.
 *
 * SQLite's own advice is to copy into a new table and to rename that, with foreign keys switched off before the
 * transaction. This order needs neither. It is right whether they are on or off, so the text is safe in any tool; and a
 * rename fails where a host has a view of the table. Rows come back in the order of their key: one million links take
 * 6 s so, 12 s in the order they were in, 8 to 9 s with a rename.
 */
export function rebuildStatements(
  dialect: SqlDialect,
  changes: SchemaChanges,
  release: SchemaRelease = thisRelease,
): string[] {
  const rebuilt = tablesToRebuild(changes, release);
  return [
    ...rebuilt.toReversed().flatMap((table) => putAside(dialect, table)),
    ...[...release.tables].flatMap(([table, shape]) => {
      const isRebuilt = rebuilt.includes(table);
      if (!isRebuilt && !changes.newTables.has(table)) return [];
      return [
        createTable(dialect, table, shape, release),
        ...(isRebuilt ? putBack(dialect, table, shape, changes.changedTables.get(table)) : []),
        ...createIndexes(dialect, table, shape),
      ];
    }),
    ...(changes.namesIndexesAnew
      ? [...release.tables].flatMap(([table, shape]) =>
          rebuilt.includes(table) || changes.newTables.has(table) ? [] : renameIndexes(dialect, table, shape),
        )
      : []),
  ];
}

/** Makes those indexes anew whose names were longer than names are now. */
function renameIndexes(dialect: SqlDialect, table: string, shape: TableShape): string[] {
  const name = dialect.tableName(table);
  return shape.indexes.flatMap((index) => {
    const before = wholeIndexName(name, index);
    if (before === indexName(name, index)) return [];
    return [`drop index "${before}"`, ...createIndexes(dialect, table, { ...shape, indexes: [index] })];
  });
}

function putAside(dialect: SqlDialect, table: string): string[] {
  const name = dialect.tableName(table);
  return [`create table "${asideName(dialect, table)}" as select * from "${name}"`, `drop table "${name}"`];
}

function putBack(
  dialect: SqlDialect,
  table: string,
  { columns, primaryKey }: TableShape,
  fills: ReadonlyMap<string, Fill> = new Map(),
): string[] {
  const names = Object.keys(columns);
  const aside = asideName(dialect, table);
  let old = dialect.builder.selectFrom(aside).select(
    names.map((column) => {
      const fill = fills.get(column);
      return fill === undefined ? column : filling(dialect, fill).as(column);
    }),
  );
  for (const column of primaryKey) old = old.orderBy(column);
  const insert = dialect.builder.insertInto(dialect.tableName(table)).columns(names).expression(old);
  return [insert.compile().sql, `drop table "${aside}"`];
}

function asideName(dialect: SqlDialect, table: string): string {
  return dialect.tableName(`${table}_put_aside`);
}

/** The statements that make again what a host added to these tables and what would go with them: indexes, triggers. */
export function* hostAdditionsProgram(dialect: SqlDialect, tables: readonly string[]): Program<string[]> {
  // Our own indexes are called after their table and columns.
  const { rows } = yield {
    sql: `select sql from sqlite_master
      where tbl_name in (select value from json_each(?)) and type in ('index', 'trigger') and sql is not null
        and not (type = 'index' and substr(name, 1, length(tbl_name) + 4) = tbl_name || '_by_')
      order by rowid`,
    parameters: [JSON.stringify(tables.map((table) => dialect.tableName(table)))],
    table: "sqlite_master",
    columns: ["sql"],
  };
  return rows.map(([text]) => String(text));
}

/**
 * A host's table that refers to one of these would lose its rows with it, as its reference says. D1 has tables of its
 * own, `_cf_…`, and allows nobody to look at them.
 * @throws {ConfigurationError} naming those tables
 */
export function* requireNoForeignChildren(dialect: SqlDialect, tables: readonly string[], path: string): Program<void> {
  const namesOf = (list: Iterable<string>) => JSON.stringify([...list].map((table) => dialect.tableName(table)));
  const { rows } = yield {
    sql: `select distinct child.name as child, reference."table" as parent
      from sqlite_master as child join pragma_foreign_key_list(child.name) as reference
      where child.type = 'table' and substr(child.name, 1, 4) <> '_cf_' and child.name not in (select value from json_each(?))
        and reference."table" collate nocase in (select value from json_each(?))`,
    parameters: [namesOf(tableShapes.keys()), namesOf(tables)],
    table: "sqlite_master",
    columns: ["child", "parent"],
  };
  if (rows.length === 0) return;
  throw new ConfigurationError(
    rows.map(([child, parent]) => ({
      path,
      expected: `no table of the host's that refers to ${parent}, which this migration makes anew`,
      fix: `Take the foreign key out of ${child}, migrate, and put it back.`,
    })),
  );
}
