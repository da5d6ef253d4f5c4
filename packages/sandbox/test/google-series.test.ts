import { beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../src/index.ts";
import { type Answer, type Api, at, googleApi, listAt } from "./support/callers.ts";
import { TestClock } from "./support/test-clock.ts";

const ANNA = "anna@gmail.example";
const EVENTS = "/calendars/primary/events";
const SERIES = {
  id: "series1",
  summary: "Weekly",
  start: { dateTime: "2026-10-20T09:00:00", timeZone: "Europe/Berlin" },
  end: { dateTime: "2026-10-20T10:00:00", timeZone: "Europe/Berlin" },
  recurrence: ["RRULE:FREQ=WEEKLY;COUNT=4"],
};
/** Summer time ends between the first and the second. */
const SLOTS = ["20261020T070000Z", "20261027T080000Z", "20261103T080000Z", "20261110T080000Z"];
const [, SECOND = "", THIRD = ""] = SLOTS.map((slot) => `series1_${slot}`);

let sandbox: Sandbox;
let api: Api;

beforeEach(async () => {
  sandbox = createSandbox({ clock: new TestClock() });
  api = googleApi(sandbox);
  expect((await api(EVENTS, { method: "POST", json: SERIES })).status).toBe(200);
});

const patch = (id: string, json: object): Promise<Answer> => api(`${EVENTS}/${id}`, { method: "PATCH", json });
const remove = (id: string): Promise<Answer> => api(`${EVENTS}/${id}`, { method: "DELETE" });
const items = async (query = ""): Promise<readonly unknown[]> =>
  listAt((await api(`${EVENTS}?${query}`)).json, "items");
const instances = async (query = ""): Promise<readonly unknown[]> =>
  listAt((await api(`${EVENTS}/series1/instances?${query}`)).json, "items");
const idsOf = (list: readonly unknown[]): unknown[] => list.map((item) => at(item, "id")).sort();

describe("a series", () => {
  it("is listed as its master, or expanded at the wall time of its zone", async () => {
    expect(await items()).toEqual([expect.objectContaining({ id: "series1", recurrence: SERIES.recurrence })]);
    const expanded = await items("singleEvents=true&orderBy=startTime");
    expect(idsOf(expanded)).toEqual(SLOTS.map((slot) => `series1_${slot}`));
    expect(expanded.map((item) => at(item, "start", "dateTime"))).toEqual([
      "2026-10-20T09:00:00+02:00",
      "2026-10-27T09:00:00+01:00",
      "2026-11-03T09:00:00+01:00",
      "2026-11-10T09:00:00+01:00",
    ]);
    expect(expanded[1]).toMatchObject({
      recurringEventId: "series1",
      iCalUID: "series1@google.com",
      originalStartTime: { dateTime: "2026-10-27T09:00:00+01:00", timeZone: "Europe/Berlin" },
    });
    expect(at(expanded[1], "recurrence")).toBeUndefined();
  });

  it("has instances that can be found by their original start or in a window", async () => {
    expect(idsOf(await instances())).toHaveLength(4);
    expect(idsOf(await instances("originalStart=2026-10-27T09:00:00%2B01:00"))).toEqual([SECOND]);
    expect(idsOf(await instances("timeMin=2026-11-01T00:00:00Z&timeMax=2026-11-05T00:00:00Z"))).toEqual([THIRD]);
    expect((await api(`${EVENTS}/${SECOND}`)).json).toMatchObject({ id: SECOND, summary: "Weekly" });
    expect((await api(`${EVENTS}/series1_20261028T080000Z`)).status).toBe(404);
  });

  it("of days has instances that are named by the day", async () => {
    const days = { id: "dagen", start: { date: "2026-12-01" }, end: { date: "2026-12-02" } };
    const recurrence = ["RRULE:FREQ=DAILY;UNTIL=20261203", "EXDATE;VALUE=DATE:20261202", "RDATE;VALUE=DATE:20261210"];
    await api(EVENTS, { method: "POST", json: { ...days, recurrence } });
    const { json } = await api(`${EVENTS}/dagen/instances`);
    expect(idsOf(listAt(json, "items"))).toEqual(["dagen_20261201", "dagen_20261203", "dagen_20261210"]);
  });

  it("leaves out what EXDATE names in any form", async () => {
    const exdates = ["EXDATE;TZID=Europe/Berlin:20261027T090000", "EXDATE:20261103T080000Z"];
    await patch("series1", { recurrence: [...SERIES.recurrence, ...exdates] });
    expect(await instances()).toHaveLength(2);
  });
});

describe("an exception", () => {
  it("is made by patching an instance, and listed beside its master", async () => {
    const moved = await patch(SECOND, {
      start: { dateTime: "2026-10-28T15:00:00+01:00" },
      end: { dateTime: "2026-10-28T16:00:00+01:00" },
    });
    expect(moved.json).toMatchObject({ id: SECOND, originalStartTime: { dateTime: "2026-10-27T09:00:00+01:00" } });
    expect(idsOf(await items())).toEqual(["series1", SECOND]);
    expect(await items("singleEvents=true")).toHaveLength(4);
    expect(idsOf(await instances("timeMin=2026-10-28T00:00:00Z&timeMax=2026-10-29T00:00:00Z"))).toEqual([SECOND]);
  });

  it("cannot have a rule of its own", async () => {
    expect((await patch(SECOND, { recurrence: ["RRULE:FREQ=DAILY"] })).status).toBe(400);
  });

  it("that is cancelled is shown with its slot, even without showDeleted", async () => {
    expect((await remove(SECOND)).status).toBe(204);
    const original = { dateTime: "2026-10-27T09:00:00+01:00", timeZone: "Europe/Berlin" };
    const cancelled = { id: SECOND, status: "cancelled", recurringEventId: "series1", originalStartTime: original };
    expect(await items()).toContainEqual({ kind: "calendar#event", etag: expect.any(String), ...cancelled });
    expect(await items("singleEvents=true")).toHaveLength(3);
    expect(await items("singleEvents=true&showDeleted=true")).toHaveLength(4);
    expect(await instances()).toHaveLength(3);
    expect((await remove(SECOND)).status).toBe(410);
    expect((await patch(SECOND, { status: "confirmed" })).status).toBe(200);
    expect(await instances()).toHaveLength(4);
  });

  it("keeps what it changed and follows its master in the rest", async () => {
    await patch(SECOND, { summary: "Special" });
    await patch("series1", { summary: "Renamed", location: "Room 1" });
    expect((await api(`${EVENTS}/${SECOND}`)).json).toMatchObject({ summary: "Special", location: "Room 1" });
    expect((await api(`${EVENTS}/${THIRD}`)).json).toMatchObject({ summary: "Renamed" });
  });

  it.each([
    ["rule", { recurrence: ["RRULE:FREQ=WEEKLY;COUNT=5"] }],
    ["start", { start: { dateTime: "2026-10-20T08:00:00" } }],
  ])("is lost when the master's %s changes", async (_, change) => {
    await patch(SECOND, { summary: "Special" });
    await patch("series1", change);
    expect(idsOf(await items())).toEqual(["series1"]);
    expect((await items("singleEvents=true")).map((item) => at(item, "summary"))).not.toContain("Special");
  });

  it("spreads a stricter visibility over the series, and drops a laxer one", async () => {
    await patch(THIRD, { summary: "Special" });
    expect((await patch(SECOND, { visibility: "private" })).json).toMatchObject({ visibility: "private" });
    for (const id of ["series1", THIRD])
      expect((await api(`${EVENTS}/${id}`)).json).toMatchObject({ visibility: "private" });
    const laxer = await patch(SECOND, { visibility: "public", summary: "Open" });
    expect(laxer.json).toMatchObject({ visibility: "private", summary: "Open" });
    await patch("series1", { visibility: "public" });
    expect((await api(`${EVENTS}/${THIRD}`)).json).toMatchObject({ visibility: "public" });
  });
});

describe("the end of a series", () => {
  it("takes its exceptions along, and says so", async () => {
    await patch(SECOND, { summary: "Special" });
    const token = at((await api(EVENTS)).json, "nextSyncToken");
    await remove("series1");
    const told = await items(`syncToken=${token}`);
    expect(idsOf(told)).toEqual(["series1", SECOND]);
    expect(told.every((item) => at(item, "status") === "cancelled")).toBe(true);
    expect((await api(`${EVENTS}/${THIRD}`)).status).toBe(404);
    expect(await items()).toEqual([]);
  });

  it("comes before a cut when the user changes this and following ones", async () => {
    await patch(`series1_${SLOTS[0]}`, { summary: "Kept" });
    await patch(`series1_${SLOTS[3]}`, { summary: "Lost" });
    const id = sandbox.control.google.splitSeries(ANNA, THIRD, { summary: "New name" });
    expect(id).toBe("series1_R20261103T080000");
    expect((await api(`${EVENTS}/series1`)).json).toMatchObject({
      recurrence: ["RRULE:FREQ=WEEKLY;UNTIL=20261103T075959Z"],
    });
    expect((await api(`${EVENTS}/${id}`)).json).toMatchObject({
      summary: "New name",
      recurrence: ["RRULE:FREQ=WEEKLY;COUNT=2"],
    });
    const names = (await items("singleEvents=true&orderBy=startTime")).map((item) => at(item, "summary"));
    expect(names).toEqual(["Kept", "Weekly", "New name", "New name"]);
  });
});
