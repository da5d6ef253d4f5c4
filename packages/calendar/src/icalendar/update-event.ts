import { UnsupportedEventError } from "../event-errors.ts";
import { printRule } from "../recurrence/index.ts";
import { changedEvent, sameValue } from "../series/index.ts";
import type { UniversalEvent } from "../universal-event.ts";
import { lineOf, printComponent, removeLines, setLine } from "./component.ts";
import { makeLine } from "./content-line.ts";
import { MARKER, readResource } from "./read-event.ts";
import { type EventResource, openResource } from "./resource.ts";
import type { WriteLoss } from "./write-details.ts";
import { changedFields, FieldWriter, type LineField } from "./write-fields.ts";
import { writeInstances } from "./write-instances.ts";
import { ZoneWriter } from "./write-zones.ts";

export interface UpdateOptions {
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** The operation id of this write; `readEvent` gives it back. */
  readonly marker?: string;
}

export interface UpdatedEvent {
  readonly text: string;
  /** `false`: all of it is so already, and `text` is what was given. */
  readonly changed: boolean;
  /** Slots whose overrides are gone, because the series has no such instances any more. */
  readonly dropped: readonly string[];
  readonly losses: readonly WriteLoss[];
}

/**
 * Writes changed fields into a calendar object, and leaves everything else in it as it is: lines of other fields and other people's
 * making, their order and parameters, who is invited, alarms that are no reminders, other components. Fields that are equal
 * already, and those that are never written (`uid`, who is invited), change nothing.
 *
 * When times or rule become others, overrides of slots that the series still has are kept, unless `changes` has others.
 * @param previousText as `readEvent` takes it
 * @throws {MalformedEventError} as `readEvent`; `event.malformed`
 * @throws {UnsupportedEventError} as `readEvent`
 */
export function updateEvent(
  previousText: string,
  changes: Partial<UniversalEvent>,
  options: UpdateOptions,
): UpdatedEvent {
  const resource = openResource(previousText);
  const before = readResource(resource);
  const { after, dropped } = changedEvent(before, changes);
  const isOrphan = lineOf(resource.master, "RECURRENCE-ID") !== undefined;
  if (isOrphan && (after.recurrence !== null || Object.keys(after.overrides).length > 0)) {
    throw new UnsupportedEventError("event.orphan-overrides", "RECURRENCE-ID");
  }
  if (isSame(before, after)) return { text: previousText, changed: false, dropped: [], losses: [] };
  const zones = new ZoneWriter(resource.zones);
  const writer = new FieldWriter(options.nowMs, zones.tzidOf);
  writeSeries(resource, before, after, writer);
  if (options.marker !== undefined) setLine(resource.master, makeLine(MARKER, options.marker));
  zones.addComponents(resource.calendar, after);
  return { text: printComponent(resource.calendar), changed: true, dropped, losses: [...writer.losses] };
}

/** The series first: new instances are copies of what it will be. */
export function writeSeries(
  resource: EventResource,
  before: UniversalEvent,
  after: UniversalEvent,
  writer: FieldWriter,
): void {
  const { master } = resource;
  const fields = changedFields(before, after);
  writer.write(master, Object.fromEntries(fields.map((field) => [field, after[field as LineField]])), false);
  const isOtherRule = !sameValue(ruleText(before), ruleText(after));
  const rule = ruleText(after);
  if (isOtherRule && rule === undefined) removeLines(master, "RRULE");
  else if (isOtherRule && rule !== undefined) setLine(master, makeLine("RRULE", rule));
  writeInstances(resource, { before, after }, writer);
  const isSignificant = isOtherRule || fields.includes("when") || !sameValue(datesOf(before), datesOf(after));
  if (isSignificant || fields.length > 0 || !sameValue(before.overrides, after.overrides)) {
    writer.stamp(master, isSignificant);
  }
}

/** UNTIL is told in UTC: the same rule in another zone is another text. */
function ruleText({ recurrence, when }: UniversalEvent): string | undefined {
  return recurrence === null ? undefined : printRule(recurrence, when);
}

function datesOf({ overrides }: UniversalEvent): object {
  return Object.entries(overrides).filter(([, override]) => "excluded" in override || "added" in override);
}

function isSame(before: UniversalEvent, after: UniversalEvent): boolean {
  return (
    changedFields(before, after).length === 0 &&
    sameValue(before.recurrence, after.recurrence) &&
    sameValue(before.overrides, after.overrides)
  );
}
