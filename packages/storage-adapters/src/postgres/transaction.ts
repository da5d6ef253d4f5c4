import { type Command, type Outcome, type Program, runAsync } from "../shared/program.ts";
import { type Isolation, UnknownCommit } from "./postgres-connection.ts";
import { hasRolledBack } from "./postgres-errors.ts";

/**
 * How long a transaction may wait for its process, in ms. One that stands still (paused, swapped out) keeps rows locked that
 * others wait for; then the server ends its connection. Less than the life of a lease, which such a process loses.
 */
export const LONGEST_IDLE_MS = 5_000;

interface ConnectionHabits {
  /** Called if the connection can no longer be used, because a transaction may be open on it. */
  readonly abandon?: () => void;
  /** Its server ends it already where a transaction is idle for too long. */
  readonly endsIdle?: boolean;
}

/** One transaction on one connection. */
export async function inTransaction<TResult>(
  execute: (command: Command) => Promise<Outcome>,
  isolation: Isolation,
  program: () => Program<TResult>,
  { abandon = () => undefined, endsIdle = false }: ConnectionHabits = {},
): Promise<TResult> {
  const say = (sql: string) => execute({ sql, parameters: [], table: "" });
  await say(`begin isolation level ${isolation}`);
  let result: TResult;
  try {
    if (!endsIdle) await say(`set local idle_in_transaction_session_timeout = ${LONGEST_IDLE_MS}`);
    result = await runAsync(program(), execute);
  } catch (error) {
    await say("rollback").catch(abandon);
    throw error;
  }
  try {
    await say("commit");
  } catch (error) {
    if (hasRolledBack(error)) throw error;
    abandon();
    throw new UnknownCommit(error);
  }
  return result;
}
