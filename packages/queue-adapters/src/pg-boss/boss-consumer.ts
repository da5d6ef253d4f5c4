import type { QueueConsumer } from "@syncer/core";
import type { Db, Job, PgBoss } from "pg-boss";
import { Bell } from "../shared/bell.ts";

type ListenHandle = Awaited<ReturnType<NonNullable<Db["listen"]>>>;

export interface BossConsumerOptions {
  readonly queue: string;
  readonly concurrency: number;
  readonly pollMs: number;
  readonly heartbeatMs: number;
  /** Where messages are told of. */
  readonly channel?: string;
  readonly deliver: (data: unknown) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** pg-boss takes more in one statement, but a process that dies keeps them all until its heartbeat is missed. */
const MOST_AT_ONCE = 100;
const LONGEST_PAUSE_MS = 10_000;
/** What is kept of why a handler failed: its own words might tell of anything. */
const FAILED = { code: "handler.failed" } as const;
const GIVEN_BACK = { code: "queue.closed" } as const;

/**
 * Takes messages of one queue. A loop of its own instead of `boss.work`, whose workers either take one message per poll
 * or settle a batch when its slowest is done, which here may be hours; and which writes handlers' errors into the
 * database.
 */
export class BossConsumer implements QueueConsumer {
  readonly #boss: PgBoss;
  readonly #options: BossConsumerOptions;
  readonly #bell = new Bell();
  readonly #held = new Map<string, Job<unknown>>();
  readonly #deliveries = new Set<Promise<void>>();
  #done: Job<unknown>[] = [];
  #settling: Promise<void> | undefined;
  #listening: ListenHandle | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(boss: PgBoss, options: BossConsumerOptions) {
    this.#boss = boss;
    this.#options = options;
  }

  async start(): Promise<void> {
    const { channel, heartbeatMs, onError } = this.#options;
    const ring = () => this.#bell.ring();
    if (channel !== undefined) {
      // One that cannot be had is told of; polling goes on without.
      this.#listening = await this.#boss
        .getDb()
        .listen?.(channel, ring, ring)
        .catch((error: unknown) => void onError(error));
    }
    this.#heartbeat = setInterval(() => void this.#touch().catch(onError), heartbeatMs / 3);
    this.#running = this.#run();
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      this.#bell.ring();
      await this.#running;
      await Promise.all(this.#deliveries);
      await this.#settling;
      clearInterval(this.#heartbeat);
      await this.#listening?.close().catch(this.#options.onError);
    })();
    return this.#closing;
  }

  async #run(): Promise<void> {
    const { queue, concurrency, pollMs, onError } = this.#options;
    let failures = 0;
    while (!this.#closing) {
      const batchSize = Math.min(concurrency - this.#held.size, MOST_AT_ONCE);
      try {
        const jobs = batchSize > 0 ? await this.#boss.fetch<unknown>(queue, { batchSize }) : [];
        failures = 0;
        // Fetched while it was closed: others have it again in a moment.
        if (this.#closing && jobs.length > 0) return void (await this.#boss.fail(queue, jobs, GIVEN_BACK));
        for (const job of jobs) this.#take(job);
        if (batchSize === 0 || jobs.length < batchSize) await this.#bell.nap(pollMs);
      } catch (error) {
        onError(error);
        await this.#bell.nap(Math.min(pollMs * 2 ** failures++, LONGEST_PAUSE_MS));
      }
    }
  }

  #take(job: Job<unknown>): void {
    this.#held.set(job.id, job);
    const isFull = () => this.#held.size === this.#options.concurrency;
    const delivery = (async () => {
      try {
        await this.#options.deliver(job.data);
        this.#complete(job);
      } catch (error) {
        this.#options.onError(error);
        await this.#boss.fail(this.#options.queue, job, FAILED).catch(this.#options.onError);
      } finally {
        if (isFull()) this.#bell.ring();
        this.#held.delete(job.id);
      }
    })();
    this.#deliveries.add(delivery);
    void delivery.finally(() => this.#deliveries.delete(delivery));
  }

  /** Together with those that are done while one statement is under way. What is not written down comes again. */
  #complete(job: Job<unknown>): void {
    this.#done.push(job);
    this.#settling ??= (async () => {
      while (this.#done.length > 0) {
        const done = this.#done;
        this.#done = [];
        await this.#boss.complete(this.#options.queue, done).catch(this.#options.onError);
      }
      this.#settling = undefined;
    })();
  }

  /** Says that what is held here is alive. */
  async #touch(): Promise<void> {
    if (this.#held.size > 0) await this.#boss.touch(this.#options.queue, [...this.#held.values()]);
  }
}
