import type { Clock } from "../../ports/index.ts";

/** How long a right lasts that nobody renews: a lease of a pair, a worker's lock on a job. */
export const HOLD_MS = 30_000;
const RENEW_EVERY_MS = 10_000;
/** It counts as lost this long before one that could not be renewed ends. */
const MARGIN_MS = 5_000;

/** A right that is renewed until it is let go or lost. */
export interface Hold {
  /** Whether it is surely ours still. */
  isHeld(): boolean;
  /** Renews it no more; resolves when a renewal under way has ended. */
  end(): Promise<void>;
}

/**
 * Renews a right every ten seconds.
 * @param renew asks for it until `untilMs`; `false`: somebody else has it now, and it is not asked again
 */
export function keepRenewing(clock: Clock, firstUntilMs: number, renew: (untilMs: number) => Promise<boolean>): Hold {
  const stop = new AbortController();
  let heldUntilMs = firstUntilMs;
  const heartbeat = (async () => {
    for (let lost = false; !lost; ) {
      await clock.sleep(RENEW_EVERY_MS, stop.signal);
      const untilMs = clock.now() + HOLD_MS;
      try {
        lost = !(await renew(untilMs));
        heldUntilMs = lost ? 0 : untilMs;
      } catch {
        // A storage that fails now may work in ten seconds; until then the deadline decides.
      }
    }
  })().catch(() => {});
  return {
    isHeld: () => clock.now() <= heldUntilMs - MARGIN_MS,
    async end() {
      stop.abort();
      await heartbeat;
    },
  };
}
