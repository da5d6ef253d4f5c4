/**
 * The time that token lifetimes, rate windows, latencies and `added_at` are counted in. Hand in the engine's own clock
 * (real, scaled or stopped), so that both sides see the same time.
 */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Resolves after `ms` of this clock's time; without it the sandbox waits in real time. */
  sleep?(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A clock whose waiting is always defined. */
export interface WaitingClock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clock. */
export const realClock: Clock = { now: () => Date.now() };

/** Completes a clock with real-time waiting where it brings none. */
export function withSleep(clock: Clock): WaitingClock {
  return {
    now: () => clock.now(),
    sleep: (ms, signal) => (clock.sleep === undefined ? sleepInRealTime(ms, signal) : clock.sleep(ms, signal)),
  };
}

function sleepInRealTime(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abandon = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abandon);
      resolve();
    }, ms);
    if (signal?.aborted === true) abandon();
    else signal?.addEventListener("abort", abandon, { once: true });
  });
}
