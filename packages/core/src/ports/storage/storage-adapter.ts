import type { Row, TableName } from "./schema.ts";

export type Scalar = string | number | boolean | null;

/** Comparisons of one column. A bare value means equality; `null` means "is null"; an empty `in` matches nothing. */
export type Condition<V> =
  | V
  | { readonly in: readonly Exclude<V, null>[] }
  | { readonly lt: Exclude<V, null> }
  | { readonly lte: Exclude<V, null> }
  | { readonly gt: Exclude<V, null> }
  | { readonly gte: Exclude<V, null> }
  | { readonly not: V };

/**
 * All conditions must hold. A null satisfies only `null` and `{ not: <a value> }`; `{ not: null }` is every value.
 * An `undefined` condition is refused, so that a forgotten value never widens a delete to every row.
 */
export type Where<T extends TableName> = { readonly [K in keyof Row<T>]?: Condition<Row<T>[K]> };

export interface Query<T extends TableName, K extends keyof Row<T> = keyof Row<T>> {
  readonly table: T;
  /** Columns to read; all if absent. */
  readonly columns?: readonly K[];
  readonly where?: Where<T>;
  /**
   * Ascending unless `descending`. Strings compare by their UTF-8 bytes, false before true, null before everything.
   * Rows that tie come in any order.
   */
  readonly orderBy?: readonly (keyof Row<T> & string)[];
  readonly descending?: boolean;
  /** Keyset paging: only rows behind these values of the `orderBy` columns, in that order; rows that tie are not. */
  readonly after?: readonly Scalar[];
  readonly limit?: number;
}

/**
 * One change. Statements of a batch see the effects of those before them, rows of an insert those of earlier rows.
 *
 * Strings must be well-formed and free of NUL, whole numbers safe, rows complete and without foreign columns; columns
 * of a primary key never change.
 */
export type Statement = { readonly [T in TableName]: StatementOn<T> }[TableName];

export type StatementOn<T extends TableName> =
  | {
      readonly insert: T;
      readonly rows: readonly Row<T>[];
      /**
       * Default `fail`: a row whose key is taken rolls the batch back with `storage.constraint`.
       * `ignore`: such a row is left as it is. `replace`: all of its columns but the key are set (`created_at` stays).
       * The key is the primary key; a unique index counts as well, except that `replace` fails on it.
       * Whether a row that a later one of the same insert replaces must refer to something is left open.
       */
      readonly onConflict?: "fail" | "ignore" | "replace";
    }
  | {
      readonly update: T;
      readonly set: Partial<Row<T>>;
      /** Added to columns of class `count` or `time`; null stays null. */
      readonly increment?: { readonly [K in keyof Row<T>]?: number };
      readonly where: Where<T>;
    }
  | { readonly delete: T; readonly where: Where<T> };

/** What must hold before a batch, else none of it is done. */
export type Guard = { readonly [T in TableName]: GuardOn<T> }[TableName];

export type GuardOn<T extends TableName> = {
  readonly table: T;
  readonly where: Where<T>;
  /** Whether some row, or no row, must satisfy `where`. */
  readonly must: "exist" | "not-exist";
};

export type BatchResult =
  | {
      readonly applied: true;
      /** Rows inserted, replaced, changed or deleted, per statement; not those left by `ignore`, nor those that cascaded. */
      readonly affected: readonly number[];
    }
  /** Nothing was done: this guard did not hold. */
  | { readonly applied: false; readonly failedGuard: number };

/**
 * Keeps what the SDK stores: rows of `schema`, metadata only. Small and batch-minded: callers ask for ranges and write
 * batches, never row by row.
 *
 * The unit of work is one atomic batch of conditional statements. There is no read inside a transaction, so that
 * databases without interactive transactions can follow.
 *
 * A failing backend rejects with a `StorageError`; it never looks like "nothing there". What does not fit the schema is
 * refused with `InvalidRequestError` (`request.invalid`) before anything is done. Rows are copied in and out.
 */
export interface StorageAdapter {
  /**
   * Brings the tables to this release's schema version; does nothing if they are there. Safe to call concurrently.
   * @throws {StorageError} `storage.schema-newer`
   */
  migrate(): Promise<MigrationReport>;
  /** Rows that match, as plain objects of the asked columns. */
  select<T extends TableName, K extends keyof Row<T> = keyof Row<T>>(query: Query<T, K>): Promise<Pick<Row<T>, K>[]>;
  /** How many rows match. */
  count<T extends TableName>(query: Pick<Query<T>, "table" | "where">): Promise<number>;
  /**
   * Does all statements or none. Guards are checked first, against the state before the batch, and hold until it is
   * committed: of two concurrent batches with a guard that the other's statements break, exactly one is applied.
   * @throws {StorageError} `storage.constraint`: a key is taken, or a referenced row is not there; nothing was done
   */
  write(batch: { readonly guards?: readonly Guard[]; readonly statements: readonly Statement[] }): Promise<BatchResult>;
  /** Releases what it holds. Further calls reject. Idempotent. */
  close(): Promise<void>;
}

export interface MigrationReport {
  readonly from: number;
  readonly to: number;
}

/** The version of `schema`; rises with every change of it. */
export const SCHEMA_VERSION = 8;
