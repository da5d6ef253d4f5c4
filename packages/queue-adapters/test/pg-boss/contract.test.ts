import { PGlite } from "@electric-sql/pglite";
import { pgBossQueue } from "@syncer/queue-adapters/pg-boss";
import { describeQueue } from "@syncer/testkit";
import { fromPglite, PgBoss } from "pg-boss";
import { describe } from "vitest";
import { BossPlace } from "../support/boss-place.ts";
import { CutOff } from "../support/cut-off.ts";
import { postgresUrl } from "../support/servers.ts";

/** One repetition, at once: a suite need not wait for pauses. */
const OPTIONS = { retryLimit: 1, retryDelayMs: 0, heartbeatMs: 10_000, pollMs: 200 };
const SEEN = ["--conditions=@syncer/source", "--no-warnings"];

describe.skipIf(!postgresUrl)("on PostgreSQL", () => {
  describeQueue(
    "pg-boss, an instance of its own",
    async () => {
      const place = new BossPlace(postgresUrl!);
      const elsewhere = new BossPlace(postgresUrl!);
      const way = await CutOff.to(postgresUrl!, 5432);
      const { connectionString, schema } = place;
      const source = { connectionString, schema };
      const open = (at: { readonly connectionString: string; readonly schema: string }) =>
        pgBossQueue({ connectionString: at.connectionString, schema: at.schema }, OPTIONS);
      return {
        queue: open({ connectionString: way.address(connectionString), schema }),
        another: () => open(source),
        elsewhere: () => open(elsewhere),
        otherProcess: {
          module: new URL("../support/open-boss-queue.ts", import.meta.url).href,
          argument: JSON.stringify(source),
          nodeOptions: SEEN,
        },
        put: async (data) => {
          // Its first use makes the queues.
          const maker = open(source);
          await (await maker.process(async () => {}, { concurrency: 1 })).close();
          await maker.close();
          await (await place.boss()).send("syncer", data as object, { singletonKey: crypto.randomUUID() });
        },
        deadLetters: async () => (await (await place.boss()).findJobs("syncer.dead")).map(({ data }) => data),
        server: way,
        dispose: async () => {
          await way.leave();
          await place.drop();
          await elsewhere.drop();
        },
      };
    },
    { keeps: true, attempts: 2, ticks: true, deathMs: 30_000 },
  );

  describeQueue(
    "pg-boss, the host's own instance, two names in it",
    async () => {
      const place = new BossPlace(postgresUrl!);
      const boss = await place.boss();
      const queue = pgBossQueue({ boss }, OPTIONS);
      return {
        queue,
        another: () => pgBossQueue({ boss }, { ...OPTIONS, listen: false }),
        elsewhere: () => pgBossQueue({ boss }, { ...OPTIONS, name: "other" }),
        put: async (data) => {
          await (await queue.process(async () => {}, { concurrency: 1 })).close();
          await boss.send("syncer", data as object, { singletonKey: crypto.randomUUID() });
        },
        deadLetters: async () => (await boss.findJobs("syncer.dead")).map(({ data }) => data),
        dispose: () => place.drop(),
      };
    },
    { keeps: true, attempts: 2, ticks: true, histories: 10 },
  );
});

describeQueue(
  "pg-boss in PGlite",
  async () => {
    const pglite = await PGlite.create();
    const boss = new PgBoss({ db: fromPglite(pglite), backend: "pglite", schedule: false });
    boss.on("error", () => {});
    await boss.start();
    const queue = pgBossQueue({ boss }, OPTIONS);
    return {
      queue,
      another: () => pgBossQueue({ boss }, OPTIONS),
      elsewhere: () => pgBossQueue({ boss }, { ...OPTIONS, name: "other" }),
      put: async (data) => {
        await (await queue.process(async () => {}, { concurrency: 1 })).close();
        await boss.send("syncer", data as object, { singletonKey: crypto.randomUUID() });
      },
      deadLetters: async () => (await boss.findJobs("syncer.dead")).map(({ data }) => data),
      dispose: async () => {
        await boss.stop({ graceful: false });
        await pglite.close();
      },
    };
  },
  { keeps: true, attempts: 2, ticks: true, histories: 10 },
);
