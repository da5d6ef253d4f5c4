import { type OwnPostgres, startOwnPostgres } from "../../packages/storage-adapters/test/support/own-postgres.ts";

const MISSING = "Tests on a PostgreSQL of their own are SKIPPED: there is none to start. apt-get install postgresql";

/** A PostgreSQL server of the test's own; without one it says so, and in CI it throws. */
export async function ownServer(): Promise<OwnPostgres | undefined> {
  const server = await startOwnPostgres();
  if (server) return server;
  if (process.env.CI) throw new Error(MISSING);
  process.stderr.write(`\n${MISSING}\n\n`);
  return undefined;
}
