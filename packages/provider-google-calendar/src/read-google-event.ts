import {
  canonicalZone,
  type EventPerson,
  parseRecurrence,
  type SeriesException,
  seriesOf,
  tidyOverrides,
  type UniversalEvent,
  UnsupportedEventError,
} from "@syncer/calendar";
import { EVENT_TYPES } from "./event-types.ts";
import { unbound } from "./floating.ts";
import type { GoogleItem } from "./google-schemas.ts";
import { originalStartOf, readWhen, recurrenceIdOf } from "./google-when.ts";
import { readDescription } from "./html-description.ts";
import { ownProperty } from "./own-properties.ts";
import { withPending } from "./pending-instances.ts";

type Attendee = NonNullable<GoogleItem["attendees"]>[number];

/**
 * An event of its item, or a series of its master and the items of its changed and cancelled instances. What the reader may not see
 * (a busy time, a private event of somebody else) is absent.
 * @throws {EventError} it is no event, or one that cannot be said in universal form
 */
export function readGoogleEvent(item: GoogleItem, exceptions: readonly GoogleItem[]): UniversalEvent {
  const fields = fieldsOf(item);
  const lines = item.recurrence ?? [];
  if (lines.length > 0) assertOnItsClock(item, fields);
  const event: UniversalEvent = {
    ...uidOf(item),
    ...fields,
    ...(lines.length === 0 ? { recurrence: null, overrides: {} } : parseRecurrence(lines, fields.when)),
    ...peopleOf(item),
  };
  const zone = ownProperty(item, "floating");
  const whole = lines.length === 0 ? event : seriesWith(item, seriesOf(event, exceptions.map(exceptionOf)));
  return zone === undefined ? whole : unbound(whole, zone);
}

/**
 * The second of two equal hours in autumn has no local time of its own, so that an event in it is told in UTC; a rule in UTC would
 * give other instances than Google's.
 */
function assertOnItsClock({ start }: GoogleItem, { when }: Fields): void {
  const zone = canonicalZone(start?.timeZone ?? "") ?? "Etc/UTC";
  if (when.allDay || when.timeZone === zone) return;
  throw new UnsupportedEventError("recurrence.ambiguous-date", "start");
}

function seriesWith(item: GoogleItem, series: UniversalEvent): UniversalEvent {
  const overrides = withPending(item, series);
  return overrides === series.overrides ? series : { ...series, overrides: tidyOverrides(series, overrides) };
}

/** Only the id, the series and the original start of a cancelled instance are told for certain. */
function exceptionOf(item: GoogleItem): SeriesException {
  const originalStart = originalStartOf(item);
  return item.status === "cancelled" ? { originalStart, cancelled: true } : { originalStart, event: fieldsOf(item) };
}

type Fields = Omit<UniversalEvent, "uid" | "recurrence" | "overrides">;

function fieldsOf(item: GoogleItem): Fields {
  const isShown = !isHidden(item);
  const reminders = remindersOf(item);
  return {
    ...(isShown && {
      title: item.summary ?? "",
      description: readDescription(item.description ?? ""),
      location: item.location ?? "",
      conference: conferenceOf(item),
    }),
    ...(isShown && reminders && { reminders }),
    when: readWhen(item),
    status: item.status === "tentative" ? "tentative" : "confirmed",
    privacy: PRIVACIES[item.visibility ?? ""] ?? "default",
    freeBusyStatus: item.transparency === "transparent" ? "free" : "busy",
  };
}

const PRIVACIES: Readonly<Record<string, UniversalEvent["privacy"]>> = {
  public: "public",
  private: "private",
  confidential: "secret",
};

/**
 * Google leaves out of a private event what its reader may not see, and says so by nothing: an event that has no words at all and is
 * private is taken for one of those. To take it for untitled would blank the copies that say more.
 */
function isHidden(item: GoogleItem): boolean {
  const isPrivate = item.visibility === "private" || item.visibility === "confidential";
  const { summary, description, location, attendees, extendedProperties } = item;
  return isPrivate && !(summary || description || location || attendees || extendedProperties);
}

/** What the calendar's defaults are is not said with the event: unknown. */
function remindersOf({ reminders }: GoogleItem): UniversalEvent["reminders"] {
  if (reminders?.useDefault !== false) return undefined;
  return (reminders.overrides ?? []).map(({ method, minutes }) => ({
    minutes,
    action: method === "email" ? "email" : "display",
  }));
}

function conferenceOf({ hangoutLink, conferenceData }: GoogleItem): string | null {
  const points = conferenceData?.entryPoints ?? [];
  const video = points.find(({ entryPointType, uri }) => entryPointType === "video" && uri);
  return video?.uri || hangoutLink || points.find(({ uri }) => uri?.startsWith("https:"))?.uri || null;
}

function uidOf(item: GoogleItem): Pick<UniversalEvent, "uid"> {
  const uid = ownProperty(item, "uid") || item.iCalUID;
  if (!uid) return {};
  // All instances have their series' UID; of one that is here without it, the original start is what tells it from the others.
  return { uid: item.recurringEventId ? `${uid};${recurrenceIdOf(item)}` : uid };
}

/** For people to look at; never written. */
function peopleOf(
  item: GoogleItem,
): Pick<UniversalEvent, "attendees" | "organizer" | "myResponse" | "eventType" | "sequence"> {
  const attendees = item.attendees?.flatMap((attendee) => personOf(attendee) ?? []) ?? [];
  const organizer = item.organizer ? personOf(item.organizer) : undefined;
  const myResponse = attendees.find(({ self }) => self)?.response;
  const eventType = EVENT_TYPES.find((type) => type === item.eventType);
  return {
    ...(attendees.length > 0 && { attendees }),
    ...(organizer && { organizer }),
    ...(myResponse && { myResponse }),
    ...(eventType && { eventType }),
    ...(typeof item.sequence === "number" && { sequence: item.sequence }),
  };
}

const RESPONSES: Readonly<Record<string, NonNullable<EventPerson["response"]>>> = {
  needsAction: "needs-action",
  accepted: "accepted",
  tentative: "tentative",
  declined: "declined",
};

function personOf({ email, displayName, responseStatus, self }: Attendee): EventPerson | undefined {
  const response = RESPONSES[responseStatus ?? ""];
  if (!email) return undefined;
  return { email, ...(displayName && { name: displayName }), ...(response && { response }), ...(self && { self }) };
}
