import type { UniversalEvent } from "@syncer/calendar";
import { describe, expect, it } from "vitest";
import type { CaldavEvent } from "../src/index.ts";
import {
  eventRow,
  eventText,
  failureOf,
  multistatus,
  questionOf,
  type Script,
  ScriptedServer,
  SERVER,
  statusRow,
  xml,
} from "./support/scripted-server.ts";

const CALENDAR = `${SERVER}c/jo/cal/`;
const PATH = "/c/jo/cal/";
const OPERATION = "op-0123456789abcdefghijklmnopqrstuvwxyzABCD";

const EVENT: UniversalEvent = {
  uid: "uid-1@syncer.example",
  title: "Lunch <&>",
  description: "",
  location: "",
  when: { start: "2026-12-01T12:00:00", timeZone: "Europe/Berlin", duration: "PT1H", allDay: false },
  recurrence: null,
  overrides: {},
  status: "confirmed",
  privacy: "default",
  freeBusyStatus: "busy",
};

const PREVIOUS: CaldavEvent = { path: `${PATH}a@b.ics`, text: eventText("a"), event: EVENT };

function writer(script: Script) {
  const server = new ScriptedServer(script);
  const { write } = server.provider.collections.events;
  const session = server.session();
  return {
    server,
    create: (item: Partial<UniversalEvent> = EVENT) =>
      write.create(session, CALENDAR, { item, operationId: OPERATION }),
    update: (item: Partial<UniversalEvent>, ifVersion?: string) =>
      write.update(session, CALENDAR, {
        id: "a%40b",
        item,
        operationId: OPERATION,
        previous: PREVIOUS,
        ...(ifVersion === undefined ? {} : { ifVersion }),
      }),
    remove: (ifVersion?: string) =>
      write.delete(session, CALENDAR, {
        id: "a%40b",
        operationId: OPERATION,
        ...(ifVersion === undefined ? {} : { ifVersion }),
      }),
  };
}

const stored = (status: number, etag?: string): Script => {
  return () => new Response(null, { status, headers: etag === undefined ? {} : { etag } });
};

const inner = (status: string, condition = "") =>
  multistatus(statusRow(`${PATH}x.ics`, status, condition && `<d:error><c:${condition}/></d:error>`));
const precondition = (status: number, condition: string) =>
  xml(`<d:error xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><c:${condition}/></d:error>`, status);

describe("what iCalendar cannot say", () => {
  it("is named with what is written, without what it says", async () => {
    const { create, update } = writer(stored(201, '"2"'));
    const reminders = [{ minutes: 10, action: "email" as const }];
    const asked = { ...EVENT, reminders, color: "#a4bdfc" };
    expect((await create(asked)).losses?.toSorted()).toEqual(["color.not-a-name", "reminder.email"]);
    expect((await create()).losses).toEqual([]);
    expect((await update({ reminders }, '"1"')).losses).toEqual(["reminder.email"]);
  });

  it("is also what was special of an instance that the series has no longer", async () => {
    const series = {
      recurrence: { frequency: "daily" as const, count: 3 },
      overrides: { "2026-12-02T12:00:00": { title: "Late lunch" } },
    };
    const made = await writer(stored(201, '"1"')).create({ ...EVENT, ...series });
    const server = new ScriptedServer(stored(204, '"2"'));
    const { update } = server.provider.collections.events.write;
    const request = { id: "a%40b", operationId: OPERATION, previous: made.native, ifVersion: '"1"' };
    const item = { recurrence: { frequency: "weekly" as const, count: 3 } };
    expect((await update(server.session(), CALENDAR, { ...request, item })).losses).toEqual(["overrides.dropped"]);
  });
});

describe("a new event", () => {
  it("is put under the operation's name, where nothing is, with its own UID, in one request", async () => {
    const { server, create } = writer(stored(201, '"v1"'));
    expect(await create()).toMatchObject({
      id: OPERATION,
      version: '"v1"',
      marker: OPERATION,
      native: { event: EVENT },
    });
    const [request] = server.requests;
    expect(server.asked).toEqual([`PUT ${PATH}${OPERATION}.ics`]);
    expect(request?.headers.get("if-none-match")).toBe("*");
    expect(request?.headers.get("content-type")).toBe("text/calendar; charset=utf-8");
    expect(request?.body).toContain("UID:uid-1@syncer.example\r\n");
    expect(request?.body).toContain(`X-SYNCER-OPERATION:${OPERATION}\r\n`);
  });

  it("gets the operation's name for a UID where it has none, and never guests", async () => {
    const { server, create } = writer(stored(201, '"v1"'));
    const { uid: _, ...nameless } = EVENT;
    await create({ ...nameless, organizer: { email: "jo@example.org" }, attendees: [{ email: "guest@example.org" }] });
    expect(server.requests[0]?.body).toContain(`UID:${OPERATION}\r\n`);
    expect(server.requests[0]?.body).not.toMatch(/ORGANIZER|ATTENDEE|example\.org/);
  });

  it.each<[string, Script]>([
    ["by 412", stored(412)],
    ["by 409 for its UID", () => precondition(409, "no-uid-conflict")],
    ["by 403 for its UID", () => precondition(403, "no-uid-conflict")],
    ["by 412 inside 207", () => inner("412 Precondition Failed")],
    ["for its UID inside 207, as xandikos does", () => inner("412 Precondition Failed", "no-uid-conflict")],
  ])("is refused as one that is there %s", async (_, script) => {
    expect(await failureOf(writer(script).create())).toBe("already-there");
  });

  it.each<[string, Script, string]>([
    ["is not one", () => precondition(403, "valid-calendar-data"), "invalid valid-calendar-data"],
    ["is too large", () => precondition(403, "max-resource-size"), "invalid max-resource-size"],
    ["is too large, by status", stored(413), "invalid max-resource-size"],
    ["is not one, inside 207", () => inner("403 Forbidden", "valid-calendar-data"), "invalid valid-calendar-data"],
    ["may not be there", stored(403), "forbidden status-403"],
    ["has no room", stored(507), "collection-full"],
    ["has no calendar", stored(404), "not-found"],
    ["has no calendar, as Radicale says it", stored(409), "not-found"],
    ["is refused in words of the server", () => precondition(403, "Canary-jo"), "forbidden status-403"],
  ])("that %s is refused as that", async (_, script, failure) => {
    expect(await failureOf(writer(script).create())).toBe(failure);
  });

  it.each<[string, Partial<UniversalEvent>, string]>([
    ["has no time", { title: "x" }, "invalid event.no-start"],
    [
      "no model describes",
      { ...EVENT, when: { start: "never", timeZone: null, duration: "PT1H", allDay: false } },
      "invalid event.malformed",
    ],
  ])("that %s is refused before anything is sent", async (_, item, failure) => {
    const { server, create } = writer(stored(201, '"v1"'));
    expect(await failureOf(create(item))).toBe(failure);
    expect(server.requests).toEqual([]);
  });

  it.each([undefined, 'W/"v1"'])("is read again where its server gives no strong ETag (%j)", async (etag) => {
    const { server, create } = writer((seen) =>
      questionOf(seen) === "multiget"
        ? multistatus(eventRow(`${PATH}${OPERATION}.ics`, "rewritten"))
        : stored(201, etag)(seen),
    );
    expect(await create()).toMatchObject({
      version: '"rewritten"',
      native: { event: { title: "Title of rewritten" } },
    });
    expect(server.requests.map(({ method }) => method)).toEqual(["PUT", "REPORT"]);
  });

  it.each<[string, Script]>([
    [
      "the reading again fails",
      (seen) => (seen.method === "PUT" ? stored(201)(seen) : new Response(null, { status: 403 })),
    ],
    [
      "it is not there then",
      (seen) =>
        seen.method === "PUT" ? stored(201)(seen) : multistatus(statusRow(`${PATH}${OPERATION}.ics`, "404 Not Found")),
    ],
    ["a page comes in place of the answer", () => new Response("<html><body>Sign in</body></html>", { status: 200 })],
    ["a 207 says nothing", () => new Response("plain", { status: 207 })],
    ["the answer is lost", () => Promise.reject(new TypeError("fetch failed"))],
    ["the server fails", stored(500)],
  ])("may have been made where %s", async (_, script) => {
    expect(await failureOf(writer(script).create())).toBe("service.outcome-unknown");
  });
});

describe("a changed event", () => {
  it("is put back whole where it was, under the version that was read, and keeps what nobody changed", async () => {
    const { server, update } = writer(stored(204, '"v2"'));
    const state = await update({ title: "Another" }, '"v1"');
    expect(state).toMatchObject({
      id: "a%40b",
      version: '"v2"',
      marker: OPERATION,
      native: { event: { title: "Another" } },
    });
    const [request] = server.requests;
    expect(server.asked).toEqual([`PUT ${PATH}a@b.ics`]);
    expect(request?.headers.get("if-match")).toBe('"v1"');
    expect(request?.body).toContain("DTSTART:20261201T090000Z\r\nDTEND:20261201T100000Z");
  });

  it.each<[string, Script, string]>([
    ["has moved", stored(412), "version-moved"],
    ["has moved, inside 207", () => inner("412 Precondition Failed"), "version-moved"],
    ["somebody else writes", stored(409), "version-moved"],
    ["is locked", stored(423), "version-moved"],
    ["is gone", stored(404), "not-found"],
    ["is gone for good", stored(410), "not-found"],
  ])("that %s is refused as that", async (_, script, failure) => {
    expect(await failureOf(writer(script).update({ title: "Another" }, '"v1"'))).toBe(failure);
  });

  it("is not written where all of it is so already, and the server is asked whether it still is", async () => {
    const same = { title: "Title of a" };
    const shown =
      (etag: string): Script =>
      () =>
        multistatus(eventRow(`${PATH}a@b.ics`, "a", etag));
    const { server, update } = writer(shown('"v1"'));
    expect(await update(same, '"v1"')).toMatchObject({ id: "a%40b", version: '"v1"' });
    expect(server.requests.map(({ method }) => method)).toEqual(["REPORT"]);
    expect(await failureOf(writer(shown('"v2"')).update(same, '"v1"'))).toBe("version-moved");
  });

  it("without a known version is written over what is there now, under its version", async () => {
    const { server, update } = writer((seen) =>
      seen.method === "PUT" ? stored(204, '"v3"')(seen) : multistatus(eventRow(`${PATH}a@b.ics`, "now", '"v2"')),
    );
    await update({ location: "Here" });
    expect(server.requests.at(-1)?.headers.get("if-match")).toBe('"v2"');
    expect(server.requests.at(-1)?.body).toContain("SUMMARY:Title of now");
    const gone = writer(() => multistatus(statusRow(`${PATH}a@b.ics`, "404 Not Found")));
    expect(await failureOf(gone.update({ location: "Here" }))).toBe("not-found");
  });
});

describe("a deletion", () => {
  it.each<[string, Script]>([
    ["204", stored(204)],
    ["200 without a body", stored(200)],
    [
      "200 with a multistatus, as Radicale's",
      () =>
        xml(
          '<multistatus xmlns="DAV:"><response><href>/x</href><status>HTTP/1.1 200 OK</status></response></multistatus>',
          200,
        ),
    ],
  ])("names the version, asks that nobody be told, and is done by %s", async (_, script) => {
    const { server, remove } = writer(script);
    await remove('"v1"');
    const [request] = server.requests;
    expect(server.asked).toEqual([`DELETE ${PATH}a%40b.ics`]);
    expect([request?.headers.get("if-match"), request?.headers.get("schedule-reply")]).toEqual(['"v1"', "F"]);
  });

  it.each<[string, Script, string]>([
    ["another version", stored(412), "version-moved"],
    ["another version, inside 207", () => inner("412 Precondition Failed"), "version-moved"],
    ["nothing", stored(404), "not-found"],
    ["nothing any more", stored(410), "not-found"],
    ["a page in place of an answer", () => new Response("<html></html>", { status: 200 }), "service.outcome-unknown"],
  ])("that meets %s says so", async (_, script, failure) => {
    expect(await failureOf(writer(script).remove('"v1"'))).toBe(failure);
  });
});
