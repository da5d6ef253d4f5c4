import { readFileSync } from "node:fs";
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import fc from "fast-check";

const VERSION_1 = readFileSync(new URL("./schema-v1.sql", import.meta.url), "utf8");

/** The tables of version 1 as that release made them. */
export function createVersion1(database: DatabaseSync, tablePrefix = ""): void {
  const tables = [...VERSION_1.matchAll(/create table (?:if not exists )?"(\w+)"/g)].map(([, name]) => name);
  // Every table, index and constraint is called after its table; a column never is.
  database.exec(VERSION_1.replaceAll(new RegExp(`"(?=(?:${tables.join("|")})(?:"|_))`, "g"), `"${tablePrefix}`));
}

export type Rows = Readonly<Record<string, SQLInputValue>>[];
/** Rows by table, parents first. */
export type Contents = ReadonlyMap<string, Rows>;

interface OldColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  /** The words that its CHECK allows. */
  readonly words: readonly string[] | undefined;
  readonly isShare: boolean;
  /** Whether a key or a unique index speaks of it. */
  readonly isUnique: boolean;
  readonly isReference: boolean;
}

/**
 * As many rows in every table as in every other, of whatever its columns admit; row n belongs to row n of the parent.
 * @param database of the version whose contents are wanted
 */
export function contentsOf(database: DatabaseSync, amount: { min: number; max: number }): fc.Arbitrary<Contents> {
  const tables = tableNames(database).map((table) => ({ table, columns: columnsOf(database, table) }));
  return fc
    .integer(amount)
    .chain((rows) => fc.tuple(...tables.map(({ columns }) => rowsOf(columns, rows))))
    .map((rows) => new Map(tables.map(({ table }, index) => [table, rows[index] ?? []])));
}

export function fill(database: DatabaseSync, contents: Contents, tablePrefix = ""): void {
  for (const [table, rows] of contents) {
    for (const row of rows) {
      const names = Object.keys(row);
      const statement = `insert into "${tablePrefix}${table}" ("${names.join('", "')}") values (${names.map(() => "?")})`;
      database.prepare(statement).run(...Object.values(row));
    }
  }
}

/** All rows of a table in the order of their key. */
export function read(database: DatabaseSync, table: string): Record<string, unknown>[] {
  const key = database.prepare("select name from pragma_table_info(?) where pk > 0 order by pk").all(table);
  const order = key.map(({ name }) => `"${name}"`).join();
  return database
    .prepare(`select * from "${table}" order by ${order || "rowid"}`)
    .all()
    .map((row) => ({ ...row }));
}

/** What the database is: every definition as text, and every row. */
export function dump(database: DatabaseSync): { definitions: unknown[]; rows: [string, unknown[]][] } {
  const tables = database.prepare("select name from sqlite_master where type = 'table' order by name").all();
  return {
    definitions: definitions(database),
    rows: tables.map(({ name }) => [String(name), read(database, String(name))]),
  };
}

export function definitions(database: DatabaseSync): unknown[] {
  return database.prepare("select type, name, tbl_name, sql from sqlite_master order by type, name").all();
}

function tableNames(database: DatabaseSync): string[] {
  return database
    .prepare("select name from sqlite_master where type = 'table' and name <> 'schema_version' order by rowid")
    .all()
    .map(({ name }) => String(name));
}

function columnsOf(database: DatabaseSync, table: string): OldColumn[] {
  const { sql } = database.prepare("select sql from sqlite_master where name = ?").get(table) ?? {};
  const names = (query: string) =>
    new Set(
      database
        .prepare(query)
        .all(table)
        .map(({ name }) => name),
    );
  const unique = names(
    `select i.name from pragma_index_list(?) as list, pragma_index_info(list.name) as i where list."unique"`,
  );
  const references = names('select "from" as name from pragma_foreign_key_list(?)');
  return database
    .prepare('select name, type, "notnull" from pragma_table_info(?)')
    .all(table)
    .map(({ name, type, notnull }) => ({
      name: String(name),
      type: String(type),
      nullable: notnull === 0,
      words: new RegExp(`check \\("${name}" in \\(([^)]*)\\)`)
        .exec(String(sql))?.[1]
        ?.split(", ")
        .map((word) => word.replaceAll("'", "")),
      isShare: String(sql).includes(`check ("${name}" between 0 and 1)`),
      isUnique: unique.has(name),
      isReference: references.has(name),
    }));
}

function rowsOf(columns: readonly OldColumn[], amount: number): fc.Arbitrary<Rows> {
  const row = (n: number) =>
    fc.record(Object.fromEntries(columns.map((column) => [column.name, cellOf(column, n)]))) as fc.Arbitrary<
      Rows[number]
    >;
  return fc.tuple(...Array.from({ length: amount }, (_, n) => row(n)));
}

function cellOf(column: OldColumn, n: number): fc.Arbitrary<SQLInputValue> {
  const value = presentCellOf(column, n);
  return column.nullable
    ? fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 3, arbitrary: value })
    : value;
}

function presentCellOf(
  { type, words, isShare, isUnique, isReference, name }: OldColumn,
  n: number,
): fc.Arbitrary<SQLInputValue> {
  if (words) return fc.constantFrom(...words).map((word) => (type === "INTEGER" ? Number(word) : word));
  if (isShare) return fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));
  if (type === "INTEGER") return isUnique ? fc.constant(n) : fc.maxSafeInteger();
  if (isReference || name === "id") return fc.constant(`handle ${n}`);
  const text = fc.constantFrom("", "a", "'; drop table links; --", "\u00e9\u{1f600}", "1", "null", "x".repeat(5_000));
  return isUnique ? text.map((word) => `${n} ${word}`) : text;
}
