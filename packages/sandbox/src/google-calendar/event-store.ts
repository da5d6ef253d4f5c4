import type { GoogleCalendar } from "./calendars.ts";
import type { EventContent, StoredEvent } from "./event-model.ts";
import { compareVisibility, exceptionsOf, followMaster, isMaster, same, withVisibility } from "./series.ts";
import type { GoogleWorld } from "./world.ts";

/** Puts a changed event into its calendar, as its newest change. */
export function commitEvent(world: GoogleWorld, calendar: GoogleCalendar, event: StoredEvent): StoredEvent {
  event.version = world.nextChange();
  calendar.events.set(event.id, event);
  world.channels.changed(calendar.id);
  return event;
}

/** Commits an event and whatever its change means for the rest of its series. */
export function commitWithSeries(
  world: GoogleWorld,
  calendar: GoogleCalendar,
  before: StoredEvent,
  after: StoredEvent,
): StoredEvent {
  if (after.instance !== undefined) spreadVisibility(world, calendar, before, after);
  else if (isMaster(before)) carryExceptions(world, calendar, before, after);
  return commitEvent(world, calendar, after);
}

/** What becomes of the exceptions when their master changes. */
function carryExceptions(world: GoogleWorld, calendar: GoogleCalendar, before: StoredEvent, after: StoredEvent): void {
  const exceptions = exceptionsOf(calendar.events, before.id);
  const replanned = !same([before.start, before.recurrence], [after.start, after.recurrence]);
  const revived = before.status === "cancelled" && after.status !== "cancelled";
  for (const exception of exceptions) {
    if (after.status === "cancelled" && before.status !== "cancelled") cancel(world, calendar, exception);
    else if (replanned || revived) calendar.events.delete(exception.id);
    else if (exception.status !== "cancelled" && !same(before.content, after.content)) {
      exception.content = followMaster(exception.content, before.content, after.content);
      commitEvent(world, calendar, exception);
    }
  }
}

function cancel(world: GoogleWorld, calendar: GoogleCalendar, event: StoredEvent): void {
  event.status = "cancelled";
  commitEvent(world, calendar, event);
}

/**
 * Since July 2026 an instance that is made more private takes the whole series with it; one that is made less private
 * stays as it was.
 */
function spreadVisibility(world: GoogleWorld, calendar: GoogleCalendar, before: StoredEvent, after: StoredEvent): void {
  const change = compareVisibility(after.content.visibility, before.content.visibility);
  if (change < 0) after.content = withVisibility(after.content, before.content.visibility);
  if (change <= 0) return;
  const masterId = after.instance?.masterId ?? "";
  const master = calendar.events.get(masterId);
  const others = exceptionsOf(calendar.events, masterId).filter(({ id }) => id !== after.id);
  const restrict = (content: EventContent): EventContent => withVisibility(content, after.content.visibility);
  for (const event of [...(master === undefined ? [] : [master]), ...others]) {
    event.content = restrict(event.content);
    commitEvent(world, calendar, event);
  }
}
