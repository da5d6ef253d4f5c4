import type { PlainBatch, PlainInsert, PlainRow, TableShape } from "@syncer/core";
import { sql } from "kysely";
import type { Program } from "./program.ts";
import { shapeOf } from "./select-program.ts";
import type { SqlDialect } from "./sql-dialect.ts";

type OnConflict = NonNullable<PlainInsert["onConflict"]>;

export function* insertProgram(dialect: SqlDialect, inserts: InsertTexts, insert: PlainInsert): Program<number> {
  const { insert: table, rows, onConflict = "fail" } = insert;
  const shape = shapeOf(table);
  let inserted = 0;
  for (const part of partsOf(dialect, insert)) {
    const text = inserts.textOf(table, onConflict, part.length);
    const { changes } = yield { sql: text, parameters: dialect.rows.parameters(shape, part), table };
    inserted += changes;
  }
  return onConflict === "ignore" ? inserted : rows.length;
}

/** Whether the whole batch is one statement for the database, which is atomic without a transaction around it. */
export function isOneStatement(dialect: SqlDialect, { guards, statements }: PlainBatch): boolean {
  const [statement, ...others] = statements;
  if (statement === undefined || guards.length + others.length > 0) return false;
  return !("insert" in statement) || partsOf(dialect, statement).length <= 1;
}

/** The rows of each statement that an insert takes. */
function partsOf(dialect: SqlDialect, { insert: table, rows, onConflict }: PlainInsert): (readonly PlainRow[])[] {
  const runs = onConflict === "replace" && !dialect.rows.mayRepeatKeys ? withoutRepeats(shapeOf(table), rows) : [rows];
  return runs.flatMap((run) => notTooLong(dialect, run)).flatMap((run) => sized(dialect, run));
}

function sized({ rows: { most, isOneText } }: SqlDialect, rows: readonly PlainRow[]): (readonly PlainRow[])[] {
  const parts: (readonly PlainRow[])[] = [];
  for (let done = 0; done < rows.length; ) {
    const left = rows.length - done;
    // A power of two unless it is the most, so that few different statements are prepared.
    const size = left >= most ? most : isOneText ? left : 2 ** Math.floor(Math.log2(left));
    parts.push(rows.slice(done, done + size));
    done += size;
  }
  return parts;
}

/** Cuts the rows where they become too long for one statement. */
function notTooLong({ rows: { length } }: SqlDialect, rows: readonly PlainRow[]): (readonly PlainRow[])[] {
  return length ? pieces(rows, length.most, (row) => length.of(row)) : [rows];
}

/** Runs of things whose lengths do not add up to more than this. One that is too long by itself stands alone. */
export function pieces<T>(things: readonly T[], most: number, lengthOf: (thing: T) => number): (readonly T[])[] {
  const runs: (readonly T[])[] = [];
  let start = 0;
  let length = 0;
  for (const [index, thing] of things.entries()) {
    const own = lengthOf(thing);
    if (index > start && length + own > most) {
      runs.push(things.slice(start, index));
      start = index;
      length = 0;
    }
    length += own;
  }
  return start < things.length ? [...runs, things.slice(start)] : runs;
}

/** Cuts the rows where a key comes a second time. */
function withoutRepeats({ primaryKey }: TableShape, rows: readonly PlainRow[]): (readonly PlainRow[])[] {
  const runs: (readonly PlainRow[])[] = [];
  let keys = new Set<string>();
  let start = 0;
  for (const [index, row] of rows.entries()) {
    // No string has a NUL in it.
    const key = primaryKey.map((column) => row[column]).join("\0");
    if (keys.has(key)) {
      runs.push(rows.slice(start, index));
      start = index;
      keys = new Set();
    }
    keys.add(key);
  }
  return start < rows.length ? [...runs, rows.slice(start)] : runs;
}

/**
 * The texts of inserts by table, conflict rule and number of rows. Building one through the query builder costs more
 * than the database takes to run it, and they are few.
 */
export class InsertTexts {
  readonly #dialect: SqlDialect;
  readonly #texts = new Map<string, string>();

  constructor(dialect: SqlDialect) {
    this.#dialect = dialect;
  }

  textOf(table: string, onConflict: OnConflict, rows: number): string {
    const key = `${table} ${onConflict} ${this.#dialect.rows.isOneText ? "any" : rows}`;
    const known = this.#texts.get(key);
    if (known !== undefined) return known;
    const text = this.#compile(table, onConflict, rows);
    this.#texts.set(key, text);
    return text;
  }

  #compile(table: string, onConflict: OnConflict, rows: number): string {
    const shape = shapeOf(table);
    const { columns, primaryKey } = shape;
    const insert = this.#dialect.builder
      .insertInto(this.#dialect.tableName(table))
      .columns(Object.keys(columns))
      .expression(sql`${this.#dialect.rows.source(shape, rows)}`);
    if (onConflict === "fail") return insert.compile().sql;
    if (onConflict === "ignore") return insert.onConflict((conflict) => conflict.doNothing()).compile().sql;
    const replaced = Object.keys(columns).filter((column) => column !== "created_at" && !primaryKey.includes(column));
    return insert
      .onConflict((conflict) =>
        conflict
          .columns(primaryKey)
          .doUpdateSet((eb) => Object.fromEntries(replaced.map((column) => [column, eb.ref(`excluded.${column}`)]))),
      )
      .compile().sql;
  }
}
