import { readEvent, type UniversalEvent, updateEvent } from "@syncer/calendar";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calendarText, eventText, unfolded, valuesOf } from "./support/calendar-text.ts";
import { fixture, fixtureNames } from "./support/fixtures.ts";

const options = { nowMs: Date.UTC(2026, 10, 23, 12), marker: "op-1" };

/** What may change whatever is written: when that was, and by whom. */
const STAMPS = ["DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "X-SYNCER-OPERATION"];

/** The lines that belong to a field, in every component. */
const LINES: Readonly<Record<string, readonly string[]>> = {
  title: ["SUMMARY"],
  description: ["DESCRIPTION", "X-ALT-DESC"],
  location: ["LOCATION", "GEO", "X-APPLE-STRUCTURED-LOCATION"],
  status: ["STATUS"],
  privacy: ["CLASS"],
  freeBusyStatus: ["TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS"],
  categories: ["CATEGORIES"],
  color: ["COLOR"],
  conference: ["CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL"],
  url: ["URL"],
  priority: ["PRIORITY"],
};

const changes: Partial<UniversalEvent> = {
  title: "Another; title, with \\ and\nlines",
  description: "Another description, which is so long that its line has to be folded: äöü 日本語 🏃‍♀️ and so on",
  location: "Elsewhere, 3rd floor",
  status: "tentative",
  privacy: "public",
  freeBusyStatus: "free",
  categories: ["one", "two, three"],
  color: "tomato",
  conference: "https://meet.example.com/other",
  url: "https://example.com/other",
  priority: 7,
};
const names = Object.keys(changes) as (keyof UniversalEvent)[];

/** Lines outside of alarms, which have descriptions of their own, without those of some names. */
function linesWithout(text: string, left: readonly string[]): string[] {
  let depth = 0;
  return unfolded(text).filter((line) => {
    if (line === "BEGIN:VALARM") depth += 1;
    if (line === "END:VALARM") depth -= 1;
    return depth > 0 || !left.includes(line.split(/[:;]/)[0] ?? "");
  });
}

describe.each(fixtureNames)("an event of %s", (name) => {
  const text = fixture(name);
  const before = readEvent(text).event;

  const given: Partial<UniversalEvent> = {
    ...changes,
    status: before.status === "tentative" ? "confirmed" : "tentative",
    freeBusyStatus: before.freeBusyStatus === "free" ? "busy" : "free",
  };

  it.each(names)("keeps every other line when its %s changes", (field) => {
    const updated = updateEvent(text, { [field]: given[field] }, options);
    const left = [...STAMPS, ...(LINES[field] ?? [])];
    expect(linesWithout(updated.text, left)).toEqual(linesWithout(text, left));
    const { event, marker } = readEvent(updated.text);
    expect(event[field]).toEqual(given[field]);
    const { overrides } = event;
    expect({ ...event, sequence: 0 }).toEqual({ ...before, [field]: given[field], overrides, sequence: 0 });
    expect(Object.keys(overrides)).toEqual(Object.keys(before.overrides));
    expect(marker).toBe("op-1");
    expect(updated.dropped).toEqual([]);
  });

  it.each(names)("is as it was when its %s is changed back", (field) => {
    const there = updateEvent(text, { [field]: given[field] }, options);
    const back = updateEvent(there.text, { [field]: before[field] }, options);
    expect({ ...readEvent(back.text).event, sequence: 0 }).toEqual({ ...before, sequence: 0 });
  });

  it("is not touched by what it says already", () => {
    expect(updateEvent(text, before, options)).toEqual({ text, changed: false, dropped: [], losses: [] });
    for (const field of names) expect(updateEvent(text, { [field]: before[field] }, options).text).toBe(text);
  });

  it("keeps its words when it is changed by one that shows none", () => {
    const { title: _, description: __, location: ___, ...busy } = before;
    const { text: written } = updateEvent(text, { ...busy, freeBusyStatus: given.freeBusyStatus ?? "busy" }, options);
    const { title, description, location } = readEvent(written).event;
    expect({ title, description, location }).toEqual({
      title: before.title,
      description: before.description,
      location: before.location,
    });
  });

  it("keeps who is invited, whatever is changed", () => {
    const people = (source: string) => unfolded(source).filter((line) => /^(ATTENDEE|ORGANIZER)/.test(line));
    const updated = updateEvent(text, { ...changes, attendees: [], uid: "other" }, options);
    expect(people(updated.text)).toEqual(people(text));
    expect(readEvent(updated.text).uid).toBe(readEvent(text).uid);
  });

  it("holds any change of any fields", () => {
    fc.assert(
      fc.property(
        fc.subarray(names, { minLength: 1 }),
        fc.string({ unit: "grapheme", maxLength: 120 }),
        (fields, words) => {
          const some = Object.fromEntries(fields.map((field) => [field, field === "title" ? words : given[field]]));
          const after = readEvent(updateEvent(text, some, options).text).event;
          for (const field of fields) expect(after[field]).toEqual(some[field]);
          const untouched = names.filter((field) => !fields.includes(field));
          for (const field of untouched) expect(after[field]).toEqual(before[field]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("folds its lines at 75 octets, and not inside a character", () => {
    const physical = updateEvent(text, changes, options).text.split("\r\n");
    expect(physical.filter((line) => new TextEncoder().encode(line).length > 75)).toEqual([]);
    expect(physical.join("")).not.toContain("\uFFFD");
  });
});

describe("instances that say what their series says", () => {
  it("follow it when it changes, and keep what is their own", () => {
    const text = fixture("exchange");
    const slot = "2026-12-25T09:00:00";
    const { overrides } = readEvent(text).event;
    const after = readEvent(updateEvent(text, { title: "Numbers", location: "Room 2" }, options).text).event;
    expect(after.overrides).toEqual(overrides);
    expect(after.overrides[slot]).toMatchObject({ title: "Review of the year" });
  });

  it("follow it even if they have nothing of their own", () => {
    const text = eventText(
      ["DTSTART:20261201T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY", "SUMMARY:A"],
      ["RECURRENCE-ID:20261202T090000Z", "DTSTART:20261202T090000Z", "DURATION:PT1H", "SUMMARY:A"],
    );
    expect(readEvent(text).event.overrides).toEqual({});
    expect(readEvent(updateEvent(text, { title: "B" }, options).text).event.overrides).toEqual({});
  });
});

describe("times of a series", () => {
  const google = fixture("google");

  it("leave alone the overrides of slots that are still there, and name those that are not", () => {
    const { event } = readEvent(google);
    const until = { ...event.recurrence!, until: "2026-12-20T23:59:59" };
    const updated = updateEvent(google, { recurrence: until }, options);
    expect(updated.dropped).toEqual(["2026-12-29T09:00:00"]);
    const after = readEvent(updated.text).event;
    expect(Object.keys(after.overrides)).toEqual(["2026-12-08T09:00:00", "2026-12-15T09:00:00"]);
    expect(after.overrides["2026-12-15T09:00:00"]).toEqual(event.overrides["2026-12-15T09:00:00"]);
    expect(valuesOf(updated.text, "EXDATE")).toEqual(["20261208T090000"]);
    expect(after.sequence).toBe(3);
  });

  it("drop all overrides when it starts at another time, unless others are given", () => {
    const { event } = readEvent(google);
    const when = { ...event.when, start: "2026-12-01T11:00:00" };
    const updated = updateEvent(google, { when }, options);
    expect(updated.dropped).toEqual(Object.keys(event.overrides));
    expect(readEvent(updated.text).event).toMatchObject({ when, overrides: {} });
    expect(unfolded(updated.text).filter((line) => line === "BEGIN:VEVENT")).toHaveLength(1);
    const overrides = { "2026-12-08T11:00:00": { excluded: true as const }, "2026-12-22T11:00:00": { title: "Late" } };
    const given = updateEvent(google, { when, overrides }, options);
    expect(given.dropped).toEqual([]);
    expect(readEvent(given.text).event.overrides).toEqual(overrides);
  });

  it("keep the instances that no rule gave when the rule becomes another", () => {
    const { event } = readEvent(google);
    const extra = { ...event.overrides, "2026-12-17T09:00:00": { added: true as const, title: "Extra" } };
    const { text } = updateEvent(google, { overrides: extra }, options);
    const until = { ...event.recurrence!, until: "2026-12-20T23:59:59" };
    const { overrides } = readEvent(updateEvent(text, { recurrence: until }, options).text).event;
    expect(overrides["2026-12-17T09:00:00"]).toEqual({ added: true, title: "Extra" });
  });

  it("are written in another zone with all that hangs on it", () => {
    const { event } = readEvent(google);
    const when = { ...event.when, timeZone: "America/New_York" };
    const updated = updateEvent(google, { when }, options);
    const after = readEvent(updated.text).event;
    expect(after.when).toEqual(when);
    expect(after.recurrence).toEqual(event.recurrence);
    expect(after.overrides).toEqual({ ...event.overrides });
    expect(updated.text).toContain("EXDATE;TZID=America/New_York:20261208T090000");
    expect(updated.text).toContain("RECURRENCE-ID;TZID=America/New_York:20261215T090000");
    expect(valuesOf(updated.text, "RRULE").at(-1)).toContain("UNTIL=20270331T035959Z");
    expect(valuesOf(updated.text, "TZID")).toEqual(["Europe/Berlin", "America/New_York"]);
  });

  it("keep the name that the calendar has for their zone", () => {
    const exchange = fixture("exchange");
    const { event } = readEvent(exchange);
    const when = { ...event.when, duration: "PT2H" };
    const updated = updateEvent(exchange, { when }, options);
    expect(unfolded(updated.text)).toContain('DTSTART;TZID="Customized Time Zone":20261127T090000');
    expect(unfolded(updated.text)).toContain("DTEND;TZID=Customized Time Zone:20261127T110000");
    expect(readEvent(updated.text).event).toMatchObject({ when, overrides: event.overrides });
  });

  it("become whole days, and times again", () => {
    const exchange = fixture("exchange");
    const day = { start: "2026-11-27", timeZone: null, duration: "P1D", allDay: true };
    const recurrence = { frequency: "monthly" as const, byDay: [{ day: "fr" as const, nthOfPeriod: -1 }] };
    const there = updateEvent(exchange, { when: day, recurrence }, options);
    expect(readEvent(there.text).event).toMatchObject({ when: day, recurrence, overrides: {} });
    expect(there.text).toContain("X-MICROSOFT-CDO-ALLDAYEVENT:TRUE");
    const { when } = readEvent(exchange).event;
    const back = updateEvent(there.text, { when }, options);
    expect(readEvent(back.text).event).toMatchObject({ when, recurrence });
    expect(back.text).toContain("X-MICROSOFT-CDO-ALLDAYEVENT:FALSE");
  });

  it("have an end of their own, where that is in another zone", () => {
    const text = eventText(["DTSTART;TZID=Europe/Berlin:20261201T090000", "DURATION:PT1H"]);
    const when = { ...readEvent(text).event.when, endTimeZone: "America/New_York" };
    const updated = updateEvent(text, { when }, options);
    expect(readEvent(updated.text).event.when).toEqual(when);
    expect(unfolded(updated.text)).toContain("DTEND;TZID=America/New_York:20261201T040000");
  });

  it("name the overrides that are given in another form than theirs", () => {
    const overrides = { "2026-12-08": { excluded: true as const }, "2026-12-22T09:00:00": { excluded: true as const } };
    const updated = updateEvent(google, { overrides }, options);
    expect(updated.dropped).toEqual(["2026-12-08"]);
    expect(Object.keys(readEvent(updated.text).event.overrides)).toEqual(["2026-12-22T09:00:00"]);
  });

  it("have a DURATION still, if they had one", () => {
    const text = eventText(["DTSTART:20261201T090000Z", "DURATION:PT1H"]);
    const when = { ...readEvent(text).event.when, duration: "PT45M" };
    const updated = updateEvent(text, { when }, options);
    expect(valuesOf(updated.text, "DURATION")).toEqual(["PT45M"]);
    expect(valuesOf(updated.text, "DTEND")).toEqual([]);
  });
});

describe("overrides", () => {
  const apple = fixture("apple");
  const { event } = readEvent(apple);
  const [first, second] = ["2026-11-17T17:30:00", "2026-11-19T17:30:00"];

  it("are taken out of a line that holds several, and the line keeps the others", () => {
    const updated = updateEvent(apple, { overrides: { [second]: { excluded: true } } }, options);
    expect(unfolded(updated.text)).toContain("EXDATE;TZID=America/New_York:20261119T173000");
    expect(readEvent(updated.text).event.overrides).toEqual({ [second]: { excluded: true } });
  });

  it("become components that say all of the series, people included, and change back", () => {
    const google = fixture("google");
    const before = readEvent(google).event;
    const overrides = { ...before.overrides, "2026-12-22T09:00:00": { title: "Last one", location: "" } };
    const updated = updateEvent(google, { overrides }, options);
    expect(readEvent(updated.text).event.overrides).toEqual(overrides);
    expect(valuesOf(updated.text, "ATTENDEE").filter((value) => value === "mailto:two@example.com")).toHaveLength(2);
    const back = updateEvent(updated.text, { overrides: before.overrides }, options);
    expect(readEvent(back.text).event.overrides).toEqual(before.overrides);
    expect(linesWithout(back.text, STAMPS)).toEqual(linesWithout(google, STAMPS));
  });

  it("add and leave out instances", () => {
    const overrides = {
      [first]: { excluded: true as const },
      "2026-11-20T08:00:00": { added: true as const, title: "Extra" },
    };
    const updated = updateEvent(apple, { overrides }, options);
    expect(readEvent(updated.text).event.overrides).toEqual(overrides);
    expect(readEvent(updateEvent(updated.text, { overrides: event.overrides }, options).text).event.overrides).toEqual(
      event.overrides,
    );
  });

  it("leave a cancelled component as it is, and take it away when its instance takes place again", () => {
    const text = eventText(
      ["DTSTART:20261201T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY", "SUMMARY:A"],
      ["RECURRENCE-ID:20261202T090000Z", "DTSTART:20261202T090000Z", "STATUS:CANCELLED", "X-KEPT:1"],
    );
    expect(readEvent(text).event.overrides).toEqual({ "2026-12-02T09:00:00": { excluded: true } });
    const renamed = updateEvent(text, { title: "B" }, options);
    expect(renamed.text).toContain("X-KEPT:1");
    expect(valuesOf(renamed.text, "EXDATE")).toEqual([]);
    const restored = updateEvent(renamed.text, { overrides: {} }, options);
    expect(restored.text).not.toContain("CANCELLED");
    expect(readEvent(restored.text).event.overrides).toEqual({});
    const moved = { "2026-12-02T09:00:00": { title: "C" } };
    expect(readEvent(updateEvent(text, { overrides: moved }, options).text).event.overrides).toEqual(moved);
  });

  it("of a day that a date leaves out as a whole are told one by one from then on", () => {
    const text = eventText([
      "DTSTART:20261201T090000Z",
      "DURATION:PT1H",
      "RRULE:FREQ=DAILY;BYHOUR=9,15",
      "EXDATE;VALUE=DATE:20261203",
    ]);
    const before = readEvent(text).event;
    expect(Object.keys(before.overrides)).toEqual(["2026-12-03T09:00:00", "2026-12-03T15:00:00"]);
    const overrides = { "2026-12-03T15:00:00": { excluded: true as const } };
    const updated = updateEvent(text, { overrides }, options);
    expect(readEvent(updated.text).event.overrides).toEqual(overrides);
    expect(valuesOf(updated.text, "EXDATE")).toEqual(["20261203T150000Z"]);
  });
});

describe("a cancelled series", () => {
  it("has its changed instances as they were, and not excluded", () => {
    const google = fixture("google");
    const { overrides } = readEvent(google).event;
    const cancelled = updateEvent(google, { status: "cancelled" }, options).text;
    expect(readEvent(cancelled).event).toMatchObject({ status: "cancelled", overrides });
    expect(readEvent(updateEvent(cancelled, { status: "confirmed" }, options).text).event.overrides).toEqual(overrides);
  });
});

describe("reminders", () => {
  it("change, and alarms that are none stay", () => {
    const apple = fixture("apple");
    const updated = updateEvent(apple, { reminders: [{ minutes: 60, action: "display" }] }, options);
    expect(readEvent(updated.text).event.reminders).toEqual([{ minutes: 60, action: "display" }]);
    expect(updated.text).toContain("TRIGGER;VALUE=DATE-TIME:19760401T005545Z");
    expect(updated.text).not.toContain("ACKNOWLEDGED");
    const none = updateEvent(apple, { reminders: [] }, options);
    expect(readEvent(none.text).event.reminders).toEqual([]);
    expect(none.text).toContain("ACTION:NONE");
  });

  it("that are there already stay as they are, beside a new one", () => {
    const google = fixture("google");
    const reminders = [...readEvent(google).event.reminders!, { minutes: -5, action: "display" as const }];
    const updated = updateEvent(google, { reminders }, options);
    expect(updated.text).toContain("TRIGGER:-P0DT0H10M0S");
    expect(updated.text).toContain("TRIGGER:PT5M");
  });

  it("by mail become displays, and that is told", () => {
    const text = eventText(["DTSTART:20261201T090000Z"]);
    const updated = updateEvent(text, { reminders: [{ minutes: 15, action: "email" }] }, options);
    expect(updated.losses).toEqual(["reminder.email"]);
    expect(readEvent(updated.text).event.reminders).toEqual([{ minutes: 15, action: "display" }]);
  });
});

describe("what cannot be written", () => {
  it.each([
    [{ color: "#ff0000" }, "color.not-a-name"],
    [{ url: "two words" }, "url.malformed"],
    [{ conference: "https://a\r\nATTENDEE:mailto:x@example.com" }, "conference.malformed"],
  ])("is told, and not written: %j", (change, loss) => {
    const text = eventText(["DTSTART:20261201T090000Z"]);
    const updated = updateEvent(text, change, options);
    expect(updated.losses).toEqual([loss]);
    expect(readEvent(updated.text).event).toMatchObject({ color: null, url: null, conference: null });
    expect(updated.text).not.toContain("ATTENDEE");
  });

  it("cannot put lines of its own into the text", () => {
    const text = eventText(["DTSTART:20261201T090000Z"]);
    const evil = "a\r\nATTENDEE:mailto:x@example.com\u2028\u0000\u0007";
    const updated = updateEvent(text, { title: evil, description: evil, location: evil, categories: [evil] }, options);
    expect(unfolded(updated.text).filter((line) => line.startsWith("ATTENDEE"))).toEqual([]);
    expect(readEvent(updated.text).event.title).toBe("a\nATTENDEE:mailto:x@example.com\u2028");
  });
});

describe("what only others know", () => {
  it("stays in its place, as it was written", () => {
    const lines = [
      "begin:vevent",
      'X-FIRST_one;A="b;c",d;FLAG:\\,x\\;',
      "uid:u1",
      'dtstart;x-param=1;tzid="Europe/Berlin":20261201T090000',
      'Summary;LANGUAGE=de;X-Y="1,2":Old',
      'ATTENDEE;CN=A "B" C:mailto:a@example.com',
      "BEGIN:X-UNKNOWN",
      "X-INNER:1",
      "BEGIN:X-DEEPER",
      "SUMMARY:not ours",
      "END:X-DEEPER",
      "END:X-UNKNOWN",
      "BEGIN:VALARM",
      "ACTION:X-BUZZ",
      "TRIGGER:-PT1M",
      "END:VALARM",
      "end:vevent",
      "BEGIN:VTODO",
      "UID:u1",
      "SUMMARY:not ours either",
      "END:VTODO",
    ];
    const text = calendarText(lines);
    const updated = updateEvent(text, { title: "New" }, { nowMs: 0 });
    const stamps = ["DTSTAMP:19700101T000000Z", "LAST-MODIFIED:19700101T000000Z"];
    const same = (line: string) =>
      line.replace(/^(begin|end):vevent$/, (_, word: string) => `${word.toUpperCase()}:vevent`);
    const expected = unfolded(text).map((line) =>
      line.startsWith("Summary") ? 'SUMMARY;LANGUAGE=de;X-Y="1,2":New' : same(line),
    );
    expect(unfolded(updated.text).filter((line) => !stamps.includes(line))).toEqual(expected);
    expect(readEvent(text).event.attendees).toEqual([{ email: "a@example.com", name: 'A "B" C' }]);
  });
});

describe("what belongs to an old text", () => {
  it("goes with it: other forms, and the pin on the map", () => {
    const text = eventText([
      "DTSTART:20261201T090000Z",
      'SUMMARY;ALTREP="cid:1";LANGUAGE=de:Old',
      "LOCATION:Old",
      "GEO:52.5;13.4",
      "X-APPLE-STRUCTURED-LOCATION;VALUE=URI:geo:52.5,13.4",
      "X-ALT-DESC;FMTTYPE=text/html:<p>Old</p>",
    ]);
    const updated = updateEvent(text, { title: "New", location: "New", description: "New" }, options);
    expect(unfolded(updated.text)).toContain("SUMMARY;LANGUAGE=de:New");
    expect(updated.text).not.toMatch(/GEO|STRUCTURED|ALT-DESC|ALTREP/);
    expect(unfolded(updateEvent(text, { priority: 1 }, options).text)).toEqual(
      expect.arrayContaining(["GEO:52.5;13.4"]),
    );
  });
});

describe("an event with fifty guests", () => {
  it("has fifty after any change", () => {
    const guests = Array.from(
      { length: 50 },
      (_, index) => `ATTENDEE;CN="Guest, ${index}";X-ODD=${index}:mailto:g${index}@example.com`,
    );
    const text = eventText(["DTSTART:20261201T090000Z", ...guests, "SUMMARY:All hands", "RRULE:FREQ=DAILY"]);
    for (const field of names) {
      const updated = updateEvent(text, { [field]: changes[field] }, options);
      expect(unfolded(updated.text).filter((line) => line.startsWith("ATTENDEE"))).toEqual(guests);
      expect(readEvent(updated.text).event.attendees).toHaveLength(50);
    }
  });
});
