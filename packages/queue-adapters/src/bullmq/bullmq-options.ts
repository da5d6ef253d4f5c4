import type { Redis, RedisOptions } from "ioredis";
import { type CheckedCommon, COMMON_NAMES, type CommonQueueOptions, checkCommon } from "../shared/common-options.ts";
import { OptionProblems } from "../shared/option-problems.ts";

/**
 * Where messages are kept: the host's own ioredis connection, which stays the host's to close (consumers use duplicates
 * of it), or an address or options of ioredis, for connections of the queue's own.
 */
export type BullmqSource =
  | { readonly connection: Redis }
  | { readonly url: string }
  | { readonly redis: Omit<RedisOptions, "keyPrefix" | "replyMapping"> };

export interface BullmqQueueOptions extends CommonQueueOptions {
  /** Put before the name of each key. Default `"syncer"`. */
  readonly prefix?: string;
  /**
   * How long a process may be silent before its messages are taken from it, in ms, 1,000 at least. A sign of life is
   * given twice as often. Default 15,000.
   */
  readonly lockMs?: number;
  /** How often messages of silent processes are looked for, in ms, 500 at least. Default 5,000. */
  readonly stalledCheckMs?: number;
}

export interface CheckedBullmqOptions extends CheckedCommon {
  readonly prefix: string;
  readonly lockMs: number;
  readonly stalledCheckMs: number;
}

const NAMES = [...COMMON_NAMES, "prefix", "lockMs", "stalledCheckMs"];

/** @throws {ConfigurationError} with every problem at once */
export function checkBullmqOptions(source: BullmqSource, options: BullmqQueueOptions): CheckedBullmqOptions {
  const problems = new OptionProblems("bullmq");
  checkSource(source, problems);
  problems.needKnown(options, NAMES);
  const { prefix = "syncer", lockMs = 15_000, stalledCheckMs = 5_000 } = options;
  problems.need(
    typeof prefix === "string" && /^[A-Za-z0-9_{}-]{1,60}$/.test(prefix),
    "prefix",
    "up to 60 letters, digits, _, - and braces",
    'For example "syncer", or "{syncer}" on a cluster.',
  );
  problems.needWhole(lockMs, "lockMs", [1_000, 3_600_000], "Leave it out for 15,000.");
  problems.needWhole(stalledCheckMs, "stalledCheckMs", [500, 3_600_000], "Leave it out for 5,000.");
  const common = checkCommon(options, problems);
  problems.report();
  return { ...common, prefix, lockMs, stalledCheckMs };
}

function checkSource(source: unknown, problems: OptionProblems): void {
  const given: Readonly<Record<string, unknown>> =
    typeof source === "object" && source !== null ? (source as Record<string, unknown>) : {};
  problems.needKnown(given, ["connection", "url", "redis"], "source.");
  const { connection, url, redis } = given;
  if (connection !== undefined) {
    const isRedis = typeof connection === "object" && connection !== null && "duplicate" in connection;
    problems.need(isRedis, "source.connection", "an instance of ioredis", "Give one, or { url } for one of our own.");
  } else if (redis !== undefined) {
    const isOptions = typeof redis === "object" && redis !== null && !("keyPrefix" in redis);
    problems.need(isOptions, "source.redis", "options of ioredis without keyPrefix", "Use the option prefix instead.");
  } else {
    const isUrl = typeof url === "string" && /^rediss?:\/\//.test(url);
    problems.need(isUrl, "source", "{ connection }, { url } or { redis }", 'For example { url: "redis://127.0.0.1" }.');
  }
}
