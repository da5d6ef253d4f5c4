import { RRuleTemporal } from "rrule-temporal";
import { Temporal } from "temporal-polyfill";
import { MalformedEventError } from "../event-errors.ts";
import { canonicalZone, listedZones, representativeZones } from "./canonical-zone.ts";
import { offsetAt, transitionsOf } from "./transitions.ts";

/** One STANDARD or DAYLIGHT part of a VTIMEZONE. Offsets in seconds east of UTC; local times are those of `offsetFrom`. */
export interface Observance {
  readonly start: string;
  readonly offsetFrom: number;
  readonly offsetTo: number;
  /** The value of its RRULE. */
  readonly rule?: string;
  /** The values of its RDATEs. */
  readonly dates: readonly string[];
}

export interface Years {
  readonly from: number;
  readonly to: number;
}

interface Change {
  readonly atMs: number;
  readonly offsetTo: number;
}

/** Rules with more changes than any zone has ever had are no zone's. */
const MOST_CHANGES = 2_000;

/**
 * The known zone whose clock does what a VTIMEZONE says in these years. Of several that do, a hinted one is taken, then one that
 * stands for a Windows zone; in these years it makes no difference.
 * @param hints names that come with the VTIMEZONE (X-LIC-LOCATION)
 * @returns `undefined`: no known zone has these rules
 * @throws {MalformedEventError} `zone.malformed`
 */
export function zoneByRules(
  observances: readonly Observance[],
  years: Years,
  hints: readonly string[] = [],
): string | undefined {
  if (observances.length === 0) return undefined;
  const rules = changesOf(observances, years);
  const hinted = hints.flatMap((hint) => canonicalZone(hint) ?? []);
  return [...hinted, ...representativeZones(), ...listedZones()].find((zone) => fits(zone, rules, years));
}

interface Rules {
  readonly offset: number;
  readonly changes: readonly Change[];
}

function fits(zone: string, { offset, changes }: Rules, { from, to }: Years): boolean {
  if (offsetAt(zone, Date.UTC(from, 0, 1)) !== offset) return false;
  const probe = changes[0];
  if (probe && offsetAt(zone, probe.atMs) !== probe.offsetTo) return false;
  const actual = transitionsOf(zone, from, to).filter(({ offsetFrom, offsetTo }) => offsetFrom !== offsetTo);
  return (
    actual.length === changes.length &&
    actual.every(({ atMs, offsetTo }, index) => atMs === changes[index]?.atMs && offsetTo === changes[index]?.offsetTo)
  );
}

/** The offset at the first moment of the years, and the changes in them. */
function changesOf(observances: readonly Observance[], { from, to }: Years): Rules {
  const [startMs, endMs] = [Date.UTC(from, 0, 1), Date.UTC(to + 1, 0, 1)];
  const onsets = observances.flatMap((each) => onsetsOf(each, endMs)).sort((a, b) => a.atMs - b.atMs);
  const before = onsets.filter(({ atMs }) => atMs <= startMs).at(-1);
  const first = observances.toSorted((a, b) => (a.start < b.start ? -1 : 1))[0];
  let offset = before?.offsetTo ?? first?.offsetFrom ?? 0;
  const result: Rules = { offset, changes: [] };
  const changes: Change[] = [];
  for (const { atMs, offsetTo } of onsets) {
    if (atMs <= startMs || atMs >= endMs || offsetTo === offset) continue;
    changes.push({ atMs, offsetTo });
    offset = offsetTo;
  }
  return { ...result, changes };
}

function onsetsOf({ start, rule, dates, offsetFrom, offsetTo }: Observance, endMs: number): Change[] {
  const named = [start, ...dates].map(localMs);
  const ruled = rule === undefined ? [] : ruledOnsets(localMs(start), rule, offsetFrom, endMs);
  return [...new Set([...named, ...ruled])].map((ms) => ({ atMs: ms - offsetFrom * 1_000, offsetTo }));
}

/** Expanded on a clock that is never changed; an UNTIL, which is in UTC, is put on that clock. */
function ruledOnsets(startMs: number, rule: string, offsetFrom: number, endMs: number): number[] {
  const text = rule.replace(/UNTIL=(\d{8}T\d{6})Z/i, (_, until: string) => {
    return `UNTIL=${stamp(localMs(until) + offsetFrom * 1_000)}Z`;
  });
  if (!/FREQ=YEARLY/i.test(text)) throw new MalformedEventError("zone.malformed", "VTIMEZONE");
  const onsets: number[] = [];
  try {
    const dtstart = Temporal.Instant.fromEpochMilliseconds(startMs).toZonedDateTimeISO("UTC");
    const expander = new RRuleTemporal({ rruleString: `RRULE:${text}`, dtstart, tzid: "UTC", includeDtstart: true });
    expander.all(({ epochMilliseconds }) => {
      onsets.push(epochMilliseconds);
      return epochMilliseconds < endMs + 86_400_000 && onsets.length < MOST_CHANGES;
    });
  } catch {
    throw new MalformedEventError("zone.malformed", "VTIMEZONE");
  }
  return onsets;
}

function localMs(value: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z?$/.exec(value);
  if (!match) throw new MalformedEventError("zone.malformed", "VTIMEZONE");
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function stamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, "");
}
