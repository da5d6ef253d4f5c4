import { calendarWithId } from "./calendars.ts";
import type { GoogleCall } from "./call.ts";
import { calendarScope } from "./clients.ts";
import { GoogleRefusal } from "./errors.ts";
import type { EventType, StoredEvent } from "./event-model.ts";
import { commitEvent } from "./event-store.ts";
import { eventObject } from "./event-view.ts";
import { changeEvent, deleteEvent, insertEvent } from "./event-writes.ts";
import { splitSeries } from "./split-series.ts";
import type { GoogleWorld } from "./world.ts";

type Body = Readonly<Record<string, unknown>>;

/** What only Google itself, or somebody else's calendar, decides about an event. */
export interface EventOrigin {
  /** Address of another organizer: the event is an invitation that the calendar has received. */
  readonly organizer?: string;
  /** Also kinds that the API does not create, such as `fromGmail`. */
  readonly eventType?: EventType;
}

/** What users do to events in Google's own pages. Bodies are those of the API; nothing of it notifies anybody. */
export interface ControlledEvents {
  /** Makes an event. @returns its id */
  putEvent(calendarId: string, event: Body, origin?: EventOrigin): string;
  /** Changes an event or an instance, as a patch does. */
  editEvent(calendarId: string, eventId: string, change: Body): void;
  /** Deletes an event, a series, or one instance. */
  removeEvent(calendarId: string, eventId: string): void;
  /**
   * Changes an instance "and following": the series ends before it, and a new one begins with it.
   *
   * @param instanceId such as `…_20261208T080000Z`
   * @returns the new series' id
   */
  splitSeries(calendarId: string, instanceId: string, change: Body): string;
  /** The events as they are stored, as the owner would read them: masters, exceptions and deleted ones. */
  events(calendarId: string): readonly Readonly<Record<string, unknown>>[];
}

export function createEventControl(worldNow: () => GoogleWorld): ControlledEvents {
  return {
    putEvent: (calendarId, event, origin = {}) =>
      asOwner(worldNow(), calendarId, { body: event }, (call) => {
        const { calendar, event: made } = insertEvent(call);
        const organizer = { email: origin.organizer ?? calendar.id };
        commitEvent(call.world, calendar, { ...made, organizer, eventType: origin.eventType ?? made.eventType });
        return made.id;
      }),
    editEvent: (calendarId, eventId, change) => {
      asOwner(worldNow(), calendarId, { eventId, body: change }, (call) => changeEvent(call, "patch"));
    },
    removeEvent: (calendarId, eventId) => asOwner(worldNow(), calendarId, { eventId }, deleteEvent),
    splitSeries: (calendarId, instanceId, change) => {
      const world = worldNow();
      const eventId = splitSeries(world, calendarWithId(world, calendarId), instanceId);
      asOwner(world, calendarId, { eventId, body: change }, (call) => changeEvent(call, "patch"));
      return eventId;
    },
    events: (calendarId) => {
      const calendar = calendarWithId(worldNow(), calendarId);
      const [user, zone] = [calendar.dataOwner, calendar.timeZone];
      const show = (event: StoredEvent): Readonly<Record<string, unknown>> =>
        eventObject(event, { calendar, user, role: "owner", zone, maxAttendees: undefined });
      return [...calendar.events.values()].map(show);
    },
  };
}

/** Runs a write as the calendar's owner, outside of quotas, limits of use, and the count of mails. */
function asOwner<T>(
  world: GoogleWorld,
  calendarId: string,
  request: { readonly eventId?: string; readonly body?: Body },
  write: (call: GoogleCall) => T,
): T {
  const calendar = calendarWithId(world, calendarId);
  const user = world.users.get(calendar.dataOwner);
  const [client] = world.clients.values();
  if (user === undefined || client === undefined) throw new RangeError("The calendar has no owner in the sandbox.");
  const { creationsLeft } = world.settings;
  const mailsBefore = world.mails.length;
  world.settings.creationsLeft = false;
  try {
    return write({
      world,
      client,
      user,
      scopes: new Set([calendarScope("calendar")]),
      operation: "User",
      query: new URLSearchParams({ supportsAttachments: "true", conferenceDataVersion: "1", eventLabelVersion: "1" }),
      params: { calendarId, ...(request.eventId === undefined ? {} : { eventId: request.eventId }) },
      headers: new Headers(),
      body: JSON.stringify(request.body ?? {}),
      now: world.clock.now(),
      listing: undefined,
    });
  } catch (error) {
    if (error instanceof GoogleRefusal) throw new RangeError(`Google would refuse this event: ${error.reason}.`);
    throw error;
  } finally {
    world.settings.creationsLeft = creationsLeft;
    world.mails.length = mailsBefore;
  }
}
