import { beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../src/index.ts";
import { type Answer, type Api, at, googleApi, listAt } from "./support/callers.ts";
import { TestClock } from "./support/test-clock.ts";

const [ANNA, BEN] = ["anna@gmail.example", "ben@gmail.example"] as const;
const EVENTS = "/calendars/primary/events";

let clock: TestClock;
let sandbox: Sandbox;
let api: Api;

beforeEach(() => {
  clock = new TestClock();
  sandbox = createSandbox({ clock });
  api = googleApi(sandbox);
});

const MEETING = {
  summary: "Meeting",
  start: { dateTime: "2026-12-01T09:00:00+01:00", timeZone: "Europe/Berlin" },
  end: { dateTime: "2026-12-01T10:00:00+01:00", timeZone: "Europe/Berlin" },
};

const insert = (body: object, query = ""): Promise<Answer> =>
  api(`${EVENTS}${query}`, { method: "POST", json: { ...MEETING, ...body } });
const patch = (id: unknown, json: object, query = ""): Promise<Answer> =>
  api(`${EVENTS}/${id}${query}`, { method: "PATCH", json });
const get = (id: unknown): Promise<Answer> => api(`${EVENTS}/${id}`);
const reasonOf = ({ json }: Answer): unknown => at(json, "error", "errors", 0, "reason");
const made = async (body: object = {}): Promise<string> => String(at((await insert(body)).json, "id"));

describe("an inserted event", () => {
  it("comes back with what Google fills in", async () => {
    const { json, headers } = await insert({ id: "abc12", description: "<b>kept</b>" });
    expect(json).toMatchObject({
      id: "abc12",
      iCalUID: "abc12@google.com",
      status: "confirmed",
      sequence: 0,
      eventType: "default",
      description: "<b>kept</b>",
      start: { dateTime: "2026-12-01T09:00:00+01:00", timeZone: "Europe/Berlin" },
      organizer: { email: ANNA, self: true },
      creator: { email: ANNA, self: true },
      reminders: { useDefault: true },
      created: "2026-11-22T12:00:00.000Z",
    });
    expect(at(json, "htmlLink")).toMatch(/^https:/);
    expect(at(json, "etag")).toMatch(/^"\d+"$/);
    expect(headers.get("etag")).toBe(at(json, "etag"));
    expect((await get("abc12")).json).toEqual(json);
  });

  it("shows moments with the calendar's offset and the event's own zone", async () => {
    const zone = { timeZone: "America/New_York" };
    const { json } = await insert({
      start: { dateTime: "2026-12-01T09:00:00", ...zone },
      end: { dateTime: "2026-12-01T09:30:00", ...zone },
    });
    expect(at(json, "start")).toEqual({ dateTime: "2026-12-01T15:00:00+01:00", timeZone: "America/New_York" });
    const utc = await api(`${EVENTS}/${at(json, "id")}?timeZone=UTC`);
    expect(at(utc.json, "start", "dateTime")).toBe("2026-12-01T14:00:00Z");
  });

  it("keeps days as days", async () => {
    const { json } = await insert({ start: { date: "2026-12-01" }, end: { date: "2026-12-02" } });
    expect([at(json, "start"), at(json, "end")]).toEqual([{ date: "2026-12-01" }, { date: "2026-12-02" }]);
  });

  it.each([
    ["an empty range", { end: MEETING.start }, "timeRangeEmpty"],
    ["an empty day range", { start: { date: "2026-12-01" }, end: { date: "2026-12-01" } }, "timeRangeEmpty"],
    ["a day and a moment", { end: { date: "2026-12-02" } }, "invalid"],
    ["both in one member", { start: { ...MEETING.start, date: "2026-12-01" } }, "invalid"],
    ["no start", { start: null }, "required"],
    ["neither offset nor zone", { start: { dateTime: "2026-12-01T09:00:00" } }, "required"],
    ["an unknown zone", { start: { dateTime: "2026-12-01T09:00:00", timeZone: "Mars/Olympus" } }, "invalid"],
    ["a day that does not exist", { start: { date: "2026-02-30" }, end: { date: "2026-03-02" } }, "invalid"],
    [
      "a series without a zone",
      {
        start: { dateTime: "2026-12-01T09:00:00Z" },
        end: { dateTime: "2026-12-01T10:00:00Z" },
        recurrence: ["RRULE:FREQ=DAILY"],
      },
      "required",
    ],
    ["a rule that is none", { recurrence: ["RRULE:FREQ=SOMETIMES"] }, "invalid"],
    ["DTSTART among the rules", { recurrence: ["DTSTART:20261201T080000Z", "RRULE:FREQ=DAILY"] }, "invalid"],
    ["an id with other characters", { id: "xyz-12" }, "invalid"],
    ["an id that is too short", { id: "abcd" }, "invalid"],
    ["id and iCalUID", { id: "abcde", iCalUID: "x@example.org" }, "invalid"],
    [
      "six reminders",
      { reminders: { useDefault: false, overrides: Array(6).fill({ method: "popup", minutes: 5 }) } },
      "invalid",
    ],
    [
      "reminders beside the defaults",
      { reminders: { useDefault: true, overrides: [{ method: "popup", minutes: 5 }] } },
      "cannotUseDefaultRemindersAndSpecifyOverride",
    ],
    [
      "a reminder too far ahead",
      { reminders: { useDefault: false, overrides: [{ method: "popup", minutes: 40_321 }] } },
      "invalid",
    ],
    ["a long property name", { extendedProperties: { private: { ["k".repeat(45)]: "v" } } }, "invalid"],
    ["a long property value", { extendedProperties: { shared: { k: "v".repeat(1_025) } } }, "invalid"],
    [
      "too many properties",
      {
        extendedProperties: {
          private: Object.fromEntries(Array.from({ length: 301 }, (_, index) => [`k${index}`, ""])),
        },
      },
      "invalid",
    ],
    ["properties that are a text", { extendedProperties: { private: "text" } }, "invalid"],
    ["reminders that are a number", { reminders: 7 }, "invalid"],
    ["a source that is no address", { source: { url: "javascript:0" } }, "invalid"],
    ["a guest without an address", { attendees: [{ displayName: "Ben" }] }, "required"],
    ["a guest whose address is none", { attendees: [{ email: "ben" }] }, "invalid"],
    ["an event from Gmail", { eventType: "fromGmail" }, "invalid"],
    ["a visibility that is none", { visibility: "secret" }, "invalid"],
  ])("is refused with %s", async (_, body, reason) => {
    const answer = await insert(body);
    expect([answer.status, reasonOf(answer)]).toEqual([400, reason]);
    expect(sandbox.control.google.events(ANNA)).toEqual([]);
  });

  it("is refused when the id is taken, by a deleted event too", async () => {
    await made({ id: "abcde" });
    expect(reasonOf(await insert({ id: "abcde" }))).toBe("duplicate");
    expect((await api(`${EVENTS}/abcde`, { method: "DELETE" })).status).toBe(204);
    expect((await insert({ id: "abcde" })).status).toBe(409);
    expect((await insert({ iCalUID: "abcde@google.com" })).status).toBe(409);
    const revived = await api(`${EVENTS}/abcde`, { method: "PUT", json: { ...MEETING, status: "confirmed" } });
    expect(revived.json).toMatchObject({ id: "abcde", status: "confirmed" });
  });

  it("has attachments, a conference and a label only if the request knows of them", async () => {
    const body = {
      attachments: [{ fileUrl: "https://files.example/a" }],
      conferenceData: { createRequest: { requestId: "r1" } },
      eventLabelId: "label",
    };
    const plain = (await insert(body)).json;
    expect([at(plain, "attachments"), at(plain, "conferenceData"), at(plain, "eventLabelId")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const query = "?supportsAttachments=true&conferenceDataVersion=1&eventLabelVersion=1";
    const full = (await insert(body, query)).json;
    expect(full).toMatchObject({ attachments: body.attachments, eventLabelId: "label" });
    expect(at(full, "hangoutLink")).toMatch(/^https:\/\/meet\.google\.com\/[a-z]{3}-[a-z]{4}-[a-z]{3}$/);
    const kept = await patch(at(full, "id"), { attachments: [], conferenceData: null });
    expect(at(kept.json, "attachments")).toHaveLength(1);
    expect(at(kept.json, "hangoutLink")).toBe(at(full, "hangoutLink"));
  });
});

describe("a changed event", () => {
  it("is patched field by field: null deletes, arrays are replaced whole", async () => {
    const id = await made({
      location: "Room 1",
      extendedProperties: { private: { a: "1", b: "2" } },
      reminders: {
        useDefault: false,
        overrides: [
          { method: "popup", minutes: 5 },
          { method: "email", minutes: 9 },
        ],
      },
    });
    const { json } = await patch(id, {
      location: null,
      extendedProperties: { private: { a: null, c: "3" } },
      reminders: { overrides: [{ method: "popup", minutes: 1 }] },
    });
    expect(at(json, "location")).toBeUndefined();
    expect(at(json, "summary")).toBe("Meeting");
    expect(at(json, "extendedProperties")).toEqual({ private: { b: "2", c: "3" } });
    expect(at(json, "reminders", "overrides")).toEqual([{ method: "popup", minutes: 1 }]);
  });

  it("becomes an all-day one only if the other member is taken away", async () => {
    const id = await made();
    const day = { start: { date: "2026-12-01" }, end: { date: "2026-12-02" } };
    expect((await patch(id, day)).status).toBe(400);
    const gone = { dateTime: null, timeZone: null };
    const { json } = await patch(id, { start: { ...day.start, ...gone }, end: { ...day.end, ...gone } });
    expect(at(json, "start")).toEqual({ date: "2026-12-01" });
  });

  it("is replaced whole by PUT", async () => {
    const id = await made({ location: "Room 1", extendedProperties: { private: { a: "1" } } });
    const { json } = await api(`${EVENTS}/${id}`, { method: "PUT", json: MEETING });
    expect([at(json, "location"), at(json, "extendedProperties")]).toEqual([undefined, undefined]);
    expect((await api(`${EVENTS}/${id}`, { method: "PUT", json: { summary: "x" } })).status).toBe(400);
  });

  it("gets another etag with every write, and is guarded by If-Match", async () => {
    const id = await made();
    const etag = String(at((await get(id)).json, "etag"));
    expect((await api(`${EVENTS}/${id}`, { headers: { "if-none-match": etag } })).status).toBe(304);
    const headers = { "if-match": etag };
    expect((await api(`${EVENTS}/${id}`, { method: "PATCH", json: { summary: "New" }, headers })).status).toBe(200);
    const stale = await api(`${EVENTS}/${id}`, { method: "PATCH", json: { summary: "Old" }, headers });
    expect([stale.status, reasonOf(stale)]).toEqual([412, "conditionNotMet"]);
    expect((await api(`${EVENTS}/${id}`, { method: "DELETE", headers })).status).toBe(412);
    expect(at((await get(id)).json, "summary")).toBe("New");
  });

  it("counts its sequence for times, and moves `updated` for all but reminders", async () => {
    const id = await made();
    clock.advance(60_000);
    const reminded = (await patch(id, { reminders: { useDefault: false, overrides: [] } })).json;
    expect(reminded).toMatchObject({ sequence: 0, updated: "2026-11-22T12:00:00.000Z" });
    expect((await patch(id, { summary: "New" })).json).toMatchObject({
      sequence: 0,
      updated: "2026-11-22T12:01:00.000Z",
    });
    const moved = await patch(id, { end: { dateTime: "2026-12-01T11:00:00+01:00" } });
    expect(at(moved.json, "sequence")).toBe(1);
    expect((await patch(id, { sequence: 0 })).status).toBe(400);
  });

  it("keeps its kind", async () => {
    const id = await made();
    expect(reasonOf(await patch(id, { eventType: "focusTime" }))).toBe("eventTypeRestriction");
  });

  it("stays with its organizer: guests change their own answer only", async () => {
    const attendees = [{ email: ANNA }, { email: BEN }];
    const id = sandbox.control.google.putEvent(ANNA, { ...MEETING, attendees }, { organizer: BEN });
    expect(reasonOf(await patch(id, { summary: "Mine" }))).toBe("forbiddenForNonOrganizer");
    const answer = await patch(id, { attendees: [{ email: ANNA, responseStatus: "accepted" }, { email: BEN }] });
    expect(listAt(answer.json, "attendees")[0]).toMatchObject({ self: true, responseStatus: "accepted" });
    expect((await patch(id, { colorId: "3" })).status).toBe(200);
  });
});

describe("a deleted event", () => {
  it("is gone at once and once only, but can still be read by its id", async () => {
    const id = await made();
    expect((await api(`${EVENTS}/${id}`, { method: "DELETE" })).status).toBe(204);
    const again = await api(`${EVENTS}/${id}`, { method: "DELETE" });
    expect([again.status, reasonOf(again)]).toEqual([410, "deleted"]);
    expect((await get(id)).json).toMatchObject({ id, status: "cancelled" });
    expect((await api(`${EVENTS}/nothere`, { method: "DELETE" })).status).toBe(404);
  });
});

describe("import", () => {
  const imported = (body: object): Promise<Answer> =>
    api(`${EVENTS}/import`, { method: "POST", json: { ...MEETING, iCalUID: "u1@example.org", ...body } });

  it("keeps the uid and makes a private copy that notifies nobody", async () => {
    const { json } = await imported({ attendees: [{ email: "guest@else.example" }] });
    expect(json).toMatchObject({ iCalUID: "u1@example.org", privateCopy: true });
    await patch(at(json, "id"), { summary: "New" }, "?sendUpdates=all");
    expect(sandbox.control.google.mails()).toEqual([]);
  });

  it("writes over the event of the same uid, deleted or not, unless switched off", async () => {
    const id = at((await imported({})).json, "id");
    await api(`${EVENTS}/${id}`, { method: "DELETE" });
    expect((await imported({ summary: "Again" })).json).toMatchObject({ id, summary: "Again", status: "confirmed" });
    sandbox.control.google.settings.importUpserts = false;
    expect((await imported({})).status).toBe(409);
  });

  it.each([
    ["a uid", { iCalUID: undefined }, "required"],
    ["the default kind", { eventType: "focusTime" }, "invalid"],
    ["the owner among those who take part", { organizer: { email: BEN } }, "participantIsNeitherOrganizerNorAttendee"],
  ])("asks for %s", async (_, body, reason) => {
    expect(reasonOf(await imported(body))).toBe(reason);
  });
});

describe("move", () => {
  it("changes the organizer, and leaves an id behind", async () => {
    const target = sandbox.control.google.addCalendar(ANNA, { summary: "Other" });
    const id = await made();
    const sync = at((await api(EVENTS)).json, "nextSyncToken");
    const moved = await api(`${EVENTS}/${id}/move?destination=${encodeURIComponent(target)}`, { method: "POST" });
    expect(moved.json).toMatchObject({ id, organizer: { email: target } });
    expect(listAt((await api(`${EVENTS}?syncToken=${sync}`)).json, "items")).toEqual([
      { kind: "calendar#event", etag: expect.any(String), id, status: "cancelled" },
    ]);
    expect((await get(id)).status).toBe(404);
  });

  it("needs a destination that can be written", async () => {
    const shared = sandbox.control.google.addCalendar(BEN, { summary: "Ben's" });
    sandbox.control.google.share(shared, ANNA, "reader");
    const id = await made();
    expect((await api(`${EVENTS}/${id}/move`, { method: "POST" })).status).toBe(400);
    const query = `?destination=${encodeURIComponent(shared)}`;
    expect(reasonOf(await api(`${EVENTS}/${id}/move${query}`, { method: "POST" }))).toBe("requiredAccessLevel");
  });
});
