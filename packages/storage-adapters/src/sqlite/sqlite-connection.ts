import type { Program } from "../shared/program.ts";

/** Runs programs on an open SQLite database. */
export interface SqliteConnection {
  read<TResult>(program: () => Program<TResult>): Promise<TResult>;
  /** Runs the program under the write lock and commits; on any error rolls back and rejects with it. */
  transact<TResult>(program: () => Program<TResult>): Promise<TResult>;
  /** Releases what this SDK opened; a host's own database stays open. */
  close(): Promise<void>;
}
