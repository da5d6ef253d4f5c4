import { Temporal } from "temporal-polyfill";
import { MalformedEventError, UnsupportedEventError } from "../event-errors.ts";
import {
  instantOf,
  isFirstOfItsName,
  isLocalDate,
  isLocalDateTime,
  lastOfRepeated,
  localAt,
  type When,
} from "../when/index.ts";
import { type LooseRule, normalizeRule } from "./normalize-rule.ts";
import { type NDay, type RecurrenceRule, recurrenceRuleSchema, type Weekday, weekdays } from "./recurrence-rule.ts";

/**
 * The rule in the value of an RRULE (RFC 5545 §3.3.10), normalised.
 * @param text `FREQ=WEEKLY;BYDAY=TU`, with or without `RRULE:`
 * @param when of the series; says in which form UNTIL has to be, and what is implied
 * @throws {UnsupportedEventError} `recurrence.frequency`, `.other-calendar`, `.unknown-part`, `.until-type`
 * @throws {MalformedEventError} `recurrence.malformed`
 */
export function parseRule(text: string, when: When): RecurrenceRule {
  const parts = partsOf(text.replace(/^RRULE:/i, ""));
  if (parts.has("RSCALE") || parts.has("SKIP")) throw new UnsupportedEventError("recurrence.other-calendar", "RRULE");
  const rule: Record<string, unknown> = {};
  for (const [name, value] of parts) {
    const read = READERS[name];
    if (!read) throw new UnsupportedEventError("recurrence.unknown-part", "RRULE");
    const [key, parsed] = read(value, when);
    rule[key] = parsed;
  }
  const interval = rule.interval === 1 ? undefined : rule.interval;
  const checked = recurrenceRuleSchema.safeParse(withoutUndefined({ ...rule, interval }));
  if (!checked.success || !isAllowed(checked.data)) throw malformed();
  if (timesOfDay(checked.data) > MOST_TIMES_OF_DAY) throw new UnsupportedEventError("recurrence.too-many", "RRULE");
  return normalizeRule(checked.data, when);
}

/** A calendar with an event every few minutes is none; to expand one of every second takes seconds. */
const MOST_TIMES_OF_DAY = 288;

function timesOfDay({ byHour, byMinute, bySecond }: LooseRule): number {
  return (byHour?.length ?? 1) * (byMinute?.length ?? 1) * (bySecond?.length ?? 1);
}

/**
 * The value of an RRULE for a rule.
 * @param when of the series; UNTIL is a date, UTC, or floating as RFC 5545 asks for it
 */
export function printRule(rule: RecurrenceRule, when: When): string {
  const list = (name: string, values: readonly number[] | undefined) => (values ? [`${name}=${values.join()}`] : []);
  return [
    `FREQ=${rule.frequency.toUpperCase()}`,
    ...(rule.until === undefined ? [] : [`UNTIL=${printUntil(rule.until, when)}`]),
    ...(rule.count === undefined ? [] : [`COUNT=${rule.count}`]),
    ...(rule.interval === undefined ? [] : [`INTERVAL=${rule.interval}`]),
    ...list("BYMONTH", rule.byMonth),
    ...list("BYWEEKNO", rule.byWeekNo),
    ...list("BYYEARDAY", rule.byYearDay),
    ...list("BYMONTHDAY", rule.byMonthDay),
    ...(rule.byDay ? [`BYDAY=${rule.byDay.map(printDay).join()}`] : []),
    ...list("BYHOUR", rule.byHour),
    ...list("BYMINUTE", rule.byMinute),
    ...list("BYSECOND", rule.bySecond),
    ...list("BYSETPOS", rule.bySetPosition),
    ...(rule.firstDayOfWeek === undefined ? [] : [`WKST=${rule.firstDayOfWeek.toUpperCase()}`]),
  ].join(";");
}

type Reader = (value: string, when: When) => readonly [keyof RecurrenceRule, unknown];

const READERS: Readonly<Record<string, Reader>> = {
  FREQ: (value) => ["frequency", readFrequency(value)],
  INTERVAL: (value) => ["interval", readNumber(value)],
  COUNT: (value) => ["count", readNumber(value)],
  UNTIL: (value, when) => ["until", readUntil(value, when)],
  WKST: (value) => ["firstDayOfWeek", readWeekday(value)],
  BYDAY: (value) => ["byDay", value.split(",").map(readDay)],
  BYMONTH: (value) => ["byMonth", readNumbers(value)],
  BYMONTHDAY: (value) => ["byMonthDay", readNumbers(value)],
  BYYEARDAY: (value) => ["byYearDay", readNumbers(value)],
  BYWEEKNO: (value) => ["byWeekNo", readNumbers(value)],
  BYHOUR: (value) => ["byHour", readNumbers(value)],
  BYMINUTE: (value) => ["byMinute", readNumbers(value)],
  BYSECOND: (value) => ["bySecond", readNumbers(value)],
  BYSETPOS: (value) => ["bySetPosition", readNumbers(value)],
};

/** A rule of a thousand numbers takes as long to expand as it is to read. */
const LONGEST_RULE = 4_000;

function partsOf(text: string): Map<string, string> {
  if (text.length > LONGEST_RULE) throw malformed();
  const parts = new Map<string, string>();
  for (const part of text.trim().split(";").filter(Boolean)) {
    const [name = "", value = "", ...more] = part.split("=");
    const key = name.trim().toUpperCase();
    if (value === "" || more.length > 0 || parts.has(key)) throw malformed();
    parts.set(key, value.trim().toUpperCase());
  }
  return parts;
}

function readFrequency(value: string): string {
  if (value === "SECONDLY") throw new UnsupportedEventError("recurrence.frequency", "RRULE");
  return value.toLowerCase();
}

function readNumber(value: string): number {
  if (!/^[+-]?\d{1,9}$/.test(value)) throw malformed();
  return Number(value);
}

function readNumbers(value: string): number[] {
  return value.split(",").map(readNumber);
}

function readDay(value: string): NDay {
  const match = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(value);
  if (!match?.[2]) throw malformed();
  const day = readWeekday(match[2]);
  return match[1] === undefined ? { day } : { day, nthOfPeriod: Number(match[1]) };
}

function readWeekday(value: string): Weekday {
  const day = weekdays.find((each) => each === value.toLowerCase());
  if (!day) throw malformed();
  return day;
}

function printDay({ day, nthOfPeriod }: NDay): string {
  return `${nthOfPeriod ?? ""}${day.toUpperCase()}`;
}

const STAMP = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?$/;

function readUntil(value: string, { allDay, timeZone }: When): string {
  const [, year, month, day, hour, minute, second, utc] = STAMP.exec(value) ?? [];
  if (day === undefined) throw malformed();
  const date = `${year}-${month}-${day}`;
  const local = `${date}T${hour}:${minute}:${second}`;
  if (!isLocalDate(date) || (hour !== undefined && !isLocalDateTime(local))) throw malformed();
  const type = hour === undefined ? "date" : utc ? "utc" : "floating";
  if (type !== (allDay ? "date" : timeZone === null ? "floating" : "utc")) {
    throw new UnsupportedEventError("recurrence.until-type", "RRULE");
  }
  if (timeZone === null) return allDay ? date : local;
  const instant = `${local}Z`;
  // Instances of the equal hours in autumn are in the first of them: an end in the second is after all of those.
  return isFirstOfItsName(instant, timeZone) ? localAt(instant, timeZone) : lastOfRepeated(instant, timeZone);
}

function printUntil(until: string, { allDay, timeZone }: When): string {
  const compact = (text: string) => text.replace(/[-:]/g, "");
  if (allDay || timeZone === null) return compact(until);
  return compact(Temporal.Instant.from(instantOf(until, timeZone)).toString({ smallestUnit: "second" }));
}

/** What RFC 5545 §3.3.10 forbids beside the ranges of numbers. */
function isAllowed(rule: LooseRule): boolean {
  const { frequency } = rule;
  const others = Object.keys(rule).some((name) => name.startsWith("by") && name !== "bySetPosition");
  const ordinals = rule.byDay?.some(({ nthOfPeriod }) => nthOfPeriod !== undefined) ?? false;
  const monthly = frequency === "monthly" || frequency === "yearly";
  return !(
    (rule.count !== undefined && rule.until !== undefined) ||
    (rule.bySetPosition && !others) ||
    (ordinals && (!monthly || rule.byWeekNo)) ||
    (rule.byWeekNo && frequency !== "yearly") ||
    (rule.byYearDay && (frequency === "daily" || frequency === "weekly" || frequency === "monthly")) ||
    (rule.byMonthDay && frequency === "weekly")
  );
}

function withoutUndefined(object: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

function malformed(): MalformedEventError {
  return new MalformedEventError("recurrence.malformed", "RRULE");
}
