import { setTimeout as timer } from "node:timers/promises";
import type { Clock } from "@syncer/core";

/**
 * One scaled clock for several processes: clock time is the real time since `epochMs`, `speed` times as fast. A process
 * that starts later sees the same moment as the others, so that a dead one's lease ends when it should.
 */
export function sharedClock({ epochMs, speed }: { readonly epochMs: number; readonly speed: number }): Clock {
  return {
    now: () => Math.floor(epochMs + (Date.now() - epochMs) * speed),
    sleep: async (ms, signal) => {
      await timer(Math.max(0, ms) / speed, undefined, signal ? { signal } : {}).catch((error: unknown) => {
        throw signal?.aborted ? signal.reason : error;
      });
    },
  };
}
