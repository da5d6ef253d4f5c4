import { calendarNamed, reaches } from "./access.ts";
import { ACCESS_ROLES, type CalendarListEntry } from "./calendars.ts";
import { type GoogleCall, type GoogleRoute, STANDARD_PARAMETERS, tagged } from "./call.ts";
import { invalid, notFound } from "./errors.ts";
import { type Listing, servePage, syncStateOf } from "./list-tokens.ts";
import { booleanOf, choiceOf } from "./parameters.ts";
import { etagOf } from "./world.ts";

const SCOPES = ["calendar", "calendar.readonly", "calendar.calendarlist", "calendar.calendarlist.readonly"];
const PATH = "/calendar/v3/users/me/calendarList";

export const CALENDAR_LIST_ROUTES: readonly GoogleRoute[] = [
  {
    method: "GET",
    path: PATH,
    kind: (url) => (url.searchParams.get("maxResults") === "1" ? "health" : "read"),
    operation: "CalendarList.List",
    parameters: [
      ...STANDARD_PARAMETERS,
      "maxResults",
      "minAccessRole",
      "pageToken",
      "showDeleted",
      "showHidden",
      "showOwnOrganizationOnly",
      "syncToken",
    ],
    scopes: SCOPES,
    handle: listCalendars,
  },
  {
    method: "GET",
    path: `${PATH}/:calendarId`,
    kind: "read",
    operation: "CalendarList.Get",
    parameters: STANDARD_PARAMETERS,
    scopes: SCOPES,
    handle: (call) => {
      const { calendar } = calendarNamed(call, call.params.calendarId ?? "");
      const entry = call.user.list.get(calendar.id);
      if (entry === undefined || entry.deleted) throw notFound();
      return tagged(call, etagOf(entry.version), entryObject(call, entry));
    },
  },
];

function listCalendars(call: GoogleCall): Response {
  const resource = `calendarList ${call.user.email}`;
  const { query, user } = call;
  if (query.has("syncToken")) {
    for (const name of ["minAccessRole", "showOwnOrganizationOnly"])
      if (query.has(name)) throw invalid(`${name} cannot be specified together with a sync token.`, name);
    for (const name of ["showDeleted", "showHidden"])
      if (query.get(name) === "false") throw invalid(`${name} must not be false with a sync token.`, name);
  }
  const page = servePage(call, resource, { default: 100, max: 250 }, () => listing(call, resource));
  const version = Math.max(0, ...[...user.list.values()].map((entry) => entry.version));
  const body = { kind: "calendar#calendarList", etag: etagOf(version), ...page };
  return tagged(call, etagOf(version), body);
}

function listing(call: GoogleCall, resource: string): Listing {
  const { user, world } = call;
  const since = syncStateOf(call, resource);
  const [deleted, hidden] = [booleanOf(call, "showDeleted"), booleanOf(call, "showHidden")];
  const ownOnly = booleanOf(call, "showOwnOrganizationOnly");
  const least = choiceOf(call, "minAccessRole", ACCESS_ROLES);
  const entries = [...user.list.values()].filter((entry) => {
    if (since !== undefined) return entry.version > since.at;
    const calendar = world.calendars.get(entry.calendarId);
    const role = calendar?.access.get(user.email);
    if (entry.deleted) return deleted;
    if (ownOnly && calendar?.dataOwner !== user.email) return false;
    return (hidden || !entry.hidden) && role !== undefined && (least === undefined || reaches(role, least));
  });
  const filtered = least !== undefined || ownOnly;
  return {
    entries: entries.map((entry) => entryObject(call, entry)),
    sync: filtered ? undefined : { at: world.changes },
  };
}

/** A list entry. A removed one shows its id and that it is gone. */
function entryObject({ world, user }: GoogleCall, entry: CalendarListEntry): Record<string, unknown> {
  const head = { kind: "calendar#calendarListEntry", etag: etagOf(entry.version), id: entry.calendarId };
  const calendar = world.calendars.get(entry.calendarId);
  const accessRole = calendar?.access.get(user.email);
  if (entry.deleted || calendar === undefined || accessRole === undefined) return { ...head, deleted: true };
  const { summary, description, location, timeZone, dataOwner } = calendar;
  const primary = calendar.id === user.email;
  return {
    ...head,
    summary,
    ...(description === undefined ? {} : { description }),
    ...(location === undefined ? {} : { location }),
    timeZone,
    ...(calendar.id.endsWith("@group.calendar.google.com") ? { dataOwner } : {}),
    ...(entry.summaryOverride === undefined ? {} : { summaryOverride: entry.summaryOverride }),
    colorId: entry.colorId,
    backgroundColor: "#9fe1e7",
    foregroundColor: "#000000",
    ...(entry.hidden ? { hidden: true } : {}),
    ...(entry.selected ? { selected: true } : {}),
    accessRole,
    defaultReminders: entry.defaultReminders,
    ...(primary ? { primary: true } : {}),
    conferenceProperties: { allowedConferenceSolutionTypes: ["hangoutsMeet"] },
  };
}
