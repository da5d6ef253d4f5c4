import { slotsOf } from "../recurrence/index.ts";
import {
  type EventOverride,
  type EventOverrides,
  type PatchField,
  patchFieldNames,
  type UniversalEvent,
} from "../universal-event.ts";
import { instanceOf, sameValue, slotOf } from "./instance-of.ts";
import { isAdded, isExcluded, tidyOverrides } from "./tidy-overrides.ts";

/** An item of a service that has the changed instances of a series as items of their own (Google, Graph). */
export type SeriesException =
  | { readonly originalStart: string; readonly cancelled: true }
  | { readonly originalStart: string; readonly event: Partial<UniversalEvent> };

/**
 * The series as one event, of its master and the items of its changed instances.
 * @param exceptions `originalStart` is a date, a local time on the series' clock, or a moment with an offset
 */
export function seriesOf(master: UniversalEvent, exceptions: readonly SeriesException[]): UniversalEvent {
  const overrides: Record<string, EventOverride> = { ...master.overrides };
  for (const exception of exceptions) {
    const slot = slotOf(master.when, exception.originalStart);
    overrides[slot] = "cancelled" in exception ? { excluded: true } : ownFields(exception.event);
  }
  return { ...master, overrides: tidyOverrides(master, overrides) };
}

function ownFields(event: Partial<UniversalEvent>): EventOverride {
  const known = patchFieldNames.filter((field) => event[field] !== undefined);
  return Object.fromEntries(known.map((field) => [field, event[field]])) as EventOverride;
}

/** What has to be done to one instance of a series so that its overrides become others. */
export type InstanceChange =
  /** There is such an instance, and there shall be none. */
  | { readonly slot: string; readonly change: "cancel" }
  /** There is none (it is cancelled, or the rule does not give it), and there shall be this one. */
  | { readonly slot: string; readonly change: "add"; readonly event: UniversalEvent }
  /** There is one, and these fields of it become those of `event`. */
  | {
      readonly slot: string;
      readonly change: "update";
      readonly event: UniversalEvent;
      readonly fields: readonly PatchField[];
    };

/**
 * The instances that have to be written when `overrides` becomes another, for services on which they are items of their own. What
 * the series itself says is `series`, before and after.
 */
export function instanceChanges(
  series: UniversalEvent,
  before: EventOverrides,
  after: EventOverrides,
): readonly InstanceChange[] {
  const slots = slotsOf(series.when, series.recurrence);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const exists = (override: EventOverride | undefined, slot: string) =>
    !isExcluded(override) && (isAdded(override) || slots.has(slot));
  return names.flatMap((slot): InstanceChange[] => {
    const [old, next] = [before[slot], after[slot]];
    if (!exists(next, slot)) return exists(old, slot) ? [{ slot, change: "cancel" }] : [];
    const event = instanceOf(series, slot, next);
    if (!exists(old, slot)) return [{ slot, change: "add", event }];
    const previous = instanceOf(series, slot, old);
    const fields = patchFieldNames.filter((field) => !sameValue(previous[field], event[field]));
    return fields.length === 0 ? [] : [{ slot, change: "update", event, fields }];
  });
}
