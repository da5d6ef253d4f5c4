import {
  canonicalZone,
  endInstantOf,
  endOf,
  localAt,
  MalformedEventError,
  startInstantOf,
  type When,
  whenOfInstants,
  wholeDays,
} from "@syncer/calendar";
import type { GoogleItem, GoogleTime } from "./google-schemas.ts";

/** @throws {EventError} `event.no-start`, `event.end-type`, and see `whenOfInstants` */
export function readWhen({ start, end }: Pick<GoogleItem, "start" | "end">): When {
  if (!start) throw new MalformedEventError("event.no-start");
  if (start.date) {
    if (end && !end.date) throw new MalformedEventError("event.end-type");
    return wholeDays(start.date, end?.date ?? start.date);
  }
  if (!start.dateTime) throw new MalformedEventError("event.no-start");
  if (end && !end.dateTime) throw new MalformedEventError("event.end-type");
  const zone = zoneOf(start);
  return whenOfInstants(start.dateTime, end?.dateTime ?? start.dateTime, zone, end?.timeZone ?? zone);
}

/** The offset of a moment is the reader's own and names no zone; where there is none, the moment is all that is known. */
function zoneOf({ timeZone }: GoogleTime): string {
  return timeZone || "Etc/UTC";
}

/** Where the rule put an instance: a date, or a moment. */
export function originalStartOf({ originalStartTime }: GoogleItem): string {
  const start = originalStartTime?.date ?? originalStartTime?.dateTime;
  if (!start) throw new MalformedEventError("time.malformed", "originalStartTime");
  return start;
}

/** The same in the form of RECURRENCE-ID (RFC 5545 §3.8.4.4). */
export function recurrenceIdOf(item: GoogleItem): string {
  const start = originalStartOf(item);
  if (item.originalStartTime?.date) return start.replaceAll("-", "");
  const zone = canonicalZone(item.originalStartTime?.timeZone ?? "") ?? "Etc/UTC";
  const local = localAt(new Date(start).toISOString(), zone).replace(/[-:]/g, "");
  return zone === "Etc/UTC" ? `${local}Z` : local;
}

/** One end of an event as it is written; `null` takes away what another kind of event has there. */
type TimeBody = Readonly<Record<"date" | "dateTime" | "timeZone", string | null>>;

export interface TimesBody {
  readonly start: TimeBody;
  readonly end: TimeBody;
}

/** @param when neither floating nor of no length: Google has neither, see `heldByGoogle` */
export function writeWhen(when: When): TimesBody {
  if (when.allDay) return { start: dayOf(when.start), end: dayOf(endOf(when)) };
  return {
    start: momentOf(startInstantOf(when), when.timeZone),
    end: momentOf(endInstantOf(when), when.endTimeZone ?? when.timeZone),
  };
}

function dayOf(date: string): TimeBody {
  return { date, dateTime: null, timeZone: null };
}

/** The moment is told, not what the zone's clock shows: that may be shown twice. */
function momentOf(instant: string | undefined, timeZone: string | null): TimeBody {
  if (instant === undefined || timeZone === null) throw new MalformedEventError("event.malformed", "when");
  return { date: null, dateTime: instant, timeZone: timeZone === "Etc/UTC" ? "UTC" : timeZone };
}
