import type { PgBoss } from "pg-boss";
import { type CheckedCommon, COMMON_NAMES, type CommonQueueOptions, checkCommon } from "../shared/common-options.ts";
import { OptionProblems } from "../shared/option-problems.ts";

/**
 * Where messages are kept: the host's own instance of pg-boss, which the host starts and stops, or a PostgreSQL
 * database, in which the queue has an instance, a pool and a schema of its own.
 */
export type PgBossSource =
  | { readonly boss: PgBoss }
  | {
      readonly connectionString: string;
      /** Made if it is not there. Default `"syncer_pgboss"`, so that it is not the host's own `pgboss`. */
      readonly schema?: string;
      /** Connections of the pool; one more listens. Default 4. */
      readonly connections?: number;
    };

export interface PgBossQueueOptions extends CommonQueueOptions {
  /** How often a process that has a free worker asks for messages that it was not told of, in ms. Default 2,000. */
  readonly pollMs?: number;
  /**
   * Whether messages are told of at once, by LISTEN/NOTIFY, which takes one connection of a process's own. Switch it
   * off behind a pooler in transaction mode. Default `true`.
   */
  readonly listen?: boolean;
  /**
   * After how long without a sign of life a message is taken from its process, in ms, whole seconds, 10,000 at least.
   * A sign is given three times as often. Default 15,000.
   */
  readonly heartbeatMs?: number;
}

export interface CheckedPgBossOptions extends CheckedCommon {
  readonly pollMs: number;
  readonly listen: boolean;
  readonly heartbeatMs: number;
}

const NAMES = [...COMMON_NAMES, "pollMs", "listen", "heartbeatMs"];

/** @throws {ConfigurationError} with every problem at once */
export function checkPgBossOptions(source: PgBossSource, options: PgBossQueueOptions): CheckedPgBossOptions {
  const problems = new OptionProblems("pgBoss");
  checkSource(source, problems);
  problems.needKnown(options, NAMES);
  const { pollMs = 2_000, listen = true, heartbeatMs = 15_000 } = options;
  problems.needWhole(pollMs, "pollMs", [100, 600_000], "Leave it out for 2,000.");
  problems.need(typeof listen === "boolean", "listen", "true or false", "Leave it out for true.");
  // pg-boss knows seconds only, and no fewer than ten.
  problems.need(
    Number.isSafeInteger(heartbeatMs) && heartbeatMs >= 10_000 && heartbeatMs <= 600_000 && heartbeatMs % 1_000 === 0,
    "heartbeatMs",
    "whole seconds from 10,000 to 600,000 ms",
    "Leave it out for 15,000.",
  );
  const common = checkCommon(options, problems);
  problems.report();
  return { ...common, pollMs, listen, heartbeatMs };
}

function checkSource(source: unknown, problems: OptionProblems): void {
  const given = typeof source === "object" && source !== null ? source : {};
  problems.needKnown(given, "boss" in given ? ["boss"] : ["connectionString", "schema", "connections"], "source.");
  if ("boss" in given) {
    const { boss } = given;
    const isBoss = typeof boss === "object" && boss !== null && "fetch" in boss && typeof boss.fetch === "function";
    problems.need(isBoss, "source.boss", "an instance of PgBoss", "Give one that your application has started.");
    return;
  }
  const { connectionString, schema = "s", connections = 1 } = given as Readonly<Record<string, unknown>>;
  problems.need(
    typeof connectionString === "string" && /^postgres(ql)?:\/\//.test(connectionString),
    "source",
    "{ boss } or { connectionString }",
    'For example { connectionString: "postgres://127.0.0.1/app" }.',
  );
  problems.need(
    typeof schema === "string" && /^[A-Za-z_][A-Za-z0-9_]{0,49}$/.test(schema),
    "source.schema",
    "up to 50 letters, digits and underscores, no digit first",
    "Leave it out for syncer_pgboss.",
  );
  problems.needWhole(connections as number, "source.connections", [1, 1_000], "Leave it out for 4.");
}
