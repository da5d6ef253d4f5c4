import { slotsOf } from "../recurrence/index.ts";
import type { EventOverride, EventPatch, UniversalEvent } from "../universal-event.ts";
import { localAt, startInstantOf, type When } from "../when/index.ts";
import { whenOfSlot } from "./instance-of.ts";
import { isExcluded } from "./tidy-overrides.ts";

/** One instance of a series. */
export interface EventInstance {
  /** Its original start, its key in `overrides`. */
  readonly slot: string;
  readonly when: When;
  /** What is special about it. */
  readonly patch: EventPatch;
}

export interface InstanceRange {
  /** The first start that is asked for, on the series' own clock: a local time or a date. Absent: the first of all. */
  readonly from?: string;
  /** The first start that is not asked for. Absent: no end. */
  readonly to?: string;
  /** So many at most, the earliest ones; 1 to 10,000. */
  readonly most: number;
}

/**
 * The instances of an event in the order of their starts: those of its rule, without the excluded ones, moved where they have been
 * moved, with the added ones. An event that does not recur is its only instance.
 * @throws {UnsupportedEventError} `recurrence.too-many`: its rule (almost) never gives an instance
 */
export function instancesOf(
  event: Pick<UniversalEvent, "when" | "recurrence" | "overrides">,
  { from, to, most }: InstanceRange,
): readonly EventInstance[] {
  const limit = Math.min(Math.max(Math.trunc(most), 1), 10_000);
  const isAsked = (start: string) => (from === undefined || start >= from) && (to === undefined || start < to);
  const special = Object.entries(event.overrides)
    .flatMap(([slot, override]) => specialInstance(event.when, slot, override))
    .filter(({ when }) => isAsked(onSeriesClock(event.when, when)));
  const regular: EventInstance[] = [];
  for (const slot of slotsOf(event.when, event.recurrence).iterate(from)) {
    if ((to !== undefined && slot >= to) || regular.length === limit) break;
    if (event.overrides[slot] === undefined) regular.push({ slot, when: whenOfSlot(event.when, slot), patch: {} });
  }
  return [...regular, ...special]
    .map((instance) => ({ instance, start: onSeriesClock(event.when, instance.when) }))
    .sort((a, b) => (a.start === b.start ? 0 : a.start < b.start ? -1 : 1))
    .slice(0, limit)
    .map(({ instance }) => instance);
}

function specialInstance(series: When, slot: string, override: EventOverride): EventInstance[] {
  if (isExcluded(override)) return [];
  const { added: _, ...patch } = override;
  return [{ slot, when: patch.when ?? whenOfSlot(series, slot), patch }];
}

/** An instance may have been moved into another zone, or to a whole day. */
function onSeriesClock(series: When, when: When): string {
  const instant = startInstantOf(when);
  if (instant === undefined || series.timeZone === null || when.timeZone === series.timeZone) return when.start;
  return localAt(instant, series.timeZone);
}
