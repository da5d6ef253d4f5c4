import type { RulesInForce } from "@syncer/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type EventRules,
  eventKind,
  instancesOf,
  parseRule,
  startInstantOf,
  tidyOverrides,
  type UniversalEvent,
  type When,
} from "../src/index.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const DAY = 86_400_000;
const when: When = { start: "2026-11-24T09:00:00", timeZone: "Europe/Berlin", duration: "PT1H", allDay: false };
const base: UniversalEvent = {
  title: "Standup",
  description: "",
  location: "",
  when,
  recurrence: null,
  overrides: {},
  status: "confirmed",
  privacy: "default",
  freeBusyStatus: "busy",
};

function inForce(rules: EventRules): RulesInForce<UniversalEvent> {
  const given = eventKind.rules;
  if (!given) throw new Error("events have rules");
  return given.inForce(given.schema.parse(rules));
}

const scopeOf = (rules: EventRules, event: Partial<UniversalEvent>) =>
  inForce(rules).scopeOf?.({ ...base, ...event }, NOW);
const allDay = (start: string, days = 1): When => ({ start, timeZone: null, duration: `P${days}D`, allDay: true });

describe("events that are left out", () => {
  it.each<[NonNullable<EventRules["skip"]>[number], Partial<UniversalEvent>]>([
    ["all-day", { when: allDay("2026-11-24") }],
    ["declined", { myResponse: "declined" }],
    ["declined", { attendees: [{ email: "me@example.org", self: true, response: "declined" }] }],
    ["free", { freeBusyStatus: "free" }],
    ["tentative", { status: "tentative" }],
    ["cancelled", { status: "cancelled" }],
    ["private", { privacy: "secret" }],
    ["focus-time", { eventType: "focusTime" }],
    ["out-of-office", { eventType: "outOfOffice" }],
    ["working-location", { eventType: "workingLocation" }],
    ["birthday", { eventType: "birthday" }],
    ["from-mail", { eventType: "fromGmail" }],
  ])("are %s ones, and no others", (skip, event) => {
    expect(scopeOf({ skip: [skip] }, event)).toBe("out");
    expect(scopeOf({ skip: [skip] }, {})).toBe("in");
    expect(scopeOf({}, event)).toBe("in");
  });

  it.each([
    ["2026-11-24T08:00:00", "PT1H", "out"],
    ["2026-11-24T08:00:00", "PT1H1M", "in"],
    ["2026-11-24T16:59:00", "PT1H", "in"],
    ["2026-11-24T17:00:00", "PT1H", "out"],
    ["2026-11-24T09:00:00", "PT0S", "in"],
    ["2026-11-24T22:00:00", "PT12H", "in"],
    // A Saturday; and a night that ends on a Monday morning.
    ["2026-11-28T10:00:00", "PT1H", "out"],
    ["2026-11-29T22:00:00", "PT12H", "in"],
    ["2026-11-28T22:00:00", "PT12H", "out"],
  ])("are those outside the hours: %s, %s is %s", (start, duration, scope) => {
    const hours = { from: "09:00", to: "17:00", days: [1, 2, 3, 4, 5] };
    expect(scopeOf({ hours }, { when: { ...when, start, duration } })).toBe(scope);
    const floating = { ...when, timeZone: null, start, duration };
    expect(scopeOf({ hours: { ...hours, timeZone: "Asia/Tokyo" } }, { when: floating })).toBe(scope);
  });

  it("are judged by the clock of the hours where they name one, and whole days by none", () => {
    const hours = { from: "09:00", to: "24:00", timeZone: "America/New_York" };
    expect(scopeOf({ hours }, { when: { ...when, start: "2026-11-24T14:59:00", duration: "PT1M" } })).toBe("out");
    expect(scopeOf({ hours }, { when: { ...when, start: "2026-11-24T15:00:00" } })).toBe("in");
    expect(scopeOf({ hours }, { when: allDay("2026-11-24") })).toBe("in");
  });
});

describe("a window that slides", () => {
  const window = { pastDays: 7, futureDays: 30 };
  const at = (days: number) => new Date(NOW + days * DAY).toISOString().slice(0, 19);
  const inUtc = (start: string, duration = "PT1H"): When => ({ start, timeZone: "Etc/UTC", duration, allDay: false });

  it.each([
    [-10, "out"],
    [-8, "margin"],
    [-6.9, "in"],
    [0, "in"],
    [29.9, "in"],
    [31, "margin"],
    [33, "out"],
  ])("an event %d days from now is %s", (days, scope) => {
    expect(scopeOf({ window }, { when: inUtc(at(days)) })).toBe(scope);
  });

  it("has events that reach into it, and of a series all if one instance does", () => {
    expect(scopeOf({ window }, { when: inUtc(at(-20), "PT400H") })).toBe("in");
    const yearly = parseRule("FREQ=YEARLY", inUtc("2001-12-01T09:00:00"));
    expect(scopeOf({ window }, { when: inUtc("2001-12-01T09:00:00"), recurrence: yearly })).toBe("in");
    const ended = parseRule("FREQ=DAILY;COUNT=3", inUtc(at(-100)));
    expect(scopeOf({ window }, { when: inUtc(at(-100)), recurrence: ended })).toBe("out");
    const moved = { [at(-99)]: { when: inUtc(at(3)) } };
    expect(scopeOf({ window }, { when: inUtc(at(-100)), recurrence: ended, overrides: moved })).toBe("in");
    // One that lasts longer than the others reaches into it from before.
    const long = { [at(-99)]: { when: inUtc(at(-20), "PT400H") } };
    expect(scopeOf({ window }, { when: inUtc(at(-100)), recurrence: ended, overrides: long })).toBe("in");
    const upcoming = { pastDays: 0 };
    expect(scopeOf({ window: upcoming }, { when: inUtc(at(4_000)) })).toBe("in");
    expect(scopeOf({ window: upcoming }, { when: inUtc(at(-4_000)) })).toBe("out");
  });

  it("finds of any series what its instances say one by one", { timeout: 120_000 }, () => {
    const rule = fc.constantFrom(
      "FREQ=DAILY",
      "FREQ=WEEKLY;BYDAY=MO,FR",
      "FREQ=MONTHLY;BYMONTHDAY=31",
      "FREQ=DAILY;COUNT=4",
    );
    const start = fc.integer({ min: -90, max: 60 });
    const hours = fc.integer({ min: 0, max: 200 });
    const ends = fc.record({ pastDays: fc.nat({ max: 40 }), futureDays: fc.nat({ max: 40 }) });
    fc.assert(
      fc.property(rule, start, hours, ends, fc.boolean(), (text, days, length, window, isExcluded) => {
        const first = inUtc(at(days), length === 0 ? "PT0S" : `PT${length}H`);
        const recurrence = parseRule(text, first);
        const [one] = instancesOf({ when: first, recurrence, overrides: {} }, { most: 1 });
        const overrides = isExcluded && one ? { [one.slot]: { excluded: true as const } } : {};
        const event = { when: first, recurrence, overrides };
        const overlaps = instancesOf(event, { to: at(41), most: 200 }).some((each) => {
          const startMs = Date.parse(startInstantOf(each.when) ?? "");
          const endMs = startMs + Math.max(length * 3_600_000, 1);
          return endMs > NOW - window.pastDays * DAY && startMs < NOW + window.futureDays * DAY;
        });
        expect(scopeOf({ window }, event) === "in").toBe(overlaps);
      }),
      { numRuns: 100 },
    );
  });

  it("makes a pair list everything once a day as soon as it has an end ahead", () => {
    expect(inForce({ window }).movesWithTime).toBe(true);
    expect(inForce({ window: { pastDays: 7 } }).movesWithTime).toBe(false);
  });
});

describe("what copies say", () => {
  it("is only that there is something, if so wanted, and each side keeps its own", () => {
    expect(inForce({ busyOnly: true }).own).toMatchObject({
      title: "Busy",
      description: "",
      location: "",
      reminders: [],
    });
    expect(inForce({ busyOnly: { title: "Taken" }, mask: { location: "Berlin" } }).own).toMatchObject({
      title: "Taken",
      location: "Berlin",
    });
    expect(inForce({ markPrivate: true, stripConferenceLinks: true }).own).toEqual({
      privacy: "private",
      conference: null,
    });
    expect(inForce({}).own).toBeUndefined();
    expect(inForce({}).shared).toBeUndefined();
  });

  it("has a prefix on its side, which a user may take away", () => {
    const { shared, written } = inForce({ titlePrefix: { target: "[Work] " } });
    expect(written?.({ title: "A" }, "target", undefined)).toEqual({ title: "[Work] A" });
    expect(written?.({ title: "A" }, "source", undefined)).toEqual({ title: "A" });
    expect(written?.({ title: "B" }, "target", { ...base, title: "[Work] A" })).toEqual({ title: "[Work] B" });
    expect(written?.({ title: "B" }, "target", { ...base, title: "A" })).toEqual({ title: "B" });
    expect(shared?.({ ...base, title: "[Work] A" }, "target")).toMatchObject({ title: "A" });
    expect(shared?.({ ...base, title: "[Work] A" }, "source")).toMatchObject({ title: "[Work] A" });
    expect(written?.({ location: "x" }, "target", base)).toEqual({ location: "x" });
  });

  it("has no address of a call in any text, and an edit does not cost the other side its own", () => {
    const { shared, written } = inForce({ stripConferenceLinks: true });
    const description = "Join https://us02web.zoom.us/j/123?pwd=x now\nAgenda: https://example.org/a";
    const event = { ...base, description, location: "https://meet.google.com/abc-defg-hij" };
    const copy = shared?.(event, "source");
    expect(copy).toMatchObject({ description: "Join now\nAgenda: https://example.org/a", location: "" });
    expect(shared?.({ ...base, description: "https://zoom.us.example.org/x" }, "source")?.description).toContain(
      "example",
    );
    const after = written?.({ description: "New agenda" }, "source", event);
    expect(after?.description).toBe("New agenda\nhttps://us02web.zoom.us/j/123?pwd=x");
    expect(written?.({ location: "Room 1" }, "source", event)?.location).toBe(
      "Room 1 https://meet.google.com/abc-defg-hij",
    );
  });

  it("has no link that leads to a call, and one that leads elsewhere stays", () => {
    const { shared, written } = inForce({ stripConferenceLinks: true });
    const url = "https://teams.microsoft.com/l/meetup-join/1";
    expect(shared?.({ ...base, url }, "source")?.url).toBeNull();
    expect(shared?.({ ...base, url: "https://example.org/a" }, "source")?.url).toBe("https://example.org/a");
    expect(written?.({ url: null }, "source", { ...base, url })?.url).toBe(url);
    expect(written?.({ url: null }, "source", { ...base, url: "https://example.org/a" })?.url).toBeNull();
    expect(written?.({ url: "https://example.org/b" }, "source", { ...base, url })?.url).toBe("https://example.org/b");
    expect(written?.({ title: "A" }, "source", { ...base, url })).toEqual({ title: "A" });
  });

  it("has no instance that says the same as its series once the addresses are gone", () => {
    const { shared } = inForce({ stripConferenceLinks: true });
    const recurrence = parseRule("FREQ=DAILY", when);
    const overrides = { "2026-11-25T09:00:00": { description: "Join https://zoom.us/j/2" } };
    const event = { ...base, description: "Join https://zoom.us/j/1", recurrence, overrides };
    expect(shared?.(event, "source")).toEqual({ ...event, description: "Join", overrides: {} });
  });

  const word = fc.constantFrom("a", "[W] b", "call https://zoom.us/j/1", "https://meet.google.com/x c", "", "d\ne");
  const patch = fc.record({ title: word, description: word }, { requiredKeys: [] });
  const events = fc
    .record({ title: word, description: word, location: word, patch })
    .map(({ patch, ...texts }): UniversalEvent => {
      const series = { ...base, ...texts, recurrence: parseRule("FREQ=DAILY", when) };
      return { ...series, overrides: tidyOverrides(series, { "2026-11-25T09:00:00": patch }) };
    });
  const canonical = (event: object) =>
    JSON.stringify(event, (_, value) => (typeof value === "string" ? value.trim() : value));

  it("is read as it was written, whatever stood there before, on either side", () => {
    const { shared, written } = inForce({ titlePrefix: { target: "[W] " }, stripConferenceLinks: true });
    fc.assert(
      fc.property(events, events, fc.constantFrom("source" as const, "target" as const), (from, before, side) => {
        const sent = shared?.(from, side === "source" ? "target" : "source");
        if (!sent || !written || !shared) throw new Error("these rules change texts");
        const { title, description, location, overrides } = sent;
        // A title that begins like a copy's on the side that has none is no prefix, and is not told from one.
        fc.pre(!JSON.stringify(sent).includes("[W]"));
        for (const stood of [undefined, before]) {
          const after = {
            ...before,
            ...written({ title, description, location, overrides } as typeof before, side, stood),
          };
          const again = shared(after, side);
          expect(canonical([again.title, again.description, again.location])).toBe(
            canonical([title, description, location]),
          );
          if (stood === undefined) expect(canonical(again.overrides)).toBe(canonical(overrides));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("rules that make no sense", () => {
  it.each<[string, unknown, string]>([
    ["an unknown rule", { hide: true }, ""],
    ["a misspelt filter", { skip: ["allday"] }, "skip.0"],
    ["hours the wrong way round", { hours: { from: "17:00", to: "09:00" } }, "hours"],
    ["a zone that there is not", { hours: { from: "09:00", to: "17:00", timeZone: "Berlin" } }, "hours.timeZone"],
    ["a window without ends", { window: {} }, "window"],
    ["a negative window", { window: { futureDays: -1 } }, "window.futureDays"],
    ["a mask of what cannot be masked", { mask: { when: null } }, "mask"],
    ["an empty prefix", { titlePrefix: { target: "" } }, "titlePrefix.target"],
  ])("are refused, and named: %s", (_, rules, path) => {
    const result = eventKind.rules?.schema.safeParse(rules);
    expect(result?.error?.issues[0]?.path.join(".")).toBe(path);
  });
});
