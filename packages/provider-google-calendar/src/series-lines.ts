import {
  type EventOverrides,
  parseRecurrence,
  printRecurrence,
  sameValue,
  type UniversalEvent,
  type When,
} from "@syncer/calendar";

/** Whether an event has more instances than itself. */
export function recurs({ recurrence, overrides }: UniversalEvent): boolean {
  return recurrence !== null || Object.values(overrides).some((override) => "added" in override);
}

/**
 * The lines of `recurrence[]` that a series is to have. Those that it has stay as they are, if they say the same rule and leave out
 * nothing that is to be there: instances that are left out beyond that are cancelled one by one, because other lines make the
 * service forget all changed instances.
 * @param lines of the series as it is
 * @param before the series that they belong to
 * @param after in the form of `heldByGoogle`
 */
export function linesOf(lines: readonly string[], before: When, after: UniversalEvent): readonly string[] {
  if (!recurs(after)) return [];
  if (lines.length > 0 && suffice(lines, before, after)) return lines;
  return printRecurrence(after);
}

function suffice(lines: readonly string[], before: When, after: UniversalEvent): boolean {
  if (!sameValue(formOf(before), formOf(after.when))) return false;
  const told = parseRecurrence(lines, before);
  if (!sameValue(told.recurrence, after.recurrence)) return false;
  return isKept(told.overrides, after.overrides);
}

/** What has to be the same for dates to mean the same. */
function formOf({ start, timeZone, allDay }: When): object {
  return { start, timeZone, allDay };
}

function isKept(told: EventOverrides, wanted: EventOverrides): boolean {
  const isLeftOut = (override: EventOverrides[string] | undefined) => override !== undefined && "excluded" in override;
  const isAdded = (override: EventOverrides[string] | undefined) => override !== undefined && "added" in override;
  return (
    Object.entries(told).every(([slot, override]) => !isLeftOut(override) || isLeftOut(wanted[slot])) &&
    Object.entries(wanted).every(([slot, override]) => !isAdded(override) || isAdded(told[slot]))
  );
}
