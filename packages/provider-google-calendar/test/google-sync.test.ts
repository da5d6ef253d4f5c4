import type { UniversalEvent } from "@syncer/calendar";
import { beforeEach, describe, expect, it } from "vitest";
import { ANNA, BEN } from "./support/google-harness.ts";
import { sampleEvent, sampleEvents, seriesWithExceptions } from "./support/sample-events.ts";
import { TwoCalendars } from "./support/two-calendars.ts";

let world: TwoCalendars;

beforeEach(async () => {
  world = await TwoCalendars.open();
});

async function put(side: 0 | 1, events: readonly UniversalEvent[]): Promise<void> {
  for (const event of events) await world.people[side].createWhole(event);
}

async function idOf(side: 0 | 1, title: string): Promise<string> {
  for (const row of await world.people[side].rows()) {
    if (row.state === "listed" && row.native.event.title === title) return row.native.item.id;
  }
  throw new RangeError("no such event");
}

async function expectEqual(): Promise<void> {
  const [left, right] = await world.shown();
  expect(right).toEqual(left);
}

async function expectQuiet(): Promise<void> {
  const report = await world.sync();
  expect([report.status, world.requests.toSorted()]).toEqual([
    "succeeded",
    [`GET /calendars/${ANNA}/events`, `GET /calendars/${BEN}/events`],
  ]);
}

describe("two calendars", () => {
  it("hold the same after one sync, series with exceptions included, and then ask once a side and write nothing", {
    timeout: 60_000,
  }, async () => {
    const series = Array.from({ length: 10 }, (_, index) =>
      seriesWithExceptions(`series-${index}@x`, `Series ${index}`),
    );
    await put(0, [...Array.from({ length: 20 }, (_, index) => sampleEvent(index)), ...series.slice(0, 5)]);
    await put(1, [...Array.from({ length: 20 }, (_, index) => sampleEvent(index + 20)), ...series.slice(5)]);
    const report = await world.sync();
    expect([report.status, report.counts.added, report.counts.refused]).toEqual(["succeeded", 50, 0]);
    await expectEqual();
    expect((await world.shown())[0]?.size).toBe(50);
    // What we wrote ourselves is told by the next delta, and no news.
    const second = await world.sync();
    expect([second.counts, world.writes]).toEqual([{ ...second.counts, added: 0, updated: 0, removed: 0 }, []]);
    for (let run = 0; run < 2; run += 1) await expectQuiet();
    expect(world.sandbox.control.google.mails()).toEqual([]);
    expect(world.sandbox.control.stats().unknownParameters).toEqual([]);
  });

  it("follow edits on either side, of events, series and single instances", async () => {
    await put(0, [...sampleEvents, seriesWithExceptions("mine@x", "Weekly")]);
    await world.sync();
    const { google } = world.people[0];
    const series = await idOf(0, "Weekly");
    const edits: readonly (() => void | Promise<void>)[] = [
      () => google.editEvent(ANNA, series, { location: "Room 9" }),
      () => google.removeEvent(ANNA, `${series}_20261222T080000Z`),
      async () => google.editEvent(BEN, `${await idOf(1, "Weekly")}_20261229T080000Z`, { summary: "Year's end" }),
      async () =>
        google.editEvent(BEN, await idOf(1, "Weekly"), { recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=10"] }),
      () => google.editEvent(ANNA, series, { description: "<p>Some</p><p>words</p>" }),
      async () => google.removeEvent(BEN, await idOf(1, "Three whole days")),
      () => void google.splitSeries(ANNA, `${series}_20270112T080000Z`, { summary: "Weekly, new" }),
    ];
    for (const edit of edits) {
      await edit();
      const report = await world.sync();
      expect([report.status, report.counts.conflicts, report.counts.refused]).toEqual(["succeeded", 0, 0]);
      await expectEqual();
      await world.sync();
      expect(world.writes).toEqual([]);
    }
    await expectQuiet();
  });

  it("merge edits of different instances of one series", async () => {
    await put(0, [seriesWithExceptions("mine@x", "Weekly")]);
    await world.sync();
    const { google } = world.people[0];
    google.editEvent(ANNA, `${await idOf(0, "Weekly")}_20261222T080000Z`, { summary: "From the left" });
    google.editEvent(BEN, `${await idOf(1, "Weekly")}_20261229T080000Z`, { summary: "From the right" });
    const report = await world.sync({ conflictPolicy: "merge" });
    expect(report.status).toBe("succeeded");
    await expectEqual();
    const overrides = (await world.shown())[0]?.get("Weekly")?.overrides ?? {};
    expect(overrides["2026-12-22T09:00:00"]).toEqual({ title: "From the left" });
    expect(overrides["2026-12-29T09:00:00"]).toEqual({ title: "From the right" });
  });

  it("begin again by a listing when a token has ended, and write nothing for it", async () => {
    await put(0, [...sampleEvents]);
    await world.sync();
    await world.sync();
    world.people[0].google.expireSyncTokens();
    const report = await world.sync();
    expect([report.status, world.writes, world.requests.length]).toEqual(["succeeded", [], 4]);
    await expectQuiet();
  });

  it("make one copy of an event whose creation was answered to nobody, with its changed instances", async () => {
    await put(0, [seriesWithExceptions("mine@x", "Weekly")]);
    world.wayside = async (request, pass) => {
      const answer = await pass();
      if (request.method === "POST") throw new TypeError("fetch failed");
      return answer;
    };
    await world.sync();
    world.wayside = undefined;
    for (let run = 0; run < 2; run += 1) await world.sync();
    await expectEqual();
    expect(world.people[1].google.events(BEN).filter((event) => !event.recurringEventId)).toHaveLength(1);
  });

  it("lose nothing on either side when the update of a series is cut off, and end up equal", async () => {
    await put(0, [seriesWithExceptions("mine@x", "Weekly")]);
    await world.sync();
    const { google } = world.people[0];
    google.editEvent(ANNA, `${await idOf(0, "Weekly")}_20261222T080000Z`, { summary: "Another" });
    await world.sync();
    const { overrides } = (await world.shown())[0]?.get("Weekly") ?? {};
    expect(Object.keys(overrides ?? {})).toHaveLength(4);
    const left = world.people[0];
    for (const row of await left.rows()) {
      if (row.state !== "listed") continue;
      const { recurrence } = row.native.event;
      if (recurrence) await left.update(row, { recurrence: { ...recurrence, until: "2027-03-30T09:00:00" } });
    }
    let isCut = false;
    world.wayside = async (request, pass) => {
      if (isCut) throw new TypeError("fetch failed");
      isCut = request.method === "PATCH";
      return await pass();
    };
    await world.sync();
    expect(isCut).toBe(true);
    world.wayside = undefined;
    // To look at what would be done is no way to do it.
    await world.plan();
    expect(world.writes).toEqual([]);
    for (let run = 0; run < 2; run += 1) {
      await world.sync();
      await expectEqual();
      const { overrides: now, recurrence } = (await world.shown())[0]?.get("Weekly") ?? {};
      expect([now, recurrence?.until]).toEqual([overrides, "2027-03-30T09:00:00"]);
    }
    await world.sync();
    expect(world.writes).toEqual([]);
  });

  it("make a new copy where an earlier one has used up its id", async () => {
    await put(0, [sampleEvent(1)]);
    world.wayside = async (request, pass) => {
      const answer = await pass();
      if (request.method !== "POST") return answer;
      const { id } = (await answer.clone().json()) as { id: string };
      world.people[1].google.removeEvent(BEN, id);
      throw new TypeError("fetch failed");
    };
    await world.sync();
    world.wayside = undefined;
    for (let run = 0; run < 3; run += 1) await world.sync();
    await expectEqual();
    expect((await world.shown())[1]?.size).toBe(1);
  });

  it("do not blank the copy of an event of which no more than a busy time is shown any more", async () => {
    await put(0, [sampleEvent(1)]);
    await world.sync();
    const { google } = world.people[0];
    const calendar = google.addCalendar(BEN, { summary: "Busy" });
    google.share(calendar, ANNA, "freeBusyReader");
    google.editEvent(ANNA, await idOf(0, sampleEvent(1).title ?? ""), { visibility: "private" });
    world.wayside = async (request, pass) => {
      const answer = await pass();
      if (request.method !== "GET" || !request.url.includes(encodeURIComponent(ANNA))) return answer;
      return Response.json(withoutWords(await answer.json()));
    };
    await world.sync();
    world.wayside = undefined;
    const copy = (await world.shown())[1]?.get(sampleEvent(1).title ?? "");
    expect(copy).toMatchObject({ location: sampleEvent(1).location, description: sampleEvent(1).description });
  });

  it("leave no title, address or id of a calendar in what is stored", async () => {
    await put(0, [seriesWithExceptions("canary-uid@x", "Canary title")]);
    await world.sync();
    const stored = await world.stored();
    for (const secret of ["Canary", "canary-uid", ANNA, BEN, "and planning", "ya29."])
      expect(stored).not.toContain(secret);
    expect(stored).toContain("user-1");
  });
});

/** What Google leaves out for those who may not see it. */
function withoutWords(body: unknown): unknown {
  if (typeof body !== "object" || body === null) return body;
  if ("items" in body && Array.isArray(body.items)) return { ...body, items: body.items.map(withoutWords) };
  const shown = [
    "id",
    "etag",
    "status",
    "start",
    "end",
    "iCalUID",
    "visibility",
    "updated",
    "eventType",
    "recurringEventId",
  ];
  return Object.fromEntries(Object.entries(body).filter(([name]) => shown.includes(name)));
}
