import { EventError, parseRecurrence, printRecurrence, type When } from "@syncer/calendar";
import { describe, expect, it } from "vitest";

const when: When = { start: "2026-12-01T09:00:00", timeZone: "Europe/Berlin", duration: "PT1H", allDay: false };

describe("the lines of a recurrence", () => {
  it("are a rule, and instances that are left out or added", () => {
    const lines = [
      "RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20270330T215959Z",
      "EXDATE;TZID=Europe/Berlin:20261208T090000,20261215T090000",
      "RDATE:20261210T100000Z",
    ];
    const parsed = parseRecurrence(lines, when);
    expect(parsed).toEqual({
      recurrence: { frequency: "weekly", byDay: [{ day: "tu" }], until: "2027-03-30T23:59:59" },
      overrides: {
        "2026-12-08T09:00:00": { excluded: true },
        "2026-12-10T11:00:00": { added: true },
        "2026-12-15T09:00:00": { excluded: true },
      },
    });
    expect(printRecurrence({ when, ...parsed })).toEqual([
      "RRULE:FREQ=WEEKLY;UNTIL=20270330T215959Z;BYDAY=TU",
      "EXDATE;TZID=Europe/Berlin:20261208T090000",
      "RDATE;TZID=Europe/Berlin:20261210T110000",
      "EXDATE;TZID=Europe/Berlin:20261215T090000",
    ]);
    expect(parseRecurrence(printRecurrence({ when, ...parsed }), when)).toEqual(parsed);
  });

  it("have the form of the series, of days too", () => {
    const days: When = { start: "2026-12-01", timeZone: null, duration: "P1D", allDay: true };
    const parsed = parseRecurrence(["RRULE:FREQ=DAILY;COUNT=9", "EXDATE;VALUE=DATE:20261203"], days);
    expect(printRecurrence({ when: days, ...parsed })).toEqual([
      "RRULE:FREQ=DAILY;COUNT=9",
      "EXDATE;VALUE=DATE:20261203",
    ]);
  });

  it("are none of an event that does not recur", () => {
    expect(parseRecurrence([], when)).toEqual({ recurrence: null, overrides: {} });
    expect(printRecurrence({ when, recurrence: null, overrides: {} })).toEqual([]);
  });

  it.each([
    ["RRULE:FREQ=DAILY", "EXRULE:FREQ=WEEKLY"],
    ["RDATE;TZID=Nowhere:20261201T090000"],
    ["RRULE"],
    ["RDATE;VALUE=PERIOD:20261202T090000Z/PT1H"],
  ])("are refused by a typed error: %s %s", (...lines) => {
    expect(() => parseRecurrence(lines, when)).toThrow(EventError);
  });
});
