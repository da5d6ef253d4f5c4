const BASE_MS = 30_000;
const CAP_MS = 15 * 60_000;

/**
 * How long a job waits before it is tried again: full jitter, uniform between nothing and a bound that doubles from half
 * a minute on. A run has repeated its single requests within seconds already; what it failed with takes longer to pass.
 * @param failed how many attempts have failed, from 1
 * @param jitter uniform in [0, 1)
 * @returns whole ms
 */
export function retryDelayMs(failed: number, jitter: number): number {
  return Math.floor(jitter * Math.min(CAP_MS, BASE_MS * 2 ** (failed - 1)));
}
