import { createEvent, readEvent, type UniversalEvent } from "@syncer/calendar";
import type { PairReport } from "@syncer/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { combinations } from "../../packages/calendar/test/support/combinations.ts";
import { canRun, radicale } from "../../packages/provider-caldav/test/support/dav-server.ts";
import { type Calendar, stopAll, textsIn } from "../support/calendar-world.ts";
import { DavFront } from "../support/dav-front.ts";
import { type GoogleCalendar, GoogleWorld, sharedWithGoogle } from "../support/google-world.ts";

const PATIENCE_MS = 600_000;
const LONG_AGO_MS = Date.UTC(2026, 9, 1);

describe.skipIf(!canRun(radicale))("events taken from CalDAV to Google and back", { timeout: PATIENCE_MS }, () => {
  const all = combinations().map(({ name, text }, index) => {
    const uid = `round-trip-${index}@calendars.example`;
    const event: UniversalEvent = { ...readEvent(text).event, uid, title: name };
    return { name, event, text: createEvent(event, { uid, prodId: "-//A Person//EN", nowMs: LONG_AGO_MS }).text };
  });
  const world = new GoogleWorld();
  const fronts: DavFront[] = [];
  let there: GoogleCalendar;
  let first: Calendar;
  let back: Calendar;
  const reports: PairReport[] = [];
  let arrived: ReadonlyMap<string, UniversalEvent>;
  let lost: ReadonlyMap<string, readonly string[]>;

  beforeAll(async () => {
    const front = await DavFront.before(await radicale.start());
    fronts.push(front);
    await world.open();
    there = world.googleCalendar("There");
    first = await world.davCalendar(front, "first");
    back = await world.davCalendar(front, "back");
    await front.server.fillCalendar(first.at, new Map(all.map(({ text }, index) => [`event-${index}`, text])));
    reports.push(await world.sync(first, there, { mode: "sync-from" }));
    reports.push(await world.sync(there, back, { mode: "sync-from" }));
    arrived = new Map(
      [...(await textsIn(back)).values()].map((text) => {
        const { event } = readEvent(text);
        return [event.title ?? "", event];
      }),
    );
    const told = reports.flatMap(({ items }) => items);
    lost = new Map(
      [...Map.groupBy(told, ({ item }) => String(Reflect.get(item ?? {}, "title")))].map(([title, items]) => [
        title,
        items.flatMap(({ losses = [] }) => losses),
      ]),
    );
  }, PATIENCE_MS);

  afterAll(async () => {
    await world.engine.stop();
    await stopAll(fronts);
  });

  it("all arrive, and come back", () => {
    expect(all.length).toBeGreaterThanOrEqual(300);
    expect(reports).toMatchObject([
      { status: "succeeded", counts: { added: all.length, refused: 0 } },
      { status: "succeeded", counts: { added: all.length, refused: 0 } },
    ]);
  });

  it.each(all)("are what they were, and what Google cannot hold is told: $name", ({ name, event }) => {
    const now = arrived.get(name);
    expect(now && sharedWithGoogle(now)).toEqual(sharedWithGoogle(event));
    const floats = event.when.timeZone === null && !event.when.allDay;
    expect(lost.get(name)).toEqual(floats ? ["when.floating"] : []);
  });

  it("has mailed nobody", () => {
    expect(world.mails).toBe(0);
  });
});
