import { canonicalText } from "@syncer/core";
import { type EventOverride, type EventPatch, patchFieldNames, type UniversalEvent } from "../universal-event.ts";
import {
  checkedInstant,
  instantOf,
  isFirstOfItsName,
  isLocalDate,
  isLocalDateTime,
  localAt,
  startInstantOf,
  type When,
} from "../when/index.ts";

/** When the instance of a slot takes place, as long as it has not been moved. */
export function whenOfSlot(series: When, slot: string): When {
  return { ...series, start: slot };
}

/**
 * The key of an instance in `overrides`, in the series' own form.
 * @param originalStart a date; a local time on the series' clock; or a moment, with an offset or `Z`
 * @throws {MalformedEventError} `time.malformed`
 */
export function slotOf(series: When, originalStart: string): string {
  const date = originalStart.slice(0, 10);
  if (series.allDay && isLocalDate(date)) return date;
  if (isLocalDateTime(originalStart)) return originalStart;
  const instant = checkedInstant(originalStart);
  // A first start at a time that its day's clock skips has a name that no clock shows.
  if (instant === startInstantOf(series)) return series.start;
  return localAt(instant, series.timeZone ?? "UTC");
}

/** The moment of a slot of a series in a zone; `undefined`: the series is floating or all-day. */
export function instantOfSlot({ timeZone }: When, slot: string): string | undefined {
  return timeZone === null ? undefined : instantOf(slot, timeZone);
}

/** One instance of a series as an event of its own: what the series says, and over it what is special about this one. */
export function instanceOf(series: UniversalEvent, slot: string, override: EventOverride = {}): UniversalEvent {
  const { added: _, excluded: __, ...own } = override as EventPatch & { added?: true; excluded?: true };
  return { ...series, when: whenOfSlot(series.when, slot), recurrence: null, overrides: {}, ...own };
}

/**
 * What is special about an instance: the fields in which it differs from what the series says. Fields that are absent are unknown,
 * and not special.
 */
export function patchOf(series: UniversalEvent, slot: string, instance: Partial<UniversalEvent>): EventPatch {
  const regular = instanceOf(series, slot);
  const when = instance.when && inSeriesZone(series.when, instance.when);
  const known: Partial<UniversalEvent> = { ...instance, ...(when && { when }) };
  const different = patchFieldNames.filter((field) => {
    if (known[field] === undefined) return false;
    return field === "when" ? !sameTimes(regular.when, known.when) : !sameValue(regular[field], known[field]);
  });
  return Object.fromEntries(different.map((field) => [field, sorted(known[field])])) as EventPatch;
}

/** Whether two values of a field are the same; lists are sets. */
export function sameValue(left: unknown, right: unknown): boolean {
  return canonicalText(sorted(left)) === canonicalText(sorted(right));
}

/** Lists are sets, and sorted so that equal ones are equal JSON. */
export function sorted<T>(value: T): T {
  if (!Array.isArray(value)) return value;
  const byText = new Map(value.map((each) => [canonicalText(each), each]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each) as T;
}

/** A service may tell the times of an instance in UTC, or in a zone that shows the same. */
function sameTimes(regular: When, own: When | undefined): boolean {
  if (!own) return true;
  if (sameValue(regular, own)) return true;
  const [from, to] = [startInstantOf(regular), startInstantOf(own)];
  return from !== undefined && from === to && regular.duration === own.duration && own.timeZone === "Etc/UTC";
}

function inSeriesZone({ timeZone }: When, own: When): When {
  const instant = startInstantOf(own);
  if (timeZone === null || own.timeZone !== "Etc/UTC" || instant === undefined) return own;
  return isFirstOfItsName(instant, timeZone) ? { ...own, start: localAt(instant, timeZone), timeZone } : own;
}
