import type { PairReport } from "@syncer/core";
import { later } from "./both-ways.ts";
import { only, totalOf } from "./phases.ts";
import { connect, type Stage, USER } from "./stage.ts";

const DAY_MS = 86_400_000;
const GUESTS = ["bo@example.org", "cleo@example.org", "dan@example.org"];

/** Two calendars of a person, both ways, and a third one that tells others no more than when that person is busy. */
export interface CalendarScene {
  readonly events: number;
  readonly first: { readonly status: PairReport["status"]; readonly added: number };
  /** Requests of a run in which nothing has changed, by side. */
  readonly quiet: { readonly source: number; readonly target: number };
  /** The user moved one day of a series in the copy: that day alone, in a series that is one still. */
  readonly moved: {
    readonly added: number;
    readonly updated: number;
    readonly start: string;
    readonly isSeries: boolean;
  };
  /** Who was invited to the series before, and is still. */
  readonly guests: { readonly before: number; readonly after: number };
  /** What the third calendar says. */
  readonly busy: readonly string[];
  /** Mails that Google would have sent, all runs together. */
  readonly mails: number;
}

export async function syncCalendars(stage: Stage): Promise<CalendarScene> {
  const { engine, sandbox, clock } = stage;
  const { google } = sandbox.control;
  await connect(stage, "google-calendar");
  const calendar = (summary: string) =>
    google.addCalendar(USER["google-calendar"], { summary, timeZone: "Europe/Berlin" });
  const [work, home, shared] = [calendar("Work"), calendar("Home"), calendar("For the team")];
  const seriesId = fillWork(stage, work);
  const pair = (source: string, target: string, mode: "bidirectional" | "sync-from") => ({
    userId: USER.userId,
    pairs: [
      {
        source: { service: "google-calendar", container: source },
        target: { service: "google-calendar", container: target },
        mode,
      } as const,
    ],
    type: "events",
  });
  const bothWays = pair(work, home, "bidirectional");
  // Where nobody is to be told, Google's documentation still calls some mails possible; those are not counted.
  const mails = () => google.mails().filter(({ certain }) => certain).length;
  const guests = () => guestsOf(google.events(work), seriesId);
  const guestsBefore = guests();
  const first = only((await engine.sync(bothWays)).pairs);
  await engine.sync(bothWays);
  const quiet = only((await engine.sync(bothWays)).pairs);

  const copy = google
    .events(home)
    .find(({ summary, recurrence }) => summary === "Planning" && recurrence !== undefined);
  const second = new Date(seriesStart(clock.now()) + 7 * DAY_MS).toISOString().slice(0, 10);
  const instanceId = `${copy?.id}_${second.replaceAll("-", "")}T090000Z`;
  google.editEvent(home, instanceId, {
    start: { dateTime: `${second}T14:00:00Z`, timeZone: "Etc/UTC" },
    end: { dateTime: `${second}T15:00:00Z`, timeZone: "Etc/UTC" },
  });
  await later(stage, 1_000);
  const run = only((await engine.sync(bothWays)).pairs);
  const exception = google.events(work).find(({ recurringEventId }) => recurringEventId === seriesId);
  const series = google.events(work).find(({ id }) => id === seriesId);

  const rules = { busyOnly: { title: "Busy" }, skip: ["all-day"], window: { pastDays: 1, futureDays: 30 } };
  await engine.sync({ ...pair(work, shared, "sync-from"), options: { rules } });
  return {
    events: google.events(work).filter(({ recurringEventId }) => recurringEventId === undefined).length,
    first: { status: first.status, added: first.counts.added },
    quiet: { source: requestsOf(quiet, "source"), target: requestsOf(quiet, "target") },
    moved: {
      added: run.counts.added,
      updated: run.counts.updated,
      start: startOf(exception).slice(11, 16),
      isSeries: series?.recurrence !== undefined,
    },
    guests: { before: guestsBefore, after: guests() },
    busy: google.events(shared).flatMap(({ summary, recurringEventId }) => (recurringEventId ? [] : [String(summary)])),
    mails: mails(),
  };
}

/** A month of work: meetings of one hour, some whole days, and a series to which three guests are invited. @returns the series' id */
function fillWork({ sandbox, clock }: Stage, calendarId: string): string {
  const { google } = sandbox.control;
  const at = (day: number, hour: number) => {
    const date = new Date(seriesStart(clock.now()) + day * DAY_MS).toISOString().slice(0, 10);
    return { dateTime: `${date}T${String(hour).padStart(2, "0")}:00:00Z`, timeZone: "Etc/UTC" };
  };
  for (let day = 0; day < 20; day++) {
    google.putEvent(calendarId, { summary: `Meeting ${day + 1}`, start: at(day, 11), end: at(day, 12) });
  }
  for (const day of [3, 10]) {
    const [start, end] = [at(day, 0), at(day + 1, 0)].map(({ dateTime }) => ({ date: dateTime.slice(0, 10) }));
    google.putEvent(calendarId, { summary: "Out of town", start, end });
  }
  return google.putEvent(calendarId, {
    summary: "Planning",
    description: "Agenda in the usual place",
    start: at(0, 9),
    end: at(0, 10),
    recurrence: ["RRULE:FREQ=WEEKLY;COUNT=8"],
    attendees: GUESTS.map((email) => ({ email })),
  });
}

/** The day after tomorrow, so that everything is ahead. */
function seriesStart(nowMs: number): number {
  return (Math.floor(nowMs / DAY_MS) + 2) * DAY_MS;
}

type Events = ReturnType<Stage["sandbox"]["control"]["google"]["events"]>;

function guestsOf(events: Events, id: string): number {
  const attendees: unknown = events.find((event) => event.id === id)?.attendees;
  return Array.isArray(attendees) ? attendees.length : 0;
}

function startOf(event: Events[number] | undefined): string {
  const start: unknown = event?.start;
  if (typeof start !== "object" || start === null || !("dateTime" in start)) return "";
  return new Date(String(start.dateTime)).toISOString();
}

function requestsOf({ requests }: PairReport, side: "source" | "target"): number {
  // Who the token belongs to is asked before anything is written, and now and then.
  const { identity = 0 } = requests[side];
  return totalOf(requests[side]) - identity;
}
