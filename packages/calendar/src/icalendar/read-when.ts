import { Temporal } from "temporal-polyfill";
import { MalformedEventError } from "../event-errors.ts";
import {
  floatingTimes,
  instantOf,
  localText,
  parseDuration,
  type When,
  wholeDays,
  zonedTime,
  zonedTimes,
} from "../when/index.ts";
import type { CalendarZones } from "./calendar-zones.ts";
import { type Component, lineOf } from "./component.ts";
import type { ContentLine } from "./content-line.ts";
import { type CalendarTime, instantOfTime, readOneTime } from "./times.ts";

/**
 * DTSTART with DTEND, DURATION, or neither (RFC 5545 §3.6.1): then a date is a day, and a time has no length. Lengths of events with
 * times become exact ones. All-day events that end on the day of their start, which are not allowed and common, are that day.
 * @throws {MalformedEventError} `event.no-start`, `event.inverted`, `event.end-type`, `time.malformed`, `duration.malformed`
 */
export function readWhen(component: Component, zones: CalendarZones): When {
  const startLine = lineOf(component, "DTSTART");
  if (!startLine) throw new MalformedEventError("event.no-start", "DTSTART");
  const start = readOneTime(startLine, zones);
  const end = lineOf(component, "DTEND");
  if (end) return untilEnd(start, readOneTime(end, zones));
  const duration = lineOf(component, "DURATION");
  return duration ? withDuration(start, duration) : withoutEnd(start);
}

function untilEnd(start: CalendarTime, end: CalendarTime): When {
  if (start.form === "date" && end.form === "date") return wholeDays(start.local, end.local);
  if (start.form === "floating" && end.form === "floating") return floatingTimes(start.local, end.local);
  const instant = instantOfTime(end);
  if (!("zone" in start) || instant === undefined) throw new MalformedEventError("event.end-type", "DTEND");
  // An end in UTC is a moment; it says nothing of where the event ends.
  return zonedTimes(start.local, start.zone, instant, end.form === "zoned" ? end.zone : undefined);
}

function withDuration(start: CalendarTime, { value }: ContentLine): When {
  const { sign, days, seconds } = parseDuration(value.trim(), "DURATION");
  if (sign < 0 && (days > 0 || seconds > 0)) throw new MalformedEventError("event.inverted", "DURATION");
  if (start.form === "date") {
    if (seconds % 86_400 !== 0) throw new MalformedEventError("event.end-type", "DURATION");
    return wholeDays(start.local, plus(start.local, days + seconds / 86_400));
  }
  if (start.form === "floating") {
    return floatingTimes(start.local, localText(Temporal.PlainDateTime.from(start.local).add({ days, seconds })));
  }
  const end = zonedTime(start.local, start.zone).add({ days }).add({ seconds });
  return zonedTimes(start.local, start.zone, end.toInstant().toString());
}

function withoutEnd(start: CalendarTime): When {
  if (start.form === "date") return wholeDays(start.local, plus(start.local, 1));
  if (start.form === "floating") return floatingTimes(start.local, start.local);
  return zonedTimes(start.local, start.zone, instantOf(start.local, start.zone));
}

function plus(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/** Whether a DURATION counts days of which some may be an hour longer or shorter: kept as it is, and read as an exact one. */
export function hasNominalDuration(component: Component): boolean {
  const duration = lineOf(component, "DURATION");
  const isDate = !lineOf(component, "DTSTART")?.value.includes("T");
  return duration !== undefined && !isDate && parseDuration(duration.value.trim(), "DURATION").days > 0;
}
