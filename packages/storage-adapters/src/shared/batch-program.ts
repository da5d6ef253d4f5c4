import type { BatchResult, PlainBatch, PlainDelete, PlainInsert, PlainStatement, PlainUpdate } from "@syncer/core";
import { conditionsOf } from "./conditions.ts";
import type { Program } from "./program.ts";
import { guardProgram, shapeOf } from "./select-program.ts";
import type { SqlDialect } from "./sql-dialect.ts";

/** Checks the guards, then does the statements. The caller wraps it in a transaction that admits one writer at a time. */
export function* batchProgram(dialect: SqlDialect, inserts: InsertTexts, batch: PlainBatch): Program<BatchResult> {
  for (const [failedGuard, guard] of batch.guards.entries()) {
    if (!(yield* guardProgram(dialect, guard))) return { applied: false, failedGuard };
  }
  const affected: number[] = [];
  for (const statement of batch.statements) affected.push(yield* statementProgram(dialect, inserts, statement));
  return { applied: true, affected };
}

function statementProgram(dialect: SqlDialect, inserts: InsertTexts, statement: PlainStatement): Program<number> {
  if ("insert" in statement) return insertProgram(dialect, inserts, statement);
  return "update" in statement ? updateProgram(dialect, statement) : deleteProgram(dialect, statement);
}

function* insertProgram(
  dialect: SqlDialect,
  inserts: InsertTexts,
  { insert: table, rows, onConflict = "fail" }: PlainInsert,
): Program<number> {
  const columns = Object.keys(shapeOf(table).columns);
  let inserted = 0;
  let done = 0;
  let chunk = { size: 0, sql: "" };
  while (done < rows.length) {
    const size = chunkSize(rows.length - done, dialect.rowsPerInsert);
    if (size !== chunk.size) chunk = { size, sql: inserts.textOf(table, onConflict, size) };
    const parameters: unknown[] = [];
    for (let index = done; index < done + size; index += 1) {
      const row = rows[index];
      if (row) for (const column of columns) parameters.push(dialect.encode(row[column] ?? null));
    }
    const { changes } = yield { sql: chunk.sql, parameters, table };
    inserted += changes;
    done += size;
  }
  return onConflict === "ignore" ? inserted : rows.length;
}

/** The most, or else a power of two, so that few different statements are prepared. */
function chunkSize(left: number, most: number): number {
  return left >= most ? most : 2 ** Math.floor(Math.log2(left));
}

function* updateProgram(
  dialect: SqlDialect,
  { update: table, set, increment = {}, where }: PlainUpdate,
): Program<number> {
  const { sql, parameters } = dialect.builder
    .updateTable(dialect.tableName(table))
    .set((eb) => ({
      ...Object.fromEntries(Object.entries(set).map(([column, value]) => [column, dialect.encode(value)])),
      ...Object.fromEntries(Object.entries(increment).map(([column, by]) => [column, eb(column, "+", by)])),
    }))
    .where((eb) => conditionsOf(dialect, eb, { table, where }))
    .compile();
  const { changes } = yield { sql, parameters, table };
  return changes;
}

function* deleteProgram(dialect: SqlDialect, { delete: table, where }: PlainDelete): Program<number> {
  const { sql, parameters } = dialect.builder
    .deleteFrom(dialect.tableName(table))
    .where((eb) => conditionsOf(dialect, eb, { table, where }))
    .compile();
  const { changes } = yield { sql, parameters, table };
  return changes;
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

  textOf(table: string, onConflict: "fail" | "ignore" | "replace", rows: number): string {
    const key = `${table} ${onConflict} ${rows}`;
    const known = this.#texts.get(key);
    if (known !== undefined) return known;
    const text = this.#compile(table, onConflict, rows);
    this.#texts.set(key, text);
    return text;
  }

  #compile(table: string, onConflict: "fail" | "ignore" | "replace", rows: number): string {
    const { columns, primaryKey } = shapeOf(table);
    const row = Object.fromEntries(Object.keys(columns).map((column) => [column, 0]));
    const insert = this.#dialect.builder.insertInto(this.#dialect.tableName(table)).values(Array(rows).fill(row));
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
