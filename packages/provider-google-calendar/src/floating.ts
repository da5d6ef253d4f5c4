import type { EventOverride, UniversalEvent, When } from "@syncer/calendar";

/** The event with the times that have no zone in this one. */
export function bound(event: UniversalEvent, zone: string): UniversalEvent {
  return withWhens(event, (when) => (isFloating(when) ? { ...when, timeZone: zone } : when));
}

/** The reverse: the times that are in this zone have none, unless the event has been given another since. */
export function unbound(event: UniversalEvent, zone: string): UniversalEvent {
  if (event.when.timeZone !== zone) return event;
  return withWhens(event, (when) => {
    const { endTimeZone: _, ...rest } = when;
    return when.timeZone === zone ? { ...rest, timeZone: null } : when;
  });
}

export function isFloating({ timeZone, allDay }: When): boolean {
  return timeZone === null && !allDay;
}

/** The event with its times, and those of its changed instances, made into others. */
export function withWhens(event: UniversalEvent, change: (when: When) => When): UniversalEvent {
  const overrides = Object.entries(event.overrides).map(([slot, override]): [string, EventOverride] => {
    const own = "when" in override ? override.when : undefined;
    return [slot, own ? ({ ...override, when: change(own) } as EventOverride) : override];
  });
  return { ...event, when: change(event.when), overrides: Object.fromEntries(overrides) };
}
