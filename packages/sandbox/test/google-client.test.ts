import { auth, calendar, type calendar_v3 } from "@googleapis/calendar";
import { beforeEach, describe, expect, it } from "vitest";
import { createSandbox, GOOGLE_APP, type Sandbox, signIn } from "../src/index.ts";
import { TestClock } from "./support/test-clock.ts";

/**
 * Google's own client as judge: made from the description of the API by others, for the real service. Its code exchange,
 * refreshes, paths, parameters and parsing meet the stand-in as they would meet Google.
 */
const ANNA = "anna@gmail.example";
const REDIRECT = "http://127.0.0.1:8888/callback";
const SCOPES = [
  "openid",
  "email",
  "https://www.googleapis.com/auth/calendar.events",
  "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
];

let clock: TestClock;
let sandbox: Sandbox;
let received: Request[];
let client: InstanceType<typeof auth.OAuth2>;
let api: calendar_v3.Calendar;

beforeEach(async () => {
  clock = new TestClock();
  received = [];
  sandbox = createSandbox({
    clock,
    notificationFetch: async (request) => {
      received.push(request);
      return new Response();
    },
  });
  const fetchImplementation = sandbox.fetch as typeof fetch;
  client = new auth.OAuth2({
    clientId: GOOGLE_APP.id,
    clientSecret: GOOGLE_APP.secret,
    redirectUri: REDIRECT,
    forceRefreshOnFailure: true,
    transporterOptions: { fetchImplementation },
  });
  const url = client.generateAuthUrl({ access_type: "offline", prompt: "consent", scope: SCOPES, state: "s" });
  const callback = await signIn({ fetch: sandbox.fetch, url, user: ANNA });
  const { tokens } = await client.getToken(callback.searchParams.get("code") ?? "");
  client.setCredentials(tokens);
  api = calendar({ version: "v3", auth: client, fetchImplementation });
});

const at = (day: number, hour: number): calendar_v3.Schema$EventDateTime => ({
  dateTime: `2026-12-${String(day).padStart(2, "0")}T${String(hour).padStart(2, "0")}:00:00+01:00`,
  timeZone: "Europe/Berlin",
});
const meeting = (day: number, more: calendar_v3.Schema$Event = {}): calendar_v3.Schema$Event => ({
  summary: `Day ${day}`,
  start: at(day, 9),
  end: at(day, 10),
  ...more,
});
const insert = async (requestBody: calendar_v3.Schema$Event): Promise<calendar_v3.Schema$Event> =>
  (await api.events.insert({ calendarId: "primary", requestBody, sendUpdates: "none" })).data;

/** Everything that a listing gives, page by page, as the guide to synchronisation does it. */
async function sync(syncToken?: string): Promise<{ items: calendar_v3.Schema$Event[]; token: string | undefined }> {
  const items: calendar_v3.Schema$Event[] = [];
  let pageToken: string | undefined;
  for (;;) {
    const { data } = await api.events.list({
      calendarId: "primary",
      maxResults: 2,
      ...(syncToken === undefined ? {} : { syncToken }),
      ...(pageToken === undefined ? {} : { pageToken }),
    });
    items.push(...(data.items ?? []));
    if (data.nextPageToken == null) return { items, token: data.nextSyncToken ?? undefined };
    pageToken = data.nextPageToken;
  }
}

describe("Google's own client", () => {
  it("signs in, lists calendars, and is told what it may not do", async () => {
    const { data } = await api.calendarList.list({ maxResults: 250, showHidden: true });
    expect(data.items).toEqual([expect.objectContaining({ id: ANNA, primary: true, accessRole: "owner" })]);
    await expect(api.calendars.insert({ requestBody: { summary: "x" } })).rejects.toMatchObject({ status: 403 });
    const info = await client.getTokenInfo(client.credentials.access_token ?? "");
    expect(info).toMatchObject({ aud: GOOGLE_APP.id, email: ANNA, scopes: expect.arrayContaining(SCOPES.slice(2)) });
  });

  it("refreshes on its own when the token has expired", async () => {
    const before = client.credentials.access_token;
    sandbox.control.google.expireAccessTokens(ANNA);
    expect((await api.events.list({ calendarId: "primary" })).status).toBe(200);
    expect(client.credentials.access_token).not.toBe(before);
    sandbox.control.google.revoke(ANNA);
    await expect(api.events.list({ calendarId: "primary" })).rejects.toThrow(/invalid_grant/);
  });

  it("synchronises as the guide says: pages, a token, changes, tombstones, 410", async () => {
    for (let day = 1; day <= 5; day += 1) await insert(meeting(day, { id: `abcde${day}` }));
    const full = await sync();
    expect(full.items.map(({ id }) => id).sort()).toEqual([1, 2, 3, 4, 5].map((day) => `abcde${day}`));
    await api.events.patch({ calendarId: "primary", eventId: "abcde1", requestBody: { summary: "New" } });
    await api.events.delete({ calendarId: "primary", eventId: "abcde2" });
    const delta = await sync(full.token);
    const told = delta.items.map(({ id, status, summary }) => [id, status, summary]);
    expect(told.sort()).toEqual([
      ["abcde1", "confirmed", "New"],
      ["abcde2", "cancelled", undefined],
    ]);
    sandbox.control.google.expireSyncTokens();
    await expect(sync(delta.token)).rejects.toMatchObject({ status: 410 });
  });

  it("creates once under an id of its own", async () => {
    await insert(meeting(1, { id: "s0v0s0v0" }));
    await expect(insert(meeting(1, { id: "s0v0s0v0" }))).rejects.toMatchObject({ status: 409 });
    await expect(insert(meeting(1, { id: "UPPER" }))).rejects.toMatchObject({ status: 400 });
    const { data } = await api.events.get({ calendarId: "primary", eventId: "s0v0s0v0" });
    expect(data).toMatchObject({ iCalUID: "s0v0s0v0@google.com", organizer: { self: true } });
  });

  it("patches under If-Match, and learns that somebody else was first", async () => {
    const { id, etag } = await insert(meeting(1));
    const patch = (summary: string) =>
      api.events.patch(
        { calendarId: "primary", eventId: id ?? "", requestBody: { summary } },
        { headers: { "If-Match": etag ?? "" } },
      );
    expect((await patch("First")).data.summary).toBe("First");
    await expect(patch("Second")).rejects.toMatchObject({ status: 412 });
  });

  it("finds instances by their original start, moves one and cancels another", async () => {
    const { id } = await insert(meeting(1, { recurrence: ["RRULE:FREQ=WEEKLY;COUNT=4"] }));
    const eventId = id ?? "";
    const slot = { calendarId: "primary", eventId, originalStart: "2026-12-08T09:00:00+01:00" };
    const [second] = (await api.events.instances(slot)).data.items ?? [];
    expect(second?.id).toBe(`${eventId}_20261208T080000Z`);
    const moved = { start: at(9, 14), end: at(9, 15) };
    await api.events.patch({ calendarId: "primary", eventId: second?.id ?? "", requestBody: moved });
    await api.events.delete({ calendarId: "primary", eventId: `${eventId}_20261215T080000Z` });
    const { items } = await sync();
    expect(items.map(({ status, recurringEventId }) => [status, recurringEventId]).sort()).toEqual(
      [
        ["cancelled", eventId],
        ["confirmed", eventId],
        ["confirmed", undefined],
      ].sort(),
    );
    const all = await api.events.instances({ calendarId: "primary", eventId });
    expect(all.data.items?.map(({ start }) => start?.dateTime).sort()).toEqual(
      [at(1, 9), at(9, 14), at(22, 9)].map(({ dateTime }) => dateTime),
    );
  });

  it("imports, moves nothing by mistake, and searches by repeated parameters", async () => {
    const extendedProperties = { private: { pair: "p1", key: "k1" } };
    const requestBody = meeting(2, { iCalUID: "u1@else.example", extendedProperties });
    const { data } = await api.events.import({ calendarId: "primary", requestBody });
    const find = (privateExtendedProperty: string[]) =>
      api.events.list({ calendarId: "primary", privateExtendedProperty, eventTypes: ["default", "birthday"] });
    expect((await find(["pair=p1", "key=k1"])).data.items?.map(({ id }) => id)).toEqual([data.id]);
    expect((await find(["pair=p1", "key=k2"])).data.items).toEqual([]);
    expect(sandbox.control.google.mails()).toEqual([]);
  });

  it("watches events, hears of changes, and stops", async () => {
    const address = "https://app.example/hook";
    const { data } = await api.events.watch({
      calendarId: "primary",
      requestBody: { id: "c1", type: "web_hook", address, token: "t", params: { ttl: "3600" } },
    });
    expect(data).toMatchObject({ kind: "api#channel", expiration: String(clock.now() + 3_600_000) });
    await insert(meeting(1));
    await sandbox.control.google.notificationsSettled();
    expect(received.map(({ headers }) => headers.get("x-goog-resource-state"))).toEqual(["sync", "exists"]);
    await api.channels.stop({ requestBody: { id: "c1", resourceId: data.resourceId ?? "" } });
    await insert(meeting(2));
    await sandbox.control.google.notificationsSettled();
    expect(received).toHaveLength(2);
  });

  it("sends no parameter that the stand-in does not know", async () => {
    await insert(meeting(1));
    await sync();
    expect(sandbox.control.stats().unknownParameters).toEqual([]);
  });

  it("works against the local server as well", async () => {
    const server = await sandbox.listen();
    try {
      const { accessToken } = sandbox.control.google.issueTokens(ANNA);
      const remote = new auth.OAuth2();
      remote.setCredentials({ access_token: accessToken });
      const list = (path: string) =>
        fetch(`${server.url}/www.googleapis.com${path}`, { headers: { authorization: `Bearer ${accessToken}` } });
      const here = calendar({
        version: "v3",
        auth: remote,
        fetchImplementation: (input, init) => fetch(String(input).replace("https://", `${server.url}/`), init),
      });
      const { data } = await here.events.insert({ calendarId: "primary", requestBody: meeting(3) });
      expect((await here.events.list({ calendarId: ANNA })).data.items?.map(({ id }) => id)).toEqual([data.id]);
      expect((await list("/calendar/v3/users/me/calendarList")).status).toBe(200);
    } finally {
      await server.close();
    }
  });
});
