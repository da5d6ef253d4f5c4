import { type JobMessage, type Queue, type QueueConsumer, QueueError, type WakeOptions } from "@syncer/core";
import { Queue as Bull, type JobsOptions } from "bullmq";
import { plainMessage, readMessage } from "../shared/read-message.ts";
import { tickChain } from "../shared/tick-chain.ts";
import { within } from "../shared/within.ts";
import { BullConsumer } from "./bull-consumer.ts";
import {
  type BullmqQueueOptions,
  type BullmqSource,
  type CheckedBullmqOptions,
  checkBullmqOptions,
} from "./bullmq-options.ts";
import { Connections } from "./connections.ts";

/** A queue on BullMQ. */
export interface BullmqQueue extends Required<Queue> {}

/** BullMQ's priorities are 1 to 2^21, the smallest first; 0 would go before all of them. */
const LOWEST = 2 ** 21;
const MIDDLE = 2 ** 20;
const TICK = "tick";
const LOOK = "look";

/**
 * Wakes workers by messages in Redis, by BullMQ. Connects at its first use; a server that is away then makes that call
 * reject, and later only delays what waits.
 * @throws {ConfigurationError} with every problem at once
 */
export function bullmqQueue(source: BullmqSource, options: BullmqQueueOptions = {}): BullmqQueue {
  return new BullQueue(source, checkBullmqOptions(source, options));
}

class BullQueue implements BullmqQueue {
  readonly #options: CheckedBullmqOptions;
  readonly #connections: Connections;
  readonly #queues = new Map<string, Bull>();
  readonly #consumers = new Set<BullConsumer>();
  #closing: Promise<void> | undefined;

  constructor(source: BullmqSource, options: CheckedBullmqOptions) {
    this.#options = options;
    this.#connections = new Connections(source, options.onError);
  }

  async wake(message: JobMessage, { priority = 0, delayMs = 0, dedupeKey }: WakeOptions = {}): Promise<void> {
    const { name, retryLimit, retryDelayMs } = this.#options;
    const options: JobsOptions = {
      priority: Math.min(Math.max(MIDDLE - Math.round(priority), 1), LOWEST),
      delay: Math.round(delayMs),
      attempts: retryLimit + 1,
      backoff: { type: "exponential", delay: retryDelayMs },
      ...(dedupeKey === undefined ? {} : { deduplication: { id: dedupeKey } }),
    };
    await this.#call(() => this.#queue(name).add(LOOK, plainMessage(message), options));
  }

  async process(
    handler: (message: JobMessage) => Promise<void>,
    { concurrency }: { readonly concurrency: number },
  ): Promise<QueueConsumer> {
    const { name } = this.#options;
    return await this.#consume(name, concurrency, async (data) => {
      const message = readMessage(data);
      if (!message) return "set-aside";
      await handler(message);
      return "done";
    });
  }

  async tick(handler: () => Promise<void>, { everyMs }: { readonly everyMs: number }): Promise<QueueConsumer> {
    const ticks = `${this.#options.name}-ticks`;
    const options: JobsOptions = { delay: everyMs, deduplication: { id: TICK } };
    return await tickChain(handler, everyMs, {
      next: () => this.#call(() => this.#queue(ticks).add(TICK, null, options)),
      consume: (deliver) => this.#consume(ticks, 1, async () => deliver().then(() => "done")),
      onError: this.#options.onError,
    });
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      await Promise.all([...this.#consumers].map((consumer) => consumer.close()));
      const { timeoutMs, onError } = this.#options;
      // One that never met its server would wait for it.
      const closed = [...this.#queues.values()].map((queue) => within(timeoutMs, queue.close()).catch(onError));
      await Promise.all(closed);
      this.#connections.close();
    })();
    return this.#closing;
  }

  async #consume(queue: string, concurrency: number, deliver: (data: unknown) => Promise<"done" | "set-aside">) {
    return await this.#call(async () => {
      const dead = this.#queue(`${this.#options.name}-dead`);
      const consumer = new BullConsumer(this.#connections.forConsuming(), {
        ...this.#options,
        queue,
        concurrency,
        deliver,
        setAside: async (data, id) => void (await dead.add(LOOK, data, { jobId: id })),
      });
      this.#consumers.add(consumer);
      await consumer.ready();
      // Closed while it was starting.
      if (this.#closing) await consumer.close();
      return consumer;
    });
  }

  #queue(name: string): Bull {
    const known = this.#queues.get(name);
    if (known) return known;
    const { prefix, onError } = this.#options;
    const made = new Bull(name, {
      connection: this.#connections.forWaking(),
      prefix,
      // Nobody listens to its events, and nobody reads what is done.
      streams: { events: { maxLen: 100 } },
      defaultJobOptions: { removeOnComplete: true, removeOnFail: false, stackTraceLimit: 0 },
    });
    made.on("error", onError);
    this.#queues.set(name, made);
    return made;
  }

  /** @throws {QueueError} `queue.closed`, `queue.no-answer` */
  async #call<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing) throw new QueueError("queue.closed", {});
    return await within(this.#options.timeoutMs, work());
  }
}
