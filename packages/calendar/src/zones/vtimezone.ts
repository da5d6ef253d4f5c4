import { offsetAt, type Transition, transitionsOf } from "./transitions.ts";

/**
 * The lines of a VTIMEZONE (RFC 5545 §3.6.5) for a zone in these years, made from the zone data of the machine. Packages with
 * ready-made texts were weighed and not taken: @touch4it/ical-timezones 1.9.0 holds those of tzdb 2018g, in which São
 * Paulo still changes its clocks, and reads them with `node:fs`.
 *
 * A change that comes back by the same rule up to the last year goes on for ever; all others are named one by one.
 * @param tzid what the times of the calendar call it
 */
export function vtimezoneLines(zone: string, fromYear: number, toYear: number, tzid: string = zone): string[] {
  const key = `${zone} ${fromYear} ${toYear}`;
  const rules = remembered.get(key) ?? ruleLines(zone, fromYear, toYear);
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  remembered.set(key, rules);
  return ["BEGIN:VTIMEZONE", `TZID:${tzid}`, ...rules, "END:VTIMEZONE"];
}

/** A calendar's events are in a few zones and years, and the rules of one take a millisecond to find. */
const remembered = new Map<string, readonly string[]>();
const MOST_REMEMBERED = 200;

function ruleLines(zone: string, fromYear: number, toYear: number): readonly string[] {
  const transitions = transitionsOf(zone, fromYear - 1, Math.max(toYear, fromYear) + YEARS_AHEAD).filter(
    ({ offsetFrom, offsetTo }) => offsetFrom !== offsetTo,
  );
  // A year earlier, so that no time of the first year is before it on any clock.
  const startMs = Date.UTC(fromYear - 1, 0, 1);
  const offset = offsetAt(zone, startMs);
  const inSummer = (transitions[0]?.offsetTo ?? offset) < offset;
  const first = observance(inSummer ? "DAYLIGHT" : "STANDARD", offset, offset, [localStamp(startMs, offset)]);
  const { repeating, single } = split(transitions);
  return [
    ...first,
    ...grouped(single).flatMap((group) => ofGroup(group)),
    ...repeating.flatMap(({ from, rule }) =>
      observance(nameOf(from), from.offsetFrom, from.offsetTo, [localStamp(from.atMs, from.offsetFrom)], rule),
    ),
  ];
}

/** The text of a VTIMEZONE, lines ended by CRLF. See `vtimezoneLines`. */
export function vtimezoneOf(zone: string, fromYear: number, toYear: number): string {
  return vtimezoneLines(zone, fromYear, toYear)
    .map((line) => `${line}\r\n`)
    .join("");
}

/** So many years in a row prove a rule: within 11 years each day of a month falls on each day of the week. */
const YEARS_AHEAD = 12;

interface Repeating {
  readonly from: Transition;
  readonly rule: string;
}

/** Those changes that a yearly rule tells from some year on, and all others. */
function split(transitions: readonly Transition[]): { repeating: Repeating[]; single: Transition[] } {
  const lastYear = Math.max(0, ...transitions.map(yearOf));
  const single = new Set(transitions);
  const repeating: Repeating[] = [];
  for (const key of new Set(transitions.filter((each) => yearOf(each) === lastYear).flatMap(keysOf))) {
    const run = endingRun(
      transitions.filter((each) => single.has(each) && keysOf(each).includes(key)),
      lastYear,
    );
    const [from] = run;
    if (!from || run.length < YEARS_AHEAD) continue;
    repeating.push({ from, rule: ruleOf(key) });
    for (const each of run) single.delete(each);
  }
  return { repeating, single: [...single] };
}

/** The changes of consecutive years that end in the last one. */
function endingRun(transitions: readonly Transition[], lastYear: number): Transition[] {
  const run: Transition[] = [];
  for (const each of transitions.toReversed()) {
    if (yearOf(each) !== lastYear - run.length) break;
    run.unshift(each);
  }
  return run;
}

/** In which yearly rules a change fits: that of the last weekday of its month, that of the nth, that of a week that starts on its day. */
function keysOf({ atMs, offsetFrom, offsetTo }: Transition): string[] {
  const local = new Date(atMs + offsetFrom * 1_000);
  const [month, day, weekday] = [local.getUTCMonth() + 1, local.getUTCDate(), DAYS[local.getUTCDay()]];
  const length = new Date(Date.UTC(local.getUTCFullYear(), month, 0)).getUTCDate();
  const clock = `${offsetFrom},${offsetTo},${local.toISOString().slice(11, 19)}`;
  const nth = day <= 28 ? [`${clock},FREQ=YEARLY;BYMONTH=${month};BYDAY=${Math.ceil(day / 7)}${weekday}`] : [];
  const last = day > length - 7 ? [`${clock},FREQ=YEARLY;BYMONTH=${month};BYDAY=-1${weekday}`] : [];
  return [
    ...last,
    ...nth,
    ...weeksAround(day, length).map(
      (days) => `${clock},FREQ=YEARLY;BYMONTH=${month};BYMONTHDAY=${days};BYDAY=${weekday}`,
    ),
  ];
}

/** The weeks that hold a day of a month, as lists of days: tzdb's "the first Friday on or after the 23rd". */
function weeksAround(day: number, length: number): string[] {
  const starts = Array.from({ length: 7 }, (_, back) => day - back).filter(
    (start) => start >= 1 && start + 6 <= length,
  );
  return starts.map((start) => Array.from({ length: 7 }, (_, index) => start + index).join());
}

function ruleOf(key: string): string {
  return key.slice(key.indexOf("FREQ"));
}

function grouped(transitions: readonly Transition[]): Transition[][] {
  return [...Map.groupBy(transitions, ({ offsetFrom, offsetTo }) => `${offsetFrom},${offsetTo}`).values()];
}

function ofGroup(group: readonly Transition[]): string[] {
  const [first] = group;
  if (!first) return [];
  const times = group.map(({ atMs, offsetFrom }) => localStamp(atMs, offsetFrom));
  return observance(nameOf(first), first.offsetFrom, first.offsetTo, times);
}

function observance(name: string, from: number, to: number, times: readonly string[], rule?: string): string[] {
  const [start] = times;
  // The first one is named again: ical.js, and with it Thunderbird, takes RDATEs for all there is.
  const dates = times.length > 1 ? times : [];
  return [
    `BEGIN:${name}`,
    `DTSTART:${start}`,
    `TZOFFSETFROM:${offsetText(from)}`,
    `TZOFFSETTO:${offsetText(to)}`,
    ...(rule === undefined ? [] : [`RRULE:${rule}`]),
    ...dates.map((time) => `RDATE:${time}`),
    `END:${name}`,
  ];
}

function nameOf({ offsetFrom, offsetTo }: Transition): "DAYLIGHT" | "STANDARD" {
  return offsetTo > offsetFrom ? "DAYLIGHT" : "STANDARD";
}

const DAYS = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"] as const;

function yearOf({ atMs, offsetFrom }: Transition): number {
  return new Date(atMs + offsetFrom * 1_000).getUTCFullYear();
}

/** The time that the clock showed when it was changed, as RFC 5545 §3.6.5 wants it: in the offset before. */
function localStamp(atMs: number, offsetFrom: number): string {
  return new Date(atMs + offsetFrom * 1_000).toISOString().slice(0, 19).replace(/[-:]/g, "");
}

function offsetText(seconds: number): string {
  const digits = (value: number) => String(Math.trunc(value)).padStart(2, "0");
  const size = Math.abs(seconds);
  const rest = size % 60 ? digits(size % 60) : "";
  return `${seconds < 0 ? "-" : "+"}${digits(size / 3_600)}${digits((size % 3_600) / 60)}${rest}`;
}
