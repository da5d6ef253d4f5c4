import type { ColumnClass, PlainRow, Scalar } from "@syncer/core";
import type { Expression, ExpressionBuilder, Kysely, SqlBool } from "kysely";

/** Tables as the query builder sees them: that the columns exist has been checked before. */
export type PlainTables = Record<string, PlainRow>;

export type ColumnBuilder = ExpressionBuilder<PlainTables, string>;

/** What is particular to one database; the statements themselves are the same for all. */
export interface SqlDialect {
  /** Compiles statements; never executes any. */
  readonly builder: Kysely<PlainTables>;
  /** A table's name in this database, with the host's prefix. */
  tableName(table: string): string;
  /** Rows of one insert statement. */
  readonly rowsPerInsert: number;
  /** From a value of the port to what the driver binds. */
  encode(value: Scalar): Scalar;
  /** From what the driver reads to a value of the port. */
  decode(value: unknown, columnClass: ColumnClass): Scalar;
  /** Whether the column has one of the values, of which there may be many thousands. */
  isOneOf(column: string, values: readonly (string | number | boolean)[]): Expression<SqlBool>;
}
