import type { Column, ColumnClass, Scalar } from "@syncer/core";
import {
  DummyDriver,
  Kysely,
  type RawBuilder,
  type SqlBool,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from "kysely";
import { valueByValue } from "../shared/bind-values.ts";
import type { PlainTables, SqlDialect } from "../shared/sql-dialect.ts";

/** Lists up to this length are bound value by value, which SQLite plans a little better than a table-valued function. */
const LONGEST_BOUND_LIST = 16;

/** SQLite's ways with values, lists and names. */
export function sqliteSql(options: { readonly tablePrefix: string; readonly rowsPerInsert: number }): SqlDialect {
  return {
    builder: new Kysely<PlainTables>({
      dialect: {
        createAdapter: () => new SqliteAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (db) => new SqliteIntrospector(db),
        createQueryCompiler: () => new SqliteQueryCompiler(),
      },
    }),
    rows: valueByValue(options.rowsPerInsert, encode),
    tableName: (table) => options.tablePrefix + table,
    bareName: (table) => options.tablePrefix + table,
    encode,
    decode,
    nullsComeFirst: true,
    locksGuards: false,
    columnType,
    namesChecks: false,
    tableEnd: sql`strict`,
    isOneOf(column, values) {
      const encoded = values.map(encode);
      const name = sql.ref(column);
      if (encoded.length === 0) return sql<SqlBool>`0`;
      if (encoded.length <= LONGEST_BOUND_LIST) return sql<SqlBool>`${name} in (${sql.join(encoded)})`;
      // One parameter whatever the length: no limit on it, and one prepared statement for all.
      return sql<SqlBool>`${name} in (select value from json_each(${JSON.stringify(encoded)}))`;
    },
  };
}

function columnType(column: Column): RawBuilder<unknown> {
  switch (column.class) {
    case "time":
    case "count":
    case "flag":
      return sql`integer`;
    case "ratio":
      return sql`real`;
    default:
      return sql`text collate binary`;
  }
}

function encode(value: Scalar): Scalar {
  return typeof value === "boolean" ? Number(value) : value;
}

function decode(value: unknown, columnClass: ColumnClass): Scalar {
  if (columnClass === "flag") return Number(value) === 1;
  return typeof value === "string" || typeof value === "number" ? value : null;
}
