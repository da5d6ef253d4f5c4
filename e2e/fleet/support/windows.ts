import type { RequestRecord } from "@syncer/sandbox";

/** The most requests of a service that came in within any window of so many ms, by the services' own count. */
export function fullestWindow(log: readonly RequestRecord[], service: string, perMs: number): number {
  const times = log
    .filter((each) => each.service === service && each.kind !== "sign-in" && each.kind !== "token")
    .map(({ at }) => at)
    .sort((left, right) => left - right);
  let fullest = 0;
  for (let first = 0, last = 0; last < times.length; last++) {
    while ((times[last] ?? 0) - (times[first] ?? 0) >= perMs) first++;
    fullest = Math.max(fullest, last - first + 1);
  }
  return fullest;
}
