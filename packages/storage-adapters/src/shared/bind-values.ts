import { type RawBuilder, sql } from "kysely";
import type { RowBinding, SqlDialect } from "./sql-dialect.ts";

/** Rows value by value, a placeholder for each: `values (?, ?), (?, ?)`. */
export function valueByValue(most: number, encode: SqlDialect["encode"]): RowBinding {
  return {
    most,
    isOneText: false,
    mayRepeatKeys: true,
    source({ columns }, rows): RawBuilder<unknown> {
      const row = sql`(${sql.join(Object.keys(columns).map(() => 0))})`;
      return sql`values ${sql.join(Array(rows).fill(row))}`;
    },
    parameters({ columns }, rows) {
      const names = Object.keys(columns);
      const parameters: unknown[] = [];
      for (const row of rows) for (const name of names) parameters.push(encode(row[name] ?? null));
      return parameters;
    },
  };
}
