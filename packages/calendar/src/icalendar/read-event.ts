import { UnsupportedEventError } from "../event-errors.ts";
import { type Slots, slotsOf } from "../recurrence/index.ts";
import { isExcluded, tidyOverrides } from "../series/index.ts";
import { type EventOverride, patchFieldNames, type UniversalEvent } from "../universal-event.ts";
import type { When } from "../when/index.ts";
import { reminderOf } from "./alarms.ts";
import { type Component, componentsOf, isComponent, lineOf, linesOf } from "./component.ts";
import type { ContentLine } from "./content-line.ts";
import { readDetails, readPeople } from "./read-details.ts";
import { MOST_OVERRIDES, readDates, readRule } from "./read-recurrence.ts";
import { hasNominalDuration, readWhen } from "./read-when.ts";
import { type EventResource, identityOf, openResource } from "./resource.ts";
import { readOneTime, slotOfTime } from "./times.ts";

/** The property in which the operation id of the last write is kept. */
export const MARKER = "X-SYNCER-OPERATION";

/**
 * What a calendar object holds and `UniversalEvent` does not: alarms at other times than so many minutes before the start, a length in
 * days of which some are longer, a formatted description, attachments. An update leaves them as they are.
 */
export type KeptDetail = "alarm" | "nominal-duration" | "formatted-description" | "attachment";

/** A calendar object, read. */
export interface ReadEvent {
  /** As it stands in the text, the name of the object on a CalDAV server. */
  readonly uid: string;
  readonly event: UniversalEvent;
  /** The operation id of the last write of this package. */
  readonly marker?: string;
  readonly kept: readonly KeptDetail[];
}

/**
 * Reads one calendar object: a single event, or a series with all its changed instances.
 *
 * - Zones are told by name, and where nobody knows the name, by the rules of the VTIMEZONE; never floating for want of either
 * - EXDATE, RDATE and RECURRENCE-ID are compared as moments, whatever form they have
 * - one changed instance without a series is a single event with a UID of its own; several are refused
 *
 * @throws {MalformedEventError} the text is not an event
 * @throws {UnsupportedEventError} it is, and holds what no other service could be told
 */
export function readEvent(text: string): ReadEvent {
  const resource = openResource(text);
  const marker = lineOf(resource.master, MARKER)?.value.trim();
  return {
    uid: resource.uid,
    event: readResource(resource),
    ...(marker && { marker }),
    kept: keptDetails([resource.master, ...resource.instances]),
  };
}

export function readResource(resource: EventResource): UniversalEvent {
  const { master, zones } = resource;
  const when = readWhen(master, zones);
  const lines = propertyLines(master);
  const recurrence = readRule(lines, when);
  const slots = slotsOf(when, recurrence);
  const event: UniversalEvent = {
    uid: identityOf(resource),
    ...readDetails(master),
    when,
    recurrence,
    overrides: {},
    ...readPeople(master),
  };
  const isOrphan = lineOf(master, "RECURRENCE-ID") !== undefined;
  if (isOrphan) return event;
  const dates = readDates(lines, when, slots, zones);
  const overrides = { ...dates, ...readInstances(resource, when, slots), ...onlyExcluded(dates) };
  return { ...event, overrides: tidyOverrides(event, overrides, slots) };
}

/** An EXDATE holds, even against a changed instance of that slot. */
function onlyExcluded(dates: Record<string, EventOverride>): Record<string, EventOverride> {
  return Object.fromEntries(Object.entries(dates).filter(([, override]) => isExcluded(override)));
}

/** Whole instances; what they have in common with their series is left out later. */
function readInstances(resource: EventResource, when: When, slots: Slots): Record<string, EventOverride> {
  if (resource.instances.length > MOST_OVERRIDES) throw new UnsupportedEventError("recurrence.too-many", "VEVENT");
  const entries = resource.instances.map((instance) => {
    const slot = slotOfInstance(instance, resource, when, slots);
    // In a cancelled series every component is cancelled, and none of them is left out.
    const isLeftOut = isCancelled(instance) && !isCancelled(resource.master);
    return [slot, isLeftOut ? { excluded: true as const } : wholeInstance(instance, resource)] as const;
  });
  return Object.fromEntries(entries);
}

function wholeInstance(instance: Component, { zones }: EventResource): EventOverride {
  const fields: Partial<UniversalEvent> = { ...readDetails(instance), when: readWhen(instance, zones) };
  return Object.fromEntries(patchFieldNames.map((field) => [field, fields[field]])) as EventOverride;
}

function isCancelled(instance: Component): boolean {
  return lineOf(instance, "STATUS")?.value.trim().toUpperCase() === "CANCELLED";
}

/** The slot of a changed instance. A date in a series that has times is that day's slot. */
export function slotOfInstance(instance: Component, { zones }: EventResource, when: When, slots: Slots): string {
  const line = lineOf(instance, "RECURRENCE-ID") as ContentLine;
  const time = readOneTime(line, zones);
  const slot = slotOfTime(time, when);
  if (slot !== undefined) return slot;
  for (const each of slots.iterate(`${time.local}T00:00:00`)) if (each.startsWith(time.local)) return each;
  throw new UnsupportedEventError("recurrence.ambiguous-date", "RECURRENCE-ID");
}

function propertyLines(component: Component): ContentLine[] {
  return component.entries.filter((entry): entry is ContentLine => !isComponent(entry));
}

function keptDetails(components: readonly Component[]): KeptDetail[] {
  const has = (test: (component: Component) => boolean) => components.some(test);
  const found: [KeptDetail, boolean][] = [
    ["alarm", has((each) => componentsOf(each, "VALARM").some((alarm) => !reminderOf(alarm)))],
    ["nominal-duration", has(hasNominalDuration)],
    ["formatted-description", has((each) => lineOf(each, "X-ALT-DESC") !== undefined)],
    ["attachment", has((each) => linesOf(each, "ATTACH").length > 0)],
  ];
  return found.flatMap(([detail, kept]) => (kept ? [detail] : []));
}
