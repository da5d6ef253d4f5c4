import { MalformedEventError } from "../event-errors.ts";
import { instantOf, isLocalDate, isLocalDateTime, localAt, startInstantOf, type When } from "../when/index.ts";
import type { CalendarZones } from "./calendar-zones.ts";
import { type ContentLine, makeLine, param } from "./content-line.ts";

/** A time of RFC 5545: a date, UTC, in a zone, or floating. */
export type CalendarTime =
  | { readonly form: "date"; readonly local: string }
  | { readonly form: "utc"; readonly local: string; readonly zone: "Etc/UTC" }
  | { readonly form: "zoned"; readonly local: string; readonly zone: string }
  | { readonly form: "floating"; readonly local: string };

const STAMP = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?$/;

/** The times of a line, which may be a list. @throws {MalformedEventError} `time.malformed` */
export function readTimes(line: ContentLine, zones: CalendarZones): CalendarTime[] {
  return line.value
    .split(",")
    .filter((value) => value.trim() !== "")
    .map((value) => readTime(value.trim(), line, zones));
}

/** @throws {MalformedEventError} `time.malformed` */
export function readOneTime(line: ContentLine, zones: CalendarZones): CalendarTime {
  const [time, ...more] = readTimes(line, zones);
  if (!time || more.length > 0) throw new MalformedEventError("time.malformed", line.name);
  return time;
}

function readTime(value: string, line: ContentLine, zones: CalendarZones): CalendarTime {
  const [, year, month, day, hour, minute, second = "", utc] = STAMP.exec(value) ?? [];
  const date = `${year}-${month}-${day}`;
  // A leap second is the one before it (RFC 5545 §3.3.12).
  const local = `${date}T${hour}:${minute}:${second === "60" ? "59" : second}`;
  const isDate = hour === undefined;
  const type = param(line, "VALUE")?.toUpperCase();
  const wrongType = (type === "DATE" && !isDate) || (type === "DATE-TIME" && isDate);
  if (wrongType || !(isDate ? isLocalDate(date) : isLocalDateTime(local))) {
    throw new MalformedEventError("time.malformed", line.name);
  }
  if (isDate) return { form: "date", local: date };
  if (utc) return { form: "utc", local, zone: "Etc/UTC" };
  const tzid = param(line, "TZID");
  return tzid === undefined || tzid === ""
    ? { form: "floating", local }
    : { form: "zoned", local, zone: zones.zoneOf(tzid, line.name) };
}

export function instantOfTime(time: CalendarTime): string | undefined {
  return "zone" in time ? instantOf(time.local, time.zone) : undefined;
}

/**
 * A time of EXDATE, RDATE or RECURRENCE-ID as a key of the series. They should be of the master's form; where they are not, moments are
 * compared. `undefined`: a date of a series that has times, which may mean several slots.
 */
export function slotOfTime(time: CalendarTime, series: When): string | undefined {
  if (series.allDay) return time.local.slice(0, 10);
  if (time.form === "date") return undefined;
  const instant = instantOfTime(time);
  if (instant === undefined || series.timeZone === null) return time.local;
  return instant === startInstantOf(series) ? series.start : localAt(instant, series.timeZone);
}

export function compact(local: string): string {
  return local.replace(/[-:]/g, "");
}

/**
 * A line with a time in the form in which a series or event has its start.
 * @param local a date of an all-day event, else a local time on the clock of `timeZone`
 * @param tzidOf what the calendar calls a zone
 */
export function timeLine(
  name: string,
  local: string,
  { allDay, timeZone }: Pick<When, "allDay" | "timeZone">,
  tzidOf: (zone: string) => string,
): ContentLine {
  if (allDay) return makeLine(name, compact(local.slice(0, 10)), new Map([["VALUE", ["DATE"]]]));
  if (timeZone === null) return makeLine(name, compact(local));
  if (timeZone === "Etc/UTC") return makeLine(name, `${compact(local)}Z`);
  return makeLine(name, compact(local), new Map([["TZID", [tzidOf(timeZone)]]]));
}
