/** Reads that show what was there before the last writes, each kind for its own time. */
export interface Lag {
  readonly listMs: number;
  readonly getMs: number;
  /** `steady` (default): all reads lag. `flapping`: every other one does, as with two replicas behind one address. */
  readonly manner?: "steady" | "flapping";
}

export const noLag: Lag = { listMs: 0, getMs: 0 };

/** For how long any read may show an old state. */
export function longestLagMs({ listMs, getMs }: Lag): number {
  return Math.max(listMs, getMs);
}

/**
 * The moment whose state a read shows.
 * @param number counts the reads of the service; every other one of a flapping service is fresh
 */
export function shownAtMs(lag: Lag, read: "list" | "get", number: number, nowMs: number): number {
  const lagMs = read === "list" ? lag.listMs : lag.getMs;
  if (lagMs === 0 || (lag.manner === "flapping" && number % 2 === 0)) return Number.POSITIVE_INFINITY;
  return nowMs - lagMs;
}
