import type { PlainBatch, PlainGuard } from "@syncer/core";
import { statementProgram } from "../shared/batch-program.ts";
import type { InsertTexts } from "../shared/insert-program.ts";
import { type Command, commandsOf } from "../shared/program.ts";
import { guardProgram } from "../shared/select-program.ts";
import type { SqlDialect } from "../shared/sql-dialect.ts";
import type { D1QueryResult } from "./d1-options.ts";

/** A batch of the port as one of D1's. */
export interface D1Batch {
  /** All of them, in order: one transaction. */
  readonly commands: readonly Command[];
  /** Rows per statement of the port, from what D1 answered to each command. */
  affected(results: readonly D1QueryResult[]): number[];
}

/**
 * Rows of the statement before. D1's own count has those that cascaded and those that triggers touched as well; SQLite's
 * has not.
 */
const CHANGES = 'select changes() as "changes"';

/** Guards come first, as statements that fail unless they hold; D1 then undoes and refuses the whole batch. */
export function d1Batch(dialect: SqlDialect, inserts: InsertTexts, { guards, statements }: PlainBatch): D1Batch {
  const commands = guards.flatMap((guard, index) => holding(dialect, guard, index));
  const countings: ((results: readonly D1QueryResult[]) => number)[] = [];
  for (const statement of statements) {
    const changing = commandsOf(statementProgram(dialect, inserts, statement));
    if ("insert" in statement && statement.onConflict !== "ignore") {
      commands.push(...changing);
      countings.push(() => statement.rows.length);
      continue;
    }
    const start = commands.length;
    for (const command of changing) commands.push(command, { sql: CHANGES, parameters: [], table: command.table });
    const places = changing.map((_, index) => start + 2 * index + 1);
    countings.push((results) => places.reduce((sum, place) => sum + changesOf(results[place]), 0));
  }
  return { commands, affected: (results) => countings.map((count) => count(results)) };
}

function changesOf(result: D1QueryResult | undefined): number {
  const [row] = result?.results ?? [];
  return Number((row as { readonly changes?: unknown } | undefined)?.changes);
}

function holding(dialect: SqlDialect, guard: PlainGuard, index: number): Command[] {
  const not = guard.must === "exist" ? "" : "not ";
  return commandsOf(guardProgram(dialect, guard)).map(({ sql, parameters, table }) => ({
    sql: unlessHolds(`${not}exists (${sql})`, index),
    parameters,
    table,
  }));
}

const MARK = "syncer guard";

/**
 * A statement that fails with its number in the message unless the condition holds. It touches no table: what fails is a
 * path that is none, which SQLite quotes. The path depends on the condition, so SQLite cannot look at it beforehand.
 */
export function unlessHolds(condition: string, index: number): string {
  return `select json_extract('{}', case when ${condition} then '$' else '${MARK} ${index}' end)`;
}

/** Which guard did not hold, if that is why D1 refused a batch. No value ever gets into D1's messages, so none can look so. */
export function failedGuardOf(error: unknown): number | undefined {
  const [, index] = new RegExp(`${MARK} (\\d+)`).exec(error instanceof Error ? error.message : "") ?? [];
  return index === undefined ? undefined : Number(index);
}
