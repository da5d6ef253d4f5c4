import type { Clock } from "@syncer/core";

/**
 * A clock that runs faster, and that several processes can share: clock time is the real time since `epochMs`, `speed`
 * times as fast, whenever a process begins to look at it. So what a dead process held ends when it should.
 */
export function sharedClock({ epochMs, speed }: { readonly epochMs: number; readonly speed: number }): Clock {
  return {
    now: () => Math.floor(epochMs + (Date.now() - epochMs) * speed),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const abort = () => {
          clearTimeout(timer);
          reject(signal?.reason);
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener("abort", abort);
          resolve();
        }, Math.max(0, ms) / speed);
        signal?.addEventListener("abort", abort, { once: true });
      }),
  };
}
