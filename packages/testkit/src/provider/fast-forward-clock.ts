import type { Clock } from "@syncer/core";

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** A clock that moves by itself, but for work that it cannot see. */
export interface FastForwardClock extends Clock {
  /** Time stands still until `work` has settled. For work outside the event loop: sockets, a thread pool (WebCrypto). */
  hold<T>(work: Promise<T>): Promise<T>;
}

/** Turns of the event loop in which nobody falls asleep or wakes; body streams take one or two each. */
const QUIET_TURNS = 6;

/**
 * A clock for suites over a stand-in in the same process: whenever nothing is going on but waiting, time jumps to the
 * moment at which the next sleeper is due. So pauses, back-offs and consistency windows of any length take no time, and
 * a stand-in that reads the same clock sees them pass.
 *
 * It cannot see work outside the event loop (sockets, a thread pool); wrap such work in `hold`. Over a real network use
 * `systemClock()`.
 *
 * @param startMs default 2026-11-22T12:00:00Z
 */
export function fastForwardClock(startMs = Date.UTC(2026, 10, 22, 12)): FastForwardClock {
  let nowMs = startMs;
  let movements = 0;
  let held = 0;
  let driving = false;
  const sleeping = new Set<Sleeper>();

  const drive = async (): Promise<void> => {
    driving = true;
    while (sleeping.size > 0) {
      for (let quiet = 0, seen = movements; quiet < QUIET_TURNS || held > 0; seen = movements) {
        await new Promise((resolve) => setImmediate(resolve));
        quiet = seen === movements ? quiet + 1 : 0;
      }
      const [next] = [...sleeping].sort((a, b) => a.dueMs - b.dueMs);
      if (next) {
        nowMs = Math.max(nowMs, next.dueMs);
        next.wake();
      }
    }
    driving = false;
  };

  return {
    now: () => nowMs,
    async hold(work) {
      held += 1;
      try {
        return await work;
      } finally {
        held -= 1;
        movements += 1;
      }
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const leave = () => {
          sleeping.delete(sleeper);
          signal?.removeEventListener("abort", abort);
          movements += 1;
        };
        const abort = () => {
          leave();
          reject(signal?.reason);
        };
        const sleeper: Sleeper = {
          // Whole milliseconds, as every real clock gives them.
          dueMs: nowMs + Math.ceil(Math.max(0, ms)),
          wake: () => {
            leave();
            resolve();
          },
        };
        sleeping.add(sleeper);
        movements += 1;
        signal?.addEventListener("abort", abort, { once: true });
        if (!driving) void drive();
      }),
  };
}
