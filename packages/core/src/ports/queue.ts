/** All that a queue ever carries: the handle of a row, and what kind of row a reader has to understand. Never content. */
export interface JobMessage {
  readonly jobId: string;
  /** Rises when the meaning of a job's row changes. */
  readonly format: number;
}

export interface WakeOptions {
  /** The greater number goes first. Default 0. */
  readonly priority?: number;
  /** Not before so many ms have passed. Default 0. */
  readonly delayMs?: number;
  /** While a message with this key waits, another one is needless and may be dropped. */
  readonly dedupeKey?: string;
}

/**
 * Wakes workers, here or on other machines. It decides nothing: which job is done next, by whom, how often and whether
 * at all, stands in the storage, and a lease lets one worker at a time write for a pair. So a queue may deliver a
 * message twice, late, in any order, or to a worker that finds nothing to do; and a queue that loses everything costs
 * time only, because workers look at the storage by themselves every now and then.
 */
export interface Queue {
  /**
   * Asks that some worker be woken, now or later.
   * @throws anything: the job stands in the storage already, and is found there
   */
  wake(message: JobMessage, options?: WakeOptions): Promise<void>;
  /**
   * Delivers messages to this process until it is closed, at most `concurrency` at a time. One is being delivered until
   * `handler` has settled; what it rejects with is the adapter's to repeat, or not.
   */
  process(
    handler: (message: JobMessage) => Promise<void>,
    options: { readonly concurrency: number },
  ): Promise<QueueConsumer>;
  /**
   * A beat that all processes on this queue share: about every `everyMs` one of them has `handler` called, whichever is
   * free, never two in this process at a time. A beat may be lost or doubled. A queue of one process leaves it out, and
   * so may any other: each process then looks at the storage by itself.
   * @param everyMs real milliseconds, whole, 100 at least; the same in all processes
   */
  tick?(handler: () => Promise<void>, options: { readonly everyMs: number }): Promise<QueueConsumer>;
  /** Ends the consumers that there are and what it holds itself. The engine that has it calls this when it stops. */
  close?(): Promise<void>;
}

/** A process that takes messages. */
export interface QueueConsumer {
  /** Takes no more; resolves when the handlers under way have settled. */
  close(): Promise<void>;
}
