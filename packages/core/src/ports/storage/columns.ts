/**
 * What a column may hold. User content fits none of these, and that is the point: the schema is the place where
 * "content is never persisted" is decided, and a test walks it.
 *
 * - `id`: our own handle, or a host's opaque tenant or user id
 * - `catalogue-id`: a service's opaque id of an item; where ids can hold content it is a keyed hash, see `sealIds`
 * - `catalogue-ids`: some of those in order, as a JSON array of strings
 * - `name`: the registered name of a service, a route, a scope: a word of the code, not of a person
 * - `enum`: one of the listed values
 * - `code`: a stable code of this SDK's catalogues
 * - `hash`: a keyed hash, or the plain hash of 32 random bytes
 * - `field-hashes`: one keyed hash per named field of a document, or per element of a list, see `fieldHashes`
 * - `ciphertext`: sealed by the encryption port
 * - `cron`: when something repeats: five fields of numbers, signs and names of days and months
 * - `numbers`: whole numbers, 0 or more, as a JSON array without spaces
 * - `time`: ms since the epoch; `count`: a whole number; `flag`: a boolean; `ratio`: a number in 0..1
 */
export type ColumnClass =
  | "id"
  | "catalogue-id"
  | "catalogue-ids"
  | "name"
  | "enum"
  | "code"
  | "hash"
  | "field-hashes"
  | "ciphertext"
  | "cron"
  | "numbers"
  | "time"
  | "count"
  | "flag"
  | "ratio";

export interface Column<TValue = unknown> {
  readonly class: ColumnClass;
  readonly nullable: boolean;
  readonly values?: readonly string[];
  /** Carries the TypeScript type of the column; never present at run time. */
  readonly _value?: TValue;
}

type Make<TValue> = { (): Column<TValue>; readonly nullable: Column<TValue | null> };

function column<TValue>(name: ColumnClass): Make<TValue> {
  const make = (): Column<TValue> => ({ class: name, nullable: false });
  return Object.assign(make, { nullable: { class: name, nullable: true } as Column<TValue | null> });
}

export const id = column<string>("id");
export const catalogueId = column<string>("catalogue-id");
/** `["<id>","<id>",…]`, without spaces. */
export const catalogueIds = column<string>("catalogue-ids");
export const name = column<string>("name");
export const code = column<string>("code");
export const hash = column<string>("hash");
/** `<format>:<field>=<hash>;<set>=[<hash>,<hash>];<empty set>=[]` with hashes of 16 base64url characters. */
export const fieldHashes = column<string>("field-hashes");
export const ciphertext = column<string>("ciphertext");
/** `0 8 * * MON-FRI` */
export const cron = column<string>("cron");
/** `[1,2,3]` */
export const numbers = column<string>("numbers");
export const time = column<number>("time");
export const count = column<number>("count");
export const flag = column<boolean>("flag");
export const ratio = column<number>("ratio");
export const oneOf = <const V extends readonly string[]>(...values: V): Column<V[number]> => ({
  class: "enum",
  nullable: false,
  values,
});
export const oneOfOrNull = <const V extends readonly string[]>(...values: V): Column<V[number] | null> => ({
  class: "enum",
  nullable: true,
  values,
});

/** Columns that many tables share. */
export const tenant = { tenant_id: id() };
export const owner = { tenant_id: id(), user_id: id() };
export const times = { created_at: time(), updated_at: time() };

export type Columns = Readonly<Record<string, Column>>;

export type RowOf<C extends Columns> = {
  -readonly [K in keyof C]: C[K] extends Column<infer V> ? V : never;
};

export interface Index {
  readonly columns: readonly string[];
  readonly unique?: boolean;
  /** A partial index: only rows in which this column has this value (`"not-null"`: any but null). */
  readonly where?: { readonly column: string; readonly is: string | boolean | "not-null" };
}

/** A table whose columns are known at run time only: how adapters see all of them alike. */
export interface TableShape {
  readonly columns: Columns;
  readonly primaryKey: readonly string[];
  readonly indexes: readonly Index[];
  /** Rows go when the referenced row goes. */
  readonly references?: {
    readonly columns: readonly string[];
    readonly table: string;
    readonly target: readonly string[];
  };
  /** Who the rows belong to: erased with a user, with a tenant, or with nobody. */
  readonly owner: "user" | "tenant" | "shared";
}

export interface TableDefinition<C extends Columns = Columns> extends TableShape {
  readonly columns: C;
  readonly primaryKey: readonly (keyof C & string)[];
}

export function table<const C extends Columns>(definition: TableDefinition<C>): TableDefinition<C> {
  return definition;
}
