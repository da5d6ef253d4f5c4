import { randomBytes } from "node:crypto";
import pg from "pg";
import { answers, startOwnPostgres } from "./own-postgres.ts";

const LOCAL = "postgres://postgres@127.0.0.1:5432/postgres";
const MISSING = [
  "Tests on PostgreSQL are SKIPPED: there is no server.",
  "Install one (apt-get install postgresql), or say where one is: SYNCER_TEST_POSTGRES=postgres://user@host/database.",
].join("\n");

/** A database of its own on a real server. */
export interface TestDatabase {
  /** As a role that may make databases and roles. */
  readonly connectionString: string;
  /** Runs statements on it and hands back the rows of the last one. */
  run(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** Drops it, whoever is connected. */
  drop(): Promise<void>;
}

/**
 * Makes a database on the server of `SYNCER_TEST_POSTGRES`, else on a local one that answers, else on one that is started
 * for it. `undefined` where there is none: the tests are then skipped, which is said aloud; in CI this throws instead.
 */
export async function testDatabase(): Promise<TestDatabase | undefined> {
  const server = await findServer();
  if (server === undefined) {
    if (process.env.CI) throw new Error(MISSING);
    process.stderr.write(`\n${MISSING}\n\n`);
    return undefined;
  }
  const name = `syncer_test_${randomBytes(6).toString("hex")}`;
  await run(server.connectionString, `create database ${name} encoding 'UTF8' template template0`);
  const connectionString = withDatabase(server.connectionString, name);
  return {
    connectionString,
    run: (text, values) => run(connectionString, text, values),
    async drop() {
      await run(server.connectionString, `drop database if exists ${name} with (force)`);
      await server.remove?.();
    },
  };
}

interface Server {
  readonly connectionString: string;
  readonly remove?: () => Promise<void>;
}

async function findServer(): Promise<Server | undefined> {
  const given = process.env.SYNCER_TEST_POSTGRES;
  // One that was named and does not answer is a mistake to be told, not to be passed over.
  if (given) return { connectionString: given };
  if (await answers(LOCAL)) return { connectionString: LOCAL };
  return startOwnPostgres();
}

async function run(
  connectionString: string,
  text: string,
  values?: readonly unknown[],
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const result: unknown = await (values ? client.query(text, [...values]) : client.query(text));
    const last = (Array.isArray(result) ? result.at(-1) : result) as { rows: Record<string, unknown>[] };
    return last.rows;
  } finally {
    await client.end();
  }
}

export function withDatabase(connectionString: string, name: string): string {
  const url = new URL(connectionString);
  url.pathname = `/${name}`;
  return url.href;
}
