import type { BatchResult, PlainBatch, PlainDelete, PlainStatement, PlainUpdate } from "@syncer/core";
import { conditionsOf } from "./conditions.ts";
import { type InsertTexts, insertProgram } from "./insert-program.ts";
import type { Program } from "./program.ts";
import { guardProgram } from "./select-program.ts";
import type { SqlDialect } from "./sql-dialect.ts";

/**
 * Checks the guards, then does the statements. The caller wraps it in a transaction in which what the guards saw stays so
 * until the end.
 */
export function* batchProgram(dialect: SqlDialect, inserts: InsertTexts, batch: PlainBatch): Program<BatchResult> {
  for (const [failedGuard, guard] of batch.guards.entries()) {
    if (!(yield* guardProgram(dialect, guard))) return { applied: false, failedGuard };
  }
  const affected: number[] = [];
  for (const statement of batch.statements) affected.push(yield* statementProgram(dialect, inserts, statement));
  return { applied: true, affected };
}

/** Does one statement of a batch. What it asks for never depends on what was answered. */
export function statementProgram(
  dialect: SqlDialect,
  inserts: InsertTexts,
  statement: PlainStatement,
): Program<number> {
  if ("insert" in statement) return insertProgram(dialect, inserts, statement);
  return "update" in statement ? updateProgram(dialect, statement) : deleteProgram(dialect, statement);
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
