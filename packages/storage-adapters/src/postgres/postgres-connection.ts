import type { Program } from "../shared/program.ts";

export type Isolation = "read committed" | "serializable";

/** Runs programs on a PostgreSQL database. */
export interface PostgresConnection {
  /** Runs a program whose statements stand for themselves. */
  run<TResult>(program: () => Program<TResult>): Promise<TResult>;
  /**
   * Runs the program in one transaction and commits; on any error rolls back and rejects with it.
   * @throws {UnknownCommit} it may have been committed
   */
  transact<TResult>(isolation: Isolation, program: () => Program<TResult>): Promise<TResult>;
  /** Releases what this SDK opened; what a host brought stays open. */
  close(): Promise<void>;
}

/** The answer to a commit did not come: it may have happened. The driver's error is the cause. */
export class UnknownCommit extends Error {
  override readonly name = "UnknownCommit";
  constructor(cause: unknown) {
    super("the result of the commit is not known", { cause });
  }
}
