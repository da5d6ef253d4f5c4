import type { UniversalEvent, When } from "@syncer/calendar";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { readGoogleEvent } from "../src/read-google-event.ts";
import { GoogleBench } from "./support/google-bench.ts";
import { ANNA, BEN } from "./support/google-harness.ts";
import { sampleEvent } from "./support/sample-events.ts";

const DAY: When = { start: "2026-12-01", timeZone: null, duration: "P1D", allDay: true };
const TIMED: When = { start: "2026-12-01T09:00:00", timeZone: "Europe/Berlin", duration: "PT1H", allDay: false };
const START = { dateTime: "2026-12-01T09:00:00+01:00", timeZone: "Europe/Berlin" };
const END = { dateTime: "2026-12-01T10:00:00+01:00", timeZone: "Europe/Berlin" };

describe("an event of Google's", () => {
  const read = (item: object) => readGoogleEvent({ id: "e1", start: START, end: END, ...item }, []);

  it("says what it says, and what it does not say is what Google means by that", () => {
    expect(read({ iCalUID: "u1" })).toEqual({
      uid: "u1",
      title: "",
      description: "",
      location: "",
      conference: null,
      when: TIMED,
      recurrence: null,
      overrides: {},
      status: "confirmed",
      privacy: "default",
      freeBusyStatus: "busy",
    });
  });

  it("shows who is invited, to look at", () => {
    const attendees = [
      { email: "jo@example.org", displayName: "Jo", responseStatus: "accepted", organizer: true },
      { email: ANNA, responseStatus: "tentative", self: true },
      { displayName: "nobody" },
    ];
    expect(
      read({ attendees, organizer: { email: "jo@example.org" }, sequence: 3, eventType: "default" }),
    ).toMatchObject({
      attendees: [
        { email: "jo@example.org", name: "Jo", response: "accepted" },
        { email: ANNA, response: "tentative", self: true },
      ],
      organizer: { email: "jo@example.org" },
      myResponse: "tentative",
      eventType: "default",
      sequence: 3,
    });
  });

  it.each([
    ["a Meet", { hangoutLink: "https://meet.google.com/a" }, "https://meet.google.com/a"],
    [
      "a video",
      {
        conferenceData: {
          entryPoints: [
            { entryPointType: "phone", uri: "tel:+49" },
            { entryPointType: "video", uri: "https://v.example" },
          ],
        },
      },
      "https://v.example",
    ],
    ["a telephone alone", { conferenceData: { entryPoints: [{ entryPointType: "phone", uri: "tel:+49" }] } }, null],
  ])("has the address to join under of %s", (_, item, conference) => {
    expect(read(item).conference).toBe(conference);
  });

  it("has reminders only where it does not have the calendar's", () => {
    expect(read({ reminders: { useDefault: true } })).not.toHaveProperty("reminders");
    expect(read({ reminders: { useDefault: false } }).reminders).toEqual([]);
  });

  it.each([
    [
      "with an end elsewhere",
      { end: { ...END, timeZone: "America/New_York" } },
      { ...TIMED, endTimeZone: "America/New_York" },
    ],
    ["without an end", { end: undefined }, { ...TIMED, duration: "PT0S" }],
    [
      "without a zone",
      { start: { dateTime: START.dateTime }, end: { dateTime: END.dateTime } },
      { ...TIMED, start: "2026-12-01T08:00:00", timeZone: "Etc/UTC" },
    ],
    [
      "in a zone of another name",
      { start: { ...START, timeZone: "Asia/Calcutta" } },
      { ...TIMED, start: "2026-12-01T13:30:00", timeZone: "Asia/Kolkata", endTimeZone: "Europe/Berlin" },
    ],
    [
      "of days",
      { start: { date: "2026-12-24" }, end: { date: "2026-12-27" } },
      { ...DAY, start: "2026-12-24", duration: "P3D" },
    ],
    ["of a day without an end", { start: { date: "2026-12-24" }, end: undefined }, { ...DAY, start: "2026-12-24" }],
  ])("%s takes place when it does", (_, item, when) => {
    expect(read(item).when).toEqual(when);
  });

  it.each([
    ["no start", { start: undefined }, "event.no-start"],
    ["an end of another kind", { end: { date: "2026-12-02" } }, "event.end-type"],
    ["a zone that nobody knows", { start: { ...START, timeZone: "Middle/Earth" } }, "zone.unknown"],
    [
      "a rule that starts in the second of two equal hours",
      {
        start: { ...START, dateTime: "2026-10-25T02:30:00+01:00" },
        end: { ...END, dateTime: "2026-10-25T03:30:00+01:00" },
        recurrence: ["RRULE:FREQ=WEEKLY"],
      },
      "recurrence.ambiguous-date",
    ],
    ["an end before its start", { end: START, start: END }, "event.inverted"],
  ])("with %s is refused by a code", (_, item, code) => {
    expect(() => read(item)).toThrow(code);
  });

  it("does not take another event's notes for its own, as a duplicate has them", () => {
    const own = { syncerUid: "e1 original", syncerOperation: "e1 op-1" };
    expect(read({ iCalUID: "u1", extendedProperties: { private: own } }).uid).toBe("original");
    expect(read({ id: "e2", iCalUID: "u2", extendedProperties: { private: own } }).uid).toBe("u2");
  });
});

describe("an event of which little is shown", () => {
  it("says nothing of its words, whoever may not see them and however it is read", async () => {
    const bench = new GoogleBench({ user: BEN });
    bench.google.putEvent(BEN, { id: "open1", summary: "Open", start: START, end: END });
    bench.google.putEvent(BEN, { id: "secret1", summary: "Secret", visibility: "private", start: START, end: END });
    for (const role of ["freeBusyReader", "reader", "writerWithoutPrivateAccess"] as const) {
      bench.google.share(BEN, ANNA, role);
      const anna = new GoogleBench({ sandbox: bench.sandbox, calendarId: BEN });
      for (const state of [...(await anna.rows()), await anna.get("secret1"), await anna.get("open1")]) {
        if (!("native" in state)) throw new TypeError("it is listed");
        const { event } = state.native;
        const isShown = role !== "freeBusyReader" && state.id === "open1";
        expect(["title", "description", "location"].filter((field) => field in event)).toHaveLength(isShown ? 3 : 0);
        expect(event).toMatchObject({ when: TIMED, freeBusyStatus: "busy" });
      }
    }
  });

  it("of a series has its exceptions all the same, and deltas too", async () => {
    const bench = new GoogleBench({ user: BEN });
    bench.google.putEvent(BEN, { id: "series1", start: START, end: END, recurrence: ["RRULE:FREQ=WEEKLY"] });
    bench.google.share(BEN, ANNA, "freeBusyReader");
    const anna = new GoogleBench({ sandbox: bench.sandbox, calendarId: BEN });
    const token = await anna.token();
    bench.google.removeEvent(BEN, "series1_20261208T080000Z");
    const { rows } = await anna.changes(token);
    expect(rows).toEqual(await anna.rows());
    expect(rows[0]).toMatchObject({
      state: "listed",
      native: { event: { overrides: { "2026-12-08T09:00:00": { excluded: true } } } },
    });
    expect(await anna.get("series1")).toMatchObject({ id: "series1" });
  });
});

describe("an event that is written", () => {
  let bench: GoogleBench;

  beforeEach(() => {
    bench = new GoogleBench();
  });

  it.each([
    ["a time without a zone", { when: { ...TIMED, timeZone: null } }, ["when.floating"]],
    ["no length", { when: { ...TIMED, duration: "PT0S" } }, ["when.zero-length"]],
    [
      "a reminder after its start and one long before",
      {
        when: TIMED,
        reminders: [-5, 50_000].map((minutes) => ({ minutes, action: "display" as const })),
      },
      ["reminder.out-of-range"],
    ],
    [
      "six reminders",
      { when: TIMED, reminders: [1, 2, 3, 4, 5, 6].map((minutes) => ({ minutes, action: "display" as const })) },
      ["reminder.too-many"],
    ],
    ["an address to join under", { when: TIMED, conference: "https://v.example/1" }, ["conference.not-written"]],
  ])("with %s says what is held instead, and is not written again for it", async (_, item, losses) => {
    const made = await bench.create({ title: "Lossy", ...item });
    expect(made.losses).toEqual(losses);
    const { losses: ___, ...state } = made;
    expect(await bench.get(made.id)).toEqual(state);
    const asked = await bench.asked(() => bench.update(made, item));
    expect(asked.filter((each) => !each.startsWith("GET"))).toEqual([]);
  });

  it("without a zone is held in the calendar's, and has none again when it is read, as long as nobody gives it one", async () => {
    const when = { ...TIMED, timeZone: null };
    const made = await bench.create({ title: "Wherever", when, recurrence: { frequency: "daily" } });
    const googleId = made.native.item.id;
    expect(bench.stored(googleId).start).toMatchObject({
      dateTime: "2026-12-01T09:00:00+01:00",
      timeZone: "Europe/Berlin",
    });
    expect(made.native.event.when).toEqual(when);
    const overrides = { "2026-12-03T09:00:00": { when: { ...when, start: "2026-12-03T11:00:00" } } };
    const changed = await bench.update(made, { overrides, title: "Elsewhere" });
    expect(changed.native.event).toMatchObject({ when, overrides, title: "Elsewhere" });
    bench.google.editEvent(ANNA, googleId, {
      start: { dateTime: "2026-12-01T09:00:00", timeZone: "Asia/Tokyo" },
      end: { dateTime: "2026-12-01T10:00:00", timeZone: "Asia/Tokyo" },
    });
    expect((await bench.get(made.id)).native.event.when).toEqual({ ...TIMED, timeZone: "Asia/Tokyo" });
    const back = await bench.update(await bench.get(made.id), { when: { ...TIMED, start: "2026-12-01T08:00:00" } });
    expect(back.native.event.when.timeZone).toBe("Europe/Berlin");
  });

  it("becomes one of days and one of hours again", async () => {
    const made = await bench.create({ title: "Turns", when: TIMED });
    const day = await bench.update(made, { when: DAY });
    expect(bench.stored(made.native.item.id).start).toEqual({ date: "2026-12-01" });
    const again = await bench.update(day, { when: TIMED });
    expect([day.native.event.when, again.native.event.when]).toEqual([DAY, TIMED]);
  });

  it("keeps both moments of an hour that a clock shows twice", async () => {
    const made = await bench.create({
      when: { start: "2026-10-25T00:30:00", timeZone: "Etc/UTC", duration: "PT2H", allDay: false },
    });
    const again = await bench.create({
      when: { start: "2026-10-25T02:30:00", timeZone: "Europe/Berlin", duration: "PT2H", allDay: false },
    });
    const startOf = (state: { readonly native: { readonly item: object } }) =>
      Reflect.get(state.native.item, "start") as { dateTime: string };
    expect([startOf(made), startOf(again)].map(({ dateTime }) => new Date(dateTime).toISOString())).toEqual([
      "2026-10-25T00:30:00.000Z",
      "2026-10-25T00:30:00.000Z",
    ]);
  });

  it.each([
    ["that is cancelled", { when: TIMED, status: "cancelled" as const }, "event.cancelled"],
    ["without a time", { title: "Never" }, "event.no-start"],
  ])("%s is refused, and nothing is sent", async (_, item, reason) => {
    await expect(bench.create(item)).rejects.toMatchObject({ failure: { kind: "invalid", reason } });
    expect(bench.requests).toEqual([]);
  });

  it("has its own UID at Google, and that of the original everywhere else", async () => {
    const made = await bench.create({ ...sampleEvent(1), uid: "original@elsewhere" });
    expect(bench.stored(made.native.item.id).iCalUID).toBe(`${made.native.item.id}@google.com`);
    expect((await bench.get(made.id)).native.event.uid).toBe("original@elsewhere");
    const long = await bench.create({ ...sampleEvent(2), uid: "x".repeat(2_000) });
    expect(long.native.event.uid).toMatch(/@google\.com$/);
  });

  it("of any kind reads back as it was meant, or says what was lost", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(anyEvent, async (event) => {
        const world = new GoogleBench();
        const made = await world.create(event);
        const read = (await world.get(made.id)).native.event;
        if (made.losses === undefined) expect(read).toMatchObject(event);
        else expect(read).toMatchObject({ title: event.title, status: event.status, privacy: event.privacy });
        const other = { ...event, title: `${event.title}!` };
        const changed = await world.update(made, other);
        expect(changed.native.event).toMatchObject({ title: other.title, when: read.when, reminders: read.reminders });
        const asked = await world.asked(() => world.update(changed, other));
        expect(asked.every((each) => each.startsWith("GET"))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

const words = fc.string({
  unit: fc.constantFrom("a", "ö", "日", "-", "&", "<b>", "&amp;", "\\", ";"),
  minLength: 1,
  maxLength: 12,
});
const zones = fc.constantFrom("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Etc/UTC", null);

const timed = fc
  .record({
    minutes: fc.integer({ min: 0, max: 525_600 }),
    zone: zones,
    length: fc.constantFrom("PT0S", "PT1M", "PT45M", "PT26H"),
  })
  .map(({ minutes, zone, length }): When => {
    const start = new Date(Date.UTC(2027, 0, 1) + minutes * 60_000).toISOString().slice(0, 19);
    return { start, timeZone: zone, duration: length, allDay: false };
  })
  // A time that a clock skips has no form of its own, and is told as the one that it is.
  .filter(({ start, timeZone }) => timeZone === null || !/T0[123]:/.test(start));

const days = fc.record({ day: fc.integer({ min: 0, max: 364 }), length: fc.integer({ min: 1, max: 9 }) }).map(
  ({ day, length }): When => ({
    start: new Date(Date.UTC(2027, 0, 1 + day)).toISOString().slice(0, 10),
    timeZone: null,
    duration: `P${length}D`,
    allDay: true,
  }),
);

const anyEvent: fc.Arbitrary<UniversalEvent> = fc.record({
  uid: words.map((text) => `u-${text.length}@x`),
  title: words,
  description: words,
  location: words,
  when: fc.oneof(timed, days),
  status: fc.constantFrom("confirmed", "tentative"),
  privacy: fc.constantFrom("default", "public", "private", "secret"),
  freeBusyStatus: fc.constantFrom("busy", "free"),
  reminders: fc
    .uniqueArray(
      fc.record({ minutes: fc.integer({ min: -1, max: 41_000 }), action: fc.constantFrom("display", "email") }),
      { maxLength: 6, selector: ({ minutes, action }) => `${minutes} ${action}` },
    )
    .map((list) => list.toSorted((a, b) => a.minutes - b.minutes || (a.action < b.action ? -1 : 1))),
  recurrence: fc.constant(null),
  overrides: fc.constant({}),
});
