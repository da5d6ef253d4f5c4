import { readEvent } from "@syncer/calendar";
import { createSyncEngine, keyring, memoryStorage, type PairReport } from "@syncer/core";
import { caldav } from "@syncer/provider-caldav";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CaldavStandIn } from "../support/caldav-stand-in.ts";
import { inventedEvent } from "../support/invented-events.ts";

const PASSWORD = "a password";
const NAMESPACES = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"';

describe("the CalDAV stand-in", () => {
  let server: CaldavStandIn;
  beforeEach(async () => {
    server = await CaldavStandIn.start({ users: ["anna", "ben"], password: PASSWORD });
  });
  afterEach(() => server.stop());

  const ask = async (method: string, path: string, init: { headers?: Record<string, string>; body?: string } = {}) => {
    const authorization = `Basic ${btoa(`anna:${PASSWORD}`)}`;
    const headers = { authorization, ...init.headers };
    const answer = await fetch(new URL(path, server.url), { ...init, method, headers, redirect: "manual" });
    return { status: answer.status, etag: answer.headers.get("etag"), text: await answer.text() };
  };
  const report = (body: string) => ask("REPORT", "/calendars/anna/work/", { body, headers: { depth: "1" } });
  const sync = async (token: string) => {
    const props = "<prop><getetag/></prop>";
    const level = "<sync-level>1</sync-level>";
    const body = `<sync-collection xmlns="DAV:"><sync-token>${token}</sync-token>${level}${props}</sync-collection>`;
    const { status, text } = await report(body);
    const rows = [...text.matchAll(/<href>([^<]*)<\/href>(<status>HTTP\/1.1 404)?/g)];
    return {
      status,
      rows: rows.map(([, href = "", gone]) => `${gone ? "-" : "+"}${href.split("/").at(-1)}`),
      token: /<sync-token>(.*?)<\/sync-token>/.exec(text)?.[1] ?? "",
    };
  };

  it("is listed, followed and written by our provider, both ways", async () => {
    const [full, copy] = [server.calendar("anna", "full"), server.calendar("ben", "copy")];
    for (let n = 0; n < 40; n += 1) full.put(`e-${n}.ics`, inventedEvent(n), {});
    const engine = createSyncEngine({
      providers: [caldav({ addresses: { allowPrivate: true, schemes: ["http"] } })],
      storage: memoryStorage(),
      encryption: keyring({ current: "k", keys: { k: new Uint8Array(32).fill(1) } }),
    });
    await engine.migrate();
    const connect = async (username: string) => {
      const login = { serverUrl: server.url, username, password: PASSWORD };
      return (await engine.connections.addBasic({ userId: "u", service: "caldav", ...login })).connection.id;
    };
    const source = { connectionId: await connect("anna"), container: server.addressOf("anna", "full") };
    const target = { connectionId: await connect("ben"), container: server.addressOf("ben", "copy") };
    const containers = await engine.containers({ userId: "u", connectionId: source.connectionId, type: "events" });
    expect(containers).toMatchObject([{ id: source.container, name: "full", access: "write" }]);
    const run = async (): Promise<PairReport | undefined> => {
      const pairs = [{ source, target, mode: "bidirectional" as const }];
      return (await engine.sync({ userId: "u", pairs, type: "events" })).pairs[0];
    };
    expect((await run())?.counts).toMatchObject({ added: 40, refused: 0, unsyncable: 0 });
    const titles = (texts: readonly string[]) => texts.map((text) => readEvent(text).event.title).sort();
    expect(titles(copy.texts)).toEqual(titles(full.texts));
    server.forgetRequests();
    expect(await run()).toMatchObject({ status: "succeeded", requests: { source: { read: 1 }, target: { read: 1 } } });
    expect([server.requestsOf("anna"), server.requestsOf("ben")]).toEqual(
      Array.from({ length: 2 }, () => ({ "sync-collection": 1 })),
    );

    const [first = ""] = copy.names;
    copy.put(first, copy.get(first)?.text.replace(/^SUMMARY:.*$/m, "SUMMARY:Edited") ?? "", {});
    full.delete("e-7.ics", {});
    full.put("new.ics", inventedEvent(99), {});
    expect((await run())?.counts).toMatchObject({ added: 1, updated: 1, removed: 1 });
    expect(titles(copy.texts)).toEqual(titles(full.texts));
    expect(titles(full.texts)).toContain("Edited");
    await engine.stop();
  });

  it("tells by tokens what was made, changed and deleted since, and refuses tokens that it never gave", async () => {
    const calendar = server.calendar("anna", "work");
    for (const n of [1, 2, 3]) calendar.put(`e-${n}.ics`, inventedEvent(n), {});
    const whole = await sync("");
    expect(whole.rows).toEqual(["+e-1.ics", "+e-2.ics", "+e-3.ics"]);
    expect((await sync(whole.token)).rows).toEqual([]);
    calendar.delete("e-1.ics", {});
    calendar.put("e-2.ics", inventedEvent(2), {});
    calendar.put("e-4.ics", inventedEvent(4), {});
    expect((await sync(whole.token)).rows).toEqual(["+e-2.ics", "+e-4.ics", "-e-1.ics"]);
    expect((await sync("")).rows).toEqual(["+e-2.ics", "+e-3.ics", "+e-4.ics"]);
    expect((await sync("http://stand-in.example/sync/99")).status).toBe(403);
    expect((await sync("x")).status).toBe(403);
  });

  it("writes under conditions, keeps UIDs apart, and takes nothing that is no event", async () => {
    server.calendar("anna", "work");
    const put = (name: string, body: string, headers: Record<string, string> = {}) =>
      ask("PUT", `/calendars/anna/work/${name}`, { body, headers });
    const made = await put("a.ics", inventedEvent(1), { "if-none-match": "*" });
    expect([made.status, made.etag]).toEqual([201, expect.stringMatching(/^".+"$/)]);
    expect((await put("a.ics", inventedEvent(1), { "if-none-match": "*" })).status).toBe(412);
    expect((await put("a.ics", inventedEvent(1), { "if-match": '"other"' })).status).toBe(412);
    expect((await put("b.ics", inventedEvent(1))).text).toContain("no-uid-conflict");
    expect((await put("c.ics", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")).text).toContain("valid-calendar-data");
    const changed = await put("a.ics", inventedEvent(1), { "if-match": made.etag ?? "" });
    expect([changed.status, changed.etag === made.etag]).toEqual([204, false]);
    expect((await ask("GET", "/calendars/anna/work/a.ics")).text).toBe(inventedEvent(1));
    const remove = (etag: string) => ask("DELETE", "/calendars/anna/work/a.ics", { headers: { "if-match": etag } });
    expect((await remove(made.etag ?? "")).status).toBe(412);
    expect((await remove(changed.etag ?? "")).status).toBe(204);
    expect((await remove("*")).status).toBe(404);
    expect((await ask("PUT", "/calendars/anna/nowhere/a.ics", { body: inventedEvent(1) })).status).toBe(409);
  });

  it("shows events by their addresses and by a filter, and says of each that is not there that it is not", async () => {
    server.calendar("anna", "work").put("a.ics", inventedEvent(10), {});
    const asked = "<prop><getetag/><C:calendar-data/></prop>";
    const hrefs = ["a", "b"].map((name) => `<href>/calendars/anna/work/${name}.ics</href>`).join("");
    const { text } = await report(`<C:calendar-multiget ${NAMESPACES}>${asked}${hrefs}</C:calendar-multiget>`);
    expect(text.match(/HTTP\/1.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 404"]);
    expect(text).toContain("UID:event-10@calendar.example");
    const query = (filter: string) => {
      const all = `<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">${filter}</C:comp-filter></C:comp-filter>`;
      return report(`<C:calendar-query ${NAMESPACES}>${asked}<C:filter>${all}</C:filter></C:calendar-query>`);
    };
    expect((await query("")).text).toContain("UID:event-10@calendar.example");
    expect((await query('<C:time-range start="20260101T000000Z"/>')).text).toContain("supported-filter");
  });

  it("lets nobody in without the password, and nobody into another's calendars", async () => {
    server.calendar("ben", "home");
    const options = { headers: { depth: "0" }, body: '<propfind xmlns="DAV:"><prop><displayname/></prop></propfind>' };
    expect((await ask("PROPFIND", "/calendars/ben/home/", options)).status).toBe(403);
    expect((await ask("PROPFIND", "/", { ...options, headers: { authorization: "Basic x" } })).status).toBe(401);
    expect((await ask("PROPFIND", "/calendars/anna/none/", options)).status).toBe(404);
    expect((await ask("PROPFIND", "/.well-known/caldav", options)).status).toBe(301);
  });

  it("counts requests by kind and account", async () => {
    server.calendar("anna", "work");
    await sync("");
    await ask("OPTIONS", "/");
    expect([server.requestsOf("anna"), server.requestsOf("ben")]).toEqual([{ "sync-collection": 1, OPTIONS: 1 }, {}]);
    server.forgetRequests();
    expect(server.requestsOf("anna")).toEqual({});
  });
});
