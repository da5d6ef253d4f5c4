import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseHttpDate, retryAfterMs } from "../../src/transport/retry-after.ts";

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);
const headers = (retryAfter: string, date?: string) =>
  new Headers({ "retry-after": retryAfter, ...(date === undefined ? {} : { date }) });

describe("Retry-After", () => {
  it.each([
    ["0", 0],
    ["7", 7_000],
    [" 120 ", 120_000],
    ["86400", 86_400_000],
  ])("%j is whole seconds", (value, ms) => expect(retryAfterMs(headers(value), NOW)).toBe(ms));

  it.each([
    "",
    "1.5",
    "-3",
    "+3",
    "7s",
    "7, 7",
    "1e3",
    "0x10",
    "soon",
    "Mon",
    "2026-11-22T12:00:30Z",
    "Sun, 32 Foo 2026 00:00:00 GMT",
  ])("%j counts as absent", (value) => expect(retryAfterMs(headers(value), NOW)).toBeUndefined());

  it("F2: a date is measured against the answer's own clock, whatever ours says", () => {
    const answer = headers("Sun, 22 Nov 2026 08:00:45 GMT", "Sun, 22 Nov 2026 08:00:00 GMT");
    expect(retryAfterMs(answer, NOW)).toBe(45_000);
    expect(retryAfterMs(headers("Sun, 22 Nov 2026 12:00:45 GMT"), NOW)).toBe(45_000);
    expect(retryAfterMs(headers("Sun, 22 Nov 2026 12:00:45 GMT", "nonsense"), NOW)).toBe(45_000);
  });

  it("a date that has passed asks for no time, not for a negative one", () => {
    expect(retryAfterMs(headers("Sun, 22 Nov 2026 11:59:00 GMT"), NOW)).toBe(0);
  });

  it("reads the three forms of dates alike", () => {
    const forms = ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"];
    expect(forms.map((form) => parseHttpDate(form, NOW))).toEqual(forms.map(() => Date.UTC(1994, 10, 6, 8, 49, 37)));
    expect(parseHttpDate("Sunday, 22-Nov-26 12:00:00 GMT", NOW)).toBe(NOW);
  });

  it("reads back every moment that it is written for", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800 }), (seconds) => {
        expect(parseHttpDate(new Date(seconds * 1_000).toUTCString(), NOW)).toBe(seconds * 1_000);
      }),
    );
  });
});
