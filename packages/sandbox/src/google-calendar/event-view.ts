import { reaches } from "./access.ts";
import type { AccessRole, GoogleCalendar } from "./calendars.ts";
import type { GoogleCall } from "./call.ts";
import { invalid } from "./errors.ts";
import type { StoredEvent } from "./event-model.ts";
import { timeObject } from "./event-times.ts";
import { isTimeZone, numberOf } from "./parameters.ts";
import { etagOf } from "./world.ts";

/** Who reads events, and how. */
export interface EventReader {
  readonly calendar: GoogleCalendar;
  readonly user: string;
  readonly role: AccessRole;
  /** Zone whose offsets the moments are written with. */
  readonly zone: string;
  readonly maxAttendees: number | undefined;
}

export function readerOf(call: GoogleCall, calendar: GoogleCalendar, role: AccessRole): EventReader {
  const zone = call.query.get("timeZone") ?? calendar.timeZone;
  if (!isTimeZone(zone)) throw invalid("Invalid time zone.", "timeZone");
  const maxAttendees = numberOf(call, "maxAttendees", { min: 1, max: 100_000 });
  return { calendar, user: call.user.email, role, zone, maxAttendees };
}

/** An event as the API shows it to this reader. */
export function eventObject(event: StoredEvent, reader: EventReader): Record<string, unknown> {
  if (event.bare === true) return cancelledObject(event, reader);
  const { zone } = reader;
  const times = {
    start: timeObject(event.start, zone),
    end: timeObject(event.end, zone),
    ...(event.recurrence === undefined ? {} : { recurrence: event.recurrence }),
    ...instanceFields(event, zone),
  };
  const head = { kind: "calendar#event", etag: etagOf(event.version), id: event.id, status: event.status };
  const shared = { ...times, iCalUID: event.iCalUID, sequence: event.sequence, eventType: event.eventType };
  if (reader.role === "freeBusyReader") return { ...head, ...times, visibility: "private", eventType: event.eventType };
  const common = { ...head, ...provenance(event, reader.calendar), ...shared };
  if (!seesDetails(event, reader)) return { ...common, visibility: event.content.visibility };
  return { ...common, ...contentFields(event, reader), reminders: remindersFor(event, reader) };
}

/** A cancelled event in a list: what is guaranteed, and nothing else. */
export function cancelledObject(event: StoredEvent, { zone }: EventReader): Record<string, unknown> {
  const head = { kind: "calendar#event", etag: etagOf(event.version), id: event.id, status: "cancelled" };
  return { ...head, ...instanceFields(event, zone) };
}

function instanceFields({ instance }: StoredEvent, zone: string): Record<string, unknown> {
  if (instance === undefined) return {};
  return { recurringEventId: instance.masterId, originalStartTime: timeObject(instance.originalStart, zone) };
}

function provenance(event: StoredEvent, calendar: GoogleCalendar): Record<string, unknown> {
  const self = (email: string): object => (email === calendar.id ? { self: true } : {});
  return {
    htmlLink: `https://www.google.com/calendar/event?eid=${btoa(`${event.id} ${calendar.id}`).replace(/=+$/, "")}`,
    created: new Date(event.createdAt).toISOString().replace(/\.\d+Z$/, ".000Z"),
    updated: new Date(event.updatedAt).toISOString(),
    creator: { email: event.creator, ...self(event.creator) },
    organizer: { ...event.organizer, ...self(event.organizer.email) },
  };
}

/** Private events show nothing but their time to those who only read, or write without private access. */
function seesDetails(event: StoredEvent, { role, user }: EventReader): boolean {
  const { visibility, attendees = [] } = event.content;
  if (visibility !== "private" && visibility !== "confidential") return true;
  return reaches(role, "writer") || attendees.some(({ email }) => email === user);
}

function contentFields(event: StoredEvent, reader: EventReader): Record<string, unknown> {
  const { attendees, ...content } = event.content;
  const meeting = event.content.conferenceData as
    | { readonly entryPoints?: readonly { readonly uri?: string }[] }
    | undefined;
  const link = meeting?.entryPoints?.find(({ uri }) => uri?.startsWith("https://meet.google.com/") === true)?.uri;
  if (link !== undefined) Object.assign(content, { hangoutLink: link });
  if (event.privateCopy) Object.assign(content, { privateCopy: true });
  if (attendees === undefined) return content;
  const shown = reader.maxAttendees === undefined ? attendees : attendees.slice(0, reader.maxAttendees);
  return {
    ...content,
    attendees: shown.map((attendee) => ({
      ...attendee,
      ...(attendee.email === event.organizer.email ? { organizer: true } : {}),
      ...(attendee.email === reader.calendar.id ? { self: true } : {}),
    })),
    ...(shown.length < attendees.length ? { attendeesOmitted: true } : {}),
  };
}

function remindersFor(event: StoredEvent, { user }: EventReader): unknown {
  return event.reminders.get(user) ?? { useDefault: true };
}
