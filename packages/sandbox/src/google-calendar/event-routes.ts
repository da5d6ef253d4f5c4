import { eventAccess } from "./access.ts";
import { type GoogleCall, type GoogleRoute, STANDARD_PARAMETERS, tagged } from "./call.ts";
import { notFound } from "./errors.ts";
import { listEvents, listInstances } from "./event-list.ts";
import { eventObject, readerOf } from "./event-view.ts";
import { changeEvent, deleteEvent, importEvent, insertEvent, moveEvent, type Written } from "./event-writes.ts";
import { findEvent } from "./series.ts";
import { etagOf } from "./world.ts";

const EVENTS = "/calendar/v3/calendars/:calendarId/events";
const EVENT = `${EVENTS}/:eventId`;

const WRITE = ["calendar", "calendar.events", "calendar.events.owned", "calendar.app.created"];
/** Scopes that read events. */
export const EVENT_READ_SCOPES = [
  ...WRITE,
  "calendar.readonly",
  "calendar.events.readonly",
  "calendar.events.owned.readonly",
  "calendar.events.freebusy",
];

const NOTIFY = ["sendNotifications", "sendUpdates"];
const SHOW = ["alwaysIncludeEmail", "maxAttendees", "timeZone"];
const OPT_IN = ["conferenceDataVersion", "eventLabelVersion", "supportsAttachments"];
/** Parameters of `events.list`, and of watching it. */
export const EVENT_LIST_PARAMETERS = [
  ...STANDARD_PARAMETERS,
  ...SHOW,
  "eventTypes",
  "iCalUID",
  "maxResults",
  "orderBy",
  "pageToken",
  "privateExtendedProperty",
  "q",
  "sharedExtendedProperty",
  "showDeleted",
  "showHiddenInvitations",
  "singleEvents",
  "syncToken",
  "timeMax",
  "timeMin",
  "updatedMin",
];
const INSTANCES = ["maxResults", "originalStart", "pageToken", "showDeleted", "timeMax", "timeMin"];

const read = { method: "GET", kind: "read", scopes: EVENT_READ_SCOPES } as const;
const write = { kind: "write", scopes: WRITE } as const;

function parameters(...more: readonly (readonly string[])[]): readonly string[] {
  return [...STANDARD_PARAMETERS, ...more.flat()];
}

export const EVENT_ROUTES: readonly GoogleRoute[] = [
  {
    ...read,
    path: EVENTS,
    operation: "Events.List",
    parameters: EVENT_LIST_PARAMETERS,
    handle: (call) => {
      const page = listEvents(call);
      return tagged(call, String(page.etag), page);
    },
  },
  { ...read, path: EVENT, operation: "Events.Get", parameters: parameters(SHOW), handle: getEvent },
  {
    ...read,
    path: `${EVENT}/instances`,
    operation: "Events.Instances",
    parameters: parameters(SHOW, INSTANCES),
    handle: (call) => Response.json(listInstances(call)),
  },
  {
    ...write,
    method: "POST",
    path: EVENTS,
    operation: "Events.Insert",
    parameters: parameters(NOTIFY, OPT_IN, ["maxAttendees"]),
    handle: (call) => answer(call, insertEvent(call)),
  },
  {
    ...write,
    method: "POST",
    path: `${EVENTS}/import`,
    operation: "Events.Import",
    parameters: parameters(OPT_IN),
    handle: (call) => answer(call, importEvent(call)),
  },
  {
    ...write,
    method: "PUT",
    path: EVENT,
    operation: "Events.Update",
    parameters: parameters(NOTIFY, OPT_IN, SHOW),
    handle: (call) => answer(call, changeEvent(call, "replace")),
  },
  {
    ...write,
    method: "PATCH",
    path: EVENT,
    operation: "Events.Patch",
    parameters: parameters(NOTIFY, OPT_IN, SHOW),
    cost: 3,
    handle: (call) => answer(call, changeEvent(call, "patch")),
  },
  {
    ...write,
    method: "DELETE",
    path: EVENT,
    operation: "Events.Delete",
    parameters: parameters(NOTIFY),
    handle: (call) => {
      deleteEvent(call);
      return new Response(null, { status: 204 });
    },
  },
  {
    ...write,
    method: "POST",
    path: `${EVENT}/move`,
    operation: "Events.Move",
    parameters: parameters(NOTIFY, ["destination"]),
    handle: (call) => answer(call, moveEvent(call)),
  },
];

function getEvent(call: GoogleCall): Response {
  const { calendar, role } = eventAccess(call, call.params.calendarId ?? "", "read");
  const event = findEvent(calendar.events, call.params.eventId ?? "");
  if (event === undefined || event.bare === true) throw notFound();
  return tagged(call, etagOf(event.version), eventObject(event, readerOf(call, calendar, role)));
}

function answer(call: GoogleCall, { calendar, role, event }: Written): Response {
  return tagged(call, etagOf(event.version), eventObject(event, readerOf(call, calendar, role)));
}
