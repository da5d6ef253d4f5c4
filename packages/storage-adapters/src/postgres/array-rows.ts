import type { Column, PlainRow, Scalar } from "@syncer/core";
import { type RawBuilder, sql } from "kysely";
import type { RowBinding } from "../shared/sql-dialect.ts";

/** The most rows of one statement: far from the limit of a parameter's size, which is 1 GB. */
const MOST_ROWS = 10_000;

/**
 * Rows as one array for each column, so that a statement's text and the number of its parameters are the same for any
 * number of rows.
 */
export const arrayByColumn: RowBinding = {
  most: MOST_ROWS,
  isOneText: true,
  // `on conflict do update` refuses to touch a row twice.
  mayRepeatKeys: false,
  source({ columns }): RawBuilder<unknown> {
    return sql`select * from unnest(${sql.join(Object.values(columns).map((column) => arrayOf(column, [])))})`;
  },
  parameters({ columns }, rows: readonly Readonly<PlainRow>[]) {
    return Object.keys(columns).map((name) => arrayLiteral(rows.map((row) => row[name] ?? null)));
  },
};

/**
 * An array, bound as the text that the server reads: drivers differ in what they make of a JavaScript array, and pass a text
 * on as it is.
 */
export function arrayOf(column: Column, values: readonly Scalar[]): RawBuilder<unknown> {
  return sql`${arrayLiteral(values)}::${elementType(column)}[]`;
}

/** The type of a column without its collation. */
export function elementType({ class: columnClass }: Column): RawBuilder<unknown> {
  switch (columnClass) {
    case "time":
    case "count":
      return sql`bigint`;
    case "flag":
      return sql`boolean`;
    case "ratio":
      return sql`double precision`;
    default:
      return sql`text`;
  }
}

function arrayLiteral(values: readonly Scalar[]): string {
  return `{${values.map(element).join(",")}}`;
}

function element(value: Scalar): string {
  if (value === null) return "null";
  return typeof value === "string" ? `"${value.replace(/["\\]/g, "\\$&")}"` : `${value}`;
}
