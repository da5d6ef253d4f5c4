import type { DocumentScope } from "@syncer/core";
import { EventError } from "../event-errors.ts";
import { instancesOf } from "../series/index.ts";
import type { UniversalEvent } from "../universal-event.ts";
import { exactSeconds, localAt, startInstantOf, type When } from "../when/index.ts";
import type { EventRules, HoursRule, SkippedEvents } from "./event-rules.ts";

const DAY_MS = 86_400_000;
/** Where nothing is made that was not there before: an event at the edge of the window does not come and go. */
const MARGIN_MS = 2 * DAY_MS;

/** Whether an event is one that a pair is about. */
export function scopeOfEvent(
  { skip = [], hours, window }: EventRules,
  event: UniversalEvent,
  nowMs: number,
): DocumentScope {
  if (skip.some((each) => IS_SKIPPED[each](event)) || (hours && !overlapsHours(event.when, hours))) return "out";
  if (!window) return "in";
  const fromMs = window.pastDays === undefined ? undefined : nowMs - window.pastDays * DAY_MS;
  const toMs = window.futureDays === undefined ? undefined : nowMs + window.futureDays * DAY_MS;
  if (takesPlace(event, fromMs, toMs)) return "in";
  const isNear = takesPlace(event, moved(fromMs, -MARGIN_MS), moved(toMs, MARGIN_MS));
  return isNear ? "margin" : "out";
}

function moved(ms: number | undefined, byMs: number): number | undefined {
  return ms === undefined ? undefined : ms + byMs;
}

const IS_SKIPPED: Readonly<Record<SkippedEvents, (event: UniversalEvent) => boolean>> = {
  "all-day": ({ when }) => when.allDay,
  declined: ({ myResponse, attendees = [] }) =>
    (myResponse ?? attendees.find(({ self }) => self)?.response) === "declined",
  free: ({ freeBusyStatus }) => freeBusyStatus === "free",
  tentative: ({ status }) => status === "tentative",
  cancelled: ({ status }) => status === "cancelled",
  private: ({ privacy }) => privacy === "private" || privacy === "secret",
  "focus-time": ({ eventType }) => eventType === "focusTime",
  "out-of-office": ({ eventType }) => eventType === "outOfOffice",
  "working-location": ({ eventType }) => eventType === "workingLocation",
  birthday: ({ eventType }) => eventType === "birthday",
  "from-mail": ({ eventType }) => eventType === "fromGmail",
};

/** Whether an event, or any instance of a series, overlaps a range of moments; an absent end is open. */
function takesPlace(event: UniversalEvent, fromMs: number | undefined, toMs: number | undefined): boolean {
  const overlaps = (when: When) => {
    const startMs = startOf(when);
    // What takes no time is at its start.
    const isOver = fromMs !== undefined && startMs + Math.max(lengthOf(when), 1) <= fromMs;
    return !isOver && (toMs === undefined || startMs < toMs);
  };
  const special = Object.values(event.overrides).flatMap((each) => ("when" in each && each.when ? [each.when] : []));
  if (special.some(overlaps)) return true;
  const range = {
    ...(fromMs === undefined ? {} : { from: onClockOf(event.when, fromMs - lengthOf(event.when)) }),
    ...(toMs === undefined ? {} : { to: onClockOf(event.when, toMs + 1_000) }),
  };
  try {
    return instancesOf(event, { ...range, most: FIRST_FEW + special.length }).some(({ when }) => overlaps(when));
  } catch (error) {
    // A rule that gives nobody can tell how little: whoever takes the event may say so.
    if (error instanceof EventError) return true;
    throw error;
  }
}

/** The first that is asked for may end right where the range begins. */
const FIRST_FEW = 3;

function lengthOf({ allDay, duration }: When): number {
  return allDay ? Number.parseInt(duration.slice(1), 10) * DAY_MS : exactSeconds(duration) * 1_000;
}

/** In ms since the epoch. What has no zone is taken to be in UTC, which is less than a day wrong. */
function startOf(when: When): number {
  return Date.parse(startInstantOf(when) ?? `${when.allDay ? `${when.start}T00:00:00` : when.start}Z`);
}

function onClockOf({ timeZone, allDay }: When, ms: number): string {
  const local = localAt(new Date(ms).toISOString(), timeZone ?? "Etc/UTC");
  return allDay ? local.slice(0, 10) : local;
}

/** Whether an event overlaps certain hours of the days on which it takes place. */
function overlapsHours(when: When, { from, to, days, timeZone }: HoursRule): boolean {
  if (when.allDay) return true;
  // What floats is at the same time on every clock.
  const zone = when.timeZone === null ? "Etc/UTC" : (timeZone ?? when.timeZone);
  const clock = (ms: number) => localAt(new Date(ms).toISOString(), zone);
  const startMs = startOf(when);
  const start = clock(startMs);
  const end = clock(startMs + Math.max(lengthOf(when), 1_000));
  return daysFrom(start.slice(0, 10), end.slice(0, 10)).some(
    (day) =>
      (days === undefined || days.includes(weekdayOf(day))) && start < `${day}T${to}:00` && end > `${day}T${from}:00`,
  );
}

/** The days of a stretch; a week of them has every day that there is. */
function daysFrom(first: string, last: string): string[] {
  const days: string[] = [];
  for (let ms = Date.parse(first); ms <= Date.parse(last) && days.length < 9; ms += DAY_MS) {
    days.push(new Date(ms).toISOString().slice(0, 10));
  }
  return days;
}

/** 1 is Monday. */
function weekdayOf(day: string): number {
  return ((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
}
