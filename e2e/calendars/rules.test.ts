import type { EventRules } from "@syncer/calendar";
import { memoryStorage } from "@syncer/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { canRun, radicale } from "../../packages/provider-caldav/test/support/dav-server.ts";
import { type Calendar, shownIn, stopAll } from "../support/calendar-world.ts";
import { DavFront } from "../support/dav-front.ts";
import { ANNA, type GoogleCalendar, GoogleWorld } from "../support/google-world.ts";

const PATIENCE_MS = 120_000;
const DAY_MS = 86_400_000;

describe.skipIf(!canRun(radicale))("rules between Google and a CalDAV server", { timeout: PATIENCE_MS }, () => {
  const fronts: DavFront[] = [];
  let world: GoogleWorld;
  let work: GoogleCalendar;
  let home: Calendar;
  let made = 0;

  beforeAll(async () => {
    fronts.push(await DavFront.before(await radicale.start()));
  }, PATIENCE_MS);
  afterAll(() => stopAll(fronts));
  afterEach(() => world.engine.stop());

  async function open(): Promise<void> {
    made += 1;
    const eventTypes = ["default", "focusTime", "outOfOffice"] as const;
    world = await new GoogleWorld(memoryStorage(), { eventTypes }).open();
    // Who answers an invitation is told as `self` in the calendar that it came to.
    work = world.primary;
    home = await world.davCalendar(fronts[0] as DavFront, `rules-${made}`);
  }

  const time = (day: number, hour: number) => {
    const date = new Date(world.clock.now() + day * DAY_MS).toISOString().slice(0, 10);
    return { dateTime: `${date}T${String(hour).padStart(2, "0")}:00:00Z`, timeZone: "Etc/UTC" };
  };
  function put(
    summary: string,
    more: object = {},
    eventType: "default" | "focusTime" | "outOfOffice" = "default",
  ): string {
    const event = { summary, start: time(3, 10), end: time(3, 11), ...more };
    return world.google.putEvent(work.id, event, { eventType });
  }
  const sync = async (rules: EventRules, mode: "sync-from" | "bidirectional" = "sync-from") => {
    const report = await world.sync(work, home, { mode, options: { rules } });
    expect(report.status).toBe("succeeded");
    return report;
  };
  const titles = async () => [...(await shownIn(home)).keys()].sort();

  it("leave out what was declined, is free, lasts all day, or is no meeting; and what is not in these weeks or hours", async () => {
    await open();
    put("Meeting");
    put("Declined", { attendees: [{ email: ANNA, self: true, responseStatus: "declined" }] });
    put("Free", { transparency: "transparent" });
    put("Focus", {}, "focusTime");
    put("Away", {}, "outOfOffice");
    put("Whole day", {
      start: { date: time(4, 0).dateTime.slice(0, 10) },
      end: { date: time(5, 0).dateTime.slice(0, 10) },
    });
    put("Far", { start: time(60, 10), end: time(60, 11) });
    put("Night", { start: time(3, 2), end: time(3, 3) });
    const hours = { from: "08:00", to: "20:00", timeZone: "Etc/UTC" };
    const window = { pastDays: 7, futureDays: 30 };
    await sync({ skip: ["declined", "free", "focus-time", "out-of-office", "all-day"], hours, window });
    expect(await titles()).toEqual(["Meeting"]);
    // With fewer rules the rest follows, and nothing is there twice.
    await sync({ skip: ["declined"], window });
    expect(await titles()).toEqual(["Away", "Focus", "Free", "Meeting", "Night", "Whole day"]);
    await sync({});
    expect(await titles()).toHaveLength(8);
  });

  it("bring over what time has brought nearer, and delete nothing that it has left behind", async () => {
    await open();
    put("Soon");
    put("Later", { start: time(40, 10), end: time(40, 11) });
    const window = { pastDays: 1, futureDays: 14 };
    await sync({ window });
    expect(await titles()).toEqual(["Soon"]);
    await world.clock.sleep(30 * DAY_MS);
    await sync({ window });
    expect(await titles()).toEqual(["Later", "Soon"]);
  });

  it("say only that somebody is busy, in private, and keep each side's own words", async () => {
    await open();
    const id = put("Dentist", {
      description: "Root canal",
      location: "Main Street",
      reminders: { useDefault: false, overrides: [{ method: "popup", minutes: 5 }] },
    });
    await sync({ busyOnly: { title: "Taken" }, markPrivate: true }, "bidirectional");
    const copy = (await shownIn(home)).get("Taken");
    expect(copy?.event).toMatchObject({ description: "", location: "", privacy: "private" });
    expect(copy?.text).not.toMatch(/Dentist|Root|Main Street|VALARM/);
    await home.person.edit(copy?.id ?? "", {
      title: "Somewhere else",
      when: { start: "2030-01-01T10:00:00", timeZone: "Etc/UTC", duration: "PT2H", allDay: false },
    });
    const report = await sync({ busyOnly: { title: "Taken" }, markPrivate: true }, "bidirectional");
    expect(report.counts).toMatchObject({ updated: 1 });
    const event = world.google.events(work.id).find((each) => each.id === id);
    expect(event).toMatchObject({ summary: "Dentist", description: "Root canal", location: "Main Street" });
    expect(event?.start).toMatchObject({ dateTime: expect.stringMatching(/^2030-01-01T1/) });
    expect(await titles()).toEqual(["Somewhere else"]);
  });

  it("mark copies and strip what leads to a call, and give back what was stripped", async () => {
    await open();
    const id = put("Call", {
      description: "Join https://zoom.us/j/1\nAgenda",
      location: "https://meet.google.com/abc-defg-hij",
    });
    const rules: EventRules = { titlePrefix: { target: "[Work] " }, stripConferenceLinks: true };
    await sync(rules, "bidirectional");
    const copy = (await shownIn(home)).get("[Work] Call");
    expect(copy?.event).toMatchObject({ description: "Join\nAgenda", location: "" });
    await home.person.edit(copy?.id ?? "", { title: "[Work] Call with Bo", description: "New agenda" });
    await sync(rules, "bidirectional");
    expect(world.google.events(work.id).find((each) => each.id === id)).toMatchObject({
      summary: "Call with Bo",
      description: "New agenda\nhttps://zoom.us/j/1",
      location: "https://meet.google.com/abc-defg-hij",
    });
    expect((await sync(rules, "bidirectional")).items).toEqual([]);
    expect(world.mails).toBe(0);
  });
});
