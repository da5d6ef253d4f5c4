import { type Slots, slotsOf } from "../recurrence/index.ts";
import type { EventOverride, EventOverrides, UniversalEvent } from "../universal-event.ts";
import { isLocalDate, isLocalDateTime, type When } from "../when/index.ts";
import { patchOf } from "./instance-of.ts";

/**
 * Overrides in the form in which they are compared: what an instance has in common with its series is left out of its patch, an
 * instance without anything special is left out, and so is the exclusion of an instance that the rule does not give. An instance that
 * it does not give is `added`; slots of another form than the series' are left out.
 */
export function tidyOverrides(
  series: UniversalEvent,
  overrides: EventOverrides,
  slots: Slots = slotsOf(series.when, series.recurrence),
): EventOverrides {
  const tidy: [string, EventOverride][] = [];
  for (const [slot, override] of Object.entries(overrides)) {
    if (!isInForm(slot, series.when)) continue;
    const regular = slots.has(slot);
    if (isExcluded(override) || isCalledOff(series, override)) {
      if (regular) tidy.push([slot, { excluded: true }]);
      continue;
    }
    const { added: _, ...own } = override;
    const patch = patchOf(series, slot, own as Partial<UniversalEvent>);
    if (!regular) tidy.push([slot, { added: true, ...patch }]);
    else if (Object.keys(patch).length > 0) tidy.push([slot, patch]);
  }
  return Object.fromEntries(tidy.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether a slot is a date as long as the series has dates, and a time as long as it has times. */
export function isInForm(slot: string, { allDay }: When): boolean {
  return allDay ? isLocalDate(slot) : isLocalDateTime(slot);
}

/** A cancelled instance of a series that takes place is one that there is not. */
function isCalledOff({ status }: UniversalEvent, override: EventOverride): boolean {
  return "status" in override && override.status === "cancelled" && status !== "cancelled";
}

export function isExcluded(override: EventOverride | undefined): override is { excluded: true } {
  return override !== undefined && "excluded" in override;
}

export function isAdded(override: EventOverride | undefined): boolean {
  return override !== undefined && "added" in override;
}
