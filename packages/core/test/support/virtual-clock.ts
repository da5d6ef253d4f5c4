import type { Clock } from "../../src/ports/index.ts";
import "./loaded-at-once.ts";

/**
 * A clock for tests: time stands still until it is moved, and moving it wakes sleepers one moment at a time, in the
 * order in which they are due, with everything that follows from one moment done before the next one begins. So a test
 * about an hour of quiet takes no time, and the same test always sees the same order.
 *
 * Three ways to move it:
 * - `advance(ms)` / `advanceTo(ms)`: by hand, when a test looks at the state in between
 * - `run(work)`: to the end of some work, through as many sleeps as it takes
 * - `virtualClock({ autoAdvance: true })`: by itself, whenever nothing is going on but sleeping
 *
 * It cannot see work outside the event loop (a thread pool, a socket). Such work is wrapped in `hold`, and time stands
 * still while it lasts.
 */
export interface VirtualClock extends Clock {
  /** Moves on by `ms` of clock time, waking who is due on the way; resolves when all that followed has settled. */
  advance(ms: number): Promise<void>;
  /** As `advance`, to a moment in ms since the epoch. An earlier moment than now is refused. */
  advanceTo(atMs: number): Promise<void>;
  /** Lets everything happen that needs no time. */
  settle(): Promise<void>;
  /** Moves on, from sleeper to sleeper, until `work` has settled; gives its result or its error. */
  run<T>(work: Promise<T> | (() => Promise<T>)): Promise<T>;
  /** Time stands still until `work` has settled. */
  hold<T>(work: Promise<T>): Promise<T>;
  /** When the sleepers are due, earliest first. A test that ends with sleepers has leaked timers. */
  readonly sleepers: readonly number[];
}

export interface VirtualClockOptions {
  /** Default 2026-01-01T00:00:00Z. */
  readonly startMs?: number;
  readonly autoAdvance?: boolean;
  /** Turns of the event loop without a new sleep or wake-up that count as quiet. Default 3; streams take one or two. */
  readonly quietTurns?: number;
}

interface Sleeper {
  readonly dueMs: number;
  readonly order: number;
  readonly wake: () => void;
}

/** How long, in real time, `run` looks at work that waits for something else than this clock before it says so. */
const STUCK_AFTER_REAL_MS = 4_000;

export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const quietTurns = options.quietTurns ?? 3;
  let nowMs = options.startMs ?? Date.UTC(2026, 0, 1);
  let order = 0;
  let movements = 0;
  let held = 0;
  let driving = false;
  const sleeping = new Set<Sleeper>();

  const earliest = (): Sleeper | undefined => {
    let first: Sleeper | undefined;
    for (const sleeper of sleeping) {
      if (!first || sleeper.dueMs < first.dueMs || (sleeper.dueMs === first.dueMs && sleeper.order < first.order)) {
        first = sleeper;
      }
    }
    return first;
  };

  const settle = async (): Promise<void> => {
    let quiet = 0;
    while (quiet < quietTurns || held > 0) {
      const before = movements;
      await turn();
      quiet = movements === before ? quiet + 1 : 0;
    }
  };

  const wake = (sleeper: Sleeper): void => {
    nowMs = Math.max(nowMs, sleeper.dueMs);
    sleeper.wake();
  };

  const advanceTo = async (atMs: number): Promise<void> => {
    if (atMs < nowMs) throw new RangeError(`The clock stands at ${nowMs} and does not go back to ${atMs}.`);
    await settle();
    for (let next = earliest(); next && next.dueMs <= atMs; next = earliest()) {
      wake(next);
      await settle();
    }
    nowMs = Math.max(nowMs, atMs);
  };

  const run = async <T>(work: Promise<T> | (() => Promise<T>)): Promise<T> => {
    const promise = typeof work === "function" ? work() : work;
    let settled = false;
    const seen = promise.then(
      () => {
        settled = true;
      },
      () => {
        settled = true;
      },
    );
    let idleSinceRealMs = performance.now();
    while (!settled) {
      await settle();
      if (settled) break;
      const next = earliest();
      if (next) {
        wake(next);
        idleSinceRealMs = performance.now();
      } else if (performance.now() - idleSinceRealMs > STUCK_AFTER_REAL_MS) {
        throw new Error("Nobody sleeps, and the work is not done: it waits for something else than this clock.");
      }
    }
    await seen;
    return promise;
  };

  const driveByItself = async (): Promise<void> => {
    driving = true;
    for (await settle(); sleeping.size > 0; await settle()) {
      const next = earliest();
      if (next) wake(next);
    }
    driving = false;
  };

  return {
    now: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const stop = (): void => {
          sleeping.delete(sleeper);
          signal?.removeEventListener("abort", abort);
          movements += 1;
        };
        const abort = (): void => {
          stop();
          reject(signal?.reason);
        };
        const sleeper: Sleeper = {
          // Whole milliseconds, as timers and stored times have them.
          dueMs: Math.ceil(nowMs + Math.max(0, ms)),
          order: order++,
          wake: () => {
            stop();
            resolve();
          },
        };
        sleeping.add(sleeper);
        movements += 1;
        signal?.addEventListener("abort", abort, { once: true });
        if (options.autoAdvance && !driving) void driveByItself();
      }),
    advance: (ms) => advanceTo(nowMs + ms),
    advanceTo,
    settle,
    run,
    hold: async (work) => {
      held += 1;
      try {
        return await work;
      } finally {
        held -= 1;
        movements += 1;
      }
    },
    get sleepers() {
      return [...sleeping].sort((a, b) => a.dueMs - b.dueMs || a.order - b.order).map(({ dueMs }) => dueMs);
    },
  };
}

/** One turn of the event loop: all microtasks, and whatever the platform had ready. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
