import { type PlainComparison, type PlainQuery, type PlainWhere, type Scalar, tableShapes } from "@syncer/core";
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
      return comparisons(dialect, eb, name, condition);
    }),
  );
}

function comparisons(
  dialect: SqlDialect,
  eb: ColumnBuilder,
  column: string,
  condition: Scalar | PlainComparison,
): Expression<SqlBool>[] {
  if (condition === null) return [eb(column, "is", null)];
  if (typeof condition !== "object") return [eb(column, "=", dialect.encode(condition))];
  const { in: list, not } = condition;
  const parts: Expression<SqlBool>[] = [];
  if (list !== undefined) parts.push(dialect.isOneOf(column, list));
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
  const { table, orderBy = [], after = [], descending = false } = query;
  const values = after.map((value) => dialect.encode(value));
  const columns = tableShapes.get(table)?.columns;
  if (orderBy.every((column) => columns?.[column]?.nullable === false)) {
    // A row value lets the database walk an index from there on; the spelt-out form does not. But nulls defeat it.
    const operator = sql.raw(descending ? "<" : ">");
    return sql<SqlBool>`(${sql.join(orderBy.map((column) => sql.ref(column)))}) ${operator} (${sql.join(values)})`;
  }
  return eb.or(
    orderBy.map((column, index) =>
      eb.and([
        ...orderBy.slice(0, index).map((earlier, at) => equals(eb, earlier, values[at] ?? null)),
        isPast(eb, column, values[index] ?? null, descending),
      ]),
    ),
  );
}

function equals(eb: ColumnBuilder, column: string, value: Scalar): Expression<SqlBool> {
  return value === null ? eb(column, "is", null) : eb(column, "=", value);
}

function isPast(eb: ColumnBuilder, column: string, value: Scalar, descending: boolean): Expression<SqlBool> {
  if (!descending) return value === null ? eb(column, "is not", null) : eb(column, ">", value);
  return value === null ? eb.or([]) : eb.or([eb(column, "<", value), eb(column, "is", null)]);
}
