import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { type Command, type Outcome, type Program, runSync } from "../shared/program.ts";
import type { SqliteConnection } from "./sqlite-connection.ts";

/** Prepared statements kept per connection; inserts of all tables and the engine's queries are well below that. */
const MOST_STATEMENTS = 200;

/**
 * Opens a file for several processes: readers never wait for the writer (WAL), a power cut loses at most the last
 * transactions but never consistency (synchronous NORMAL).
 */
export function openFile(path: string): SqliteConnection {
  // No busy time-out in the driver: it would block this whole process. Waiting is done outside, without blocking.
  const database = new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: true });
  try {
    database.exec("pragma journal_mode = wal; pragma synchronous = normal");
  } catch (error) {
    database.close();
    throw error;
  }
  return nodeConnection(database, () => database.close());
}

/** Uses a database that a host has opened and will close. */
export function hostDatabase(database: DatabaseSync): SqliteConnection {
  return nodeConnection(database, () => undefined);
}

/**
 * Runs on `node:sqlite`, which answers at once: a whole transaction happens without giving way, so nothing else of this
 * process can get between its statements.
 */
function nodeConnection(database: DatabaseSync, close: () => void): SqliteConnection {
  const statements = new Map<string, StatementSync>();

  let last: { readonly sql: string; readonly statement: StatementSync } | undefined;

  const prepared = (sql: string): StatementSync => {
    // A bulk insert asks for the same statement row after row.
    if (last?.sql !== sql) last = { sql, statement: lookUp(sql) };
    return last.statement;
  };

  const lookUp = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known) {
      // Moved to the end: the first is the one not used for longest.
      statements.delete(sql);
      statements.set(sql, known);
      return known;
    }
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    const [oldest] = statements.size >= MOST_STATEMENTS ? statements.keys() : [];
    if (oldest !== undefined) statements.delete(oldest);
    statements.set(sql, statement);
    return statement;
  };

  const execute = ({ sql, parameters, columns }: Command): Outcome => {
    const statement = prepared(sql);
    const values = parameters as readonly SQLInputValue[];
    if (columns === undefined) return { rows: [], changes: Number(statement.run(...values).changes) };
    const rows: unknown[] = statement.all(...values);
    return { rows: rows as unknown[][], changes: 0 };
  };

  return {
    async read<TResult>(program: () => Program<TResult>) {
      return runSync(program(), execute);
    },
    async transact<TResult>(program: () => Program<TResult>) {
      database.exec("begin immediate");
      try {
        const result = runSync(program(), execute);
        database.exec("commit");
        return result;
      } catch (error) {
        if (database.isTransaction) database.exec("rollback");
        throw error;
      }
    },
    async close() {
      close();
    },
  };
}
