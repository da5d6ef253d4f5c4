import { connect } from "node:net";
import { afterAll } from "vitest";
import { startOwnPostgres } from "../../../storage-adapters/test/support/own-postgres.ts";
import { ownRedis } from "./own-redis.ts";

const POSTGRES = process.env.SYNCER_TEST_POSTGRES ?? "postgres://postgres@127.0.0.1:5432/postgres";
const REDIS = process.env.SYNCER_TEST_REDIS ?? "redis://127.0.0.1:6379";

/** The address of a PostgreSQL server; where none answers, one is started from what is installed. */
export const postgresUrl = await answering("PostgreSQL", POSTGRES, "SYNCER_TEST_POSTGRES", 5432, async () => {
  const own = await startOwnPostgres();
  return own && { url: own.connectionString, remove: own.remove };
});
/** The address of a Redis server; where none answers, one is started. */
export const redisUrl = await answering("Redis", REDIS, "SYNCER_TEST_REDIS", 6379, ownRedis);

/** @throws {Error} in CI, where a suite that is left out would be taken for one that passed */
async function answering(
  what: string,
  address: string,
  variable: string,
  port: number,
  start: () => Promise<{ readonly url: string; remove(): Promise<void> } | undefined>,
): Promise<string | undefined> {
  const url = new URL(address);
  if (await answers(url.hostname, Number(url.port || port))) return address;
  const own = process.env[variable] === undefined ? await start() : undefined;
  if (own) {
    afterAll(() => own.remove());
    return own.url;
  }
  const note = `${what} does not answer at ${url.host}. Start one there, or name another in ${variable}.`;
  if (process.env.CI) throw new Error(note);
  process.stderr.write(`\nLEFT OUT: tests of queues on ${what}. ${note}\n\n`);
  return undefined;
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket
      .once("connect", () => end(true))
      .once("error", () => end(false))
      .once("timeout", () => end(false));
  });
}
