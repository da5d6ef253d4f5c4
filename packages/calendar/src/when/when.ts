import { Temporal } from "temporal-polyfill";
import { z } from "zod";
import { MalformedEventError, UnsupportedEventError } from "../event-errors.ts";
import { canonicalZone } from "../zones/canonical-zone.ts";
import { exactDuration, parseDuration } from "./duration.ts";
import {
  checkedInstant,
  instantOf,
  isLocalDate,
  isLocalDateTime,
  type LocalDate,
  type LocalDateTime,
  localText,
  zonedTime,
} from "./local-times.ts";

/**
 * When an event takes place, in the words of JSCalendar (RFC 8984 §4.1, §4.2, §4.7.1).
 *
 * - timed: `start` is a local time in `timeZone`, `duration` is exact: `PT1H30M`, `PT0S`
 * - floating: the same with `timeZone: null`; the same time on every clock
 * - all-day: `start` is a date, `duration` whole days (`P1D` is that day alone), `timeZone` is `null`
 *
 * A time that is given in UTC has the zone `Etc/UTC`. `endTimeZone` is there only where it is another than `timeZone`.
 */
export const whenSchema = z
  .strictObject({
    start: z.string(),
    timeZone: z.string().nullable(),
    duration: z.string(),
    endTimeZone: z.string().exactOptional(),
    allDay: z.boolean(),
  })
  .superRefine((when, context) => {
    for (const path of wrongParts(when)) context.addIssue({ code: "custom", path: [path], message: "not canonical" });
  });

/** When an event takes place; see `whenSchema`. */
export interface When {
  readonly start: LocalDateTime | LocalDate;
  /** As `canonicalZone` gives it; `null`: floating, or all-day. */
  readonly timeZone: string | null;
  /** `PT1H30M`, exact; of all-day events `P2D`. */
  readonly duration: string;
  readonly endTimeZone?: string;
  readonly allDay: boolean;
}

function wrongParts(when: When): (keyof When)[] {
  const wrong: (keyof When)[] = [];
  if (!(when.allDay ? isLocalDate(when.start) : isLocalDateTime(when.start))) wrong.push("start");
  const canonical = when.timeZone === null || canonicalZone(when.timeZone) === when.timeZone;
  if (!canonical || (when.allDay && when.timeZone !== null)) wrong.push("timeZone");
  if (!(when.allDay ? /^P[1-9]\d*D$/ : /^PT(?!$)(\d+H)?(\d+M)?(\d+S)?$/).test(when.duration)) wrong.push("duration");
  const end = when.endTimeZone;
  if (end !== undefined && (when.timeZone === null || end === when.timeZone || canonicalZone(end) !== end)) {
    wrong.push("endTimeZone");
  }
  return wrong;
}

/**
 * Days from `start` up to `end`, which is the first day after the event. A day is the least.
 * @throws {MalformedEventError} `event.inverted`, `time.malformed`
 */
export function wholeDays(start: LocalDate, end: LocalDate): When {
  if (!isLocalDate(start) || !isLocalDate(end)) throw new MalformedEventError("time.malformed");
  const days = Temporal.PlainDate.from(start).until(end).days;
  if (days < 0) throw new MalformedEventError("event.inverted");
  return { start, timeZone: null, duration: `P${Math.max(days, 1)}D`, allDay: true };
}

export function floatingTimes(start: LocalDateTime, end: LocalDateTime): When {
  const seconds = Temporal.PlainDateTime.from(start).until(end, { largestUnit: "second" }).seconds;
  if (seconds < 0) throw new MalformedEventError("event.inverted");
  return { start, timeZone: null, duration: exactDuration(seconds), allDay: false };
}

/** A start on the clock of `timeZone`, and the moment of the end. */
export function zonedTimes(start: LocalDateTime, timeZone: string, endInstant: string, endTimeZone?: string): When {
  const from = zonedTime(start, timeZone).epochMilliseconds;
  const seconds = Math.round((Temporal.Instant.from(endInstant).epochMilliseconds - from) / 1_000);
  if (seconds < 0) throw new MalformedEventError("event.inverted");
  const other = endTimeZone !== undefined && endTimeZone !== timeZone ? { endTimeZone } : {};
  return { start, timeZone, duration: exactDuration(seconds), ...other, allDay: false };
}

/**
 * For services that tell moments and a zone. In the second of two equal hours of a night in autumn the moment has no local time of
 * its own; the event is then given in UTC.
 * @param start ISO 8601 text with an offset or `Z`
 * @param timeZone by any name that `canonicalZone` knows
 * @throws {MalformedEventError} `event.inverted`, `time.malformed`
 * @throws {UnsupportedEventError} `zone.unknown`
 */
export function whenOfInstants(start: string, end: string, timeZone: string, endTimeZone?: string): When {
  const [from, to] = [checkedInstant(start), checkedInstant(end)].map(Temporal.Instant.from) as [
    Temporal.Instant,
    Temporal.Instant,
  ];
  const named = checkedZone(timeZone);
  const seconds = Math.round((to.epochMilliseconds - from.epochMilliseconds) / 1_000);
  if (seconds < 0) throw new MalformedEventError("event.inverted");
  const local = localText(from.toZonedDateTimeISO(named));
  const isFirst = zonedTime(local, named).epochMilliseconds === from.epochMilliseconds;
  const zone = isFirst ? named : "Etc/UTC";
  const endZone = endTimeZone === undefined || !isFirst ? zone : checkedZone(endTimeZone);
  const other = endZone === zone ? {} : { endTimeZone: endZone };
  const first = isFirst ? local : localText(from.toZonedDateTimeISO(zone));
  return { start: first, timeZone: zone, duration: exactDuration(seconds), ...other, allDay: false };
}

/** @throws {UnsupportedEventError} `zone.unknown` */
function checkedZone(name: string): string {
  const zone = canonicalZone(name);
  if (zone === undefined) throw new UnsupportedEventError("zone.unknown");
  return zone;
}

/** The moment at which a timed event in a zone begins; `undefined` for floating and all-day ones. */
export function startInstantOf({ start, timeZone }: When): string | undefined {
  return timeZone === null ? undefined : instantOf(start, timeZone);
}

/** The end: a date (the first day after), a local time, or a local time on the clock of the end's zone. */
export function endOf({ start, timeZone, duration, endTimeZone, allDay }: When): string {
  const { days, seconds } = parseDuration(duration);
  if (allDay) return Temporal.PlainDate.from(start).add({ days }).toString();
  if (timeZone === null) return localText(Temporal.PlainDateTime.from(start).add({ days, seconds }));
  const end = zonedTime(start, timeZone).add({ days }).add({ seconds });
  return localText(end.withTimeZone(endTimeZone ?? timeZone));
}

/** The moment of the end of a timed event in a zone; `undefined` for floating and all-day ones. */
export function endInstantOf(when: When): string | undefined {
  if (when.timeZone === null) return undefined;
  const { days, seconds } = parseDuration(when.duration);
  return zonedTime(when.start, when.timeZone).add({ days }).add({ seconds }).toInstant().toString();
}
