import type { JobMessage, Queue, QueueConsumer } from "@syncer/core";

/** What a consumer was given, in the order in which it was; handlers wait or fail as the test says. */
export class Deliveries {
  /** Ids, as they were delivered. */
  readonly ids: string[] = [];
  readonly messages: JobMessage[] = [];
  /** How many handlers were under way at the most. */
  busiest = 0;
  readonly #running = new Map<string, PromiseWithResolvers<void>>();
  readonly #held: (id: string) => boolean;
  #heard = Promise.withResolvers<void>();

  /** @param held whose handlers end only when they are told to */
  constructor(held: (id: string) => boolean = () => false) {
    this.#held = held;
  }

  /** Begins to consume. */
  from(queue: Queue, concurrency = 1): Promise<QueueConsumer> {
    return queue.process((message) => this.#handle(message), { concurrency });
  }

  /** Resolves when so many messages were delivered in all. */
  async reach(amount: number): Promise<void> {
    while (this.ids.length < amount) await this.#heard.promise;
  }

  /** Resolves when that one was delivered, so many times. */
  async of(id: string, times = 1): Promise<void> {
    while (this.ids.filter((each) => each === id).length < times) await this.#heard.promise;
  }

  end(id: string): void {
    this.#running.get(id)?.resolve();
  }

  fail(id: string): void {
    this.#running.get(id)?.reject(new Error("a handler's own affair"));
  }

  async #handle(message: JobMessage): Promise<void> {
    const { jobId } = message;
    const done = Promise.withResolvers<void>();
    this.#running.set(jobId, done);
    this.busiest = Math.max(this.busiest, this.#running.size);
    this.messages.push(message);
    this.ids.push(jobId);
    this.#heard.resolve();
    this.#heard = Promise.withResolvers();
    if (!this.#held(jobId)) done.resolve();
    try {
      await done.promise;
    } finally {
      this.#running.delete(jobId);
    }
  }
}

/** The first message of a test, which keeps the only place until the others wait. */
export const GATE = "gate";

/** A consumer whose only place is taken, so that what is woken now waits. */
export async function behindGate(
  queue: Queue,
  held: (id: string) => boolean = () => false,
): Promise<{ readonly deliveries: Deliveries; readonly consumer: QueueConsumer }> {
  const deliveries = new Deliveries((id) => id === GATE || held(id));
  const consumer = await deliveries.from(queue);
  await queue.wake({ jobId: GATE, format: 1 }, { priority: 1_000 });
  await deliveries.of(GATE);
  return { deliveries, consumer };
}
