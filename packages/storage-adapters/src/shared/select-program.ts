import { type PlainGuard, type PlainQuery, type PlainRow, type TableShape, tableShapes } from "@syncer/core";
import { behind, conditionsOf } from "./conditions.ts";
import type { Program } from "./program.ts";
import type { SqlDialect } from "./sql-dialect.ts";

export function shapeOf(table: string): TableShape {
  const shape = tableShapes.get(table);
  if (!shape) throw new RangeError(`no table ${table}`);
  return shape;
}

/** Reads the rows of a query. */
export function* selectProgram(dialect: SqlDialect, query: PlainQuery): Program<PlainRow[]> {
  const { table, orderBy = [], after, descending = false, limit } = query;
  const shape = shapeOf(table);
  const columns = query.columns ?? Object.keys(shape.columns);
  let select = dialect.builder
    .selectFrom(dialect.tableName(table))
    .select(columns)
    .where((eb) => conditionsOf(dialect, eb, query));
  if (after) select = select.where((eb) => behind(dialect, eb, query));
  for (const column of orderBy) {
    const says = !dialect.nullsComeFirst && shape.columns[column]?.nullable === true;
    const direction = descending ? "desc" : "asc";
    select = says
      ? select.orderBy(column, (by) => (descending ? by.desc().nullsLast() : by.asc().nullsFirst()))
      : select.orderBy(column, direction);
  }
  if (limit !== undefined) select = select.limit(limit);
  const { sql, parameters } = select.compile();
  const { rows } = yield { sql, parameters, table, columns };
  const decoders = columns.map((column) => ({ column, columnClass: shape.columns[column]?.class ?? "id" }));
  return rows.map((values) => {
    const row: PlainRow = {};
    for (let index = 0; index < decoders.length; index += 1) {
      const decoder = decoders[index];
      if (decoder) row[decoder.column] = dialect.decode(values[index], decoder.columnClass);
    }
    return row;
  });
}

/** Counts the rows of a query. */
export function* countProgram(dialect: SqlDialect, query: PlainQuery): Program<number> {
  const { table } = query;
  const { sql, parameters } = dialect.builder
    .selectFrom(dialect.tableName(table))
    .select((eb) => eb.fn.countAll().as("amount"))
    .where((eb) => conditionsOf(dialect, eb, query))
    .compile();
  const { rows } = yield { sql, parameters, table, columns: ["amount"] };
  return Number(rows[0]?.[0]);
}

/** Whether what a guard asks for is the case. */
export function* guardProgram(dialect: SqlDialect, { table, where, must }: PlainGuard): Program<boolean> {
  let select = dialect.builder
    .selectFrom(dialect.tableName(table))
    .select((eb) => eb.lit(1).as("found"))
    .where((eb) => conditionsOf(dialect, eb, { table, where }))
    .limit(1);
  // Nobody changes or deletes the row before this batch ends; rows that refer to it may come.
  if (dialect.locksGuards && must === "exist") select = select.forNoKeyUpdate();
  const { sql, parameters } = select.compile();
  const { rows } = yield { sql, parameters, table, columns: ["found"] };
  return rows.length > 0 === (must === "exist");
}
