import { z } from "zod";

export const weekdays = ["mo", "tu", "we", "th", "fr", "sa", "su"] as const;
export type Weekday = (typeof weekdays)[number];

const within = (most: number) => z.array(z.int().min(1).max(most)).min(1);
const fromEitherEnd = (most: number) =>
  z
    .array(
      z
        .int()
        .min(-most)
        .max(most)
        .refine((value) => value !== 0),
    )
    .min(1);

const nDaySchema = z.strictObject({
  day: z.enum(weekdays),
  /** The nth of the month or year; counted from its end where negative. */
  nthOfPeriod: z
    .int()
    .min(-53)
    .max(53)
    .refine((value) => value !== 0)
    .exactOptional(),
});

/**
 * How a series goes on, in the words of JSCalendar (RFC 8984 §4.3.3), less its `rscale`, `skip` and `secondly`; months are numbers.
 *
 * What this package reads and compares is normalised (`normalizeRule`): equal rules are equal JSON.
 */
export const recurrenceRuleSchema = z.strictObject({
  frequency: z.enum(["yearly", "monthly", "weekly", "daily", "hourly", "minutely"]),
  /** Absent: 1. */
  interval: z.int().min(2).exactOptional(),
  byDay: z.array(nDaySchema).min(1).exactOptional(),
  byMonthDay: fromEitherEnd(31).exactOptional(),
  byMonth: within(12).exactOptional(),
  bySetPosition: fromEitherEnd(366).exactOptional(),
  byYearDay: fromEitherEnd(366).exactOptional(),
  byWeekNo: fromEitherEnd(53).exactOptional(),
  byHour: z.array(z.int().min(0).max(23)).min(1).exactOptional(),
  byMinute: z.array(z.int().min(0).max(59)).min(1).exactOptional(),
  bySecond: z.array(z.int().min(0).max(59)).min(1).exactOptional(),
  /** How many instances, excluded ones counted. Never beside `until`. */
  count: z.int().min(1).exactOptional(),
  /** The last moment of the rule on the series' own clock: a date for all-day series, otherwise a local time. */
  until: z.string().exactOptional(),
  /** Absent: Monday, or it makes no difference. */
  firstDayOfWeek: z.enum(weekdays).exactOptional(),
});

export type RecurrenceRule = z.infer<typeof recurrenceRuleSchema>;
export type NDay = NonNullable<RecurrenceRule["byDay"]>[number];
