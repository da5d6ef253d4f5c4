import { setTimeout as timer } from "node:timers/promises";
import type { Clock } from "@syncer/core";

export interface SharedTime {
  readonly epochMs: number;
  /** Clock milliseconds in a real one. */
  readonly speed: number;
  /** By how much more the clock is ahead: time that nobody had to wait for. May grow while the clock is used. */
  readonly aheadMs?: number;
}

/**
 * One scaled clock for several processes: clock time is the real time since `epochMs`, `speed` times as fast. A process
 * that starts later sees the same moment as the others, so that a dead one's lease ends when it should.
 */
export function sharedClock(time: SharedTime): Clock {
  const { epochMs, speed } = time;
  return {
    now: () => Math.floor(epochMs + (Date.now() - epochMs) * speed + (time.aheadMs ?? 0)),
    sleep: async (ms, signal) => {
      await timer(Math.max(0, ms) / speed, undefined, signal ? { signal } : {}).catch((error: unknown) => {
        throw signal?.aborted ? signal.reason : error;
      });
    },
  };
}
