import type { EventOverrides } from "@syncer/calendar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canRun, radicale } from "../../packages/provider-caldav/test/support/dav-server.ts";
import { type Calendar, shownIn, stopAll } from "../support/calendar-world.ts";
import { DavFront } from "../support/dav-front.ts";
import { ANNA, type GoogleCalendar, GoogleWorld } from "../support/google-world.ts";
import { manyEvents, textsOf } from "../support/many-events.ts";

const PATIENCE_MS = 600_000;
const MINUTE_MS = 60_000;
const COUNT = 700;

describe.skipIf(!canRun(radicale))(
  "a thousand events at a CalDAV server and at Google",
  { timeout: PATIENCE_MS },
  () => {
    const world = new GoogleWorld();
    const fronts: DavFront[] = [];
    let home: Calendar;
    let work: GoogleCalendar;

    beforeAll(async () => {
      const front = await DavFront.before(await radicale.start());
      fronts.push(front);
      await world.open();
      home = await world.davCalendar(front, "home");
      work = world.googleCalendar("Work");
      await front.server.fillCalendar(home.at, textsOf(manyEvents(COUNT, "Home"), "home"));
      for (let index = 0; index < 300; index++) {
        const day = `2026-12-${String((index % 28) + 1).padStart(2, "0")}`;
        const time = (hour: number) => ({ dateTime: `${day}T${hour}:00:00`, timeZone: "Europe/Berlin" });
        world.google.putEvent(work.id, { summary: `Work ${index}`, start: time(10), end: time(11) });
      }
    }, PATIENCE_MS);

    afterAll(async () => {
      await world.engine.stop();
      await stopAll(fronts);
    });

    const titlesAtHome = async () => [...(await shownIn(home)).keys()].sort();

    /** Both sides hold the same events once, and another run finds nothing to do. */
    async function expectInStep(): Promise<void> {
      expect(await titlesAtHome()).toEqual(world.titles(work));
      fronts[0]?.clear();
      const report = await world.sync(home, work);
      expect(report).toMatchObject({ status: "succeeded", items: [] });
      expect(fronts[0]?.writes).toEqual([]);
      expect(world.asked.filter((asked) => !asked.startsWith("GET"))).toEqual([]);
    }

    it("are brought together although the first run dies, without a double", async () => {
      // The answer to what Google has just done is lost, and with it the process.
      let writes = 0;
      world.wayside = (asked) => {
        if (!asked.startsWith("GET")) writes += 1;
        if (writes >= 250) throw new TypeError("the connection was cut");
      };
      expect((await world.sync(home, work)).status).not.toBe("succeeded");
      await world.clock.sleep(MINUTE_MS);
      world.newEngine();
      world.wayside = () => undefined;
      let report = await world.sync(home, work);
      for (let run = 0; run < 3 && report.status !== "succeeded"; run++) {
        await world.clock.sleep(MINUTE_MS);
        report = await world.sync(home, work);
      }
      expect(report.status).toBe("succeeded");
      expect(world.titles(work)).toHaveLength(COUNT + 300);
      await expectInStep();
    });

    it("cost one request a side when nothing has changed", async () => {
      fronts[0]?.clear();
      await world.sync(home, work);
      expect(world.asked).toEqual([`GET /calendars/${work.id}/events`]);
      expect(fronts[0]?.requests.map(({ method }) => method)).toEqual(["REPORT"]);
    });

    it("follow what people do on both sides: edits, deletions, and days of series", async () => {
      const shown = await shownIn(home);
      const at = (title: string) => shown.get(title)?.id ?? "";
      await home.person.edit(at("Home 3"), { title: "Home 3, renamed", location: "Room 3" });
      await home.person.remove(at("Home 4"));
      const overrides: EventOverrides = {
        ...shown.get("Home 10")?.event.overrides,
        "2026-12-22T09:00:00": { excluded: true },
        "2026-12-29T09:00:00": { title: "Home 10, at last" },
      };
      await home.person.edit(at("Home 10"), { overrides });
      const google = (summary: string) =>
        world.google.events(work.id).find((each) => each.summary === summary && !each.recurringEventId);
      world.google.editEvent(work.id, String(google("Work 5")?.id), { summary: "Work 5, renamed" });
      world.google.removeEvent(work.id, String(google("Work 6")?.id));
      world.google.editEvent(work.id, String(google("Home 7")?.id), { description: "from Google" });
      // One day of a series is moved in Google's pages.
      const series = String(google("Home 20")?.id);
      world.google.editEvent(work.id, `${series}_20261215T080000Z`, {
        start: { dateTime: "2026-12-15T15:00:00", timeZone: "Europe/Berlin" },
        end: { dateTime: "2026-12-15T16:00:00", timeZone: "Europe/Berlin" },
      });
      const report = await world.sync(home, work);
      expect(report).toMatchObject({ status: "succeeded", counts: { added: 0, removed: 2, conflicts: 0, refused: 0 } });
      const after = await shownIn(home);
      expect(after.has("Home 3, renamed") && after.has("Work 5, renamed")).toBe(true);
      expect(after.has("Work 6") || world.titles(work).includes("Home 4")).toBe(false);
      expect(after.get("Home 7")?.event.description).toBe("from Google");
      expect(after.get("Home 20")?.event.overrides["2026-12-15T09:00:00"]).toMatchObject({
        when: { start: "2026-12-15T15:00:00" },
      });
      const exceptions = world.google
        .events(work.id)
        .filter(({ recurringEventId }) => recurringEventId === google("Home 10")?.id);
      expect(exceptions.map(({ status, summary }) => (status === "cancelled" ? status : summary))).toEqual(
        expect.arrayContaining(["cancelled", "Home 10, at last"]),
      );
      await expectInStep();
    });

    it("delete nothing when Google's calendar is emptied, forbidden, or its token refused", async () => {
      const before = await titlesAtHome();
      world.google.expireSyncTokens(work.id);
      await expectInStep();
      for (const event of world.google.events(work.id)) {
        if (!event.recurringEventId && event.status !== "cancelled")
          world.google.removeEvent(work.id, String(event.id));
      }
      const report = await world.sync(home, work);
      expect(report.hold?.reasons).toContain("mass-removal");
      expect(await titlesAtHome()).toEqual(before);
      world.google.ungrant(ANNA, ["calendar.events", "calendar.events.readonly"]);
      expect((await world.sync(home, work)).status).toBe("failed");
      expect(await titlesAtHome()).toEqual(before);
    });

    it("have mailed nobody", () => {
      expect(world.mails).toBe(0);
    });
  },
);

describe.skipIf(!canRun(radicale))("an event to which fifty people are invited", { timeout: PATIENCE_MS }, () => {
  it("is edited in its copy, and none of them is lost or mailed", async () => {
    const front = await DavFront.before(await radicale.start());
    const world = await new GoogleWorld().open();
    const work = world.googleCalendar("Work");
    const home = await world.davCalendar(front, "home");
    const attendees = Array.from({ length: 50 }, (_, index) => ({
      email: `guest-${index}@example.org`,
      responseStatus: index % 2 === 0 ? "accepted" : "needsAction",
    }));
    const time = (hour: number) => ({ dateTime: `2026-12-01T${hour}:00:00`, timeZone: "Europe/Berlin" });
    const id = world.google.putEvent(work.id, { summary: "All hands", start: time(10), end: time(11), attendees });
    await world.sync(work, home);
    const copy = (await shownIn(home)).get("All hands");
    expect(copy?.text).not.toMatch(/ATTENDEE|ORGANIZER|METHOD/);
    await home.person.edit(copy?.id ?? "", { title: "All hands, in the big room", location: "Hall" });
    const report = await world.sync(work, home);
    expect(report.counts).toMatchObject({ updated: 1 });
    const event = world.google.events(work.id).find((each) => each.id === id);
    expect(event).toMatchObject({ summary: "All hands, in the big room", location: "Hall" });
    expect(event?.attendees).toMatchObject(attendees);
    expect(world.mails).toBe(0);
    // The counter does count.
    const token = world.google.issueTokens(ANNA).accessToken;
    await world.sandbox.fetch(
      `https://www.googleapis.com/calendar/v3/calendars/${work.id}/events/${id}?sendUpdates=all`,
      {
        method: "PATCH",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ summary: "Told" }),
      },
    );
    expect(world.mails).toBe(50);
    await world.engine.stop();
    await stopAll([front]);
  });
});
