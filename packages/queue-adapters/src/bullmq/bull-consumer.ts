import type { QueueConsumer } from "@syncer/core";
import { type Job, UnrecoverableError, Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { CheckedBullmqOptions } from "./bullmq-options.ts";

export interface BullConsumerOptions extends CheckedBullmqOptions {
  readonly queue: string;
  readonly concurrency: number;
  readonly deliver: (data: unknown) => Promise<"done" | "set-aside">;
  /** Keeps what nobody could handle, once for each id. */
  readonly setAside: (data: unknown, id: string) => Promise<void>;
}

/** Takes messages of one queue. */
export class BullConsumer implements QueueConsumer {
  readonly #worker: Worker;
  readonly #connection: Redis;
  readonly #options: BullConsumerOptions;
  /** What is being set aside. */
  readonly #dying = new Set<Promise<void>>();
  #isReady = false;
  #closing: Promise<void> | undefined;

  constructor(connection: Redis, options: BullConsumerOptions) {
    const { queue, prefix, concurrency, lockMs, stalledCheckMs, retryLimit, onError } = options;
    this.#connection = connection;
    this.#options = options;
    this.#worker = new Worker(queue, (job) => this.#deliver(job), {
      connection,
      prefix,
      concurrency,
      lockDuration: lockMs,
      stalledInterval: stalledCheckMs,
      maxStalledCount: retryLimit,
      // How soon it asks again after the server was away.
      runRetryDelay: 1_000,
      removeOnComplete: { count: 0 },
    });
    this.#worker.on("error", onError);
    this.#worker.on("failed", (job) => {
      if (job?.finishedOn === undefined) return;
      const dying = this.#setAside(job).catch(onError);
      this.#dying.add(dying);
      void dying.finally(() => this.#dying.delete(dying));
    });
    this.#worker.on("stalled", (id) => void this.#mend(id).catch(onError));
  }

  async ready(): Promise<void> {
    await this.#worker.waitUntilReady();
    this.#isReady = true;
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      const ended = this.#worker.close().catch(this.#options.onError);
      // One that never met its server would wait for it, and has nothing under way.
      if (this.#isReady) await ended;
      await Promise.all(this.#dying);
      this.#connection.disconnect();
    })();
    return this.#closing;
  }

  async #deliver(job: Job): Promise<void> {
    // Held for as long as the message waits; BullMQ itself would hold it until it is done.
    await job.removeDeduplicationKey();
    // What a handler says of its failure may hold anything, and BullMQ keeps it.
    const outcome = await this.#options.deliver(job.data).catch((error: unknown) => {
      this.#options.onError(error);
      throw new Error("handler.failed");
    });
    if (outcome === "set-aside") throw new UnrecoverableError("message.unknown");
  }

  /**
   * Makes a text of what is no JSON. BullMQ reads it before anything of ours does, so it would stall and come again for
   * ever; as a text it is one more message that is none of ours.
   */
  async #mend(id: string): Promise<void> {
    const key = this.#worker.toKey(id);
    const data = await this.#connection.hget(key, "data");
    if (data === null) return;
    try {
      JSON.parse(data);
    } catch {
      await this.#connection.hset(key, "data", JSON.stringify(data));
    }
  }

  async #setAside(job: Job): Promise<void> {
    // Ids begin anew when Redis is emptied.
    await this.#options.setAside(job.data, `${job.timestamp}-${job.id}`);
    await job.remove();
  }
}
