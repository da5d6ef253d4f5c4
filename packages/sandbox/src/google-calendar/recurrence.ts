import { RRuleTemporal } from "rrule-temporal";
import { Temporal } from "temporal-polyfill";
import { invalid } from "./errors.ts";
import { type EventTime, sortKey } from "./event-times.ts";

/** Lines of `recurrence[]`, checked: each is a rule or a list of dates, and can be expanded from the start. */
export function readRecurrence(value: unknown, start: EventTime): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((line) => typeof line === "string"))
    throw invalid("Invalid recurrence rule.");
  const lines: string[] = value;
  if (lines.length === 0) return undefined;
  if (
    !lines.every((line) => /^(?:RRULE|EXRULE|RDATE|EXDATE)[:;]/i.test(line)) ||
    !lines.some((line) => /^R/i.test(line))
  )
    throw invalid("Invalid recurrence rule.");
  try {
    const from = sortKey(start);
    occurrences({ start, recurrence: lines }, from, from + 86_400_000, 10);
  } catch {
    throw invalid("Invalid recurrence rule.");
  }
  return lines;
}

interface Recurring {
  readonly start: EventTime;
  readonly recurrence: readonly string[];
}

/**
 * Starts of a series' instances from one moment to another, both included, in order; at most `limit`. Moments are those
 * of `sortKey`: days count as midnights in UTC.
 */
export function occurrences(series: Recurring, from: number, to: number, limit: number): readonly EventTime[] {
  const { start, recurrence } = series;
  const of = (name: string): readonly string[] => recurrence.filter((line) => line.toUpperCase().startsWith(name));
  const expand = (name: string): readonly number[] =>
    of(name).flatMap((line) => expandRule(start, line.slice(line.indexOf(":") + 1), from, to, limit));
  const listed = (name: string): readonly number[] => of(name).flatMap((line) => datesOf(line, start));
  const excluded = new Set([...expand("EXRULE"), ...listed("EXDATE")]);
  // A series of dates alone has its start as first instance.
  const first = of("RRULE").length === 0 ? [sortKey(start)] : [];
  const all = new Set([...first, ...expand("RRULE"), ...listed("RDATE")]);
  const kept = [...all].filter((at) => at >= from && at <= to && !excluded.has(at)).sort((a, b) => a - b);
  return kept.slice(0, limit).map((at) => timeAt(at, start));
}

function expandRule(start: EventTime, rule: string, from: number, to: number, limit: number): readonly number[] {
  const zone = start.kind === "moment" ? start.zone : "UTC";
  const local = Temporal.Instant.fromEpochMilliseconds(sortKey(start)).toZonedDateTimeISO(zone);
  const basic = local.toPlainDateTime().toString({ smallestUnit: "second" }).replaceAll(/[-:]/g, "");
  const rruleString = `DTSTART;TZID=${zone}:${basic}\nRRULE:${wholeUntil(rule, start)}`;
  const expanded = new RRuleTemporal({ rruleString, temporal: Temporal });
  const found: number[] = [];
  let next = expanded.next(new Date(from), true);
  while (next !== null && next.epochMilliseconds <= to && found.length < limit) {
    found.push(next.epochMilliseconds);
    next = expanded.next(new Date(next.epochMilliseconds), false);
  }
  return found;
}

/** UNTIL may be a day; then it includes that day. */
function wholeUntil(rule: string, start: EventTime): string {
  return rule.replace(/UNTIL=(\d{8})(T\d{6}Z?)?/i, (whole, day: string, time: string | undefined) => {
    if (start.kind === "date") return `UNTIL=${day}T000000Z`;
    if (time !== undefined) return whole.toUpperCase().endsWith("Z") ? whole : `${whole}Z`;
    return `UNTIL=${day}T235959Z`;
  });
}

/** Moments of an RDATE or EXDATE line. */
function datesOf(line: string, start: EventTime): readonly number[] {
  const colon = line.indexOf(":");
  const zone = /TZID=([^;:]+)/i.exec(line.slice(0, colon))?.[1] ?? (start.kind === "moment" ? start.zone : "UTC");
  return line
    .slice(colon + 1)
    .split(",")
    .map((text) => {
      const extended = text.replace(/^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/, (_, y, mo, d, h, mi, s, z) =>
        h === undefined ? `${y}-${mo}-${d}` : `${y}-${mo}-${d}T${h}:${mi}:${s}${z}`,
      );
      if (extended.endsWith("Z")) return Temporal.Instant.from(extended).epochMilliseconds;
      if (start.kind === "date") return Date.parse(Temporal.PlainDate.from(extended).toString());
      return Temporal.PlainDateTime.from(extended).toZonedDateTime(zone).epochMilliseconds;
    });
}

function timeAt(at: number, like: EventTime): EventTime {
  if (like.kind === "moment") return { ...like, at };
  return { kind: "date", date: new Date(at).toISOString().slice(0, 10) };
}
