import { readEvent, type UniversalEvent, updateEvent } from "@syncer/calendar";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventText } from "./support/calendar-text.ts";
import { combinations } from "./support/combinations.ts";
import { fixture, fixtureNames } from "./support/fixtures.ts";

const options = { nowMs: Date.UTC(2026, 10, 23, 12) };

/** What calendars leave behind: instances told twice, or by what is no instance any more. */
const messy = [
  ["EXDATE:20261202T100000Z", "EXDATE;VALUE=DATE:20261203", "RDATE:20261204T090000Z"],
  ["RDATE:20261204T120000Z,20261205T120000Z", "EXDATE:20261205T120000Z"],
  ["EXDATE:20261202T090000Z"],
].flatMap((dates) => {
  const series = ["DTSTART:20261201T090000Z", "DTEND:20261201T100000Z", "RRULE:FREQ=DAILY", "SUMMARY:A", ...dates];
  const instance = (at: string, ...lines: string[]) => [
    `RECURRENCE-ID:${at}`,
    `DTSTART:${at}`,
    "DURATION:PT1H",
    ...lines,
  ];
  return [
    eventText(series),
    eventText(series, instance("20261202T090000Z", "SUMMARY:A")),
    eventText(series, instance("20261202T090000Z", "SUMMARY:B", "URL:https://example.com")),
    eventText(series, instance("20261206T130000Z", "SUMMARY:A"), instance("20261207T090000Z", "STATUS:CANCELLED")),
    eventText(series, instance("20261206T130000Z", "SUMMARY:C"), instance("20261204T120000Z", "SUMMARY:D")),
  ];
});
const texts = [...messy, ...messy, ...messy, ...combinations().map(({ text }) => text), ...fixtureNames.map(fixture)];

/** What an update writes of an event. */
function written({
  attendees: _,
  organizer: __,
  sequence: ___,
  uid: ____,
  ...event
}: UniversalEvent): Partial<UniversalEvent> {
  return event;
}

describe("any event that becomes any other", () => {
  it("is that other when it is read again, instances included", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.constantFrom(...texts), (from, to) => {
        const target = written(readEvent(to).event);
        const updated = updateEvent(from, target, options);
        const after = written(readEvent(updated.text).event);
        const reminders = target.reminders?.map((each) => ({ ...each, action: "display" }));
        if (updated.losses.includes("reminder.email"))
          expect({ ...after, reminders }).toEqual({ ...target, reminders });
        else expect(after).toEqual(target);
        expect(updateEvent(updated.text, after, options).changed).toBe(false);
      }),
      { numRuns: 400 },
    );
  });

  it("says the same in another title", () => {
    for (const text of texts) {
      const before = readEvent(text).event;
      const after = readEvent(updateEvent(text, { title: "Another" }, options).text).event;
      expect(after).toEqual({ ...before, title: "Another" });
    }
  });

  it("keeps, when only its times and rule do, the overrides that still have a slot, and names all others", {
    timeout: 60_000,
  }, () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.constantFrom(...texts), (from, to) => {
        const before = readEvent(from).event;
        const { when, recurrence } = readEvent(to).event;
        const { text, dropped } = updateEvent(from, { when, recurrence }, options);
        const after = readEvent(text).event;
        expect({ ...after.when }).toEqual(when);
        expect(after.recurrence).toEqual(recurrence);
        const gone = Object.keys(before.overrides).filter((slot) => !(slot in after.overrides));
        for (const slot of dropped) expect(gone).toContain(slot);
        for (const slot of Object.keys(after.overrides)) expect(before.overrides).toHaveProperty([slot]);
      }),
      { numRuns: 300 },
    );
  });
});
