/**
 * Time as a port: one clock for engine, governor, leases and stand-ins, real or scaled, so that limits hold in clock
 * time while people wait less.
 */
export interface Clock {
  /** Whole milliseconds since the epoch; times are stored as they are. */
  now(): number;
  /**
   * Resolves after `ms` of this clock's time; rejects with the signal's reason if aborted first.
   * Waits of any length are sound (platform timers end at 2^31-1 ms).
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * The platform's clock, optionally running faster.
 *
 * @param options.speed clock milliseconds per real millisecond; 1 by default. Demonstrations and benchmarks run at 20 or more.
 */
export function systemClock(options: { readonly speed?: number } = {}): Clock {
  const speed = options.speed ?? 1;
  if (!(speed > 0)) throw new RangeError("systemClock: speed must be above 0");
  const startMs = Date.now();
  const now = speed === 1 ? () => Date.now() : () => Math.floor(startMs + (Date.now() - startMs) * speed);
  return {
    now,
    async sleep(ms, signal) {
      let leftMs = Math.max(0, ms) / speed;
      do {
        const sliceMs = Math.min(leftMs, LONGEST_TIMER_MS);
        await timer(sliceMs, signal);
        leftMs -= sliceMs;
      } while (leftMs > 0);
    },
  };
}

function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(handle);
      reject(signal?.reason);
    };
    const handle = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
