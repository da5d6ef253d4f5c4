import {
  MalformedEventError,
  normalizeRule,
  parseRule,
  printRule,
  type RecurrenceRule,
  UnsupportedEventError,
  type When,
} from "@syncer/calendar";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recurrenceRuleSchema } from "../src/recurrence/recurrence-rule.ts";
import { slotsOf } from "../src/recurrence/slots.ts";

const berlin: When = { start: "2026-12-01T09:00:00", timeZone: "Europe/Berlin", duration: "PT1H", allDay: false };
const floating: When = { ...berlin, timeZone: null };
const allDay: When = { start: "2026-12-01", timeZone: null, duration: "P1D", allDay: true };

function firstSlots(when: When, rule: RecurrenceRule, most: number): string[] {
  const found: string[] = [];
  for (const slot of slotsOf(when, rule).iterate()) if (found.push(slot) >= most) break;
  return found;
}

describe("a rule", () => {
  it.each([
    ["FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=1;BYDAY=TU;WKST=SU"],
    ["FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=1"],
    ["FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=1"],
    ["FREQ=YEARLY;BYMONTH=12", "FREQ=YEARLY;BYMONTHDAY=1;BYMONTH=12"],
    ["FREQ=YEARLY;BYWEEKNO=49", "FREQ=YEARLY;BYWEEKNO=49;BYDAY=TU;WKST=MO"],
    ["FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2", "FREQ=MONTHLY;BYDAY=2TU"],
    ["FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1", "FREQ=MONTHLY;BYDAY=-1FR"],
    ["FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "FREQ=WEEKLY;BYDAY=FR,MO,TU,WE,TH"],
    ["FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "FREQ=DAILY"],
    ["FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0", "freq=daily"],
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=SU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=MO"],
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;WKST=SU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;WKST=MO"],
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SA"],
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU,TU;WKST=MO"],
  ])("%s is the same as %s", (left, right) => {
    expect(JSON.stringify(parseRule(left, berlin))).toBe(JSON.stringify(parseRule(right, berlin)));
  });

  it.each([
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO"],
    ["FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=MONTHLY;BYDAY=-1MO,-1TU,-1WE,-1TH,-1FR"],
    ["FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;BYSETPOS=1", "FREQ=MONTHLY;BYDAY=1FR;BYMONTHDAY=13"],
    ["FREQ=MONTHLY;BYDAY=FR;BYHOUR=9,15;BYSETPOS=1", "FREQ=MONTHLY;BYDAY=1FR;BYHOUR=9,15"],
    ["FREQ=YEARLY;BYMONTHDAY=1", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=1"],
    ["FREQ=DAILY;INTERVAL=2;BYDAY=TU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"],
  ])("%s is not the same as %s", (left, right) => {
    expect(JSON.stringify(parseRule(left, berlin))).not.toBe(JSON.stringify(parseRule(right, berlin)));
  });

  it("ends at the end of a day that is given without a time, and on the day of a time", () => {
    const rule = { frequency: "daily" as const };
    expect(normalizeRule({ ...rule, until: "2026-12-05" }, berlin).until).toBe("2026-12-05T23:59:59");
    expect(normalizeRule({ ...rule, until: "2026-12-05T09:00:00" }, allDay).until).toBe("2026-12-05");
  });

  it("has its UNTIL as the clock of the series shows it, and in UTC in its text", () => {
    const rule = parseRule("FREQ=DAILY;UNTIL=20261231T225959Z", berlin);
    expect(rule.until).toBe("2026-12-31T23:59:59");
    expect(printRule(rule, berlin)).toBe("FREQ=DAILY;UNTIL=20261231T225959Z");
    expect(parseRule("FREQ=DAILY;UNTIL=20260701T070000Z", berlin).until).toBe("2026-07-01T09:00:00");
    expect(parseRule("FREQ=DAILY;UNTIL=20261205", allDay).until).toBe("2026-12-05");
    expect(printRule(parseRule("FREQ=DAILY;UNTIL=20261205T090000", floating), floating)).toContain(
      "UNTIL=20261205T090000",
    );
  });

  it("keeps its last instance when UNTIL is in the second of two equal hours", () => {
    const when = { ...berlin, start: "2026-10-23T02:45:00" };
    const rule = parseRule("FREQ=DAILY;UNTIL=20261025T013000Z", when);
    expect(firstSlots(when, rule, 9)).toEqual(["2026-10-23T02:45:00", "2026-10-24T02:45:00", "2026-10-25T02:45:00"]);
    expect(parseRule(printRule(rule, when), when)).toEqual(rule);
  });

  it.each([
    ["FREQ=SECONDLY", "recurrence.frequency"],
    ["RSCALE=CHINESE;FREQ=YEARLY", "recurrence.other-calendar"],
    ["FREQ=DAILY;X-WHAT=1", "recurrence.unknown-part"],
    ["FREQ=DAILY;UNTIL=20261231", "recurrence.until-type"],
    ["FREQ=DAILY;UNTIL=20261231T090000", "recurrence.until-type"],
  ])("%s is refused as %s", (text, code) => {
    const error = caught(() => parseRule(text, berlin));
    expect(error).toBeInstanceOf(UnsupportedEventError);
    expect(error).toMatchObject({ code, at: "RRULE" });
  });

  it("is refused where its UNTIL is of another type than its start", () => {
    expect(caught(() => parseRule("FREQ=DAILY;UNTIL=20261231T000000Z", allDay))).toMatchObject({
      code: "recurrence.until-type",
    });
    expect(caught(() => parseRule("FREQ=DAILY;UNTIL=20261231T000000Z", floating))).toMatchObject({
      code: "recurrence.until-type",
    });
  });

  it.each([
    "",
    "BYDAY=MO",
    "FREQ=OFTEN",
    "FREQ=DAILY;COUNT=0",
    "FREQ=DAILY;COUNT=2;UNTIL=20261231T000000Z",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=DAILY;INTERVAL=1e3",
    "FREQ=DAILY;FREQ=WEEKLY",
    "FREQ=WEEKLY;BYDAY=2MO",
    "FREQ=WEEKLY;BYMONTHDAY=3",
    "FREQ=MONTHLY;BYMONTHDAY=32",
    "FREQ=MONTHLY;BYMONTHDAY=0",
    "FREQ=MONTHLY;BYDAY=XX",
    "FREQ=MONTHLY;BYSETPOS=1",
    "FREQ=MONTHLY;BYWEEKNO=3",
    "FREQ=DAILY;BYYEARDAY=3",
    "FREQ=DAILY;UNTIL=20261345T000000Z",
    "FREQ=DAILY;BYHOUR=24",
    `FREQ=DAILY;BYHOUR=${"1,".repeat(5_000)}1`,
  ])("is malformed as %.50s", (text) => {
    expect(caught(() => parseRule(text, berlin))).toBeInstanceOf(MalformedEventError);
  });
});

describe("the instances of a rule", () => {
  it("begin with the start, which counts even where the rule does not give it", () => {
    const rule = parseRule("FREQ=WEEKLY;BYDAY=MO;COUNT=3", berlin);
    expect(firstSlots(berlin, rule, 9)).toEqual(["2026-12-01T09:00:00", "2026-12-07T09:00:00", "2026-12-14T09:00:00"]);
  });

  it("leave out the day on which the clock skips their time, and do not count it", () => {
    const when = { ...berlin, start: "2026-03-28T02:30:00" };
    expect(firstSlots(when, parseRule("FREQ=DAILY;COUNT=3", when), 9)).toEqual([
      "2026-03-28T02:30:00",
      "2026-03-30T02:30:00",
      "2026-03-31T02:30:00",
    ]);
  });

  it("are at the time that the start says, even if the clock skips that on the first day", () => {
    const when = { ...berlin, start: "2026-03-29T02:30:00" };
    expect(firstSlots(when, parseRule("FREQ=DAILY;COUNT=3", when), 9)).toEqual([
      "2026-03-29T02:30:00",
      "2026-03-30T02:30:00",
      "2026-03-31T02:30:00",
    ]);
  });

  it("of an hourly rule are named once where the clock shows their times twice", () => {
    const when = { ...berlin, start: "2026-10-25T00:30:00" };
    const expected = ["00:30:00", "01:30:00", "02:30:00", "03:30:00"].map((time) => `2026-10-25T${time}`);
    expect(firstSlots(when, parseRule("FREQ=HOURLY;BYDAY=SU", when), 4)).toEqual(expected);
    expect(firstSlots(when, parseRule("FREQ=HOURLY;COUNT=5", when), 4)).toEqual(expected);
    expect(firstSlots(when, parseRule("FREQ=MINUTELY;INTERVAL=30", when), 9).toSorted()).toEqual(
      firstSlots(when, parseRule("FREQ=MINUTELY;INTERVAL=30", when), 9),
    );
  });

  it("are refused where there are none for centuries", () => {
    const rule = parseRule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", berlin);
    expect(caught(() => firstSlots(berlin, rule, 9))).toMatchObject({ code: "recurrence.too-many" });
  });

  it("are those, and only those, that `has` knows", () => {
    const slots = slotsOf(berlin, parseRule("FREQ=WEEKLY;BYDAY=TU,TH", berlin));
    expect(
      ["2026-12-03T09:00:00", "2026-12-02T09:00:00", "2026-12-03T09:00:01"].map((slot) => slots.has(slot)),
    ).toEqual([true, false, false]);
  });
});

const list = (least: number, most: number) =>
  fc.uniqueArray(
    fc.integer({ min: least, max: most }).filter((value) => value !== 0),
    { minLength: 1, maxLength: 4 },
  );
const day = fc.constantFrom("mo", "tu", "we", "th", "fr", "sa", "su");
const days = fc.array(fc.record({ day }), { minLength: 1, maxLength: 8 });
const ordinals = fc.array(fc.record({ day, nthOfPeriod: fc.constantFrom(1, 2, 3, 4, 5, -1, -2) }), {
  minLength: 1,
  maxLength: 4,
});
const ends = fc.oneof(
  fc.constant({}),
  fc.record({ count: fc.integer({ min: 1, max: 500 }) }),
  fc.record({
    until: fc
      .date({ min: new Date("2027-01-01"), max: new Date("2036-01-01"), noInvalidDate: true })
      .map((at) => `${at.toISOString().slice(0, 10)}T12:34:56`),
  }),
);
const common = fc.record({ interval: fc.constantFrom(1, 2, 3, 10), firstDayOfWeek: day }, { requiredKeys: [] });
const shapes = fc.oneof(
  fc.record({ frequency: fc.constant("daily"), byMonth: list(1, 12), byDay: days }, { requiredKeys: ["frequency"] }),
  fc.record({ frequency: fc.constant("weekly"), byDay: days, byMonth: list(1, 12) }, { requiredKeys: ["frequency"] }),
  fc.record(
    { frequency: fc.constant("monthly"), byMonthDay: list(-31, 31), byHour: fc.constant([9, 15]) },
    { requiredKeys: ["frequency"] },
  ),
  fc.record({ frequency: fc.constant("monthly"), byDay: ordinals }, { requiredKeys: ["frequency"] }),
  fc.record({ frequency: fc.constant("monthly"), byDay: days, bySetPosition: list(-3, 3) }),
  fc.record(
    { frequency: fc.constant("yearly"), byMonth: list(1, 12), byDay: ordinals },
    { requiredKeys: ["frequency"] },
  ),
  // Without days the expander gives others than the day of the start, which RFC 5545 §3.3.10 asks for and the normal form says.
  fc.record({ frequency: fc.constant("yearly"), byWeekNo: list(-53, 53), byDay: days }),
  fc.record({ frequency: fc.constant("yearly"), byYearDay: list(-366, 366) }, { requiredKeys: ["frequency"] }),
);
const anyRule = fc
  .tuple(shapes, ends, common)
  .map(([shape, end, rest]) => ({ ...shape, ...end, ...rest }) as RecurrenceRule);

describe("any rule", () => {
  it("is normalised once and for all", () => {
    fc.assert(
      fc.property(anyRule, (rule) => {
        const normal = normalizeRule(rule, berlin);
        expect(recurrenceRuleSchema.safeParse(normal).success).toBe(true);
        expect(JSON.stringify(normalizeRule(normal, berlin))).toBe(JSON.stringify(normal));
      }),
      { numRuns: 500 },
    );
  });

  it("is read from its text as it is", () => {
    fc.assert(
      fc.property(anyRule, (rule) => {
        const normal = normalizeRule(rule, berlin);
        expect(JSON.stringify(parseRule(printRule(normal, berlin), berlin))).toBe(JSON.stringify(normal));
      }),
      { numRuns: 500 },
    );
  });

  it("gives the same instances in its normal form", () => {
    fc.assert(
      fc.property(anyRule, (rule) => {
        const loose = { ...rule, ...(rule.interval === 1 ? { interval: undefined } : {}) } as RecurrenceRule;
        expect(slotsOrError(normalizeRule(rule, berlin))).toEqual(slotsOrError(loose));
      }),
      { numRuns: 200 },
    );
  });
});

function slotsOrError(rule: RecurrenceRule): string[] | unknown {
  try {
    return firstSlots(berlin, rule, 12);
  } catch (error) {
    return error;
  }
}

function caught(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
