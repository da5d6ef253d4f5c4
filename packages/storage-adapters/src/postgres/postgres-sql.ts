import type { ColumnClass, Scalar } from "@syncer/core";
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type SqlBool,
  sql,
} from "kysely";
import type { PlainTables, SqlDialect } from "../shared/sql-dialect.ts";
import { arrayByColumn, arrayOf, elementType } from "./array-rows.ts";

const NO_TEXT = new Set<ColumnClass>(["time", "count", "flag", "ratio"]);

/** PostgreSQL's ways with values, lists and names. */
export function postgresSql(options: {
  readonly tablePrefix: string;
  readonly schema: string | undefined;
}): SqlDialect {
  const { tablePrefix, schema } = options;
  return {
    builder: new Kysely<PlainTables>({
      dialect: {
        createAdapter: () => new PostgresAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (db) => new PostgresIntrospector(db),
        createQueryCompiler: () => new PostgresQueryCompiler(),
      },
    }),
    rows: arrayByColumn,
    tableName: (table) => (schema === undefined ? tablePrefix + table : `${schema}.${tablePrefix}${table}`),
    bareName: (table) => tablePrefix + table,
    encode: (value) => value,
    decode,
    isOneOf: (column, values, definition) => sql<SqlBool>`${sql.ref(column)} = any(${arrayOf(definition, values)})`,
    nullsComeFirst: false,
    locksGuards: true,
    // Compared by bytes, as everywhere, and not by the rules of the database's language.
    columnType: (column) => (NO_TEXT.has(column.class) ? elementType(column) : sql`text collate "C"`),
    namesChecks: true,
  };
}

/** Through a pool all values come as text; what a host's Kysely makes of numbers is the host's choice. */
function decode(value: unknown, columnClass: ColumnClass): Scalar {
  if (value === null || value === undefined) return null;
  switch (columnClass) {
    case "time":
    case "count":
    case "ratio":
      return Number(value);
    case "flag":
      return value === true || value === "t" || value === "true";
    default:
      return String(value);
  }
}
