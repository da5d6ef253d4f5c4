import { ConfigurationError } from "@syncer/core";
import { poolConnection } from "./pool-connection.ts";
import type { PostgresConnection } from "./postgres-connection.ts";
import type { CheckedOptions, PgClient, PgPool } from "./postgres-options.ts";
import { LONGEST_IDLE_MS } from "./transaction.ts";

interface OwnPool extends PgPool {
  on(event: "error", listener: () => void): unknown;
  on(event: "connect", listener: (client: PgClient) => void): unknown;
  end(): Promise<void>;
}

/** A pool of our own. It opens nothing before somebody asks for a connection, and keeps no process alive. */
export async function ownPool(connectionString: string, options: CheckedOptions): Promise<PostgresConnection> {
  const Pool = await loadPool();
  const pool = new Pool({
    connectionString,
    max: options.poolSize,
    connectionTimeoutMillis: options.connectTimeoutMs,
    statement_timeout: options.statementTimeoutMs,
    idle_in_transaction_session_timeout: LONGEST_IDLE_MS,
    allowExitOnIdle: true,
    keepAlive: true,
    fallback_application_name: "syncer",
  });
  // A connection that breaks while nobody uses it: the pool has put it away already, and unheard the event ends the process.
  pool.on("error", () => undefined);
  // One that is ended in the moment in which it has come about: the pool listens no more, and whoever asked not yet.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return poolConnection(pool, { close: () => pool.end(), endsIdle: true });
}

/** @throws {ConfigurationError} it is not installed */
async function loadPool(): Promise<new (options: object) => OwnPool> {
  try {
    const pg: unknown = await import("pg");
    return (pg as { Pool: new (options: object) => OwnPool }).Pool;
  } catch (cause) {
    throw new ConfigurationError(
      [
        {
          path: "postgres.source",
          expected: "the package pg beside a connectionString",
          fix: "npm install pg, or hand over { pool } or { kysely }.",
        },
      ],
      { cause },
    );
  }
}
