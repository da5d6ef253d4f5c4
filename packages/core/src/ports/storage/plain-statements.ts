import type { Scalar } from "./storage-adapter.ts";

/** A row without its table's type: what an adapter moves around once a call has been checked. */
export type PlainRow = Record<string, Scalar>;

/** One or more comparisons of a column; all must hold. */
export interface PlainComparison {
  readonly in?: readonly (string | number | boolean)[];
  readonly lt?: string | number | boolean;
  readonly lte?: string | number | boolean;
  readonly gt?: string | number | boolean;
  readonly gte?: string | number | boolean;
  readonly not?: Scalar;
}

export type PlainWhere = Readonly<Record<string, Scalar | PlainComparison>>;

/** A `Query` that has been checked against the schema, its table's type erased. */
export interface PlainQuery {
  readonly table: string;
  readonly columns?: readonly string[];
  readonly where?: PlainWhere;
  readonly orderBy?: readonly string[];
  readonly descending?: boolean;
  readonly after?: readonly Scalar[];
  readonly limit?: number;
}

export interface PlainInsert {
  readonly insert: string;
  readonly rows: readonly Readonly<PlainRow>[];
  readonly onConflict?: "fail" | "ignore" | "replace";
}

export interface PlainUpdate {
  readonly update: string;
  readonly set: Readonly<PlainRow>;
  readonly increment?: Readonly<Record<string, number>>;
  readonly where: PlainWhere;
}

export interface PlainDelete {
  readonly delete: string;
  readonly where: PlainWhere;
}

export type PlainStatement = PlainInsert | PlainUpdate | PlainDelete;

export interface PlainGuard {
  readonly table: string;
  readonly where: PlainWhere;
  readonly must: "exist" | "not-exist";
}

/** A batch that has been checked against the schema, its tables' types erased. */
export interface PlainBatch {
  readonly guards: readonly PlainGuard[];
  readonly statements: readonly PlainStatement[];
}
