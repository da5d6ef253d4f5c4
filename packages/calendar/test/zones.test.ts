import { canonicalZone, sameRules, vtimezoneOf } from "@syncer/calendar";
import ICAL from "ical.js";
import { describe, expect, it } from "vitest";
import { zoneByRules } from "../src/zones/match-rules.ts";
import { offsetMs } from "./support/oracle.ts";

describe("canonicalZone", () => {
  it.each([
    ["Europe/Berlin", "Europe/Berlin"],
    ["europe/berlin", "Europe/Berlin"],
    ["Europe/Kiev", "Europe/Kyiv"],
    ["Europe/Kyiv", "Europe/Kyiv"],
    ["Europe/Uzhgorod", "Europe/Kyiv"],
    ["Asia/Calcutta", "Asia/Kolkata"],
    ["Asia/Katmandu", "Asia/Kathmandu"],
    ["America/Buenos_Aires", "America/Argentina/Buenos_Aires"],
    ["America/Godthab", "America/Nuuk"],
    ["US/Pacific", "America/Los_Angeles"],
    ["EST5EDT", "America/New_York"],
    ["America/Ciudad_Juarez", "America/Ciudad_Juarez"],
    ["UTC", "Etc/UTC"],
    ["GMT", "Etc/UTC"],
    ["Etc/GMT-1", "Etc/GMT-1"],
    ["W. Europe Standard Time", "Europe/Berlin"],
    ['"W. Europe Standard Time"', "Europe/Berlin"],
    ["India Standard Time", "Asia/Kolkata"],
    ["GMT Standard Time", "Europe/London"],
    ["FLE Standard Time", "Europe/Kyiv"],
    ["/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"],
    ["/freeassociation.sourceforge.net/Tzfile/America/New_York", "America/New_York"],
    ["/mozilla.org/20050126_1/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"],
    ["/Europe/Berlin", "Europe/Berlin"],
    ["Europe/Berlin-1", "Europe/Berlin"],
    ["/citadel.org/20210210_1/Europe/Kiev", "Europe/Kyiv"],
  ])("takes %s for %s", (name, zone) => {
    expect(canonicalZone(name)).toBe(zone);
  });

  it.each([
    "",
    "/",
    "Nope/Nowhere",
    "IST",
    "Customized Time Zone",
    "+01:00",
    "(UTC+01:00) Somewhere",
    "x".repeat(10_000),
  ])("does not guess what %.30s is", (name) => {
    expect(canonicalZone(name)).toBeUndefined();
  });

  it("gives an id that is its own", () => {
    const wrong = Intl.supportedValuesOf("timeZone").filter((name) => {
      const zone = canonicalZone(name);
      return zone === undefined || canonicalZone(zone) !== zone;
    });
    expect(wrong).toEqual([]);
  });

  it("gives a zone of the same offsets as the alias had", () => {
    const wrong = Intl.supportedValuesOf("timeZone").filter((name) => {
      const zone = canonicalZone(name) ?? "";
      return [0, 3, 6, 9].some((month) => {
        const ms = Date.UTC(2026, month, 15);
        return offsetMs(ms, name) !== offsetMs(ms, zone);
      });
    });
    expect(wrong).toEqual([]);
  });
});

describe("sameRules", () => {
  it("says of zones by other names whether their clocks agree in these years", () => {
    expect(sameRules("Europe/Berlin", "Europe/Vienna", { from: 2000, to: 2030 })).toBe(true);
    expect(sameRules("Europe/Berlin", "Africa/Lagos", { from: 2026, to: 2026 })).toBe(false);
    expect(sameRules("America/Sao_Paulo", "America/Argentina/Buenos_Aires", { from: 2021, to: 2026 })).toBe(true);
    expect(sameRules("America/Sao_Paulo", "America/Argentina/Buenos_Aires", { from: 2018, to: 2018 })).toBe(false);
  });
});

const zones = [
  "Europe/Berlin",
  "Europe/Dublin",
  "America/New_York",
  "America/Sao_Paulo",
  "America/Santiago",
  "Asia/Kolkata",
  "Asia/Jerusalem",
  "Asia/Gaza",
  "Africa/Casablanca",
  "Africa/Cairo",
  "Australia/Lord_Howe",
  "Pacific/Auckland",
  "Pacific/Apia",
];

describe("vtimezoneOf", () => {
  it.each(zones)("gives ical.js the offsets that Intl has, for %s", (zone) => {
    const [from, to] = [2016, 2029];
    const component = new ICAL.Component(ICAL.parse(`BEGIN:VCALENDAR\r\n${vtimezoneOf(zone, from, to)}END:VCALENDAR`));
    const registered = new ICAL.Timezone(component.getFirstSubcomponent("vtimezone") as ICAL.Component);
    const wrong: string[] = [];
    for (let ms = Date.UTC(from, 0, 1); ms < Date.UTC(to + 1, 0, 1); ms += 7 * 3_600_000) {
      const expected = offsetMs(ms, zone);
      const local = new Date(ms + expected);
      // What is shown twice, or never, has two answers.
      if (offsetMs(ms - 7_200_000, zone) !== offsetMs(ms + 7_200_000, zone)) continue;
      const time = ICAL.Time.fromString(local.toISOString().slice(0, 19), undefined);
      if (registered.utcOffset(time) * 1_000 !== expected) wrong.push(local.toISOString());
    }
    expect(wrong).toEqual([]);
  });

  it("takes no rule for one that holds for a few years by chance", () => {
    for (let year = 2026; year < 2038; year += 1) {
      const text = vtimezoneOf("Asia/Jerusalem", 2026, year);
      expect(text).toContain("RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=23,24,25,26,27,28,29;BYDAY=FR\r\n");
    }
  });

  it("goes on for ever where the rule does", () => {
    expect(vtimezoneOf("Europe/Berlin", 2026, 2026)).toContain("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n");
  });
});

describe("a zone that nobody knows by name", () => {
  const berlin = [
    {
      start: "16010101T030000",
      offsetFrom: 7_200,
      offsetTo: 3_600,
      rule: "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
      dates: [],
    },
    {
      start: "16010101T020000",
      offsetFrom: 3_600,
      offsetTo: 7_200,
      rule: "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
      dates: [],
    },
  ];

  it("is the one with its rules", () => {
    expect(zoneByRules(berlin, { from: 2026, to: 2028 })).toBe("Europe/Berlin");
  });

  it("is the one that is hinted at, if that has its rules", () => {
    expect(zoneByRules(berlin, { from: 2026, to: 2028 }, ["Europe/Vienna"])).toBe("Europe/Vienna");
    expect(zoneByRules(berlin, { from: 2026, to: 2028 }, ["America/New_York"])).toBe("Europe/Berlin");
  });

  it("is none where no zone has its rules", () => {
    const odd = berlin.map((each) => ({ ...each, offsetTo: each.offsetTo + 60 }));
    expect(zoneByRules(odd, { from: 2026, to: 2028 })).toBeUndefined();
    const moved = berlin.map((each) => ({ ...each, rule: each.rule.replace("-1SU", "2TU") }));
    expect(zoneByRules(moved, { from: 2026, to: 2028 })).toBeUndefined();
  });

  it("is taken from an UNTIL that is told in UTC, east of it too", () => {
    const until = (rule: string, at: string) => `${rule};UNTIL=${at}`;
    const [winter, summer] = berlin.map((each) => each.rule) as [string, string];
    const parts = [
      { ...berlin[0]!, start: "19961027T030000", rule: until(winter, "20061029T010000Z") },
      { ...berlin[1]!, start: "19810329T020000", rule: until(summer, "20060326T010000Z") },
      { ...berlin[0]!, start: "20071028T030000" },
      { ...berlin[1]!, start: "20070325T020000" },
    ];
    expect(zoneByRules(parts, { from: 2005, to: 2008 })).toBe("Europe/Berlin");
  });

  it("is taken from an UNTIL that is told in UTC and a rule that follows", () => {
    const newYork = [
      {
        start: "20000402T020000",
        offsetFrom: -18_000,
        offsetTo: -14_400,
        rule: "FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z",
        dates: [],
      },
      {
        start: "20001029T020000",
        offsetFrom: -14_400,
        offsetTo: -18_000,
        rule: "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z",
        dates: [],
      },
      {
        start: "20070311T020000",
        offsetFrom: -18_000,
        offsetTo: -14_400,
        rule: "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
        dates: [],
      },
      {
        start: "20071104T020000",
        offsetFrom: -14_400,
        offsetTo: -18_000,
        rule: "FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
        dates: [],
      },
    ];
    expect(zoneByRules(newYork, { from: 2005, to: 2009 })).toBe("America/New_York");
  });
});
