import { type Slots, slotsOf } from "../recurrence/index.ts";
import { instanceOf, isAdded, isExcluded, sameValue } from "../series/index.ts";
import type { EventOverride, UniversalEvent } from "../universal-event.ts";
import type { CalendarZones } from "./calendar-zones.ts";
import {
  addLines,
  type Component,
  cloneComponent,
  linesOf,
  removeEntry,
  removeLines,
  setLine,
  setLines,
} from "./component.ts";
import { type ContentLine, makeLine } from "./content-line.ts";
import { MARKER, slotOfInstance } from "./read-event.ts";
import { addedSlots, dateLines, excludedSlots } from "./read-recurrence.ts";
import type { EventResource } from "./resource.ts";
import { timeLine } from "./times.ts";
import { changedFields, type FieldWriter } from "./write-fields.ts";

/** What a series says before and after a change; the slots are those of before. */
export interface SeriesChange {
  readonly before: UniversalEvent;
  readonly after: UniversalEvent;
}

/**
 * Writes the overrides of a series: what is left out as EXDATE, what is added as RDATE, changed instances as components of their own.
 * An instance says all of itself in iCalendar, so that what is changed in the series is changed in each instance that has nothing of
 * its own in that field.
 */
export function writeInstances(resource: EventResource, change: SeriesChange, writer: FieldWriter): void {
  const { before, after } = change;
  const slots = slotsOf(before.when, before.recurrence);
  const components = componentsBySlot(resource, before, slots);
  if (hasOtherForm(change)) rewriteDates(resource, after, writer);
  else changeDates(resource, change, slots, writer);
  const written = Object.entries(after.overrides)
    .filter(([slot, override]) => needsComponent(override) || (isAdded(override) && components.has(slot)))
    .map(([slot]) => slot);
  const regular = regularInstances(change, [...components.keys()]);
  for (const [slot, component] of components) {
    const stays = written.includes(slot) || regular.includes(slot) || isLeftOutStill(change, slot);
    if (!stays) removeEntry(resource.calendar, component);
  }
  for (const slot of [...written, ...regular]) {
    writeInstance(resource, change, slot, components.get(slot), writer);
  }
}

/** A cancelled component leaves its instance out as well as an EXDATE does. */
function isLeftOutStill(change: SeriesChange, slot: string): boolean {
  const wasAndIs = isExcluded(change.before.overrides[slot]) && isExcluded(change.after.overrides[slot]);
  return wasAndIs && !hasOtherForm(change);
}

/** Components of instances that have nothing special: allowed, so they stay, and say what the series says. */
function regularInstances(change: SeriesChange, slots: readonly string[]): string[] {
  const { before, after } = change;
  const left = slots.filter((slot) => before.overrides[slot] === undefined && after.overrides[slot] === undefined);
  if (left.length === 0 || (isOtherSeries(change) && before.when.allDay !== after.when.allDay)) return [];
  const now = slotsOf(after.when, after.recurrence);
  return left.filter((slot) => now.has(slot));
}

function isOtherSeries({ before, after }: SeriesChange): boolean {
  return !sameValue([before.when, before.recurrence], [after.when, after.recurrence]);
}

/** EXDATE, RDATE and RECURRENCE-ID have the form of the series' start; in another zone, all of them are others. */
function hasOtherForm({ before, after }: SeriesChange): boolean {
  return before.when.timeZone !== after.when.timeZone || before.when.allDay !== after.when.allDay;
}

function needsComponent(override: EventOverride | undefined): boolean {
  return override !== undefined && !isExcluded(override) && Object.keys(override).some((key) => key !== "added");
}

function componentsBySlot(resource: EventResource, { when }: UniversalEvent, slots: Slots): Map<string, Component> {
  return new Map(resource.instances.map((each) => [slotOfInstance(each, resource, when, slots), each]));
}

function rewriteDates({ master }: EventResource, after: UniversalEvent, writer: FieldWriter): void {
  const lines = dateLines(after.overrides, after.when, writer.tzidOf);
  for (const name of ["EXDATE", "RDATE"])
    setLines(
      master,
      name,
      lines.filter((line) => line.name === name),
    );
}

/**
 * Takes out of the lines the slots that are regular now, and adds a line for each that is special now. In another series a date that
 * meant nothing may mean something.
 */
function changeDates({ master, zones }: EventResource, change: SeriesChange, slots: Slots, writer: FieldWriter): void {
  const { before, after } = change;
  const isOther = isOtherSeries(change);
  const isTakenOut = (test: (override: EventOverride | undefined) => boolean) => (slot: string | undefined) =>
    slot === undefined ? isOther : !test(after.overrides[slot]) && (isOther || test(before.overrides[slot]));
  const form = (name: string, slot: string) => timeLine(name, slot, after.when, writer.tzidOf);
  takeOut(master, "EXDATE", isTakenOut(isExcluded), (line) => excludedSlots(line, before.when, slots, zones), form);
  takeOut(master, "RDATE", isTakenOut(isAdded), (line) => addedOf(line, before, zones), form);
  const fresh = Object.entries(after.overrides).filter(([slot, next]) => {
    const old = before.overrides[slot];
    return (isExcluded(next) && !isExcluded(old)) || (isAdded(next) && !isAdded(old));
  });
  addLines(master, dateLines(Object.fromEntries(fresh), after.when, writer.tzidOf));
}

interface DateValue {
  readonly value: string;
  readonly slots: readonly string[];
}

function addedOf(line: ContentLine, { when }: UniversalEvent, zones: CalendarZones): DateValue[] {
  const values = line.value.split(",").filter((value) => value.trim() !== "");
  return addedSlots(line, when, zones).map((slot, index) => ({ value: values[index] ?? "", slots: [slot] }));
}

/** Values that stay, stay as they are; of one that means several slots, the others get lines of their own. */
function takeOut(
  master: Component,
  name: string,
  isTakenOut: (slot: string | undefined) => boolean,
  valuesOf: (line: ContentLine) => readonly DateValue[],
  form: (name: string, slot: string) => ContentLine,
): void {
  const lines = linesOf(master, name);
  const next = lines.flatMap((line) => {
    const values = valuesOf(line);
    const isTouched = ({ slots }: DateValue) => (slots.length === 0 ? isTakenOut(undefined) : slots.some(isTakenOut));
    if (!values.some(isTouched)) return [line];
    const whole = values.filter((each) => !isTouched(each));
    const parts = values.filter(isTouched).flatMap(({ slots }) => slots);
    const left = parts.filter((slot) => !isTakenOut(slot)).map((slot) => form(name, slot));
    const rest = whole.map(({ value }) => value).join();
    return whole.length === 0 ? left : [makeLine(name, rest, line.params), ...left];
  });
  if (next.some((line, index) => line !== lines[index]) || next.length !== lines.length) setLines(master, name, next);
}

function writeInstance(
  resource: EventResource,
  change: SeriesChange,
  slot: string,
  old: Component | undefined,
  writer: FieldWriter,
): void {
  const { before, after } = change;
  const target = instanceOf(after, slot, after.overrides[slot]);
  const wasLeftOut = isExcluded(before.overrides[slot]);
  if (!old || wasLeftOut) {
    const fresh = freshInstance(resource.master, timeLine("RECURRENCE-ID", slot, after.when, writer.tzidOf));
    if (old) removeEntry(resource.calendar, old);
    resource.calendar.entries.push(fresh);
    writer.write(fresh, target, true);
    return;
  }
  if (hasOtherForm(change)) {
    setLine(old, timeLine("RECURRENCE-ID", slot, after.when, writer.tzidOf));
  }
  const previous = instanceOf(before, slot, before.overrides[slot]);
  const fields = changedFields(previous, target).filter((field) => {
    return !OF_THE_SERIES.has(field) || sameValue(writer.read(old)[field as "url"], previous[field as "url"]);
  });
  writer.write(old, Object.fromEntries(fields.map((field) => [field, target[field]])), true);
}

/** Fields that have no place in overrides: an instance that has another value of its own keeps it. */
const OF_THE_SERIES = new Set<string>(["url", "priority"]);

/** Everything that the series says of itself, but not what makes it a series. */
function freshInstance(master: Component, recurrenceId: ContentLine): Component {
  const copy = cloneComponent(master);
  removeLines(copy, "RRULE", "RDATE", "EXDATE", MARKER);
  const start = copy.entries.findIndex((entry) => "value" in entry && entry.name === "DTSTART");
  copy.entries.splice(Math.max(start, 0), 0, recurrenceId);
  return copy;
}
