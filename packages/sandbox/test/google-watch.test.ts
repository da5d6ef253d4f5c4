import { beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../src/index.ts";
import { type Answer, type Api, at, googleApi } from "./support/callers.ts";
import { TestClock } from "./support/test-clock.ts";

const ANNA = "anna@gmail.example";
const EVENTS = "/calendars/primary/events";
const HOUR_MS = 3_600_000;
const CHANNEL = { id: "channel-1", type: "web_hook", address: "https://app.example/hook", token: "secret" };

let clock: TestClock;
let sandbox: Sandbox;
let api: Api;
let received: Request[];
let statuses: number[];

beforeEach(() => {
  clock = new TestClock();
  [received, statuses] = [[], []];
  sandbox = createSandbox({
    clock,
    notificationFetch: async (request) => {
      received.push(request);
      return new Response(null, { status: statuses.shift() ?? 200 });
    },
  });
  api = googleApi(sandbox);
});

const watch = (change: object = {}): Promise<Answer> =>
  api(`${EVENTS}/watch`, { method: "POST", json: { ...CHANNEL, ...change } });
const stop = (json: object): Promise<Answer> => api("/channels/stop", { method: "POST", json });
const put = (): string =>
  sandbox.control.google.putEvent(ANNA, { start: { date: "2026-12-01" }, end: { date: "2026-12-02" } });
const reasonOf = ({ json }: Answer): unknown => at(json, "error", "errors", 0, "reason");
const states = async (): Promise<unknown[]> => {
  await sandbox.control.google.notificationsSettled();
  return received.map(({ headers }) => headers.get("x-goog-resource-state"));
};

describe("a channel", () => {
  it("begins with a sync message and says every later change, by the user and by the app", async () => {
    const { json } = await watch();
    expect(json).toMatchObject({ kind: "api#channel", id: "channel-1", token: "secret" });
    const id = put();
    await api(`${EVENTS}/${id}`, { method: "PATCH", json: { summary: "New" } });
    await api(`${EVENTS}/${id}`, { method: "DELETE" });
    expect((await states())[0]).toBe("sync");
    expect(new Set((await states()).slice(1))).toEqual(new Set(["exists"]));
    expect(received.length).toBeGreaterThanOrEqual(4);
    const [first] = received;
    expect(Object.fromEntries(first!.headers)).toMatchObject({
      "x-goog-channel-id": "channel-1",
      "x-goog-channel-token": "secret",
      "x-goog-channel-expiration": "Sun, 29 Nov 2026 12:00:00 GMT",
      "x-goog-resource-id": at(json, "resourceId"),
      "x-goog-resource-uri": expect.stringContaining("/events"),
      "x-goog-message-number": "1",
    });
    expect([first!.method, first!.url, await first!.text()]).toEqual(["POST", CHANNEL.address, ""]);
    const numbers = received.map(({ headers }) => Number(headers.get("x-goog-message-number")));
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  });

  it("ends after a week, or sooner if asked to", async () => {
    expect(at((await watch()).json, "expiration")).toBe(String(clock.now() + 168 * HOUR_MS));
    await watch({ id: "channel-2", params: { ttl: "3600" } });
    await watch({ id: "channel-3", params: { ttl: "9999999" } });
    clock.advance(HOUR_MS);
    expect(sandbox.control.google.channels().map(({ open }) => open)).toEqual([true, false, true]);
    clock.advance(168 * HOUR_MS);
    const before = (await states()).length;
    put();
    expect(await states()).toHaveLength(before);
  });

  it("is silent once stopped, and can be stopped once", async () => {
    const { resourceId } = (await watch()).json as { resourceId: string };
    expect((await stop({ id: "channel-1", resourceId: "other" })).status).toBe(404);
    expect((await stop({ id: "channel-1", resourceId })).status).toBe(204);
    put();
    expect(await states()).toEqual(["sync"]);
    expect((await stop({ id: "channel-1", resourceId })).status).toBe(404);
  });

  it("hears of its own calendar only, and of its end", async () => {
    const other = sandbox.control.google.addCalendar(ANNA, { summary: "Other" });
    await api(`/calendars/${encodeURIComponent(other)}/events/watch`, { method: "POST", json: CHANNEL });
    put();
    expect(await states()).toEqual(["sync"]);
    sandbox.control.google.removeCalendar(other);
    expect(await states()).toEqual(["sync", "not_exists"]);
  });

  it.each([
    ["an id that is used", {}, 400, "channelIdNotUnique"],
    ["an id that is too long", { id: "x".repeat(65) }, 400, "invalid"],
    ["no id", { id: undefined }, 400, "required"],
    ["a token that is too long", { id: "n", token: "x".repeat(257) }, 400, "invalid"],
    ["another kind", { id: "n", type: "pigeon" }, 400, "invalid"],
    ["plain HTTP", { id: "n", address: "http://app.example/hook" }, 400, "webhookUrlNotHttps"],
    ["a host that nobody verified", { id: "n", address: "https://new.example/hook" }, 401, "webhookUrlUnauthorized"],
    ["a life in the past", { id: "n", expiration: "1" }, 400, "invalid"],
  ])("is refused with %s", async (_, change, status, reason) => {
    sandbox.control.google.settings.unverifiedHosts = ["new.example"];
    await watch();
    const answer = await watch(change);
    expect([answer.status, reasonOf(answer)]).toEqual([status, reason]);
  });

  it("needs a scope that reads events", async () => {
    const lists = googleApi(sandbox, ANNA, ["calendar.calendarlist.readonly"]);
    expect((await lists(`${EVENTS}/watch`, { method: "POST", json: CHANNEL })).status).toBe(403);
  });
});

describe("delivery", () => {
  it.each([500, 502, 503, 504])("is tried again after %i, with waits that grow", async (status) => {
    statuses = [status, status];
    const start = clock.now();
    await watch();
    expect(await states()).toEqual(["sync", "sync", "sync"]);
    expect(clock.now() - start).toBe(3_000);
    const tried = sandbox.control.google.notifications();
    expect(tried.map((attempt) => [attempt.messageNumber, attempt.status])).toEqual([
      [1, status],
      [1, status],
      [1, 200],
    ]);
  });

  it.each([400, 404, 410, 429, 501])("is not tried again after %i", async (status) => {
    statuses = [status];
    await watch();
    expect(await states()).toEqual(["sync"]);
  });

  it("goes nowhere unless a fetch for it is handed in, but is noted", async () => {
    const alone = createSandbox({ clock });
    await googleApi(alone)(`${EVENTS}/watch`, { method: "POST", json: CHANNEL });
    await alone.control.google.notificationsSettled();
    expect(alone.control.google.notifications()).toEqual([
      { channelId: "channel-1", state: "sync", messageNumber: 1, status: undefined },
    ]);
  });
});
