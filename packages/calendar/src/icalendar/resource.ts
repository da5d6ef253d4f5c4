import { MalformedEventError, UnsupportedEventError } from "../event-errors.ts";
import type { Years } from "../zones/index.ts";
import { CalendarZones } from "./calendar-zones.ts";
import { type Component, componentsOf, lineOf, linesOf, parseComponent } from "./component.ts";
import { param } from "./content-line.ts";

/** One calendar object resource (RFC 4791 §4.1): all components of one UID. */
export interface EventResource {
  readonly calendar: Component;
  readonly zones: CalendarZones;
  /** As it stands in the text. */
  readonly uid: string;
  /** What a whole series or a single event is told by. */
  readonly master: Component;
  /** Changed instances of it. */
  readonly instances: readonly Component[];
}

/**
 * Takes a calendar object apart. One changed instance without its series, which is what somebody gets who is invited to that alone,
 * is a single event, named by its UID and its original start; several are refused.
 * @throws {MalformedEventError} `calendar.*`, `event.no-uid`
 * @throws {UnsupportedEventError} `event.orphan-overrides`, `recurrence.this-and-future`
 */
export function openResource(text: string): EventResource {
  const calendar = parseComponent(text);
  const events = calendar.name === "VCALENDAR" ? componentsOf(calendar, "VEVENT") : [];
  const [first] = events;
  if (!first) throw new MalformedEventError("calendar.no-event");
  const uids = new Set(events.map((event) => lineOf(event, "UID")?.value.trim() ?? ""));
  const [uid = ""] = uids;
  if (uids.has("")) throw new MalformedEventError("event.no-uid", "UID");
  if (uids.size > 1) throw new MalformedEventError("calendar.several-uids", "UID");
  const zones = new CalendarZones(calendar, yearsOf(events));
  const instances = events.filter((event) => lineOf(event, "RECURRENCE-ID"));
  if (instances.some((event) => param(lineOf(event, "RECURRENCE-ID"), "RANGE") !== undefined)) {
    throw new UnsupportedEventError("recurrence.this-and-future", "RECURRENCE-ID");
  }
  const masters = events.filter((event) => !instances.includes(event));
  const [master] = masters;
  if (masters.length > 1) throw new MalformedEventError("calendar.several-masters", "VEVENT");
  if (master) return { calendar, zones, uid, master, instances };
  if (instances.length > 1) throw new UnsupportedEventError("event.orphan-overrides", "RECURRENCE-ID");
  return { calendar, zones, uid, master: first, instances: [] };
}

/** Of the event itself: of an instance without its series UID and original start, so that it is not taken for the series. */
export function identityOf({ uid, master }: EventResource): string {
  const original = lineOf(master, "RECURRENCE-ID");
  return original ? `${uid};${original.value.trim()}` : uid;
}

/** The years in which a nameless zone's rules are compared: a few, because they are rules of today even in old calendars. */
function yearsOf(events: readonly Component[]): Years {
  const years = events.flatMap((event) => Number(lineOf(event, "DTSTART")?.value.trim().slice(0, 4)) || []);
  const from = Math.min(Math.max(Math.min(...years, 2_100), 1_900), 2_100);
  const recurs = events.some((event) => linesOf(event, "RRULE").length > 0);
  return { from, to: from + (recurs ? 2 : 0) };
}
