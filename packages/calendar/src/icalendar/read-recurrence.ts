import { UnsupportedEventError } from "../event-errors.ts";
import { parseRule, printRule, type RecurrenceRule, type Slots, slotsOf } from "../recurrence/index.ts";
import { isAdded, isExcluded, tidyOverrides } from "../series/index.ts";
import type { EventOverride, EventOverrides, UniversalEvent } from "../universal-event.ts";
import { isFirstOfItsName, type When } from "../when/index.ts";
import { CalendarZones } from "./calendar-zones.ts";
import { type ContentLine, param, parseLine } from "./content-line.ts";
import { instantOfTime, readTimes, slotOfTime, timeLine } from "./times.ts";

/** A series whose instances are looked at one by one does not have more that are special. */
export const MOST_OVERRIDES = 5_000;

/**
 * The rule of a series, normalised.
 * @throws {UnsupportedEventError} `recurrence.several-rules`, `recurrence.exclusion-rule`, and see `parseRule`
 */
export function readRule(lines: readonly ContentLine[], when: When): RecurrenceRule | null {
  const rules = lines.filter(({ name }) => name === "RRULE");
  if (rules.length > 1) throw new UnsupportedEventError("recurrence.several-rules", "RRULE");
  if (lines.some(({ name }) => name === "EXRULE")) {
    throw new UnsupportedEventError("recurrence.exclusion-rule", "EXRULE");
  }
  return rules[0] ? parseRule(rules[0].value, when) : null;
}

/** The instances that RDATE adds and EXDATE leaves out; what both name is left out. */
export function readDates(
  lines: readonly ContentLine[],
  when: When,
  slots: Slots,
  zones: CalendarZones,
): Record<string, EventOverride> {
  const dates: Record<string, EventOverride> = {};
  const named = (name: string) => lines.filter((line) => line.name === name);
  for (const line of named("RDATE")) for (const slot of addedSlots(line, when, zones)) dates[slot] = { added: true };
  let most = MOST_OVERRIDES - Object.keys(dates).length;
  for (const line of named("EXDATE")) {
    for (const { slots: excluded } of excludedSlots(line, when, slots, zones, most)) {
      most -= excluded.length;
      for (const slot of excluded) dates[slot] = { excluded: true };
    }
  }
  return dates;
}

export function addedSlots(line: ContentLine, when: When, zones: CalendarZones): string[] {
  if (param(line, "VALUE")?.toUpperCase() === "PERIOD") throw new UnsupportedEventError("recurrence.period", "RDATE");
  return readTimes(line, zones).map((time) => {
    const instant = instantOfTime(time);
    const isRepeated = instant !== undefined && when.timeZone !== null && !isFirstOfItsName(instant, when.timeZone);
    const slot = slotOfTime(time, when);
    if (isRepeated || slot === undefined) throw new UnsupportedEventError("recurrence.ambiguous-date", "RDATE");
    return slot;
  });
}

/**
 * The values of an EXDATE, each with the slots that it means: a date leaves out all of that day.
 * @throws {UnsupportedEventError} `recurrence.too-many`
 */
export function excludedSlots(
  line: ContentLine,
  when: When,
  slots: Slots,
  zones: CalendarZones,
  most: number = MOST_OVERRIDES,
): { readonly value: string; readonly slots: readonly string[] }[] {
  const values = line.value.split(",").filter((value) => value.trim() !== "");
  let left = most;
  return readTimes(line, zones).map((time, index) => {
    const slot = slotOfTime(time, when);
    const found = slot === undefined ? slotsOfDay(time.local, slots) : [slot];
    left -= found.length;
    if (left < 0) throw new UnsupportedEventError("recurrence.too-many", "EXDATE");
    return { value: values[index] ?? "", slots: found };
  });
}

const MOST_A_DAY = 1_440;

function slotsOfDay(date: string, slots: Slots): string[] {
  const found: string[] = [];
  for (const slot of slots.iterate(`${date}T00:00:00`)) {
    if (!slot.startsWith(date) || found.push(slot) === MOST_A_DAY) break;
  }
  return found;
}

/**
 * What the lines of a recurrence say (Google's `recurrence[]`): RRULE, EXDATE, RDATE, with their names.
 * @param when of the series
 * @throws {UnsupportedEventError} a rule that cannot be expressed
 * @throws {MalformedEventError}
 */
export function parseRecurrence(
  lines: readonly string[],
  when: When,
): Pick<UniversalEvent, "recurrence" | "overrides"> {
  const parsed = lines.map(parseLine);
  const recurrence = readRule(parsed, when);
  const slots = slotsOf(when, recurrence);
  const dates = readDates(parsed, when, slots, noZones());
  return { recurrence, overrides: tidyOverrides({ when, recurrence } as UniversalEvent, dates, slots) };
}

/** RRULE, RDATE and EXDATE of a series, with their names; changed instances are not told. The reverse of `parseRecurrence`. */
export function printRecurrence(event: Pick<UniversalEvent, "when" | "recurrence" | "overrides">): string[] {
  const { when, recurrence, overrides } = event;
  const rule = recurrence === null ? [] : [`RRULE:${printRule(recurrence, when)}`];
  return [...rule, ...dateLines(overrides, when, (zone) => zone).map(({ text }) => text)];
}

/** One line for each instance that is added or left out, in the form of the series' start. */
export function dateLines(overrides: EventOverrides, when: When, tzidOf: (zone: string) => string): ContentLine[] {
  return Object.entries(overrides).flatMap(([slot, override]) => {
    if (isExcluded(override)) return [timeLine("EXDATE", slot, when, tzidOf)];
    return isAdded(override) ? [timeLine("RDATE", slot, when, tzidOf)] : [];
  });
}

function noZones(): CalendarZones {
  return new CalendarZones({ name: "VCALENDAR", label: "VCALENDAR", entries: [] }, { from: 2_000, to: 2_000 });
}
