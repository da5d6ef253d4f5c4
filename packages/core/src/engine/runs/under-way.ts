import { InvalidRequestError } from "../../errors/index.ts";
import type { Clock } from "../../ports/index.ts";

/** The calls of an engine that have not ended, and the end of all of them. */
export class UnderWay {
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  /** Aborted when the engine is stopped. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Aborted then, or when the caller's is. */
  signal(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([signal, this.stopping]) : this.stopping;
  }

  /** @throws {InvalidRequestError} `engine.stopped` */
  assertOpen(): void {
    if (this.stopping.aborted) throw new InvalidRequestError("engine.stopped", {});
  }

  async track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }

  /** Takes no more calls, and waits for those that there are, but no longer than `graceMs`. */
  async stop(clock: Clock, graceMs: number, close: () => Promise<unknown> | undefined): Promise<void> {
    this.#stopping.abort(new InvalidRequestError("engine.stopped", {}));
    await this.waitFor(clock, graceMs, Promise.allSettled([...this.#running, close()]));
  }

  /** Waits until `work` has settled, but no longer than `graceMs`. */
  async waitFor(clock: Clock, graceMs: number, work: Promise<unknown> | undefined): Promise<void> {
    const waited = new AbortController();
    const grace = clock.sleep(graceMs, waited.signal).catch(() => {});
    await Promise.race([Promise.allSettled([work]), grace]);
    waited.abort();
  }
}
