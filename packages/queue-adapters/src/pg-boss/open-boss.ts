import { PgBoss } from "pg-boss";
import type { CheckedPgBossOptions, PgBossSource } from "./pg-boss-options.ts";
import { queueNames } from "./queue-names.ts";

/** How often lost messages are looked for, in seconds, where the instance is ours. */
const SUPERVISE_S = 5;
/** A message that is done is of no use to anybody; pg-boss deletes it when it gets round to it. */
const DONE_KEPT_S = 300;
/** The longest that pg-boss permits. A run may take hours, and signs of life tell whether it is alive. */
const EXPIRE_S = 24 * 3_600;

/** An instance that works, and what ends it, which does nothing to the host's own. */
export interface OpenBoss {
  readonly boss: PgBoss;
  close(): Promise<void>;
}

/** Connects, if the instance is ours, and makes the queues that are not there. */
export async function openBoss(source: PgBossSource, options: CheckedPgBossOptions): Promise<OpenBoss> {
  if ("boss" in source) {
    await makeQueues(source.boss, options);
    return { boss: source.boss, close: async () => {} };
  }
  const boss = new PgBoss({
    connectionString: source.connectionString,
    schema: source.schema ?? "syncer_pgboss",
    max: source.connections ?? 4,
    connectionTimeoutMillis: options.timeoutMs,
    schedule: false,
    superviseIntervalSeconds: SUPERVISE_S,
    monitorIntervalSeconds: SUPERVISE_S,
  });
  // Without a listener an instance that loses its server would end the process.
  boss.on("error", options.onError);
  // Its messages are settled one by one, so there is nothing to wait for.
  const close = () => boss.stop({ graceful: false });
  try {
    await boss.start();
    await makeQueues(boss, options);
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
  return { boss, close };
}

async function makeQueues(boss: PgBoss, { name, retryLimit, retryDelayMs, heartbeatMs }: CheckedPgBossOptions) {
  const { messages, dead, ticks } = queueNames(name);
  const retryDelay = Math.ceil(retryDelayMs / 1_000);
  const common = {
    expireInSeconds: EXPIRE_S,
    heartbeatSeconds: heartbeatMs / 1_000,
    deleteAfterSeconds: DONE_KEPT_S,
  };
  const settings = {
    ...common,
    retryLimit,
    retryDelay,
    retryBackoff: retryDelay > 0,
    deadLetter: dead,
  };
  await boss.createQueue(dead);
  // The policy that drops what has the key of one that waits, and nothing else.
  await boss.createQueue(messages, { ...settings, policy: "short" });
  await boss.createQueue(ticks, { ...common, policy: "short" });
  // Those of an earlier start may have been made with other options.
  await boss.updateQueue(messages, settings);
  await boss.updateQueue(ticks, common);
}
