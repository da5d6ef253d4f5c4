/**
 * Passes one long-lived signal on to many short-lived ones. Each listener that is added to or removed from an
 * `AbortSignal` costs a walk over all others on it, and one left behind lives as long as the signal, which may be the
 * application's; so a session has a single listener on it, and only while requests are under way.
 */
export class AbortHub {
  readonly signal: AbortSignal;
  readonly #children = new Set<AbortController>();

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /** Runs `work` with a signal of its own that aborts with the hub's. */
  async scope<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    const child = new AbortController();
    if (this.#children.size === 0) this.signal.addEventListener("abort", this.#abortAll);
    this.#children.add(child);
    try {
      return await work(child.signal);
    } finally {
      this.#children.delete(child);
      if (this.#children.size === 0) this.signal.removeEventListener("abort", this.#abortAll);
    }
  }

  readonly #abortAll = (): void => {
    for (const child of this.#children) child.abort(this.signal.reason);
  };
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
