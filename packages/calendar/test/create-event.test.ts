import { createEvent, type NewEvent, parseRule, readEvent, type When } from "@syncer/calendar";
import fc from "fast-check";
import ICAL from "ical.js";
import { describe, expect, it } from "vitest";
import { unfolded, valuesOf } from "./support/calendar-text.ts";
import { combinations, oracleInstances } from "./support/combinations.ts";

const options = { uid: "u1", nowMs: Date.UTC(2026, 10, 23, 12), prodId: "-//Test//EN" };
const when: When = { start: "2026-12-01T09:00:00", timeZone: "Europe/Berlin", duration: "PT1H", allDay: false };

describe("a new calendar object", () => {
  it("says what is known of the event, and nothing else", () => {
    expect(unfolded(createEvent({ title: "Standup", when: { ...when, timeZone: "Etc/UTC" } }, options).text)).toEqual([
      "BEGIN:VCALENDAR",
      "VERSION:2.0",
      "PRODID:-//Test//EN",
      "CALSCALE:GREGORIAN",
      "BEGIN:VEVENT",
      "UID:u1",
      "DTSTAMP:20261123T120000Z",
      "DTSTART:20261201T090000Z",
      "DTEND:20261201T100000Z",
      "SUMMARY:Standup",
      "LAST-MODIFIED:20261123T120000Z",
      "END:VEVENT",
      "END:VCALENDAR",
    ]);
  });

  it("invites nobody", () => {
    const people = { attendees: [{ email: "one@example.com" }], organizer: { email: "two@example.com" } };
    const { text } = createEvent({ title: "", when, ...people }, options);
    expect(text).not.toMatch(/ATTENDEE|ORGANIZER|METHOD|example\.com/);
  });

  it("has one VTIMEZONE for each zone, before the events", () => {
    const other: When = { ...when, timeZone: "Asia/Kolkata" };
    const event: NewEvent = {
      when: { ...when, endTimeZone: "America/New_York" },
      recurrence: parseRule("FREQ=DAILY", when),
      overrides: { "2026-12-03T09:00:00": { when: other } },
    };
    const { text } = createEvent(event, options);
    expect(valuesOf(text, "TZID")).toEqual(["Europe/Berlin", "America/New_York", "Asia/Kolkata"]);
    expect(text.lastIndexOf("END:VTIMEZONE")).toBeLessThan(text.indexOf("BEGIN:VEVENT"));
    expect(readEvent(text).event).toMatchObject(event);
  });

  it("carries the operation that made it, on the series alone", () => {
    const overrides = { "2026-12-03T09:00:00": { title: "B" } };
    const event = { title: "A", when, recurrence: parseRule("FREQ=DAILY", when), overrides };
    const { text } = createEvent(event, { ...options, marker: "op-1" });
    expect(valuesOf(text, "X-SYNCER-OPERATION")).toEqual(["op-1"]);
    expect(readEvent(text).marker).toBe("op-1");
  });

  it("is not made of what is no event", () => {
    const wrong: NewEvent[] = [
      { when: { ...when, timeZone: "Nowhere" } },
      { when: { ...when, duration: "P1D" } },
      { when, priority: 12 },
      { when, overrides: { soon: { title: "" } } },
    ];
    for (const event of wrong) {
      expect(() => createEvent(event, options)).toThrow(expect.objectContaining({ code: "event.malformed" }));
    }
  });

  it("is not led astray by what it is given", () => {
    const { text } = createEvent(
      { title: "", when },
      { ...options, uid: "a\r\nATTENDEE:x", prodId: "p\nMETHOD:REQUEST" },
    );
    expect(unfolded(text)).toContain("UID:aATTENDEE:x");
    expect(unfolded(text)).toContain("PRODID:pMETHOD:REQUEST");
  });

  it("has lines of 75 octets at most, whatever is in them, and gives back each text", () => {
    // A text of spaces says as little as none, and is not written.
    const texts = fc
      .string({ unit: "grapheme", maxLength: 300 })
      .map((text) => text.replace(/\p{Cc}/gu, ""))
      .map((text) => (text.trim() === "" ? "" : text));
    fc.assert(
      fc.property(texts, texts, fc.array(texts, { maxLength: 4 }), (title, description, categories) => {
        const { text } = createEvent({ title, description, categories, when }, options);
        for (const line of text.split("\r\n")) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
        expect(text.replace(/\r\n/g, "")).not.toMatch(/[\r\n]/);
        const { event } = readEvent(text);
        expect(event.title).toBe(title);
        expect(event.description).toBe(description);
        const named = new Set(categories.map((each) => each.trim()).filter(Boolean));
        expect(new Set(event.categories)).toEqual(named);
      }),
      { numRuns: 200 },
    );
  });
});

describe("ical.js", () => {
  // Of a start that the rule does not give, and of times that a clock skips or shows twice, it has an opinion of its own.
  const regular = /^(daily|last Friday|yearly|COUNT|UNTIL|EXDATE|moved|edited|cancelled)/;
  const sample = combinations(["20260327T091500", "20261030T091500"]).filter(({ name }) => regular.test(name));

  it.each(sample)("finds the same instances in what is written: $name", (combination) => {
    const { text } = createEvent(readEvent(combination.text).event, options);
    expect(icalInstances(text, 10).map(iso)).toEqual(oracleInstances(combination, 10).map(iso));
  });
});

/** By ical.js' own expander, and by the rules of the VTIMEZONE in the text. */
function icalInstances(text: string, most: number): number[] {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const [zone] = calendar.getAllSubcomponents("vtimezone").map((each) => new ICAL.Timezone(each));
  const [master, ...instances] = calendar.getAllSubcomponents("vevent");
  const event = new ICAL.Event(master as ICAL.Component, { exceptions: instances });
  const found: number[] = [];
  const iterator = event.iterator();
  for (let time = iterator.next(); time && found.length < most + 2; time = iterator.next()) {
    found.push(msOf(event.getOccurrenceDetails(time).startDate, zone));
  }
  return found.sort((a, b) => a - b).slice(0, most);
}

function msOf(time: ICAL.Time, zone: ICAL.Timezone | undefined): number {
  const wall = Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);
  return zone ? wall - zone.utcOffset(time) * 1_000 : wall;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
