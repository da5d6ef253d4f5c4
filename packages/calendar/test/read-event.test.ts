import { EventError, readEvent, sameRules, universalEventSchema } from "@syncer/calendar";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calendarText, eventText } from "./support/calendar-text.ts";
import { fixture, fixtureNames } from "./support/fixtures.ts";

const read = (...lines: string[]) => readEvent(eventText(lines)).event;

describe.each(fixtureNames)("what %s exports", (name) => {
  it("is an event of the schema, whatever its line ends are", () => {
    const { event } = readEvent(fixture(name));
    expect(universalEventSchema.safeParse(event).error).toBeUndefined();
    expect(readEvent(fixture(name).replace(/\r\n/g, "\n")).event).toEqual(event);
  });
});

describe("an exported event", () => {
  it("of Google has a series with left out and moved instances", () => {
    const { event, kept } = readEvent(fixture("google"));
    expect(event).toMatchObject({
      title: "Standup",
      location: "Room 1, 2nd floor",
      recurrence: { frequency: "weekly", byDay: [{ day: "tu" }], until: "2027-03-30T23:59:59" },
      overrides: {
        "2026-12-08T09:00:00": { excluded: true },
        "2026-12-15T09:00:00": { when: { start: "2026-12-16T14:00:00" } },
        "2026-12-29T09:00:00": { excluded: true },
      },
      reminders: [
        { minutes: 10, action: "display" },
        { minutes: 1440, action: "email" },
      ],
      conference: "https://meet.example.com/abc-defg-hij",
      attendees: [{ name: "Person One", response: "accepted" }, { name: "Two, Person" }],
    });
    expect(Object.keys(event.overrides["2026-12-15T09:00:00"] ?? {})).toEqual(["when"]);
    expect(kept).toEqual([]);
  });

  it("of Exchange has a zone that is told by its rules alone, and alarms that are kept", () => {
    const { event, kept } = readEvent(fixture("exchange"));
    expect(event).toMatchObject({
      when: { start: "2026-11-27T09:00:00", timeZone: "Europe/Berlin", duration: "PT1H30M" },
      privacy: "private",
      priority: 5,
      categories: ["Finance", "Monthly, fixed"],
      conference: "https://teams.example.com/l/meetup-join/19%3ameeting",
      reminders: [{ minutes: 15, action: "display" }],
    });
    expect(kept).toEqual(["alarm", "formatted-description"]);
  });

  it("of Apple has emoji, sounds as reminders, and several dates in a line", () => {
    const { event } = readEvent(fixture("apple"));
    expect(event.title).toBe("Training 🏃‍♀️ mit einer Überschrift, die so lang ist, dass sie gefaltet wird");
    expect(event.reminders).toEqual([{ minutes: 30, action: "display" }]);
    expect(Object.keys(event.overrides)).toEqual(["2026-11-17T17:30:00", "2026-11-19T17:30:00"]);
  });

  it("of Thunderbird has days, several lines of categories, and a picture before a telephone", () => {
    const { event } = readEvent(fixture("thunderbird"));
    expect(event).toMatchObject({
      when: { start: "2026-12-24", duration: "P3D", allDay: true, timeZone: null },
      status: "tentative",
      privacy: "secret",
      freeBusyStatus: "free",
      categories: ["Family", "Free"],
      color: "darkgreen",
      conference: "https://jitsi.example.com/family",
      overrides: {
        "2027-12-24": { title: "Holiday, away", when: { start: "2027-12-23", duration: "P5D" } },
        "2028-12-24": { excluded: true },
      },
    });
  });
});

describe("times", () => {
  it.each([
    [["DTSTART:20261201T090000Z", "DTEND:20261201T100000Z"], "2026-12-01T09:00:00", "Etc/UTC", "PT1H"],
    [["DTSTART;TZID=UTC:20261201T090000", "DURATION:PT90M"], "2026-12-01T09:00:00", "Etc/UTC", "PT1H30M"],
    [["DTSTART:20261201T090000", "DTEND:20261202T090000"], "2026-12-01T09:00:00", null, "PT24H"],
    [["DTSTART;TZID=Europe/Kiev:20261201T090000"], "2026-12-01T09:00:00", "Europe/Kyiv", "PT0S"],
    [
      ['DTSTART;TZID="W. Europe Standard Time":20261201T090000', "DTEND:20261201T090000Z"],
      "2026-12-01T09:00:00",
      "Europe/Berlin",
      "PT1H",
    ],
    [["DTSTART;TZID=Europe/Berlin:20260328T200000", "DURATION:P1D"], "2026-03-28T20:00:00", "Europe/Berlin", "PT23H"],
    [
      ["DTSTART;TZID=Europe/Berlin:20261024T200000", "DTEND;TZID=Europe/Berlin:20261025T200000"],
      "2026-10-24T20:00:00",
      "Europe/Berlin",
      "PT25H",
    ],
    [["DTSTART;VALUE=DATE:20261201"], "2026-12-01", null, "P1D"],
    [["DTSTART:20261201", "DTEND:20261201"], "2026-12-01", null, "P1D"],
    [["DTSTART;VALUE=DATE:20261201", "DURATION:P1W"], "2026-12-01", null, "P7D"],
    [["DTSTART;VALUE=DATE:20260328", "DTEND;VALUE=DATE:20260330"], "2026-03-28", null, "P2D"],
    [
      ["DTSTART;TZID=Europe/Berlin:20260329T023000", "DTEND;TZID=Europe/Berlin:20260329T033000"],
      "2026-03-29T02:30:00",
      "Europe/Berlin",
      "PT0S",
    ],
  ])("%j", (lines, start, timeZone, duration) => {
    const event = read(...lines);
    expect(event.when).toEqual({ start, timeZone, duration, allDay: !start.includes("T") });
    expect(universalEventSchema.safeParse(event).success).toBe(true);
  });

  it("end in another zone, where they say so", () => {
    const { when } = read("DTSTART;TZID=Europe/Berlin:20261201T090000", "DTEND;TZID=America/New_York:20261201T120000");
    expect(when).toMatchObject({ duration: "PT9H", endTimeZone: "America/New_York" });
  });

  it("of a series in a zone without a name are those of its rules in the years to come too", () => {
    const cairo = ["TZID:Own", "X-LIC-LOCATION:Africa/Cairo", "BEGIN:STANDARD", "DTSTART:19700101T000000"];
    const zone = [
      "BEGIN:VTIMEZONE",
      ...cairo,
      "TZOFFSETFROM:+0200",
      "TZOFFSETTO:+0200",
      "END:STANDARD",
      "END:VTIMEZONE",
    ];
    const event = (...rule: string[]) => [
      "BEGIN:VEVENT",
      "UID:u1",
      "DTSTART;TZID=Own:20220601T090000",
      ...rule,
      "END:VEVENT",
    ];
    const zoneOf = (...rule: string[]) => readEvent(calendarText([...zone, ...event(...rule)])).event.when.timeZone;
    expect(zoneOf()).toBe("Africa/Cairo");
    // Egypt has had summer time again since 2023, and these rules have not.
    expect(zoneOf("RRULE:FREQ=WEEKLY")).not.toBe("Africa/Cairo");
    expect(sameRules(zoneOf("RRULE:FREQ=WEEKLY") ?? "", "Africa/Johannesburg", { from: 2022, to: 2024 })).toBe(true);
  });

  it("tell when a length in days was made exact", () => {
    expect(readEvent(eventText(["DTSTART:20261201T090000Z", "DURATION:P1D"])).kept).toEqual(["nominal-duration"]);
    expect(readEvent(eventText(["DTSTART;VALUE=DATE:20261201", "DURATION:P1D"])).kept).toEqual([]);
  });
});

describe("instances that are left out", () => {
  const series = ["DTSTART;TZID=Europe/Berlin:20261201T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY"];

  it.each([
    "EXDATE;TZID=Europe/Berlin:20261203T090000",
    "EXDATE:20261203T080000Z",
    "EXDATE;TZID=America/New_York:20261203T030000",
    "EXDATE:20261203T090000",
    "EXDATE;VALUE=DATE:20261203",
    "EXDATE;TZID=W. Europe Standard Time:20261203T090000,20261203T093000",
  ])("are, by %s", (line) => {
    expect(read(...series, line).overrides).toEqual({ "2026-12-03T09:00:00": { excluded: true } });
  });

  it("are those of the series alone", () => {
    expect(read(...series, "EXDATE;TZID=Europe/Berlin:20261203T100000").overrides).toEqual({});
    expect(read("DTSTART;VALUE=DATE:20261201", "RRULE:FREQ=DAILY", "EXDATE:20261203T000000Z").overrides).toEqual({
      "2026-12-03": { excluded: true },
    });
  });

  it("are left out even if they are changed or added too", () => {
    const text = eventText(
      [...series, "EXDATE:20261203T080000Z", "RDATE;TZID=Europe/Berlin:20261203T090000"],
      ["RECURRENCE-ID:20261203T080000Z", "DTSTART:20261203T120000Z", "SUMMARY:Moved"],
    );
    expect(readEvent(text).event.overrides).toEqual({ "2026-12-03T09:00:00": { excluded: true } });
  });
});

describe("instances that are changed or added", () => {
  const series = ["DTSTART;TZID=Europe/Berlin:20261201T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY", "SUMMARY:A"];

  it("are found by the moment, whatever form their RECURRENCE-ID has", () => {
    for (const id of ["RECURRENCE-ID:20261208T080000Z", "RECURRENCE-ID;VALUE=DATE:20261208"]) {
      const text = eventText(series, [id, "DTSTART:20261208T080000Z", "DTEND:20261208T090000Z", "SUMMARY:B"]);
      expect(readEvent(text).event.overrides).toEqual({ "2026-12-08T09:00:00": { title: "B" } });
    }
  });

  it("are added, where the rule does not give them", () => {
    const text = eventText(
      [...series, "RDATE:20261210T100000Z"],
      ["RECURRENCE-ID:20261211T080000Z", "DTSTART:20261211T080000Z", "DURATION:PT1H", "SUMMARY:B"],
    );
    expect(readEvent(text).event.overrides).toEqual({
      "2026-12-10T11:00:00": { added: true },
      "2026-12-11T09:00:00": { added: true, title: "B" },
    });
  });

  it("of a series that is not there are a single event of their own, if there is one", () => {
    const text = eventText(["RECURRENCE-ID:20261208T080000Z", "DTSTART:20261208T090000Z", "SUMMARY:B"]);
    const { uid, event } = readEvent(text);
    expect(uid).toBe("u1");
    expect(event).toMatchObject({ uid: "u1;20261208T080000Z", title: "B", recurrence: null, overrides: {} });
  });
});

describe("a description", () => {
  it("is the words of its HTML, where there are no others", () => {
    const html =
      "X-ALT-DESC;FMTTYPE=text/html:<html><style>p{}</style><p>A &amp; B&nbsp;&#228;</p>\\n<p>C<br>D</p></html>";
    expect(read("DTSTART:20261201T090000Z", html).description).toBe("A & B ä\nC\nD");
    expect(read("DTSTART:20261201T090000Z", "DESCRIPTION:Plain", html).description).toBe("Plain");
  });
});

describe("an event that is refused", () => {
  const start = "DTSTART:20261201T090000Z";
  const daily = "RRULE:FREQ=DAILY";

  it.each<[string, string[]]>([
    ["event.no-start", ["SUMMARY:A"]],
    ["time.malformed", ["DTSTART:garbage"]],
    ["time.malformed", ["DTSTART:20260230T090000Z"]],
    ["time.malformed", ["DTSTART;VALUE=DATE:20261201T090000"]],
    ["time.malformed", ["DTSTART:20261201T090000Z,20261202T090000Z"]],
    ["event.inverted", [start, "DTEND:20261201T080000Z"]],
    ["event.inverted", [start, "DURATION:-PT1H"]],
    ["event.inverted", ["DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261130"]],
    ["event.end-type", [start, "DTEND;VALUE=DATE:20261202"]],
    ["event.end-type", ["DTSTART:20261201T090000", "DTEND:20261201T100000Z"]],
    ["event.end-type", ["DTSTART;VALUE=DATE:20261201", "DURATION:PT1H"]],
    ["duration.malformed", [start, "DURATION:an hour"]],
    ["zone.unknown", ["DTSTART;TZID=Nowhere/Land:20261201T090000"]],
    ["zone.unknown", ["DTSTART:20261201T090000Z", daily, "EXDATE;TZID=Nowhere:20261202T090000"]],
    ["recurrence.several-rules", [start, daily, "RRULE:FREQ=WEEKLY"]],
    ["recurrence.exclusion-rule", [start, daily, "EXRULE:FREQ=WEEKLY"]],
    ["recurrence.period", [start, daily, "RDATE;VALUE=PERIOD:20261202T120000Z/PT1H"]],
    ["recurrence.ambiguous-date", ["DTSTART;TZID=Europe/Berlin:20261001T090000", daily, "RDATE:20261025T013000Z"]],
    ["recurrence.until-type", [start, "RRULE:FREQ=DAILY;UNTIL=20261231"]],
    ["recurrence.frequency", [start, "RRULE:FREQ=SECONDLY"]],
    ["recurrence.malformed", [start, "RRULE:FREQ=DAILY;COUNT=x"]],
  ])("is, with %s: %j", (code, lines) => {
    expect(codeOf(eventText(lines))).toBe(code);
  });

  it.each<[string, string]>([
    ["calendar.no-event", calendarText(["BEGIN:VTODO", "UID:u1", "END:VTODO"])],
    ["calendar.no-event", "BEGIN:VEVENT\r\nUID:u1\r\nDTSTART:20261201T090000Z\r\nEND:VEVENT\r\n"],
    ["calendar.several-uids", eventText([start], []).replace("UID:u1", "UID:u2")],
    ["calendar.several-masters", eventText([start], [start])],
    ["event.no-uid", eventText([start]).replace("UID:u1\r\n", "")],
    [
      "event.orphan-overrides",
      eventText(["RECURRENCE-ID:20261208T080000Z", start], ["RECURRENCE-ID:20261209T080000Z", start]),
    ],
    [
      "recurrence.this-and-future",
      eventText([start, daily], ["RECURRENCE-ID;RANGE=THISANDFUTURE:20261202T090000Z", start]),
    ],
    ["calendar.unbalanced", ""],
    ["calendar.malformed-line", "garbage"],
    ["calendar.unbalanced", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n"],
    ["calendar.unbalanced", eventText([start]).replace("END:VCALENDAR\r\n", "")],
    ["calendar.unbalanced", "BEGIN:X\r\n".repeat(100)],
    ["calendar.too-large", "A:b\r\n".repeat(150_000)],
    ["calendar.too-large", `SUMMARY:${"x".repeat(11_000_000)}`],
  ])("is, with %s", (code, text) => {
    expect(codeOf(text)).toBe(code);
  });

  it("is refused at once, however many dates it has", () => {
    const dates = Array.from({ length: 6_000 }, (_, index) => new Date(Date.UTC(2026, 11, 1, 9) + index * 86_400_000));
    const line = `EXDATE:${dates.map((date) => date.toISOString().replace(/[-:]|\.000/g, "")).join()}`;
    expect(codeOf(eventText([start, daily, line]))).toBe("recurrence.too-many");
  });

  it.each([
    ["counts to more than anybody will live to see", `${daily};COUNT=999999999`],
    [
      "comes at every second of every day",
      `RRULE:FREQ=YEARLY;BYHOUR=${all(24)};BYMINUTE=${all(60)};BYSECOND=${all(60)}`,
    ],
    ["comes every minute, and is left out on whole days", "RRULE:FREQ=MINUTELY"],
    ["comes on a day that never is", "RRULE:FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30"],
    ["comes once in more years than there are", "RRULE:FREQ=YEARLY;INTERVAL=999999999"],
  ])("is read or refused before the test times out, though its rule %s", (_, rule) => {
    const dates = Array.from({ length: 300 }, (_, day) => new Date(Date.UTC(2026, 11, 2 + day)).toISOString());
    const left = `EXDATE;VALUE=DATE:${dates.map((date) => date.slice(0, 10).replace(/-/g, "")).join()}`;
    expect(["read", "recurrence.too-many"]).toContain(outcomeOf(eventText([start, rule, left])));
  });

  it("is refused where its time is none that calendars have", () => {
    expect(codeOf(eventText(["DTSTART:00010101T090000Z"]))).toBe("time.malformed");
    expect(codeOf(eventText(["DTSTART:99991231T235959Z"]))).toBe("time.malformed");
    expect(codeOf(eventText([start, "DURATION:P999999999999W"]))).toBe("duration.malformed");
  });

  it("tells what was wrong, and nothing of what it says", () => {
    const error = caught(eventText(["SUMMARY:Secret plan", "DTSTART;TZID=My Secret Zone:20261201T090000"]));
    expect(error.message).toBe("zone.unknown (DTSTART)");
    const broken = caught(eventText([start, "DESCRIPTION:Anna's", "surgery is on Monday"]));
    expect(broken.message).toBe("calendar.malformed-line");
    expect(String(error.stack)).not.toContain("Secret");
  });
});

describe("any text at all", () => {
  const pieces = fixtureNames.map(fixture);
  const mangled = fc
    .tuple(fc.constantFrom(...pieces), fc.nat(), fc.nat(200), fc.string({ unit: "binary", maxLength: 20 }))
    .map(([text, at, length, put]) => {
      const place = at % text.length;
      return text.slice(0, place) + put + text.slice(place + length);
    });

  it("is an event of the schema, or is refused by a typed error", () => {
    fc.assert(
      fc.property(fc.oneof(mangled, fc.string({ maxLength: 300 })), (text) => {
        try {
          expect(universalEventSchema.safeParse(readEvent(text).event).error).toBeUndefined();
        } catch (error) {
          expect(error).toBeInstanceOf(EventError);
        }
      }),
      { numRuns: 1_500 },
    );
  });
});

function all(count: number): string {
  return Array.from({ length: count }, (_, value) => value).join();
}

function outcomeOf(text: string): string {
  try {
    readEvent(text);
    return "read";
  } catch (error) {
    return (error as EventError).code;
  }
}

function codeOf(text: string): string {
  return caught(text).code;
}

function caught(text: string): EventError {
  try {
    readEvent(text);
  } catch (error) {
    expect(error).toBeInstanceOf(EventError);
    return error as EventError;
  }
  throw new Error("it was read");
}
