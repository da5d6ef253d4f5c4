import { randomUUID } from "node:crypto";
import { type JobMessage, type Queue, type QueueConsumer, QueueError, type WakeOptions } from "@syncer/core";
import { plainMessage, readMessage } from "../shared/read-message.ts";
import { tickChain } from "../shared/tick-chain.ts";
import { within } from "../shared/within.ts";
import { BossConsumer, type BossConsumerOptions } from "./boss-consumer.ts";
import { type OpenBoss, openBoss } from "./open-boss.ts";
import {
  type CheckedPgBossOptions,
  checkPgBossOptions,
  type PgBossQueueOptions,
  type PgBossSource,
} from "./pg-boss-options.ts";
import { queueNames } from "./queue-names.ts";

/** A queue on pg-boss. */
export interface PgBossQueue extends Required<Queue> {}

/** The key of the one tick that waits. */
const TICK = "tick";

/**
 * Wakes workers by messages in PostgreSQL, or in PGlite, by pg-boss. Performs no I/O before its first use; a database
 * that is away then makes that call reject, and later only delays what waits.
 * @throws {ConfigurationError} with every problem at once
 */
export function pgBossQueue(source: PgBossSource, options: PgBossQueueOptions = {}): PgBossQueue {
  return new BossQueue(source, checkPgBossOptions(source, options));
}

class BossQueue implements PgBossQueue {
  readonly #source: PgBossSource;
  readonly #options: CheckedPgBossOptions;
  readonly #names: ReturnType<typeof queueNames>;
  readonly #consumers = new Set<BossConsumer>();
  #opening: Promise<OpenBoss> | undefined;
  #closing: Promise<void> | undefined;

  constructor(source: PgBossSource, options: CheckedPgBossOptions) {
    this.#source = source;
    this.#options = options;
    this.#names = queueNames(options.name);
  }

  async wake(message: JobMessage, { priority = 0, delayMs = 0, dedupeKey }: WakeOptions = {}): Promise<void> {
    await this.#call(async ({ boss }) => {
      const key = { singletonKey: dedupeKey ?? randomUUID() };
      const sent = await boss.send(this.#names.messages, plainMessage(message), {
        priority,
        ...key,
        ...(delayMs > 0 ? { startAfter: delayMs / 1_000 } : {}),
      });
      if (sent === null || delayMs > 0 || !this.#options.listen) return;
      await boss.getDb().executeSql("select pg_notify($1, '')", [this.#names.channel]);
    });
  }

  async process(
    handler: (message: JobMessage) => Promise<void>,
    { concurrency }: { readonly concurrency: number },
  ): Promise<QueueConsumer> {
    return await this.#consume({
      queue: this.#names.messages,
      concurrency,
      pollMs: this.#options.pollMs,
      ...(this.#options.listen ? { channel: this.#names.channel } : {}),
      deliver: async (data) => {
        const message = readMessage(data);
        if (message) return await handler(message);
        // Nobody will ever understand it. Copied before it is completed: a process that dies here sets it aside twice.
        await this.#call(({ boss }) => boss.send(this.#names.dead, data as object | null));
      },
    });
  }

  async tick(handler: () => Promise<void>, { everyMs }: { readonly everyMs: number }): Promise<QueueConsumer> {
    const { ticks } = this.#names;
    const pollMs = Math.min(Math.max(everyMs / 10, 100), 5_000);
    const startAfter = everyMs / 1_000;
    return await tickChain(handler, everyMs, {
      next: () => this.#call(({ boss }) => boss.send(ticks, null, { singletonKey: TICK, startAfter })),
      consume: (deliver) => this.#consume({ queue: ticks, concurrency: 1, pollMs, deliver }),
      onError: this.#options.onError,
    });
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      await Promise.all([...this.#consumers].map((consumer) => consumer.close()));
      const open = await this.#opening?.catch(() => undefined);
      await open?.close();
    })();
    return this.#closing;
  }

  async #consume(given: Omit<BossConsumerOptions, "heartbeatMs" | "onError">): Promise<BossConsumer> {
    const { heartbeatMs, onError } = this.#options;
    return await this.#call(async ({ boss }) => {
      const consumer = new BossConsumer(boss, { ...given, heartbeatMs, onError });
      await consumer.start();
      this.#consumers.add(consumer);
      // Closed while it was starting.
      if (this.#closing) await consumer.close();
      return consumer;
    });
  }

  /** @throws {QueueError} `queue.closed`, `queue.no-answer` */
  async #call<T>(work: (open: OpenBoss) => Promise<T>): Promise<T> {
    if (this.#closing) throw new QueueError("queue.closed", {});
    return await within(this.#options.timeoutMs, this.#opened().then(work));
  }

  async #opened(): Promise<OpenBoss> {
    this.#opening ??= openBoss(this.#source, this.#options);
    try {
      return await this.#opening;
    } catch (error) {
      // The next call tries again.
      this.#opening = undefined;
      throw error;
    }
  }
}
