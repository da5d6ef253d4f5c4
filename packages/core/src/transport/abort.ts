/**
 * Passes one long-lived signal on to many short-lived ones. Each listener that is added to or removed from an
 * `AbortSignal` costs a walk over all others on it, and one left behind lives as long as the signal; a session that
 * sends ten thousand requests therefore puts a single listener on its signal, and keeps the requests in a set.
 */
export class AbortHub {
  readonly signal: AbortSignal;
  readonly #children = new Set<AbortController>();

  constructor(signal: AbortSignal) {
    this.signal = signal;
    signal.addEventListener("abort", () => {
      for (const child of this.#children) child.abort(signal.reason);
      this.#children.clear();
    });
  }

  /** Runs `work` with a signal of its own that aborts with the hub's. */
  async scope<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    const child = new AbortController();
    this.#children.add(child);
    try {
      return await work(child.signal);
    } finally {
      this.#children.delete(child);
    }
  }
}

/** Rejects with the signal's reason as soon as it aborts, also if what it waits for takes no notice of the signal. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
