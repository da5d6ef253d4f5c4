import { type Command, type Outcome, runAsync } from "../shared/program.ts";
import type { PostgresConnection } from "./postgres-connection.ts";
import { isLost } from "./postgres-errors.ts";
import type { PgClient, PgPool } from "./postgres-options.ts";
import { inTransaction } from "./transaction.ts";

/** Values as the server writes them: a host may have changed what `pg` makes of numbers, for all of its process. */
const AS_WRITTEN = { getTypeParser: () => (value: string) => value };

interface PoolHabits {
  close(): Promise<void>;
  /** See `inTransaction`. */
  readonly endsIdle: boolean;
}

/** Runs on a pool of `pg`, one client at a time for each call. */
export function poolConnection(
  pool: PgPool,
  { close = async () => undefined, endsIdle = false }: Partial<PoolHabits> = {},
): PostgresConnection {
  return {
    run: (program) => withClient(pool, ({ execute }) => runAsync(program(), execute)),
    transact: (isolation, program) =>
      withClient(pool, ({ execute, abandon }) => inTransaction(execute, isolation, program, { abandon, endsIdle })),
    close,
  };
}

interface Client {
  readonly execute: (command: Command) => Promise<Outcome>;
  /** The pool gets rid of the client afterwards instead of giving it to the next one who asks. */
  readonly abandon: () => void;
}

async function withClient<TResult>(pool: PgPool, use: (client: Client) => Promise<TResult>): Promise<TResult> {
  const client = await pool.connect();
  let isBroken = false;
  const abandon = () => {
    isBroken = true;
  };
  // A connection that breaks between two statements says so by this event alone, and unheard it ends the process.
  client.on("error", abandon);
  try {
    return await use({ execute: (command) => execute(client, command), abandon });
  } catch (error) {
    if (isLost(error)) abandon();
    throw error;
  } finally {
    client.removeListener("error", abandon);
    client.release(isBroken);
  }
}

async function execute(client: PgClient, { sql, parameters }: Command): Promise<Outcome> {
  const { rows, rowCount } = await client.query({
    text: sql,
    values: [...parameters],
    rowMode: "array",
    types: AS_WRITTEN,
  });
  return { rows, changes: rowCount ?? 0 };
}
