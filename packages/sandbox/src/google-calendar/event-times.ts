import { Temporal } from "temporal-polyfill";
import { invalid, refusal, required } from "./errors.ts";
import { isTimeZone } from "./parameters.ts";

/** When an event starts or ends: a day, or a moment with the zone that it was made in. */
export type EventTime =
  | { readonly kind: "date"; readonly date: string }
  | { readonly kind: "moment"; readonly at: number; readonly zone: string };

const DAY_MS = 86_400_000;

/** A member `start` or `end` of a request. */
export function readTime(
  value: unknown,
  name: "start" | "end",
  context: { readonly calendarZone: string; readonly recurring: boolean },
): EventTime {
  if (typeof value !== "object" || value === null) throw required(`Missing ${name} time.`);
  const { date, dateTime, timeZone } = value as Record<string, unknown>;
  const [hasDate, hasMoment] = [date !== undefined && date !== null, dateTime !== undefined && dateTime !== null];
  if (!hasDate && !hasMoment) throw required(`Missing ${name} time.`);
  if (hasDate && hasMoment) throw invalid(`Invalid ${name} time.`);
  if (hasDate) return { kind: "date", date: readDate(date, name) };
  if (timeZone !== undefined && timeZone !== null && !isTimeZone(timeZone))
    throw invalid(`Invalid time zone definition for ${name} time.`);
  const zone = isTimeZone(timeZone) ? timeZone : undefined;
  // The offset of one moment says nothing about the next one.
  if (zone === undefined && context.recurring) throw required(`Missing time zone definition for ${name} time.`);
  return { kind: "moment", at: readMoment(dateTime, zone, name), zone: zone ?? context.calendarZone };
}

function readDate(value: unknown, name: string): string {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d$/.test(value)) throw invalid(`Invalid ${name} time.`);
  try {
    return Temporal.PlainDate.from(value, { overflow: "reject" }).toString();
  } catch {
    throw invalid(`Invalid ${name} time.`);
  }
}

function readMoment(value: unknown, zone: string | undefined, name: string): number {
  const text = typeof value === "string" ? value : "";
  if (!/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d/.test(text)) throw invalid(`Invalid ${name} time.`);
  const hasOffset = /(?:[zZ]|[+-]\d\d:?\d\d)$/.test(text);
  if (!hasOffset && zone === undefined) throw required(`Missing time zone definition for ${name} time.`);
  try {
    if (hasOffset) return wholeSecond(Temporal.Instant.from(text).epochMilliseconds);
    return wholeSecond(Temporal.PlainDateTime.from(text).toZonedDateTime(zone ?? "UTC").epochMilliseconds);
  } catch {
    throw invalid(`Invalid ${name} time.`);
  }
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}

/** Refuses ends that do not follow their starts, and ranges of two kinds. */
export function checkRange(start: EventTime, end: EventTime): void {
  if (start.kind !== end.kind) throw invalid("Start and end times must either both be date or both be dateTime.");
  if (sortKey(end) <= sortKey(start))
    throw refusal(400, {
      domain: "calendar",
      reason: "timeRangeEmpty",
      message: "The specified time range is empty.",
    });
}

/** Milliseconds for comparing times of one kind; days count as midnights in UTC. */
export function sortKey(time: EventTime): number {
  return time.kind === "moment" ? time.at : Date.parse(time.date);
}

/** Milliseconds at which a time falls for somebody in a zone. */
export function momentIn(time: EventTime, zone: string): number {
  if (time.kind === "moment") return time.at;
  return Temporal.PlainDate.from(time.date).toZonedDateTime(zone).epochMilliseconds;
}

/** The time `ms` later; days move by whole days. */
export function later(time: EventTime, ms: number): EventTime {
  if (time.kind === "moment") return { ...time, at: time.at + ms };
  const date = new Date(Date.parse(time.date) + Math.round(ms / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
  return { kind: "date", date };
}

/** The time as Google shows it: the offset is the reader's, the zone is the event's. */
export function timeObject(time: EventTime, readerZone: string): Record<string, string> {
  if (time.kind === "date") return { date: time.date };
  return { dateTime: rfc3339(time.at, readerZone), timeZone: time.zone };
}

/** A moment in RFC 3339, to the second, with a zone's offset. */
export function rfc3339(at: number, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return local.toString({ timeZoneName: "never", smallestUnit: "second" }).replace(/\+00:00$/, "Z");
}

/** The tail of an instance's id: `20261208T080000Z`, or `20261208` for days. */
export function instanceTail(time: EventTime): string {
  if (time.kind === "date") return time.date.replaceAll("-", "");
  return `${new Date(time.at).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}
