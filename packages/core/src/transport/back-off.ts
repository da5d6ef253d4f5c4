const BASE_MS = 500;
const CAP_MS = 20_000;

/** How often a request that may be repeated is sent at most when answers get lost or the service fails in passing. */
export const MOST_ATTEMPTS = 5;

/**
 * Full jitter: uniform between nothing and a bound that doubles. It spreads the repeats of many clients best.
 * @param failed how many attempts have failed, from 1
 * @param jitter uniform in [0, 1)
 * @see Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015
 */
export function backOffMs(failed: number, jitter: number): number {
  return jitter * Math.min(CAP_MS, BASE_MS * 2 ** (failed - 1));
}
