import {
  canonicalZone,
  type EventError,
  eventKind,
  instanceChanges,
  instanceOf,
  instancesOf,
  parseRule,
  patchOf,
  seriesOf,
  slotOf,
  tidyOverrides,
  type UniversalEvent,
  universalEventSchema,
  type When,
  whenOfInstants,
  wholeDays,
} from "@syncer/calendar";
import { canonicalOf, sameCanonical } from "@syncer/core";
import { describe, expect, it } from "vitest";

const when: When = { start: "2026-12-01T09:00:00", timeZone: "Europe/Berlin", duration: "PT1H", allDay: false };
const master: UniversalEvent = {
  uid: "u1",
  title: "Standup",
  description: "",
  location: "Room 1",
  when,
  recurrence: parseRule("FREQ=WEEKLY", when),
  overrides: {},
  status: "confirmed",
  privacy: "default",
  freeBusyStatus: "busy",
  categories: ["a", "b"],
};
const [first, second, third, fourth] = [1, 8, 15, 22].map(
  (day) => `2026-12-${String(day).padStart(2, "0")}T09:00:00`,
) as [string, string, string, string];
const moved: When = { ...when, start: "2026-12-09T14:00:00" };

describe("a series of a master and the items of its instances", () => {
  it("has cancelled instances as excluded and changed ones as what is different in them", () => {
    const series = seriesOf(master, [
      { originalStart: "2026-12-08T08:00:00Z", event: { ...master, when: moved, title: "Planning" } },
      { originalStart: "2026-12-15T09:00:00+01:00", cancelled: true },
    ]);
    expect(series.overrides).toEqual({ [second]: { title: "Planning", when: moved }, [third]: { excluded: true } });
    expect(universalEventSchema.safeParse(series).success).toBe(true);
  });

  it("leaves out an instance that says what the series says, in any zone and order", () => {
    const same = whenOfInstants("2026-12-08T08:00:00Z", "2026-12-08T09:00:00Z", "Etc/UTC");
    const event = { ...instanceOf(master, second), when: same, categories: ["b", "a"] };
    expect(seriesOf(master, [{ originalStart: second, event }]).overrides).toEqual({});
  });

  it("takes an item that lacks a field for one that does not know it", () => {
    const exception = { originalStart: second, event: { title: "Planning" } };
    expect(seriesOf(master, [exception]).overrides).toEqual({ [second]: { title: "Planning" } });
  });

  it("adds an instance that the rule does not give, and does not exclude one", () => {
    const other = "2026-12-10T09:00:00";
    const series = seriesOf(master, [
      { originalStart: other, event: instanceOf(master, other) },
      { originalStart: "2026-12-11T09:00:00", cancelled: true },
    ]);
    expect(series.overrides).toEqual({ [other]: { added: true } });
  });

  it("keeps a series of whole days in dates", () => {
    const days: When = { start: "2026-12-01", timeZone: null, duration: "P1D", allDay: true };
    const series = { ...master, when: days, recurrence: parseRule("FREQ=DAILY", days) };
    expect(seriesOf(series, [{ originalStart: "2026-12-03", cancelled: true }]).overrides).toEqual({
      "2026-12-03": { excluded: true },
    });
  });

  it("names the first instance as the series does, where the clock skips its time", () => {
    const gap: When = { ...when, start: "2026-03-29T02:30:00" };
    expect(slotOf(gap, "2026-03-29T01:30:00Z")).toBe("2026-03-29T02:30:00");
    expect(slotOf(gap, "2026-03-30T00:30:00Z")).toBe("2026-03-30T02:30:00");
  });
});

describe("the instances to write", () => {
  it("are those whose override has changed", () => {
    const before = { [second]: { excluded: true as const }, [third]: { title: "Planning" }, [first]: { location: "" } };
    const after = {
      [second]: { title: "Review" },
      [third]: { title: "Planning" },
      [fourth]: { excluded: true as const },
    };
    expect(instanceChanges(master, before, after)).toEqual([
      { slot: first, change: "update", event: instanceOf(master, first), fields: ["location"] },
      { slot: second, change: "add", event: instanceOf(master, second, { title: "Review" }) },
      { slot: fourth, change: "cancel" },
    ]);
  });

  it("are added where the rule gives none, and cancelled when they are no longer added", () => {
    const other = "2026-12-10T09:00:00";
    const added = { [other]: { added: true as const } };
    expect(instanceChanges(master, {}, added)).toEqual([
      { slot: other, change: "add", event: instanceOf(master, other) },
    ]);
    expect(instanceChanges(master, added, {})).toEqual([{ slot: other, change: "cancel" }]);
    expect(instanceChanges(master, added, added)).toEqual([]);
  });
});

describe("instances", () => {
  const overrides = {
    [second]: { when: moved },
    [third]: { excluded: true as const },
    "2026-12-10T09:00:00": { added: true as const },
  };

  it("come in the order of their starts, moved ones where they are now", () => {
    const found = instancesOf({ ...master, overrides }, { most: 4 });
    expect(found.map((each) => [each.slot, each.when.start])).toEqual([
      [first, first],
      [second, "2026-12-09T14:00:00"],
      ["2026-12-10T09:00:00", "2026-12-10T09:00:00"],
      [fourth, fourth],
    ]);
  });

  it("are those that start in the range, wherever their slots are", () => {
    const range = { from: "2026-12-09T00:00:00", to: "2026-12-22T09:00:00", most: 9 };
    expect(instancesOf({ ...master, overrides }, range).map(({ slot }) => slot)).toEqual([
      second,
      "2026-12-10T09:00:00",
    ]);
    const before = { to: "2026-12-09T00:00:00", most: 9 };
    expect(instancesOf({ ...master, overrides }, before).map(({ slot }) => slot)).toEqual([first]);
  });

  it("of an event that does not recur are the event", () => {
    expect(instancesOf({ ...master, recurrence: null }, { most: 9 }).map(({ slot }) => slot)).toEqual([first]);
  });
});

describe("a patch", () => {
  it("never says what the series says", () => {
    expect(patchOf(master, second, instanceOf(master, second))).toEqual({});
    expect(tidyOverrides(master, { [second]: { title: "Standup", location: "Room 2" } })).toEqual({
      [second]: { location: "Room 2" },
    });
  });

  it("has the times of an instance in another zone, even if they are the same moments", () => {
    const elsewhere: When = { ...when, start: "2026-12-08T03:00:00", timeZone: "America/New_York" };
    expect(patchOf(master, second, { when: elsewhere })).toEqual({ when: elsewhere });
  });

  it("of a cancelled instance is that there is none", () => {
    expect(tidyOverrides(master, { [second]: { status: "cancelled" } })).toEqual({ [second]: { excluded: true } });
    const cancelled = { ...master, status: "cancelled" as const };
    expect(tidyOverrides(cancelled, { [second]: { status: "cancelled", title: "A" } })).toEqual({
      [second]: { title: "A" },
    });
  });

  it("tells a moved instance in UTC on the clock of the series", () => {
    const inUtc = whenOfInstants("2026-12-09T13:00:00Z", "2026-12-09T14:00:00Z", "Etc/UTC");
    expect(patchOf(master, second, { when: inUtc })).toEqual({ when: moved });
  });
});

describe("an event as a document", () => {
  it("is compared by what it says, and not by who is invited or in which order things stand", () => {
    const fields = Object.keys(eventKind.fields);
    const form = (event: UniversalEvent) => canonicalOf(eventKind, event, fields);
    const other = {
      ...master,
      uid: "u2",
      categories: ["b", "a"],
      sequence: 7,
      attendees: [{ email: "one@example.com" }],
    };
    expect(sameCanonical(form(master), form(other))).toBe(true);
    const left = { ...master, overrides: { [second]: { excluded: true as const } } };
    expect(sameCanonical(form(master), form(left))).toBe(false);
    expect(form({ ...master, categories: [] }).get("categories")).toEqual([]);
    expect(form(master).has("reminders")).toBe(false);
  });

  it("matches another service's by what people know it by", () => {
    const key = (event: UniversalEvent) => eventKind.matchKey?.(event);
    const utc = whenOfInstants("2026-12-01T08:00:00Z", "2026-12-01T09:00:00Z", "Etc/UTC");
    expect(key({ ...master, title: " Standup ", when: utc })).toBe(key(master));
    expect(key({ ...master, recurrence: null })).not.toBe(key(master));
    expect(key({ ...master, title: "Review" })).not.toBe(key(master));
    expect(eventKind.globalId?.(master)).toBe("u1");
  });

  it("says nothing of what is not shown to those who only see that somebody is busy", () => {
    const { title: _, description: __, location: ___, uid: ____, ...busy } = master;
    expect(universalEventSchema.safeParse(busy).success).toBe(true);
    expect(eventKind.matchKey?.(busy)).toBeUndefined();
    expect(eventKind.matchKey?.({ ...busy, title: "" })).toBeDefined();
    const form = canonicalOf(eventKind, busy, Object.keys(eventKind.fields));
    expect(["title", "description", "location"].filter((field) => form.has(field))).toEqual([]);
    expect(tidyOverrides(busy, { [second]: { when: moved } })).toEqual({ [second]: { when: moved } });
  });

  it.each([
    ["an alias of a zone", { when: { ...when, timeZone: "Europe/Kiev" } }],
    ["a length that is not exact", { when: { ...when, duration: "P1D" } }],
    ["a day that does not exist", { when: { ...when, start: "2026-02-30T09:00:00" } }],
    ["a whole day in a zone", { when: { ...when, start: "2026-12-01", duration: "P1D", allDay: true } }],
    ["a slot that is no time", { overrides: { tuesday: { title: "" } } }],
    ["an instance that is left out and something else", { overrides: { [second]: { excluded: true, title: "" } } }],
    ["a field that nobody knows", { colour: "red" }],
  ])("is refused with %s", (_, part) => {
    expect(universalEventSchema.safeParse({ ...master, ...part }).success).toBe(false);
  });

  it("is refused by a typed error where a service's times are none", () => {
    const codes = [
      () => whenOfInstants("yesterday", "2026-10-25T02:30:00Z", "Europe/Berlin"),
      () => whenOfInstants("2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z", "Nowhere"),
      () => whenOfInstants("2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z", "UTC"),
      () => wholeDays("2026-02-30", "2026-03-01"),
      () => slotOf(when, "soon"),
      () => slotOf(when, "2026-12-08"),
    ].map(codeOf);
    expect(codes).toEqual([
      "time.malformed",
      "zone.unknown",
      "event.inverted",
      "time.malformed",
      "time.malformed",
      "time.malformed",
    ]);
  });

  it("is given in UTC where its moment has no local time of its own", () => {
    expect(whenOfInstants("2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z", "Europe/Berlin")).toEqual({
      start: "2026-10-25T01:30:00",
      timeZone: "Etc/UTC",
      duration: "PT1H",
      allDay: false,
    });
    expect(canonicalZone("Etc/UTC")).toBe("Etc/UTC");
  });
});

function codeOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return (error as EventError).code;
  }
}
