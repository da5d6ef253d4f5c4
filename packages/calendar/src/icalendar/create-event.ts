import { checkedEvent, tidyOverrides } from "../series/index.ts";
import type { UniversalEvent } from "../universal-event.ts";
import { CalendarZones } from "./calendar-zones.ts";
import { type Component, componentOf, componentsOf, printComponent, setLine } from "./component.ts";
import { makeLine } from "./content-line.ts";
import { MARKER } from "./read-event.ts";
import type { EventResource } from "./resource.ts";
import type { UpdateOptions } from "./update-event.ts";
import { writeSeries } from "./update-event.ts";
import type { WriteLoss } from "./write-details.ts";
import { FieldWriter } from "./write-fields.ts";
import { ZoneWriter } from "./write-zones.ts";

/** An event that may lack what its service does not know; when it takes place is always known. */
export type NewEvent = Pick<UniversalEvent, "when"> & Partial<UniversalEvent>;

export interface CreateOptions extends UpdateOptions {
  /** One word; see RFC 7986 §5.3. The event's own `uid` is not looked at. */
  readonly uid: string;
  /** What wrote it: `-//Example//Calendar 1.0//EN`. */
  readonly prodId: string;
}

export interface CreatedEvent {
  readonly text: string;
  readonly losses: readonly WriteLoss[];
}

/**
 * A calendar object for an event or a series, with a VTIMEZONE for each zone that it uses. Nobody is invited by it: it has no
 * ATTENDEE, ORGANIZER or METHOD, so that no server sends mail.
 * @throws {MalformedEventError} `event.malformed`
 */
export function createEvent(event: NewEvent, options: CreateOptions): CreatedEvent {
  const calendar = emptyCalendar(options);
  const [master] = componentsOf(calendar, "VEVENT") as [Component];
  const zones = new CalendarZones(calendar, { from: 2_000, to: 2_000 });
  const zoneWriter = new ZoneWriter(zones);
  const writer = new FieldWriter(options.nowMs, zoneWriter.tzidOf, "first");
  const resource: EventResource = { calendar, zones, uid: options.uid, master, instances: [] };
  const series = checkedEvent({ ...NOTHING, recurrence: null, overrides: {}, ...event });
  const after: UniversalEvent = { ...series, overrides: tidyOverrides(series, series.overrides) };
  writer.write(master, { when: event.when }, false);
  writeSeries(resource, { ...NOTHING, when: event.when, recurrence: null, overrides: {} }, after, writer);
  if (options.marker !== undefined) setLine(master, makeLine(MARKER, options.marker));
  zoneWriter.addComponents(calendar, after);
  return { text: printComponent(calendar), losses: [...writer.losses] };
}

/** What an event says that says nothing. */
const NOTHING = {
  title: "",
  description: "",
  location: "",
  status: "confirmed",
  privacy: "default",
  freeBusyStatus: "busy",
} as const;

function emptyCalendar({ uid, prodId, nowMs }: CreateOptions): Component {
  const now = `${new Date(nowMs).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
  const oneLine = (text: string) => text.replace(/[\p{Cc}]/gu, "");
  return componentOf([
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    `PRODID:${oneLine(prodId)}`,
    "CALSCALE:GREGORIAN",
    "BEGIN:VEVENT",
    `UID:${oneLine(uid)}`,
    `DTSTAMP:${now}`,
    "END:VEVENT",
    "END:VCALENDAR",
  ]);
}
