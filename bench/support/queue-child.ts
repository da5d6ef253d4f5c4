/**
 * A worker process with handlers of 20 ms, ten at a time. Arguments: the kind of the queue, JSON of where it is. Begins
 * when it is told to by a line, and ends with its input.
 */
import { createInterface } from "node:readline";
import { bullmqQueue } from "@syncer/queue-adapters/bullmq";
import { pgBossQueue } from "@syncer/queue-adapters/pg-boss";

const HANDLER_MS = 20;
const [kind, where = "{}"] = process.argv.slice(2);
const place = JSON.parse(where);
const queue = kind === "pg-boss" ? pgBossQueue(place) : bullmqQueue({ url: place.url }, { prefix: place.prefix });
await queue.wake({ jobId: "warm", format: 1 }, { dedupeKey: "warm", delayMs: 3_600_000 });
console.log("ready");
for await (const _ of createInterface({ input: process.stdin })) {
  await queue.process(() => new Promise((resolve) => setTimeout(resolve, HANDLER_MS)), { concurrency: 10 });
}
await queue.close();
