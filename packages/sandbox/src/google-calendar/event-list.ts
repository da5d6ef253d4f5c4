import { hash32 } from "../seeded.ts";
import { type CalendarAccess, eventAccess } from "./access.ts";
import type { GoogleCall } from "./call.ts";
import { invalid, notFound } from "./errors.ts";
import {
  checkSyncParameters,
  contentFilter,
  givesSyncToken,
  orderOf,
  overlaps,
  type TimeWindow,
  updatedMinOf,
  windowOf,
} from "./event-filters.ts";
import type { StoredEvent } from "./event-model.ts";
import { momentIn, rfc3339 } from "./event-times.ts";
import { cancelledObject, eventObject, readerOf } from "./event-view.ts";
import { expandAll, expandChanged, seriesInstances } from "./expanded-list.ts";
import { type Listing, type Page, servePage, syncStateOf } from "./list-tokens.ts";
import { booleanOf } from "./parameters.ts";
import { instancesOf, isMaster } from "./series.ts";
import { etagOf } from "./world.ts";

const PAGE = { default: 250, max: 2_500 };

/** `events.list`. */
export function listEvents(call: GoogleCall): Record<string, unknown> {
  const access = eventAccess(call, call.params.calendarId ?? "", "read");
  const resource = `events ${call.user.email} ${access.calendar.id}`;
  checkSyncParameters(call);
  readerOf(call, access.calendar, access.role);
  const page = servePage(call, resource, PAGE, () => listing(call, access, resource));
  return envelope(call, access, page);
}

/** What stands around the items. */
function envelope(call: GoogleCall, { calendar, role }: CalendarAccess, page: Page): Record<string, unknown> {
  const events = [...calendar.events.values()];
  const version = events.reduce((latest, event) => Math.max(latest, event.version), calendar.version);
  const updated = events.reduce((latest, event) => Math.max(latest, event.updatedAt), 0);
  return {
    kind: "calendar#events",
    etag: etagOf(version),
    summary: calendar.summary,
    ...(calendar.description === undefined ? {} : { description: calendar.description }),
    updated: new Date(updated).toISOString(),
    timeZone: call.query.get("timeZone") ?? calendar.timeZone,
    accessRole: role,
    defaultReminders: call.user.list.get(calendar.id)?.defaultReminders ?? [],
    ...page,
  };
}

function listing(call: GoogleCall, access: CalendarAccess, resource: string): Listing {
  const { calendar, role } = access;
  const [since, filter] = [syncStateOf(call, resource), contentFilter(call)];
  const [expanded, showDeleted] = [booleanOf(call, "singleEvents"), booleanOf(call, "showDeleted")];
  const [order, updatedMin] = [orderOf(call, expanded), updatedMinOf(call)];
  const window = since?.window ?? windowOf(call);
  const scope = { call, calendar, window, showDeleted: showDeleted || updatedMin !== undefined };
  const at = call.world.changes;
  const list = expanded
    ? since === undefined
      ? expandAll(scope)
      : expandChanged(scope, since)
    : { events: since === undefined ? unexpanded(scope) : changedSince(scope, since.at) };
  const events = list.events
    .filter(filter)
    .filter((event) => updatedMin === undefined || event.updatedAt >= updatedMin);
  const reader = readerOf(call, calendar, role);
  const entries = sorted(events, order, calendar.timeZone).map((event) =>
    event.status === "cancelled" ? cancelledObject(event, reader) : eventObject(event, reader),
  );
  const instances = "instances" in list ? { instances: list.instances } : {};
  return { entries, sync: givesSyncToken(call) ? { at, window, ...instances } : undefined };
}

/** What a listing is made from. */
export interface ListScope {
  readonly call: GoogleCall;
  readonly calendar: CalendarAccess["calendar"];
  readonly window: TimeWindow;
  readonly showDeleted: boolean;
}

function changedSince({ calendar }: ListScope, at: number): readonly StoredEvent[] {
  return [...calendar.events.values()].filter(({ version }) => version > at);
}

/** Masters and exceptions as they are. Cancelled exceptions of living series are shown even without `showDeleted`. */
function unexpanded({ calendar, window, showDeleted }: ListScope): readonly StoredEvent[] {
  const { events, timeZone } = calendar;
  return [...events.values()].filter((event) => {
    if (event.status === "cancelled" && !showDeleted) {
      const master = events.get(event.instance?.masterId ?? "");
      if (master === undefined || master.status === "cancelled") return false;
    }
    if (!isMaster(event)) return overlaps(event, window, timeZone);
    return seriesOverlaps(event, calendar, window);
  });
}

const DAY_MS = 86_400_000;

function seriesOverlaps(master: StoredEvent, calendar: ListScope["calendar"], window: TimeWindow): boolean {
  if (window.min === undefined && window.max === undefined) return true;
  if (!isMaster(master)) return false;
  const length = momentIn(master.end, calendar.timeZone) - momentIn(master.start, calendar.timeZone);
  // Days are compared as midnights in UTC first, hence a day of room on both sides.
  const from = (window.min ?? momentIn(master.start, calendar.timeZone)) - length - DAY_MS;
  const to = (window.max ?? Number.POSITIVE_INFINITY) + DAY_MS;
  const some = instancesOf(new Map(), master, from, Math.min(to, 8.64e15), 5);
  return some.some((instance) => overlaps(instance, window, calendar.timeZone));
}

/** Without `orderBy` the order means nothing, and is one that nobody should rely on. */
function sorted(
  events: readonly StoredEvent[],
  order: "startTime" | "updated" | undefined,
  zone: string,
): readonly StoredEvent[] {
  const keyOf = (event: StoredEvent): number => {
    if (order === "startTime") return momentIn(event.start, zone);
    return order === "updated" ? event.updatedAt : hash32(event.id);
  };
  return events
    .map((event) => ({ event, key: keyOf(event) }))
    .sort((a, b) => a.key - b.key)
    .map(({ event }) => event);
}

/** `events.instances`. */
export function listInstances(call: GoogleCall): Record<string, unknown> {
  const access = eventAccess(call, call.params.calendarId ?? "", "read");
  const { calendar, role } = access;
  const master = calendar.events.get(call.params.eventId ?? "");
  if (master === undefined || master.bare === true) throw notFound();
  if (!isMaster(master)) throw invalid("The event is not recurring.");
  const [window, showDeleted] = [windowOf(call), booleanOf(call, "showDeleted")];
  const original = call.query.get("originalStart");
  const reader = readerOf(call, calendar, role);
  const resource = `instances ${call.user.email} ${calendar.id} ${master.id}`;
  const page = servePage(call, resource, PAGE, () => {
    const scope: ListScope = { call, calendar, window, showDeleted };
    const all = master.status === "cancelled" ? [] : seriesInstances(scope, master);
    const wanted = all.filter((event) => original === null || startsAt(event, original));
    return {
      entries: wanted.map((event) =>
        event.status === "cancelled" ? cancelledObject(event, reader) : eventObject(event, reader),
      ),
      sync: undefined,
    };
  });
  return envelope(call, access, page);
}

function startsAt({ instance }: StoredEvent, text: string): boolean {
  const start = instance?.originalStart;
  if (start?.kind === "date") return start.date === text;
  return start !== undefined && rfc3339(start.at, "UTC") === rfc3339(Date.parse(text) || 0, "UTC");
}
