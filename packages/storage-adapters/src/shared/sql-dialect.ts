import type { Column, ColumnClass, PlainRow, Scalar, TableShape } from "@syncer/core";
import type { Expression, ExpressionBuilder, Kysely, RawBuilder, SqlBool } from "kysely";

/** Tables as the query builder sees them: that the columns exist has been checked before. */
export type PlainTables = Record<string, PlainRow>;

export type ColumnBuilder = ExpressionBuilder<PlainTables, string>;

/** What is particular to one database; the statements themselves are the same for all. */
export interface SqlDialect {
  /** Compiles statements; never executes any. */
  readonly builder: Kysely<PlainTables>;
  /** A table's name in this database, with the host's prefix and, where one was named, its schema. */
  tableName(table: string): string;
  /** The same without the schema: what names of indexes and constraints begin with. */
  bareName(table: string): string;
  /** How the rows of an insert reach the database. */
  readonly rows: RowBinding;
  /** From a value of the port to what the driver binds. */
  encode(value: Scalar): Scalar;
  /** From what the driver reads to a value of the port. */
  decode(value: unknown, columnClass: ColumnClass): Scalar;
  /** Whether the column has one of the values, of which there may be many thousands. */
  isOneOf(column: string, values: readonly (string | number | boolean)[], definition: Column): Expression<SqlBool>;
  /** Whether null comes before everything by itself; else orders of columns that may be null say so. */
  readonly nullsComeFirst: boolean;
  /** Whether a row that a guard asks for is locked until the batch ends; not needed where there is one writer at a time. */
  readonly locksGuards: boolean;
  /** A column's type, with its collation. */
  columnType(column: Column): RawBuilder<unknown>;
  /** Whether checks have names of their own, by which they can be replaced. */
  readonly namesChecks: boolean;
  /** What the definition of a table ends with. */
  readonly tableEnd?: RawBuilder<unknown>;
}

/** The rows of one insert as parameters of one statement, or of several. */
export interface RowBinding {
  /** The most rows of one statement. */
  readonly most: number;
  /** Where the length of what is bound is limited: how much of it a row may take at worst, and the most of a statement. */
  readonly length?: { readonly most: number; of(row: Readonly<PlainRow>): number };
  /** Whether one text does for any number of rows; else there is one for each power of two, and one for the most. */
  readonly isOneText: boolean;
  /** Whether two rows of one statement may have one key, of which the last one stays with `replace`. */
  readonly mayRepeatKeys: boolean;
  /** What follows the names of the columns in the statement's text. */
  source(shape: TableShape, rows: number): RawBuilder<unknown>;
  /** What is bound, in the order of the placeholders in `source`. */
  parameters(shape: TableShape, rows: readonly Readonly<PlainRow>[]): unknown[];
}
