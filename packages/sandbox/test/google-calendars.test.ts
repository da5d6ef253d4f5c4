import { beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../src/index.ts";
import { type Api, at, googleApi, listAt } from "./support/callers.ts";
import { TestClock } from "./support/test-clock.ts";

const [ANNA, BEN] = ["anna@gmail.example", "ben@gmail.example"] as const;
const LIST = "/users/me/calendarList";

let clock: TestClock;
let sandbox: Sandbox;
let api: Api;

beforeEach(() => {
  clock = new TestClock();
  sandbox = createSandbox({ clock });
  api = googleApi(sandbox);
});

const ids = (json: unknown): unknown[] => listAt(json, "items").map((entry) => at(entry, "id"));

describe("the calendar list", () => {
  it("shows the primary calendar under the account's address", async () => {
    const { json } = await api(LIST);
    expect(listAt(json, "items")).toEqual([
      expect.objectContaining({ id: ANNA, primary: true, accessRole: "owner", timeZone: "Europe/Berlin" }),
    ]);
    expect((await api(`${LIST}/primary`)).json).toMatchObject({ id: ANNA });
  });

  it("pages, and gives a sync token on the last page only", async () => {
    for (const summary of ["A", "B", "C"]) sandbox.control.google.addCalendar(ANNA, { summary });
    const first = (await api(`${LIST}?maxResults=3`)).json;
    expect([listAt(first, "items").length, at(first, "nextSyncToken")]).toEqual([3, undefined]);
    const last = (await api(`${LIST}?maxResults=3&pageToken=${at(first, "nextPageToken")}`)).json;
    expect(new Set([...ids(first), ...ids(last)]).size).toBe(4);
    expect(at(last, "nextPageToken")).toBeUndefined();
    const other = await api(`${LIST}?showHidden=true&pageToken=${at(first, "nextPageToken")}`);
    expect(other.status).toBe(400);
  });

  it("tells what has changed since a token, removed calendars included", async () => {
    const [kept, gone] = ["kept", "gone"].map((summary) => sandbox.control.google.addCalendar(ANNA, { summary }));
    const token = at((await api(LIST)).json, "nextSyncToken");
    sandbox.control.google.changeListEntry(ANNA, kept!, { summaryOverride: "mine" });
    sandbox.control.google.removeCalendar(gone!);
    const { json } = await api(`${LIST}?syncToken=${token}`);
    expect(listAt(json, "items")).toHaveLength(2);
    expect(listAt(json, "items")).toContainEqual(expect.objectContaining({ id: gone, deleted: true }));
    expect(ids((await api(`${LIST}?syncToken=${at(json, "nextSyncToken")}`)).json)).toEqual([]);
  });

  it("refuses filters beside a sync token, and answers 410 for an expired one", async () => {
    const token = at((await api(LIST)).json, "nextSyncToken");
    expect((await api(`${LIST}?syncToken=${token}&minAccessRole=owner`)).status).toBe(400);
    sandbox.control.google.expireSyncTokens();
    const expired = await api(`${LIST}?syncToken=${token}`);
    expect([expired.status, at(expired.json, "error", "errors", 0, "reason")]).toEqual([410, "fullSyncRequired"]);
  });

  it("filters by role and hides what is hidden", async () => {
    const shared = sandbox.control.google.addCalendar(BEN, { summary: "Ben's" });
    sandbox.control.google.share(shared, ANNA, "reader");
    expect(ids((await api(`${LIST}?minAccessRole=writer`)).json)).toEqual([ANNA]);
    sandbox.control.google.changeListEntry(ANNA, shared, { hidden: true });
    expect(ids((await api(LIST)).json)).toEqual([ANNA]);
    expect(ids((await api(`${LIST}?showHidden=true`)).json)).toContain(shared);
    expect((await api(`${LIST}?minAccessRole=king`)).status).toBe(400);
  });

  it("cuts answers down to the selected fields", async () => {
    const { json } = await api(`${LIST}?fields=items(id,conferenceProperties/allowedConferenceSolutionTypes)`);
    expect(json).toEqual({
      items: [{ id: ANNA, conferenceProperties: { allowedConferenceSolutionTypes: ["hangoutsMeet"] } }],
    });
    expect((await api(`${LIST}?fields=items(id`)).status).toBe(400);
  });
});

describe("calendars", () => {
  it("are made, read with an etag, and deleted by their owner", async () => {
    const made = await api("/calendars", { method: "POST", json: { summary: "Sync", timeZone: "Asia/Tokyo" } });
    const id = String(at(made.json, "id"));
    expect(id).toMatch(/^c_[0-9a-f]{64}@group\.calendar\.google\.com$/);
    const path = `/calendars/${encodeURIComponent(id)}`;
    const read = await api(path);
    expect(read.json).toMatchObject({ summary: "Sync", timeZone: "Asia/Tokyo", dataOwner: ANNA });
    const again = await api(path, { headers: { "if-none-match": String(at(read.json, "etag")) } });
    expect(again.status).toBe(304);
    sandbox.control.google.share(id, BEN, "owner");
    expect((await googleApi(sandbox, BEN)(path, { method: "DELETE" })).status).toBe(403);
    expect((await api(path, { method: "DELETE" })).status).toBe(204);
    expect((await api(path)).status).toBe(404);
  });

  it.each([
    ["without a title", {}],
    ["with an unknown zone", { summary: "x", timeZone: "Mars/Olympus" }],
  ])("are not made %s", async (_, json) => {
    expect((await api("/calendars", { method: "POST", json })).status).toBe(400);
  });

  it("do not exist for those who have no access", async () => {
    const id = sandbox.control.google.addCalendar(BEN, { summary: "Ben's" });
    const answer = await api(`/calendars/${encodeURIComponent(id)}`);
    expect([answer.status, at(answer.json, "error", "errors", 0, "reason")]).toEqual([404, "notFound"]);
  });

  it("keep the primary one from being deleted", async () => {
    expect((await api("/calendars/primary", { method: "DELETE" })).status).toBe(403);
  });

  it("are within reach of calendar.app.created only if the app made them", async () => {
    const limited = googleApi(sandbox, ANNA, ["calendar.app.created"]);
    const made = await limited("/calendars", { method: "POST", json: { summary: "Ours" } });
    expect((await limited(`/calendars/${encodeURIComponent(String(at(made.json, "id")))}`)).status).toBe(200);
    expect((await limited("/calendars/primary")).status).toBe(404);
  });
});

describe("refusals before any route", () => {
  const reasonOf = (json: unknown): unknown => at(json, "error", "errors", 0, "reason");

  it("ask for a token, and for a living one", async () => {
    const none = await api(LIST, { headers: { authorization: "" } });
    expect([none.status, reasonOf(none.json)]).toEqual([401, "required"]);
    const dead = await api(LIST, { headers: { authorization: "Bearer ya29.dead" } });
    expect([dead.status, reasonOf(dead.json)]).toEqual([401, "authError"]);
  });

  it("name missing scopes: calendar.events alone cannot list calendars", async () => {
    const answer = await googleApi(sandbox, ANNA, ["calendar.events"])(LIST);
    expect([answer.status, reasonOf(answer.json)]).toEqual([403, "insufficientPermissions"]);
    expect(at(answer.json, "error", "details", 0, "reason")).toBe("ACCESS_TOKEN_SCOPE_INSUFFICIENT");
    sandbox.control.google.ungrant(ANNA, ["calendar", "calendar.readonly", "calendar.calendarlist"]);
    expect((await api(LIST)).status).toBe(200);
    sandbox.control.google.ungrant(ANNA, ["calendar.calendarlist.readonly"]);
    expect((await api(LIST)).status).toBe(403);
  });

  it("say that the API is not switched on", async () => {
    sandbox.control.google.settings.apiEnabled = false;
    expect(reasonOf((await api(LIST)).json)).toBe("accessNotConfigured");
  });

  it("hold a user to 600 units in a sliding minute, by 403 or 429", async () => {
    for (let count = 0; count < 300; count += 1) await api(`${LIST}/primary`);
    clock.advance(30_000);
    for (let count = 0; count < 300; count += 1) await api(`${LIST}/primary`);
    const full = await api(LIST);
    expect([full.status, reasonOf(full.json)]).toEqual([403, "userRateLimitExceeded"]);
    sandbox.control.google.settings.rateLimitStatus = 429;
    expect((await api(LIST)).status).toBe(429);
    expect((await googleApi(sandbox, BEN)(LIST)).status).toBe(200);
    clock.advance(30_000);
    expect((await api(LIST)).status).toBe(200);
    expect(sandbox.control.stats()["google-calendar"].rateLimited).toBe(2);
  });

  it("hold a project to its own window", async () => {
    const rateLimits = {
      perUser: { requests: 5, perMs: 60_000 },
      perProject: { requests: 7, perMs: 60_000 },
    };
    sandbox.control.google.settings.rateLimits = rateLimits;
    for (let count = 0; count < 5; count += 1) await api(LIST);
    for (let count = 0; count < 2; count += 1) await api(`${LIST}?quotaUser=other`);
    expect(reasonOf((await api(`${LIST}?quotaUser=third`)).json)).toBe("rateLimitExceeded");
  });

  it("answer an unknown route with a page", async () => {
    expect(await api("/colors")).toMatchObject({ status: 404, text: "Not Found" });
  });

  it("run out of creations", async () => {
    sandbox.control.google.settings.creationsLeft = 1;
    const make = () => api("/calendars", { method: "POST", json: { summary: "x" } });
    expect((await make()).status).toBe(200);
    expect(reasonOf((await make()).json)).toBe("quotaExceeded");
  });
});
