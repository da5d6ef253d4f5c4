import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Queue } from "@syncer/core";
import { bullmqQueue } from "@syncer/queue-adapters/bullmq";
import { pgBossQueue } from "@syncer/queue-adapters/pg-boss";
import { Queue as Bull, Worker } from "bullmq";
import { Redis } from "ioredis";
import { PgBoss } from "pg-boss";
import type { BenchRow } from "./bench-row.ts";

const POSTGRES = process.env.SYNCER_TEST_POSTGRES ?? "postgres://postgres@127.0.0.1:5432/postgres";
const REDIS = process.env.SYNCER_TEST_REDIS ?? "redis://127.0.0.1:6379";
const CHILD = join(import.meta.dirname, "support/queue-child.ts");
const MESSAGES = 4_000;
const SCALED = 2_000;
const CONCURRENCY = 50;
/** As many calls at a time as a busy host makes. */
const SENDERS = 16;
const ROUNDS = 3;

/** One engine, by our port and bare, with the same settings. */
interface Contest {
  readonly name: string;
  readonly kind: "pg-boss" | "bullmq";
  readonly where: object;
  readonly queue: Queue;
  send(jobId: string): Promise<unknown>;
  /** Handles with nothing; resolves to what ends it. */
  consume(done: () => void): Promise<() => Promise<unknown>>;
  left(): Promise<number>;
  close(): Promise<void>;
}

/** Messages per second through our port, with a handler that does nothing, beside the bare engine; and two processes. */
export default async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const open of [pgBossContest, bullContest]) {
    const contest = await open();
    try {
      rows.push(...(await compare(contest)), await scale(contest));
    } finally {
      await contest.close();
    }
  }
  return rows;
}

async function compare(contest: Contest): Promise<BenchRow[]> {
  const times = {
    ours: { send: [] as number[], take: [] as number[] },
    bare: { send: [] as number[], take: [] as number[] },
  };
  const wake = (jobId: string) => contest.queue.wake({ jobId, format: 1 }, { dedupeKey: jobId, priority: 10 });
  const process = async (done: () => void) => {
    const consumer = await contest.queue.process(async () => done(), { concurrency: CONCURRENCY });
    return () => consumer.close();
  };
  // By turns, so that whatever else the machine does meets both alike; the best of each counts.
  for (let round = 0; round < ROUNDS; round++) {
    times.ours.send.push(await sendAll(wake));
    times.ours.take.push(await takeAll(process));
    times.bare.send.push(await sendAll(contest.send));
    times.bare.take.push(await takeAll(contest.consume));
  }
  return (["send", "take"] as const).map((what) => {
    const [ourMs, bareMs] = [Math.min(...times.ours[what]), Math.min(...times.bare[what])];
    const perSecond = (ms: number) => Math.round((MESSAGES / ms) * 1_000);
    const doing = what === "send" ? "waking" : `handling, ${CONCURRENCY} at a time`;
    return {
      name: `${contest.name}: ${doing}, of the bare engine's ${perSecond(bareMs).toLocaleString("en")}`,
      value: perSecond(ourMs),
      unit: "messages/s",
      ratio: bareMs / ourMs,
      bar: 0.7 * perSecond(bareMs),
    };
  });
}

async function sendAll(send: (jobId: string) => Promise<unknown>): Promise<number> {
  const ids = Array.from({ length: MESSAGES }, () => `job_${randomUUID()}`);
  const start = performance.now();
  const one = async () => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) await send(id);
  };
  await Promise.all(Array.from({ length: SENDERS }, one));
  return performance.now() - start;
}

async function takeAll(consume: Contest["consume"]): Promise<number> {
  const all = Promise.withResolvers<void>();
  let left = MESSAGES;
  const start = performance.now();
  const end = await consume(() => {
    if (--left === 0) all.resolve();
  });
  await all.promise;
  const ms = performance.now() - start;
  await end();
  return ms;
}

async function scale(contest: Contest): Promise<BenchRow> {
  const [one = 0, two = 0] = [await withProcesses(contest, 1), await withProcesses(contest, 2)];
  return {
    name: `${contest.name}: two processes with handlers of 20 ms, ten at a time, against one`,
    value: Math.round((SCALED / two) * 1_000),
    unit: "messages/s",
    ratio: one / two,
  };
}

async function withProcesses(contest: Contest, amount: number): Promise<number> {
  const before = await contest.left();
  const children = Array.from({ length: amount }, () => {
    const given = ["--conditions=@syncer/source", "--no-warnings", CHILD, contest.kind, JSON.stringify(contest.where)];
    return spawn(process.execPath, given, { stdio: ["pipe", "pipe", "inherit"] });
  });
  for (const { stdout } of children) await once(createInterface({ input: stdout }), "line");
  for (let nth = 0; nth < SCALED; nth++) await contest.queue.wake({ jobId: `job_${randomUUID()}`, format: 1 });
  const start = performance.now();
  for (const { stdin } of children) stdin.write("go\n");
  while ((await contest.left()) > before + 1) await new Promise((resolve) => setTimeout(resolve, 20));
  const ms = performance.now() - start;
  const ended = children.map((child) => once(child, "close"));
  for (const { stdin } of children) stdin.end();
  await Promise.all(ended);
  return ms;
}

async function pgBossContest(): Promise<Contest> {
  const schema = `queue_bench_${randomUUID().slice(0, 8)}`;
  const where = { connectionString: POSTGRES, schema };
  const queue = pgBossQueue(where);
  await queue.wake({ jobId: "warm", format: 1 }, { dedupeKey: "warm", delayMs: 3_600_000 });
  const boss = new PgBoss({ ...where, max: 4, schedule: false });
  boss.on("error", console.error);
  await boss.start();
  await boss.createQueue("bare", { policy: "short", retryLimit: 3, heartbeatSeconds: 15, notify: true });
  return {
    name: "pg-boss",
    kind: "pg-boss",
    where,
    queue,
    send: (jobId) => boss.send("bare", { jobId, format: 1 }, { singletonKey: jobId, priority: 10 }),
    async consume(done) {
      const options = { batchSize: CONCURRENCY, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 } as const;
      await boss.work("bare", options, async (jobs) => {
        for (const _ of jobs) done();
      });
      return () => boss.offWork("bare", { wait: true });
    },
    async left() {
      const text = `select count(*)::int as left from ${schema}.job where name = 'syncer' and state < 'completed'`;
      return (await boss.getDb().executeSql(text)).rows[0].left;
    },
    async close() {
      await queue.close();
      await boss.getDb().executeSql(`drop schema ${schema} cascade`);
      await boss.stop({ graceful: false }).catch(() => {});
    },
  };
}

async function bullContest(): Promise<Contest> {
  const prefix = `queue-bench-${randomUUID().slice(0, 8)}`;
  const queue = bullmqQueue({ url: REDIS }, { prefix });
  await queue.wake({ jobId: "warm", format: 1 }, { dedupeKey: "warm", delayMs: 3_600_000 });
  const connection = new Redis(REDIS, { maxRetriesPerRequest: null });
  const bare = new Bull("bare", { connection, prefix });
  const ours = new Bull("syncer", { connection, prefix });
  return {
    name: "BullMQ",
    kind: "bullmq",
    where: { url: REDIS, prefix },
    queue,
    send: (jobId) =>
      bare.add(
        "look",
        { jobId, format: 1 },
        { priority: 10, attempts: 4, deduplication: { id: jobId }, removeOnComplete: true },
      ),
    async consume(done) {
      const settings = { concurrency: CONCURRENCY, lockDuration: 15_000, stalledInterval: 5_000 };
      const worker = new Worker("bare", async () => done(), {
        connection: connection.duplicate(),
        prefix,
        ...settings,
      });
      await worker.waitUntilReady();
      return () => worker.close();
    },
    async left() {
      const counts = await ours.getJobCounts();
      return ["waiting", "prioritized", "active", "delayed"].reduce((sum, state) => sum + (counts[state] ?? 0), 0);
    },
    async close() {
      await queue.close();
      await bare.close();
      await ours.close();
      const keys = await connection.keys(`${prefix}:*`);
      if (keys.length > 0) await connection.del(...keys);
      connection.disconnect();
    },
  };
}
