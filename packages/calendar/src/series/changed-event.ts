import { MalformedEventError } from "../event-errors.ts";
import { normalizeRule, slotsOf } from "../recurrence/index.ts";
import {
  type EventOverride,
  type EventOverrides,
  type UniversalEvent,
  universalEventSchema,
} from "../universal-event.ts";
import { sameValue } from "./instance-of.ts";
import { isAdded, isInForm, tidyOverrides } from "./tidy-overrides.ts";

/** What becomes of an event, and which of its slots it no longer has anything special for. */
export interface ChangedEvent {
  readonly after: UniversalEvent;
  /** Slots whose overrides are gone, because the series has no such instances any more. */
  readonly dropped: readonly string[];
}

/**
 * An event with these fields changed; `uid` and who is invited are never. When times or rule become others, overrides of slots that
 * the series still has are kept, and so are the instances that no rule gave; unless `changes` has others.
 * @throws {MalformedEventError} `event.malformed`
 */
export function changedEvent(before: UniversalEvent, changes: Partial<UniversalEvent>): ChangedEvent {
  const { uid: _, attendees: __, organizer: ___, overrides, ...fields } = changes;
  const known = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const series = checkedEvent({ ...before, ...known, overrides: {} });
  const slots = slotsOf(series.when, series.recurrence);
  if (overrides) {
    const dropped = Object.keys(overrides).filter((slot) => !isInForm(slot, series.when));
    return { after: { ...series, overrides: tidyOverrides(series, overrides, slots) }, dropped };
  }
  if (sameValue([before.when, before.recurrence], [series.when, series.recurrence])) {
    return { after: { ...series, overrides: tidyOverrides(series, before.overrides, slots) }, dropped: [] };
  }
  const isStill = ([slot, override]: readonly [string, EventOverride]) =>
    slots.has(slot) || (isAdded(override) && isInForm(slot, series.when));
  const kept: EventOverrides = Object.fromEntries(Object.entries(before.overrides).filter(isStill));
  const dropped = Object.keys(before.overrides).filter((slot) => !(slot in kept));
  return { after: { ...series, overrides: tidyOverrides(series, kept, slots) }, dropped };
}

/**
 * An event that can be written. A rule that was normal with other times need not be with these.
 * @throws {MalformedEventError} `event.malformed`
 */
export function checkedEvent(event: UniversalEvent): UniversalEvent {
  const problem = universalEventSchema.safeParse(event).error?.issues[0];
  if (problem) throw new MalformedEventError("event.malformed", String(problem.path[0] ?? ""));
  const { recurrence, when } = event;
  return recurrence === null ? event : { ...event, recurrence: normalizeRule(recurrence, when) };
}
