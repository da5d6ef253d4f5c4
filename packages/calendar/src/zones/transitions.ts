import { Temporal } from "temporal-polyfill";

/** A change of a zone's clock: the moment, and the offsets before and after it, in seconds east of UTC. */
export interface Transition {
  readonly atMs: number;
  readonly offsetFrom: number;
  readonly offsetTo: number;
}

/** Zone data say nothing of later years than their rules, which repeat; nobody plans for later ones either. */
const LAST_YEAR = 2_200;

const yearStartMs = (year: number) => Date.UTC(year, 0, 1);

/** The changes of a zone's clock from the first day of a year up to the last day of another, both in UTC. */
export function transitionsOf(zone: string, fromYear: number, toYear: number): readonly Transition[] {
  const found: Transition[] = [];
  const endMs = yearStartMs(Math.min(toYear, LAST_YEAR) + 1);
  let time: Temporal.ZonedDateTime | null = at(yearStartMs(fromYear) - 1, zone);
  for (;;) {
    const before: Temporal.ZonedDateTime = time;
    time = time.getTimeZoneTransition("next");
    if (!time || time.epochMilliseconds >= endMs) return found;
    const offsetFrom = seconds(time.subtract({ seconds: 1 }));
    if (time.epochMilliseconds <= before.epochMilliseconds) return found;
    found.push({ atMs: time.epochMilliseconds, offsetFrom, offsetTo: seconds(time) });
  }
}

/** Seconds east of UTC at a moment. */
export function offsetAt(zone: string, epochMs: number): number {
  return seconds(at(epochMs, zone));
}

/**
 * Whether two zones' clocks showed and will show the same in all of these years. Zones that are called differently are often equal
 * in the years that matter (Europe/Berlin and Europe/Vienna), and a service may give back another name than it was given.
 */
export function sameRules(
  zoneA: string,
  zoneB: string,
  years: { readonly from: number; readonly to: number },
): boolean {
  if (zoneA === zoneB) return true;
  const startMs = yearStartMs(years.from);
  if (offsetAt(zoneA, startMs) !== offsetAt(zoneB, startMs)) return false;
  const changes = (zone: string) =>
    transitionsOf(zone, years.from, years.to)
      .filter(({ offsetFrom, offsetTo }) => offsetFrom !== offsetTo)
      .map(({ atMs, offsetTo }) => `${atMs}:${offsetTo}`)
      .join();
  return changes(zoneA) === changes(zoneB);
}

function at(epochMs: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(zone);
}

function seconds(time: Temporal.ZonedDateTime): number {
  return time.offsetNanoseconds / 1_000_000_000;
}
