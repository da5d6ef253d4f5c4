import { ACCESS_ROLES, type AccessRole, type GoogleCalendar } from "./calendars.ts";
import type { GoogleCall } from "./call.ts";
import { calendarScope } from "./clients.ts";
import { accessLevelNeeded, insufficientPermissions, notFound } from "./errors.ts";

/** A calendar that the caller may see, and as what. */
export interface CalendarAccess {
  readonly calendar: GoogleCalendar;
  readonly role: AccessRole;
}

/** Whether a role allows at least as much as another. */
export function reaches(role: AccessRole, least: AccessRole): boolean {
  return ACCESS_ROLES.indexOf(role) >= ACCESS_ROLES.indexOf(least);
}

/** The calendar that an id names; `primary` is the caller's own. What the caller may not see does not exist. */
export function calendarNamed(call: GoogleCall, id: string): CalendarAccess {
  const calendar = call.world.calendars.get(id === "primary" ? call.user.email : id);
  const role = calendar?.access.get(call.user.email);
  if (calendar === undefined || role === undefined) throw notFound();
  return { calendar, role };
}

const READ_EVERYWHERE = ["calendar", "calendar.readonly", "calendar.events", "calendar.events.readonly"];
const WRITE_EVERYWHERE = ["calendar", "calendar.events"];

/** The calendar of an event route, with the role cut down to what the token's scopes reach. */
export function eventAccess(call: GoogleCall, id: string, purpose: "read" | "write"): CalendarAccess {
  const { calendar, role } = calendarNamed(call, id);
  const has = (names: readonly string[]): boolean => names.some((name) => call.scopes.has(calendarScope(name)));
  if (!has(purpose === "read" ? READ_EVERYWHERE : WRITE_EVERYWHERE)) {
    const owned = has(
      purpose === "read" ? ["calendar.events.owned", "calendar.events.owned.readonly"] : ["calendar.events.owned"],
    );
    const made = has(["calendar.app.created"]) && calendar.createdBy === call.client.id;
    if (!(owned && role === "owner") && !made) {
      if (purpose === "read" && has(["calendar.events.freebusy"])) return { calendar, role: "freeBusyReader" };
      throw insufficientPermissions(call.operation);
    }
  }
  if (purpose === "write" && !reaches(role, "writerWithoutPrivateAccess")) throw accessLevelNeeded("writer");
  return { calendar, role };
}
