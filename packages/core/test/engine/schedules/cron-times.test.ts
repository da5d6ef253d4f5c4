import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCron } from "../../../src/engine/schedules/cron-times.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const FROM_MS = Date.UTC(2024, 0, 1);
const TO_MS = Date.UTC(2035, 0, 1);

/** With summer time in both halves of the year, of half an hour, at midnight, and without. */
const ZONES = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/Santiago",
  "Australia/Lord_Howe",
  "Africa/Cairo",
  "America/Havana",
  "Asia/Kathmandu",
  "Pacific/Chatham",
  "Atlantic/Azores",
];

const formats = new Map<string, Intl.DateTimeFormat>();

/** The local date and the minute of its day. */
function localOf(timeZone: string, ms: number): { readonly date: string; readonly minute: number } {
  const known = formats.get(timeZone);
  const format =
    known ?? new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short", hourCycle: "h23" });
  formats.set(timeZone, format);
  const [date = "", time = ""] = format.format(ms).split(" ");
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return { date, minute: hours * 60 + minutes };
}

/** Whether a day has this minute at all. */
function hasMinute(timeZone: string, nearMs: number, date: string, minute: number): boolean {
  for (let ms = nearMs - 6 * 3_600_000; ms <= nearMs + 6 * 3_600_000; ms += MINUTE_MS) {
    const local = localOf(timeZone, ms);
    if (local.date === date && local.minute === minute) return true;
  }
  return false;
}

const moment = fc.integer({ min: FROM_MS / MINUTE_MS, max: TO_MS / MINUTE_MS }).map((minutes) => minutes * MINUTE_MS);

describe("times of a cron expression", () => {
  it("come once a day, at their local time, or at the next one where a day does not have it", () => {
    const anything = fc.record({
      timeZone: fc.constantFrom(...ZONES),
      hour: fc.integer({ min: 0, max: 23 }),
      minute: fc.integer({ min: 0, max: 59 }),
      fromMs: moment,
    });
    fc.assert(
      fc.property(anything, ({ timeZone, hour, minute, fromMs }) => {
        const times = readCron(`${minute} ${hour} * * *`, timeZone, fromMs);
        const asked = hour * 60 + minute;
        let ms = fromMs;
        let day: string | undefined;
        for (let count = 0; count < 40; count++) {
          ms = times.next(ms);
          const local = localOf(timeZone, ms);
          if (day !== undefined) expect(Date.parse(local.date) - Date.parse(day)).toBe(DAY_MS);
          day = local.date;
          if (local.minute === asked) continue;
          expect(hasMinute(timeZone, ms, local.date, asked)).toBe(false);
          expect(local.minute).toBeGreaterThan(asked);
          expect(local.minute).toBeLessThanOrEqual(asked + 60);
        }
      }),
    );
  });

  it("are found whatever moment one asks from, and in their order", () => {
    const anything = fc.record({
      timeZone: fc.constantFrom(...ZONES),
      cron: fc.constantFrom(
        "*/5 * * * *",
        "0 8 * * MON-FRI",
        "15 2,14 * * *",
        "0 0 L * *",
        "30 6 * * MON#1",
        "0 */3 1,15 * *",
      ),
      fromMs: moment,
      share: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    });
    fc.assert(
      fc.property(anything, ({ timeZone, cron, fromMs, share }) => {
        const times = readCron(cron, timeZone, fromMs);
        const first = times.next(fromMs);
        const second = times.next(first);
        expect(first).toBeGreaterThan(fromMs);
        expect(second - first).toBeGreaterThanOrEqual(MINUTE_MS);
        expect(times.next(first + Math.floor((second - first) * share))).toBe(second);
      }),
    );
  });

  it.each([
    [
      "a time that a night does not have",
      "30 2 * * *",
      "2027-03-27T12:00:00Z",
      ["2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"],
    ],
    [
      "a time that a night has twice",
      "30 2 * * *",
      "2027-10-30T12:00:00Z",
      ["2027-10-31T00:30:00Z", "2027-11-01T01:30:00Z"],
    ],
    [
      "hours by name, in such a night",
      "0 2,14 * * *",
      "2027-10-30T20:00:00Z",
      ["2027-10-31T00:00:00Z", "2027-10-31T13:00:00Z"],
    ],
    [
      "an interval, which goes on through it",
      "*/30 * * * *",
      "2027-10-31T00:10:00Z",
      ["2027-10-31T00:30:00Z", "2027-10-31T01:00:00Z"],
    ],
  ])("%s", (_name, cron, from, expected) => {
    const times = readCron(cron, "Europe/Berlin", Date.parse(from));
    const first = times.next(Date.parse(from));
    expect([first, times.next(first)]).toEqual(expected.map((text) => Date.parse(text)));
  });

  it("are those of an expression in its usual spellings", () => {
    expect(readCron("  0   8 * * mon-fri ", "Europe/Berlin", FROM_MS).cron).toBe("0 8 * * MON-FRI");
    expect(readCron("0 0 * * *", "UTC", FROM_MS).periodMs).toBe(DAY_MS);
  });

  it.each([
    ["cron", "", "UTC"],
    ["cron", "* * * *", "UTC"],
    ["cron", "* * * * * *", "UTC"],
    ["cron", "60 * * * *", "UTC"],
    ["cron", "? * * * *", "UTC"],
    ["cron", "@daily", "UTC"],
    ["cron", "0 0 * * FUNDAY", "UTC"],
    ["cron", "0 0 31 2 *", "UTC"],
    ["cron", "2027-01-01T00:00:00", "UTC"],
    ["timeZone", "0 0 * * *", "Europe/Atlantis"],
    ["timeZone", "0 0 * * *", "+02:00"],
    ["timeZone", "0 0 * * *", ""],
    ["timeZone", "0 0 * * *", "constructor"],
  ])("are refused, with the place: %s %j %j", (field, cron, timeZone) => {
    expect(() => readCron(cron, timeZone, FROM_MS)).toThrow(
      expect.objectContaining({
        code: "request.invalid",
        params: expect.objectContaining({ path: `request.${field}` }),
      }),
    );
  });
});
