import {
  type Column,
  type PlainComparison,
  type PlainQuery,
  type PlainWhere,
  type Scalar,
  tableShapes,
} from "@syncer/core";
import { type Expression, type SqlBool, sql } from "kysely";
import type { ColumnBuilder, SqlDialect } from "./sql-dialect.ts";

const ORDERINGS = [
  ["lt", "<"],
  ["lte", "<="],
  ["gt", ">"],
  ["gte", ">="],
] as const;

/** All conditions of a `where`; an empty one holds for every row. */
export function conditionsOf(
  dialect: SqlDialect,
  eb: ColumnBuilder,
  { table, where = {} }: { readonly table: string; readonly where?: PlainWhere },
): Expression<SqlBool> {
  const columns = tableShapes.get(table)?.columns;
  return eb.and(
    Object.entries(where).flatMap(([name, condition]) => {
      const columnClass = columns?.[name]?.class;
      const isFewValued = columnClass === "flag" || columnClass === "enum";
      if (isFewValued && condition !== null && typeof condition !== "object") {
        // Written out, because a database uses a partial index only where the text itself shows that it applies.
        // A flag or a word of an enum is nobody's input: the check against the schema has let nothing else through.
        return [sql<SqlBool>`${sql.ref(name)} = ${sql.lit(dialect.encode(condition))}`];
      }
      return comparisons(dialect, eb, { name, definition: columns?.[name] }, condition);
    }),
  );
}

function comparisons(
  dialect: SqlDialect,
  eb: ColumnBuilder,
  { name: column, definition = { class: "id", nullable: false } }: { name: string; definition: Column | undefined },
  condition: Scalar | PlainComparison,
): Expression<SqlBool>[] {
  if (condition === null) return [eb(column, "is", null)];
  if (typeof condition !== "object") return [eb(column, "=", dialect.encode(condition))];
  const { in: list, not } = condition;
  const parts: Expression<SqlBool>[] = [];
  if (list !== undefined) parts.push(dialect.isOneOf(column, list, definition));
  if (not === null) parts.push(eb(column, "is not", null));
  else if (not !== undefined) parts.push(eb(column, "is distinct from", dialect.encode(not)));
  for (const [key, operator] of ORDERINGS) {
    const operand = condition[key];
    if (operand !== undefined) parts.push(eb(column, operator, dialect.encode(operand)));
  }
  return parts;
}

/** Keyset paging: rows behind the values of `after`, where null comes before everything. */
export function behind(dialect: SqlDialect, eb: ColumnBuilder, query: PlainQuery): Expression<SqlBool> {
  const { table, descending = false } = query;
  const columns = tableShapes.get(table)?.columns;
  const keys = openKeys(query).map(({ column, value }) => ({ column, value: dialect.encode(value) }));
  if (keys.length > 0 && keys.every(({ column }) => columns?.[column]?.nullable === false)) {
    // A row value lets the database walk an index from there on; the spelt-out form does not. But nulls defeat it.
    const operator = sql.raw(descending ? "<" : ">");
    const names = sql.join(keys.map(({ column }) => sql.ref(column)));
    return sql<SqlBool>`(${names}) ${operator} (${sql.join(keys.map(({ value }) => value))})`;
  }
  return eb.or(
    keys.map(({ column, value }, index) =>
      eb.and([
        ...keys.slice(0, index).map((earlier) => equals(eb, earlier.column, earlier.value)),
        isPast(eb, column, value, descending),
      ]),
    ),
  );
}

/**
 * The columns that decide what is behind. One that a condition fixes to the very value of `after` is the same in all
 * rows; left in, it would keep SQLite from entering the index at the place where the page begins.
 */
function openKeys({ orderBy = [], after = [], where = {} }: PlainQuery): { column: string; value: Scalar }[] {
  return orderBy.flatMap((column, index) => {
    const value = after[index] ?? null;
    return value !== null && where[column] === value ? [] : [{ column, value }];
  });
}

function equals(eb: ColumnBuilder, column: string, value: Scalar): Expression<SqlBool> {
  return value === null ? eb(column, "is", null) : eb(column, "=", value);
}

function isPast(eb: ColumnBuilder, column: string, value: Scalar, descending: boolean): Expression<SqlBool> {
  if (!descending) return value === null ? eb(column, "is not", null) : eb(column, ">", value);
  return value === null ? eb.or([]) : eb.or([eb(column, "<", value), eb(column, "is", null)]);
}
