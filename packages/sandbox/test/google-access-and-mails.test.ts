import { beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../src/index.ts";
import { type Answer, type Api, at, googleApi, listAt } from "./support/callers.ts";
import { TestClock } from "./support/test-clock.ts";

const [ANNA, BEN] = ["anna@gmail.example", "ben@gmail.example"] as const;
const EVENTS = "/calendars/primary/events";

let sandbox: Sandbox;
let api: Api;

beforeEach(() => {
  sandbox = createSandbox({ clock: new TestClock() });
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

describe("access", () => {
  const shareAs = (role: "freeBusyReader" | "reader" | "writerWithoutPrivateAccess" | "writer"): Promise<Answer> => {
    sandbox.control.google.share(ANNA, BEN, role);
    return googleApi(sandbox, BEN)(`/calendars/${encodeURIComponent(ANNA)}/events`);
  };

  it("shows busy blocks to freeBusyReader", async () => {
    await made({ location: "Room 1" });
    const [item] = listAt((await shareAs("freeBusyReader")).json, "items");
    expect(item).toMatchObject({ start: expect.anything(), visibility: "private" });
    expect([at(item, "summary"), at(item, "location")]).toEqual([undefined, undefined]);
  });

  it.each(["reader", "writerWithoutPrivateAccess"] as const)("hides private details from %s", async (role) => {
    await made({ visibility: "private" });
    await made({ summary: "Open" });
    const items = listAt((await shareAs(role)).json, "items");
    expect(items.map((item) => at(item, "summary")).sort()).toEqual(["Open", undefined]);
  });

  it("lets writers write, readers not, and each only with its scope", async () => {
    sandbox.control.google.share(ANNA, BEN, "reader");
    const path = `/calendars/${encodeURIComponent(ANNA)}/events`;
    const write = { method: "POST", json: MEETING };
    expect(reasonOf(await googleApi(sandbox, BEN)(path, write))).toBe("requiredAccessLevel");
    sandbox.control.google.share(ANNA, BEN, "writer");
    expect((await googleApi(sandbox, BEN)(path, write)).status).toBe(200);
    const owned = googleApi(sandbox, BEN, ["calendar.events.owned"]);
    expect(reasonOf(await owned(path, write))).toBe("insufficientPermissions");
    expect((await owned(EVENTS, write)).status).toBe(200);
    const reading = googleApi(sandbox, BEN, ["calendar.events.readonly"]);
    expect([(await reading(EVENTS)).status, (await reading(EVENTS, write)).status]).toEqual([200, 403]);
    const busy = await googleApi(sandbox, BEN, ["calendar.events.freebusy"])(EVENTS);
    expect(at(busy.json, "items", 0, "summary")).toBeUndefined();
  });

  it("ends for new events when the general limits of use are reached, and not for the old ones", async () => {
    sandbox.control.google.settings.creationsLeft = 1;
    const id = await made();
    const answer = await insert({});
    expect([answer.status, reasonOf(answer)]).toEqual([403, "quotaExceeded"]);
    expect((await patch(id, { summary: "New" })).status).toBe(200);
  });

  it("costs three units for a patch and one for others", async () => {
    sandbox.control.google.settings.rateLimits = {
      perUser: { requests: 5, perMs: 60_000 },
      perProject: { requests: 100, perMs: 60_000 },
    };
    const id = await made();
    expect((await patch(id, { summary: "1" })).status).toBe(200);
    expect((await patch(id, { summary: "2" })).status).toBe(403);
    expect((await get(id)).status).toBe(200);
    expect(reasonOf(await get(id))).toBe("userRateLimitExceeded");
  });
});

describe("the count of mails", () => {
  const guests = { attendees: [{ email: ANNA }, { email: BEN }, { email: "out@else.example" }] };
  const mails = (): unknown[] =>
    sandbox.control.google.mails().map(({ to, kind, certain }) => `${kind} ${to}${certain ? "" : "?"}`);

  it("stays at nothing without guests, whatever is asked for", async () => {
    await insert({}, "?sendUpdates=all");
    await insert({ attendees: [{ email: ANNA }] }, "?sendUpdates=all");
    expect(mails()).toEqual([]);
  });

  it.each([
    ["?sendUpdates=all", [`invitation ${BEN}`, "invitation out@else.example"]],
    ["?sendNotifications=true", [`invitation ${BEN}`, "invitation out@else.example"]],
    ["?sendUpdates=externalOnly", ["invitation out@else.example"]],
    ["?sendUpdates=none", [`invitation ${BEN}?`, "invitation out@else.example?"]],
    ["", [`invitation ${BEN}?`, "invitation out@else.example?"]],
  ])("counts those whom an insert with %s reaches, or may reach", async (query, expected) => {
    await insert(guests, query);
    expect(mails()).toEqual(expected);
  });

  it("counts updates, late invitations, cancellations and moves", async () => {
    const id = await made(guests);
    const before = mails().length;
    await patch(id, { attendees: [{ email: BEN }, { email: "late@else.example" }] }, "?sendUpdates=all");
    expect(mails().slice(before)).toEqual([
      `update ${BEN}`,
      "invitation late@else.example",
      "cancellation out@else.example",
    ]);
    await api(`${EVENTS}/${id}?sendUpdates=all`, { method: "DELETE" });
    expect(mails().slice(before + 3)).toEqual([`cancellation ${BEN}`, "cancellation late@else.example"]);
  });

  it("counts the answer to an organizer", async () => {
    const id = sandbox.control.google.putEvent(
      ANNA,
      { ...MEETING, attendees: [{ email: ANNA }] },
      { organizer: "boss@else.example" },
    );
    expect(mails()).toEqual([]);
    await api(`${EVENTS}/${id}?sendUpdates=all`, { method: "DELETE" });
    expect(mails()).toEqual(["response boss@else.example"]);
  });
});
