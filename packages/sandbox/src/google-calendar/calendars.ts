import type { EventsById } from "./event-model.ts";
import type { GoogleUser, GoogleWorld } from "./world.ts";

/** What a user may do with a calendar, weakest first. */
export const ACCESS_ROLES = ["freeBusyReader", "reader", "writerWithoutPrivateAccess", "writer", "owner"] as const;
export type AccessRole = (typeof ACCESS_ROLES)[number];

export interface DefaultReminder {
  readonly method: "popup" | "email";
  readonly minutes: number;
}

/** A calendar, as all its users share it. */
export interface GoogleCalendar {
  readonly id: string;
  summary: string;
  description: string | undefined;
  location: string | undefined;
  /** IANA name. */
  timeZone: string;
  readonly dataOwner: string;
  /** Client that made it through the API; `calendar.app.created` reaches only such calendars. */
  readonly createdBy: string | undefined;
  readonly access: Map<string, AccessRole>;
  /** Cancelled ones included. */
  readonly events: EventsById;
  version: number;
}

/** One user's view of a calendar in the list. */
export interface CalendarListEntry {
  readonly calendarId: string;
  summaryOverride: string | undefined;
  colorId: string;
  hidden: boolean;
  selected: boolean;
  defaultReminders: readonly DefaultReminder[];
  deleted: boolean;
  version: number;
}

export interface CalendarSeed {
  readonly summary: string;
  /** IANA name. Default: the owner's. */
  readonly timeZone?: string;
  readonly description?: string;
  readonly location?: string;
}

/** Makes a calendar that the user owns and lists. */
export function createCalendar(
  world: GoogleWorld,
  owner: GoogleUser,
  seed: CalendarSeed & { readonly id?: string; readonly createdBy?: string },
): GoogleCalendar {
  const version = world.nextChange();
  const calendar: GoogleCalendar = {
    id: seed.id ?? `c_${world.dice.hex("calendar", String(version), 64)}@group.calendar.google.com`,
    summary: seed.summary,
    description: seed.description,
    location: seed.location,
    timeZone: seed.timeZone ?? owner.timeZone,
    dataOwner: owner.email,
    createdBy: seed.createdBy,
    access: new Map([[owner.email, "owner"]]),
    events: new Map(),
    version,
  };
  world.calendars.set(calendar.id, calendar);
  listCalendar(world, owner, calendar.id);
  return calendar;
}

/** Puts a calendar into a user's list, or brings it back. */
function listCalendar(world: GoogleWorld, user: GoogleUser, calendarId: string): CalendarListEntry {
  const version = world.nextChange();
  const before = user.list.get(calendarId);
  const fresh: CalendarListEntry = {
    calendarId,
    summaryOverride: undefined,
    colorId: String(1 + world.dice.roll("colour", `${user.email} ${calendarId}`, 24)),
    hidden: false,
    selected: true,
    defaultReminders: calendarId === user.email ? [{ method: "popup", minutes: 30 }] : [],
    deleted: false,
    version,
  };
  const entry = before === undefined ? fresh : Object.assign(before, { deleted: false, version });
  user.list.set(calendarId, entry);
  return entry;
}

/** @throws {RangeError} there is no such calendar */
export function calendarWithId(world: GoogleWorld, id: string): GoogleCalendar {
  const found = world.calendars.get(id);
  if (found === undefined) throw new RangeError("The sandbox's Google has no such calendar.");
  return found;
}

/** Gives a user a role on a calendar and lists it for the user; `none` takes both away. */
export function shareCalendar(
  world: GoogleWorld,
  calendar: GoogleCalendar,
  user: GoogleUser,
  role: AccessRole | "none",
): void {
  if (role !== "none") {
    calendar.access.set(user.email, role);
    listCalendar(world, user, calendar.id);
    return;
  }
  calendar.access.delete(user.email);
  const entry = user.list.get(calendar.id);
  if (entry !== undefined) Object.assign(entry, { deleted: true, version: world.nextChange() });
}

/** Takes a calendar out of existence, and out of everybody's list. */
export function deleteCalendar(world: GoogleWorld, calendar: GoogleCalendar): void {
  world.calendars.delete(calendar.id);
  world.channels.changed(calendar.id, "not_exists");
  for (const user of world.users.values()) {
    const entry = user.list.get(calendar.id);
    if (entry !== undefined) Object.assign(entry, { deleted: true, version: world.nextChange() });
  }
}

/** The calendar as its metadata stand, for `calendars.get`. */
export function calendarObject(calendar: GoogleCalendar, etag: string): Record<string, unknown> {
  const { id, summary, description, location, timeZone, dataOwner } = calendar;
  return {
    kind: "calendar#calendar",
    etag,
    id,
    summary,
    ...(description === undefined ? {} : { description }),
    ...(location === undefined ? {} : { location }),
    timeZone,
    ...(id.endsWith("@group.calendar.google.com") ? { dataOwner } : {}),
    conferenceProperties: { allowedConferenceSolutionTypes: ["hangoutsMeet"] },
  };
}
