import { calendarNamed } from "./access.ts";
import { calendarObject, createCalendar, deleteCalendar } from "./calendars.ts";
import { bodyOf, type GoogleCall, type GoogleRoute, STANDARD_PARAMETERS, spendCreation, tagged } from "./call.ts";
import { calendarScope } from "./clients.ts";
import { accessLevelNeeded, insufficientPermissions, invalid, notFound, refusal, required } from "./errors.ts";
import { isTimeZone } from "./parameters.ts";
import { etagOf } from "./world.ts";

const PATH = "/calendar/v3/calendars";
const WRITE_SCOPES = ["calendar", "calendar.calendars", "calendar.app.created"];
const READ_SCOPES = [...WRITE_SCOPES, "calendar.readonly", "calendar.calendars.readonly"];

export const CALENDAR_ROUTES: readonly GoogleRoute[] = [
  {
    method: "POST",
    path: PATH,
    kind: "write",
    operation: "Calendars.Insert",
    parameters: STANDARD_PARAMETERS,
    scopes: WRITE_SCOPES,
    handle: insertCalendar,
  },
  {
    method: "GET",
    path: `${PATH}/:calendarId`,
    kind: "read",
    operation: "Calendars.Get",
    parameters: STANDARD_PARAMETERS,
    scopes: READ_SCOPES,
    handle: (call) => {
      const { calendar } = reachable(call, READ_SCOPES);
      const etag = etagOf(calendar.version);
      return tagged(call, etag, calendarObject(calendar, etag));
    },
  },
  {
    method: "DELETE",
    path: `${PATH}/:calendarId`,
    kind: "write",
    operation: "Calendars.Delete",
    parameters: STANDARD_PARAMETERS,
    scopes: WRITE_SCOPES,
    handle: (call) => {
      const { calendar, role } = reachable(call, WRITE_SCOPES);
      if (role !== "owner" || calendar.dataOwner !== call.user.email) throw accessLevelNeeded("owner");
      if (call.world.users.has(calendar.id))
        throw refusal(403, { reason: "forbidden", message: "The primary calendar cannot be deleted." });
      deleteCalendar(call.world, calendar);
      return new Response(null, { status: 204 });
    },
  },
];

/** A token with `calendar.app.created` alone reaches only what its app has made. */
function reachable(call: GoogleCall, scopes: readonly string[]): ReturnType<typeof calendarNamed> {
  const access = calendarNamed(call, call.params.calendarId ?? "");
  const wide = scopes.some((name) => name !== "calendar.app.created" && call.scopes.has(calendarScope(name)));
  if (!wide && access.calendar.createdBy !== call.client.id)
    throw call.scopes.has(calendarScope("calendar.app.created")) ? notFound() : insufficientPermissions(call.operation);
  return access;
}

function insertCalendar(call: GoogleCall): Response {
  const { summary, timeZone = "UTC", description, location } = bodyOf(call);
  if (typeof summary !== "string" || summary === "") throw required("Missing title.");
  if (!isTimeZone(timeZone)) throw invalid("Invalid time zone.");
  spendCreation(call.world);
  const calendar = createCalendar(call.world, call.user, {
    summary,
    timeZone,
    createdBy: call.client.id,
    ...(typeof description === "string" ? { description } : {}),
    ...(typeof location === "string" ? { location } : {}),
  });
  return tagged(call, etagOf(calendar.version), calendarObject(calendar, etagOf(calendar.version)));
}
