import type { Column, PlainRow, TableShape } from "@syncer/core";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import { pieces } from "../shared/insert-program.ts";
import type { Command } from "../shared/program.ts";
import type { RowBinding, SqlDialect } from "../shared/sql-dialect.ts";
import { sqliteSql } from "../sqlite/sqlite-sql.ts";

/** D1 takes no more for one statement. */
const MOST_PARAMETERS = 100;

/**
 * The most UTF-16 units that one parameter may stand for. D1 takes values of 2,000,000 bytes, and in JSON a unit has at
 * most six: that is how it writes a control character.
 */
const LONGEST = 300_000;
/** What a value takes in JSON beside its text: quotes and a comma, or a number. */
const VALUE_UNITS = 20;

/** SQLite's ways, within D1's limits: whatever has a length travels as JSON, in parameters that are not too long. */
export function d1Sql(options: { readonly tablePrefix: string }): SqlDialect {
  const dialect = sqliteSql({ ...options, rowsPerInsert: 1 });
  return {
    ...dialect,
    rows: jsonRows(dialect),
    isOneOf(column, values, definition) {
      const lists = pieces(values, LONGEST, unitsOf);
      if (lists.length <= 1) return dialect.isOneOf(column, values, definition);
      return sql<SqlBool>`(${sql.join(
        lists.map((list) => dialect.isOneOf(column, list, definition)),
        sql` or `,
      )})`;
    },
  };
}

function unitsOf(value: unknown): number {
  return VALUE_UNITS + (typeof value === "string" ? value.length : 0);
}

/** All rows of an insert in one parameter: neither the number of parameters nor the statement's length limits them. */
function jsonRows(dialect: SqlDialect): RowBinding {
  return {
    most: Number.POSITIVE_INFINITY,
    length: {
      most: LONGEST,
      of: (row) => Object.values(row).reduce<number>((sum, value) => sum + unitsOf(value), 0),
    },
    isOneText: true,
    mayRepeatKeys: true,
    source({ columns }: TableShape) {
      const values = Object.values(columns).map(unpackedValue);
      // Without the condition "on conflict" would be read as the beginning of a join.
      return sql`select ${sql.join(values)} from json_each(${""}) where true`;
    },
    parameters: ({ columns }, rows) => [
      JSON.stringify(rows.map((row) => Object.entries(columns).map((column) => packedValue(dialect, row, column)))),
    ],
  };
}

/** One column of a row that travels as a JSON array; only ratios need more than taking it out. */
function unpackedValue({ class: columnClass }: Column, index: number): RawBuilder<unknown> {
  if (columnClass !== "ratio") return sql`value->>${sql.lit(index)}`;
  return sql.raw(`(value->>'$[${index}][0]') * pow(2.0, value->>'$[${index}][1]')`);
}

function packedValue(dialect: SqlDialect, row: Readonly<PlainRow>, [name, column]: [string, Column]): unknown {
  const value = row[name] ?? null;
  return column.class === "ratio" && typeof value === "number" ? scaled(value) : dialect.encode(value);
}

/** A number as a whole one times a power of two, because SQLite may miss the last bit when it reads digits. */
function scaled(value: number): [whole: number, exponent: number] {
  let [whole, exponent] = [value, 0];
  while (!Number.isInteger(whole)) {
    whole *= 2;
    exponent -= 1;
  }
  return [whole, exponent];
}

/**
 * The same statement with its parameters in one if they are too many. Our texts have no other question marks. What is no
 * whole number stays by itself, see `scaled`; of those a statement has few.
 */
export function fitted({ sql: text, parameters }: Command): Pick<Command, "sql" | "parameters"> {
  if (parameters.length <= MOST_PARAMETERS) return { sql: text, parameters };
  const alone: unknown[] = [];
  let index = -1;
  const fittedText = text.replaceAll("?", () => {
    index += 1;
    const value = parameters[index];
    if (typeof value !== "number" || Number.isInteger(value)) return `(?1->>${index})`;
    alone.push(value);
    return `?${alone.length + 1}`;
  });
  return { sql: fittedText, parameters: [JSON.stringify(parameters), ...alone] };
}
