import type { UniversalEvent } from "../universal-event.ts";
import type { When } from "../when/index.ts";
import { vtimezoneLines } from "../zones/index.ts";
import type { CalendarZones } from "./calendar-zones.ts";
import { type Component, componentOf, isComponent } from "./component.ts";

/** An open series gets rules for so many years, and after that the last of them for ever. */
const YEARS_OF_A_SERIES = 5;

/** Names the zones of the times that are written, and puts their rules beside them. */
export class ZoneWriter {
  readonly #zones: CalendarZones;
  readonly #written = new Map<string, string>();

  constructor(zones: CalendarZones) {
    this.#zones = zones;
  }

  /** What the calendar calls a zone already; else its id. */
  readonly tzidOf = (zone: string): string => {
    const tzid = this.#zones.tzidOf(zone) ?? zone;
    this.#written.set(tzid, zone);
    return tzid;
  };

  /** Adds a VTIMEZONE for each zone that has been written and has none, before the events. */
  addComponents(calendar: Component, event: UniversalEvent): void {
    const { from, to } = yearsOf(event);
    const missing = [...this.#written].filter(([tzid]) => !this.#zones.hasComponent(tzid));
    const components = missing.map(([tzid, zone]) => componentOf(vtimezoneLines(zone, from, to, tzid)));
    const place = calendar.entries.findIndex((entry) => isComponent(entry) && entry.name !== "VTIMEZONE");
    calendar.entries.splice(place === -1 ? calendar.entries.length : place, 0, ...components);
  }
}

/** The years in which an event takes place, moved instances included. */
function yearsOf({ when, recurrence, overrides }: UniversalEvent): { from: number; to: number } {
  const moved = Object.values(overrides).flatMap((override) => ("when" in override && override.when) || []);
  const years = [when, ...moved].map(({ start }: When) => Number(start.slice(0, 4)));
  const from = Math.min(...years);
  const last = Math.max(...years) + (recurrence === null ? 1 : YEARS_OF_A_SERIES);
  const until = Number(recurrence?.until?.slice(0, 4) ?? 0);
  return { from, to: Math.min(Math.max(last, until), from + 100) };
}
