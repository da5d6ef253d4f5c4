import type { GoogleCalendar } from "./calendars.ts";
import type { GoogleCall } from "./call.ts";
import { conditionNotMet, invalid, refusal } from "./errors.ts";
import { EVENT_TYPES, type EventDraft, type EventType, type StoredEvent } from "./event-model.ts";
import { same } from "./series.ts";
import { etagOf } from "./world.ts";

type Body = Readonly<Record<string, unknown>>;

/** An identifier of the caller's own: base32hex in lower case, 5 to 1,024 characters. */
export function readIds(body: Body): { readonly id: string | undefined; readonly iCalUID: string | undefined } {
  const { id, iCalUID } = body;
  if (id !== undefined && iCalUID !== undefined) throw invalid("Only one of id and iCalUID can be given.");
  if (id !== undefined && (typeof id !== "string" || !/^[a-v0-9]{5,1024}$/.test(id)))
    throw invalid("Invalid resource id value.");
  if (iCalUID !== undefined && (typeof iCalUID !== "string" || iCalUID === "")) throw invalid("Invalid iCalUID value.");
  return { id, iCalUID };
}

export function readEventType(call: GoogleCall, calendar: GoogleCalendar, body: Body): EventType {
  const eventType = EVENT_TYPES.find((type) => type === (body.eventType ?? "default"));
  if (eventType === undefined || eventType === "fromGmail") throw invalid("Invalid value for: eventType");
  if (eventType !== "default" && calendar.id !== call.user.email)
    throw refusal(400, {
      domain: "calendar",
      reason: "eventTypeRestriction",
      message: "An event of this type can only be created on the primary calendar.",
    });
  return eventType;
}

export function readOrganizer(calendar: GoogleCalendar, body: Body, draft: EventDraft): StoredEvent["organizer"] {
  const { email, displayName } = (body.organizer ?? {}) as Body;
  if (typeof email !== "string") return { email: calendar.id };
  const taking = [email, ...(draft.content.attendees ?? []).map((attendee) => attendee.email)];
  if (!taking.includes(calendar.id))
    throw refusal(400, {
      domain: "calendar",
      reason: "participantIsNeitherOrganizerNorAttendee",
      message: "The owner of the calendar must either be the organizer or an attendee of an event that is imported.",
    });
  return { email, ...(typeof displayName === "string" ? { displayName } : {}) };
}

export function checkSequence(body: Body, current: StoredEvent): void {
  if (typeof body.sequence !== "number" || body.sequence >= current.sequence) return;
  throw invalid(
    "Invalid sequence value. The specified sequence number is below the current sequence number of the resource.",
  );
}

export function checkIfMatch(call: GoogleCall, event: StoredEvent): void {
  const wanted = call.headers.get("if-match");
  if (wanted !== null && wanted !== "*" && wanted !== etagOf(event.version)) throw conditionNotMet();
}

/** A guest may change the own answer and what belongs to the own copy, unless the organizer lets guests change all. */
export function guardOrganizer(calendar: GoogleCalendar, before: StoredEvent, draft: EventDraft): void {
  const guest =
    before.organizer.email !== calendar.id && !before.privateCopy && before.content.guestsCanModify !== true;
  if (!guest || same(sharedPart(before, calendar.id), sharedPart(draft, calendar.id))) return;
  throw refusal(403, {
    domain: "calendar",
    reason: "forbiddenForNonOrganizer",
    message: "Shared properties can only be changed by the organizer of the event.",
  });
}

function sharedPart({ content, start, end, recurrence }: EventDraft | StoredEvent, own: string): unknown {
  const { summary, description, location, attendees = [], extendedProperties, conferenceData, attachments } = content;
  const others = attendees.filter(({ email }) => email !== own);
  return [
    summary,
    description,
    location,
    others,
    extendedProperties?.shared,
    conferenceData,
    attachments,
    start,
    end,
    recurrence,
  ];
}
