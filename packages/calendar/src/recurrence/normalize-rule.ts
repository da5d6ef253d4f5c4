import { Temporal } from "temporal-polyfill";
import type { When } from "../when/index.ts";
import { type NDay, type RecurrenceRule, type Weekday, weekdays } from "./recurrence-rule.ts";

/** A rule as it may be written: `interval: 1`, implicit parts, lists in any order. */
export type LooseRule = Omit<RecurrenceRule, "interval"> & { readonly interval?: number };

/**
 * Puts a rule into the one form that all rules of the same meaning have:
 *
 * - what is implied by the start of the series is said: the day of the week, of the month, the month (RFC 5545 §3.3.10)
 * - what says nothing is left out: `interval` 1, an hour that is the start's, a first day of the week that changes nothing
 * - the second Tuesday is `nthOfPeriod: 2`, not a set position; each workday is weekly, all seven days are daily
 * - lists are sorted, and hold each element once
 * - `until` has the form of the start: of a day its last second, of a time its day
 */
export function normalizeRule(rule: LooseRule, when: When): RecurrenceRule {
  const steps = [
    untilInForm,
    sortLists,
    leaveOutImplied,
    withImplied,
    withoutSetPositions,
    dailyOrWeekly,
    withFirstDay,
  ];
  return inOrder(steps.reduce((each, step) => step(each, when), rule));
}

type Step = (rule: LooseRule, when: When) => LooseRule;

const untilInForm: Step = (rule, { allDay }) => {
  if (rule.until === undefined || rule.until.includes("T") !== allDay) return rule;
  return { ...rule, until: allDay ? rule.until.slice(0, 10) : `${rule.until}T23:59:59` };
};

const sortLists: Step = (rule) => {
  const sorted = { ...rule };
  for (const name of numberLists) {
    const list = rule[name];
    if (list) sorted[name] = [...new Set(list)].sort((a, b) => a - b);
  }
  if (rule.byDay) sorted.byDay = sortDays(rule.byDay);
  return sorted;
};

function sortDays(days: readonly NDay[]): NDay[] {
  const byKey = new Map(days.map((each) => [`${each.day}${each.nthOfPeriod ?? ""}`, each]));
  const rank = ({ day, nthOfPeriod = 0 }: NDay) => weekdays.indexOf(day) * 1_000 + nthOfPeriod;
  return [...byKey.values()].sort((a, b) => rank(a) - rank(b));
}

const numberLists = [
  "byMonthDay",
  "byMonth",
  "bySetPosition",
  "byYearDay",
  "byWeekNo",
  "byHour",
  "byMinute",
  "bySecond",
] as const;

const leaveOutImplied: Step = (rule, when) => {
  const { hour, minute, second } = startOf(when);
  const left = { ...rule };
  if (rule.interval === 1) delete left.interval;
  const finer = rule.frequency === "hourly" || rule.frequency === "minutely";
  if (!finer && isOnly(rule.byHour, hour)) delete left.byHour;
  if (rule.frequency !== "minutely" && isOnly(rule.byMinute, minute)) delete left.byMinute;
  if (isOnly(rule.bySecond, second)) delete left.bySecond;
  return left;
};

const withImplied: Step = (rule, when) => {
  const { day, month } = startOf(when);
  const { byDay, byMonthDay, byMonth, byWeekNo, byYearDay } = rule;
  switch (rule.frequency) {
    case "weekly":
      return byDay ? rule : { ...rule, byDay: [{ day: weekdayOf(when) }] };
    case "monthly":
      return byDay || byMonthDay ? rule : { ...rule, byMonthDay: [day] };
    case "yearly":
      if (byDay || byMonthDay || byYearDay) return rule;
      if (byWeekNo) return { ...rule, byDay: [{ day: weekdayOf(when) }] };
      return { ...rule, byMonth: byMonth ?? [month], byMonthDay: [day] };
    default:
      return rule;
  }
};

/** `BYDAY=TU;BYSETPOS=2` is `BYDAY=2TU`, as long as there is one instance a day. */
const withoutSetPositions: Step = (rule) => {
  const { bySetPosition, byDay, ...others } = rule;
  const [only] = byDay ?? [];
  if (!bySetPosition || !only || byDay?.length !== 1 || only.nthOfPeriod !== undefined) return rule;
  if (others.byMonthDay || others.byYearDay || others.byWeekNo || others.byHour || others.byMinute || others.bySecond) {
    return rule;
  }
  const months = others.byMonth?.length ?? 0;
  const byMonth = rule.frequency === "monthly" || (rule.frequency === "yearly" && months === 1);
  const byYear = rule.frequency === "yearly" && months === 0;
  const most = byMonth ? 5 : byYear ? 53 : 0;
  if (bySetPosition.some((position) => Math.abs(position) > most)) return rule;
  return { ...others, byDay: sortDays(bySetPosition.map((nthOfPeriod) => ({ day: only.day, nthOfPeriod }))) };
};

const dailyOrWeekly: Step = (rule) => {
  if (rule.interval !== undefined || rule.bySetPosition || !rule.byDay || rule.byMonthDay) return rule;
  if (rule.frequency !== "daily" && rule.frequency !== "weekly") return rule;
  const { byDay, ...others } = rule;
  if (byDay.length === 7) return { ...others, frequency: "daily" };
  return { ...rule, frequency: "weekly" };
};

const withFirstDay: Step = (rule, when) => {
  const { firstDayOfWeek = "mo", ...others } = rule;
  const first = equalFirstDay(others, when, firstDayOfWeek);
  return first === equalFirstDay(others, when, "mo") ? others : { ...others, firstDayOfWeek: first };
};

/**
 * The day of all those on which weeks may begin without a difference (RFC 5545 §3.3.10, WKST). In a weekly rule weeks are told
 * apart by which of the rule's days is the first in them.
 */
function equalFirstDay(rule: LooseRule, when: When, firstDay: Weekday): Weekday {
  if (rule.frequency === "yearly" && rule.byWeekNo) return firstDay;
  if (rule.frequency !== "weekly" || (rule.interval === undefined && !rule.bySetPosition)) return "mo";
  const used = new Set([weekdayOf(when), ...(rule.byDay ?? []).map(({ day }) => day)]);
  const from = weekdays.indexOf(firstDay);
  const week = [...weekdays.slice(from), ...weekdays.slice(0, from)];
  return week.find((day) => used.has(day)) ?? firstDay;
}

function weekdayOf(when: When): Weekday {
  return weekdays[startOf(when).dayOfWeek - 1] ?? "mo";
}

function startOf({ start }: When): Temporal.PlainDateTime {
  return Temporal.PlainDateTime.from(start);
}

function isOnly(list: readonly number[] | undefined, value: number): boolean {
  return list?.length === 1 && list[0] === value;
}

/** Of the parts in the order of the schema, so that a rule's JSON is one text. */
function inOrder(rule: LooseRule): RecurrenceRule {
  const entries = PARTS.flatMap((name) => (rule[name] === undefined ? [] : [[name, rule[name]] as const]));
  return Object.fromEntries(entries) as RecurrenceRule;
}

const PARTS = [
  "frequency",
  "interval",
  "byDay",
  "byMonthDay",
  "byMonth",
  "bySetPosition",
  "byYearDay",
  "byWeekNo",
  "byHour",
  "byMinute",
  "bySecond",
  "count",
  "until",
  "firstDayOfWeek",
] as const;
