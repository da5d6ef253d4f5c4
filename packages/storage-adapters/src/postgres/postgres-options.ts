import { ConfigurationError, type ConfigurationProblem } from "@syncer/core";
import type { Kysely } from "kysely";
import { nameProblems } from "../shared/option-names.ts";

/** What is used of a client of the package `pg`. */
export interface PgClient {
  query(query: {
    readonly text: string;
    readonly values: unknown[];
    readonly rowMode: "array";
    readonly types: { getTypeParser(): (value: string) => unknown };
  }): Promise<{ readonly rows: unknown[][]; readonly rowCount: number | null }>;
  on(event: "error", listener: (error: Error) => void): unknown;
  removeListener(event: "error", listener: (error: Error) => void): unknown;
  release(destroy?: Error | boolean): void;
}

/** What is used of a `Pool` of the package `pg`, version 8.16 or newer. */
export interface PgPool {
  connect(): Promise<PgClient>;
}

/**
 * Where the tables are: a server that we keep a pool of our own for (which needs the package `pg`), a host's `pg` pool, or
 * a host's Kysely instance on any PostgreSQL driver, PGlite included. What the host brings stays the host's to close.
 */
export type PostgresSource =
  | { readonly connectionString: string }
  | { readonly pool: PgPool }
  // biome-ignore lint/suspicious/noExplicitAny: Kysely is invariant in its tables, and the host's are none of our business
  | { readonly kysely: Kysely<any> };

export interface PostgresOptions {
  /**
   * The schema that has our tables; letters, digits and underscores, and as written (`App` is not `app`). `migrate()` makes
   * it. Default: the first one of the connection's search path, as for any statement that names none.
   */
  readonly schema?: string;
  /** Put before the name of each table and index; up to 30 letters, digits and underscores. Default: none. */
  readonly tablePrefix?: string;
  /** How long a batch is tried again that others keep getting in the way of. Default: 10,000. */
  readonly retryTimeoutMs?: number;
  /** Of our own pool: the most connections. Default: 10. */
  readonly poolSize?: number;
  /** Of our own pool: how long to wait for a connection, be it a new or a free one. Default: 10,000. */
  readonly connectTimeoutMs?: number;
  /** Of our own pool: the server gives a statement up after that long. Default: 60,000; 0 for never. */
  readonly statementTimeoutMs?: number;
}

export type CheckedOptions = Required<Omit<PostgresOptions, "schema">> & { readonly schema: string | undefined };

/** Of all tables, the names of their constraints and the hash in a long name there has to be room in 63 characters. */
const LONGEST_PREFIX = 30;
const SOURCES = ["connectionString", "pool", "kysely"];
const OF_OUR_POOL = ["poolSize", "connectTimeoutMs", "statementTimeoutMs"] as const;
const NAMES = ["schema", "tablePrefix", "retryTimeoutMs", ...OF_OUR_POOL];

/** @throws {ConfigurationError} with every problem at once */
export function checkOptions(source: PostgresSource, options: PostgresOptions): CheckedOptions {
  const { schema, tablePrefix = "", retryTimeoutMs = 10_000 } = options;
  const { poolSize = 10, connectTimeoutMs = 10_000, statementTimeoutMs = 60_000 } = options;
  const problems: ConfigurationProblem[] = [...sourceProblems(source), ...nameProblems("postgres", options, NAMES)];
  if (schema !== undefined && !/^(?!pg_)[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(schema)) {
    problems.push({
      path: "postgres.schema",
      expected: "up to 63 letters, digits and underscores, no digit first, not beginning with pg_",
      fix: 'For example "syncer".',
    });
  }
  if (tablePrefix.length > LONGEST_PREFIX || !/^([A-Za-z_][A-Za-z0-9_]*)?$/.test(tablePrefix)) {
    problems.push({
      path: "postgres.tablePrefix",
      expected: `up to ${LONGEST_PREFIX} letters, digits and underscores, no digit first`,
      fix: 'For example "syncer_".',
    });
  }
  const numbers = { retryTimeoutMs, poolSize, connectTimeoutMs, statementTimeoutMs };
  for (const [name, value] of Object.entries(numbers)) {
    const least = name === "poolSize" ? 1 : 0;
    if (Number.isSafeInteger(value) && value >= least) continue;
    const what = name === "poolSize" ? "a whole number of connections" : "whole milliseconds";
    problems.push({ path: `postgres.${name}`, expected: `${what}, ${least} or more`, fix: "Leave it out." });
  }
  if (isObject(source) && !("connectionString" in source)) {
    for (const name of OF_OUR_POOL) {
      if (options[name] === undefined) continue;
      const fix = "Set it where you make your pool, or give a connectionString in its place.";
      problems.push({ path: `postgres.${name}`, expected: "nothing, as the connections are the host's own", fix });
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { schema, tablePrefix, ...numbers };
}

function sourceProblems(source: unknown): ConfigurationProblem[] {
  const path = "postgres.source";
  if (!isSource(source)) {
    return [
      {
        path,
        expected: "{ connectionString }, { pool } or { kysely }",
        fix: "For example postgres({ connectionString: process.env.DATABASE_URL }).",
      },
    ];
  }
  if ("kysely" in source && source.kysely.isTransaction) {
    return [{ path, expected: "a Kysely instance, not a transaction", fix: "Hand over the instance that began it." }];
  }
  return nameProblems(path, source, SOURCES);
}

function isSource(source: unknown): source is PostgresSource {
  if (!isObject(source)) return false;
  if ("connectionString" in source) {
    return typeof source.connectionString === "string" && source.connectionString !== "";
  }
  if ("pool" in source) {
    return isObject(source.pool) && "connect" in source.pool && typeof source.pool.connect === "function";
  }
  return "kysely" in source && isObject(source.kysely) && "executeQuery" in source.kysely;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
