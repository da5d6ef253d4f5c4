import { randomUUID } from "node:crypto";
import { PGlite } from "@electric-sql/pglite";
import type { Queue } from "@syncer/core";
import { bullmqQueue } from "@syncer/queue-adapters/bullmq";
import { pgBossQueue } from "@syncer/queue-adapters/pg-boss";
import { fromPglite, PgBoss } from "pg-boss";
import { BossPlace } from "../../../packages/queue-adapters/test/support/boss-place.ts";
import { RedisPlace } from "../../../packages/queue-adapters/test/support/redis-place.ts";
import { postgresUrl, redisUrl } from "../../../packages/queue-adapters/test/support/servers.ts";

/** Somewhere on a server where queues of several processes meet. */
export interface Place {
  /** As one process opens it. */
  open(): Queue;
  /** Puts something there that no engine has. */
  put(data: unknown): Promise<void>;
  /** Loses everything. */
  flush(): Promise<void>;
  deadLetters(): Promise<readonly unknown[]>;
  /** How a child process opens it, if one can. */
  readonly child?: { readonly kind: "pg-boss" | "bullmq"; readonly argument: string };
  close(): Promise<void>;
}

export interface PlaceKind {
  readonly name: string;
  readonly isThere: boolean;
  open(): Promise<Place>;
}

const OPTIONS = { retryLimit: 1, retryDelayMs: 0 };

export const PLACES: readonly PlaceKind[] = [
  { name: "pg-boss on PostgreSQL", isThere: postgresUrl !== undefined, open: bossPlace },
  { name: "pg-boss in PGlite", isThere: true, open: glitePlace },
  { name: "BullMQ on Redis", isThere: redisUrl !== undefined, open: bullPlace },
];

async function bossPlace(): Promise<Place> {
  const place = new BossPlace(postgresUrl ?? "");
  const boss = await place.boss();
  const { connectionString, schema } = place;
  const open = () => pgBossQueue({ connectionString, schema }, { ...OPTIONS, heartbeatMs: 10_000, pollMs: 200 });
  // Its first use makes the queues.
  const first = open();
  await (await first.process(async () => {}, { concurrency: 1 })).close();
  await first.close?.();
  return {
    open,
    put: async (data) => void (await boss.send("syncer", data as object, { singletonKey: randomUUID() })),
    flush: async () => void (await place.query(`delete from ${schema}.job`)),
    deadLetters: async () => (await boss.findJobs("syncer.dead")).map(({ data }) => data),
    child: { kind: "pg-boss", argument: JSON.stringify({ connectionString, schema }) },
    close: () => place.drop(),
  };
}

async function glitePlace(): Promise<Place> {
  const pglite = await PGlite.create();
  const boss = new PgBoss({ db: fromPglite(pglite), backend: "pglite", schedule: false });
  boss.on("error", () => {});
  await boss.start();
  const open = () => pgBossQueue({ boss }, { ...OPTIONS, heartbeatMs: 10_000, pollMs: 200 });
  await (await open().process(async () => {}, { concurrency: 1 })).close();
  return {
    open,
    put: async (data) => void (await boss.send("syncer", data as object, { singletonKey: randomUUID() })),
    flush: async () => void (await pglite.exec("delete from pgboss.job")),
    deadLetters: async () => (await boss.findJobs("syncer.dead")).map(({ data }) => data),
    close: async () => {
      await boss.stop({ graceful: false });
      await pglite.close();
    },
  };
}

async function bullPlace(): Promise<Place> {
  const place = new RedisPlace(redisUrl ?? "");
  const { prefix, url } = place;
  return {
    open: () => bullmqQueue({ url }, { ...OPTIONS, prefix, lockMs: 2_000, stalledCheckMs: 1_000 }),
    put: async (data) => void (await place.queue("syncer").add("by hand", data)),
    // What is lost with a server, for this queue; the server is other people's, too.
    flush: () => place.empty(),
    deadLetters: async () => (await place.queue("syncer-dead").getJobs()).map(({ data }) => data),
    child: { kind: "bullmq", argument: JSON.stringify({ url, prefix }) },
    close: () => place.drop(),
  };
}
