import { describe, expect, it } from "vitest";
import { CALENDAR, changed, etag, PATH, rowsOf, serverWith, state, token } from "./support/scripted-calendar.ts";
import {
  failureOf,
  hrefsOf,
  multistatus,
  row,
  type ScriptedServer,
  type Seen,
  statusRow,
} from "./support/scripted-server.ts";

describe("a delta", () => {
  it("tells what has changed and what is gone, and ends with the next token", async () => {
    const server = serverWith({
      sync: () => multistatus(row(`${PATH}a.ics`, etag("a2")), statusRow(`${PATH}b.ics`, "404 Not Found"), token("t2")),
    });
    const pages = await changed(server, "sync:t1 & <more>");
    expect(rowsOf(pages)).toEqual(["listed a", "deleted b"]);
    expect(pages.at(-1)?.token).toBe("sync:t2");
    expect(server.requests[0]?.body).toContain("t1 &amp; &lt;more&gt;</d:sync-token>");
  });

  it("does not ask for events in versions that are known already, and for all others", async () => {
    const rows = [row(`${PATH}a.ics`, etag("a1")), row(`${PATH}b.ics`, etag("b2")), row(`${PATH}c.ics`, "")];
    const server = serverWith({ sync: () => multistatus(...rows, token("t2")) });
    const known = new Map(Object.entries({ a: '"a1"', b: '"b1"', c: '"c1"' }));
    const pages = await changed(server, "sync:t1", { isKnown: (id, version) => known.get(id) === version });
    expect([rowsOf(pages), pages.at(-1)?.token]).toEqual([["listed b", "listed c"], "sync:t2"]);
    expect(server.requests.slice(1).flatMap(hrefsOf)).toEqual([`${PATH}b.ics`, `${PATH}c.ics`]);
  });

  it("goes by what its last part says of an event", async () => {
    const parts = [
      [
        row(`${PATH}a.ics`, etag("a2")),
        statusRow(`${PATH}b.ics`, "404 Not Found"),
        statusRow(PATH, "507 Full"),
        token("p1"),
      ],
      [row(`${PATH}a.ics`, etag("a1")), row(`${PATH}b.ics`, etag("b1")), token("t2")],
    ];
    const server = serverWith({ sync: () => multistatus(...(parts.shift() ?? [])) });
    const pages = await changed(server, "sync:t1", { isKnown: () => parts.length === 0 });
    expect([rowsOf(pages), pages.at(-1)?.token]).toEqual([[], "sync:t2"]);
  });

  it.each([400, 403, 404, 405, 409, 410, 412, 415, 500])(
    "is no more to be had where its token gets %i",
    async (status) => {
      const server = serverWith({ sync: () => new Response("no", { status }) });
      expect(await failureOf(changed(server, "sync:old"))).toBe("token-expired");
      expect(server.requests).toHaveLength(1);
    },
  );

  it.each([
    [401, "unauthorized"],
    [502, "unavailable"],
    [503, "unavailable"],
  ])("that gets %i has failed, and its token may be good", async (status, kind) => {
    const server = serverWith({ sync: () => new Response(null, { status }) });
    expect(await failureOf(changed(server, "sync:t1"))).toBe(kind);
  });

  it("waits when a server asks for quiet", async () => {
    let asked = 0;
    const server = serverWith({
      sync: () => {
        asked += 1;
        return asked === 1
          ? new Response(null, { status: 503, headers: { "retry-after": "7" } })
          : multistatus(token("t2"));
      },
    });
    expect(await changed(server, "sync:t1")).toEqual([{ entries: [], token: "sync:t2" }]);
  });

  it("says by ctag that nothing has changed, or that all is to be listed", async () => {
    expect(await changed(serverWith({}), "ctag:c0")).toEqual([{ entries: [], token: "ctag:c0" }]);
    expect(await failureOf(changed(serverWith({}), "ctag:c1"))).toBe("token-expired");
    expect(await failureOf(changed(serverWith({ state: () => state("") }), "ctag:c0"))).toBe("token-expired");
    expect(await failureOf(changed(serverWith({}), "something else"))).toBe("token-expired");
  });

  it("of an answer without a token is none", async () => {
    const server = serverWith({ sync: () => multistatus(statusRow(`${PATH}a.ics`, "404 Not Found")) });
    expect(await failureOf(changed(server, "sync:t1"))).toBe("service.malformed-answer");
  });
});

describe("one event by its id", () => {
  const get = (server: ScriptedServer, id: string) =>
    server.provider.collections.events.read.get(server.session(), CALENDAR, id);

  it("is read as a listing shows it, by the name of its file", async () => {
    const server = serverWith({});
    expect(await get(server, "a")).toMatchObject({ state: "found", id: "a", version: '"a"' });
    expect(hrefsOf(server.requests[0] as Seen)).toEqual([`${PATH}a.ics`]);
  });

  it("is gone where the server says so of it, and not because its calendar is", async () => {
    const gone = serverWith({ multiget: () => multistatus(statusRow(`${PATH}a.ics`, "404 Not Found")) });
    expect(await get(gone, "a")).toEqual({ state: "gone" });
    const away = serverWith({ multiget: () => undefined });
    expect(await failureOf(get(away, "a"))).toBe("forbidden calendar-gone");
  });

  it("is not gone because it is left out, or cannot be read", async () => {
    for (const multiget of [() => multistatus(), () => multistatus(row(`${PATH}a.ics`, etag("a")))]) {
      expect(await failureOf(get(serverWith({ multiget }), "a"))).toBe("service.malformed-answer");
    }
  });

  it("is never asked for outside of what ids can name", async () => {
    const server = serverWith({});
    for (const id of ["", "./..", "./."]) expect(await failureOf(get(server, id))).toBe("service.id-refused");
    expect(server.requests).toEqual([]);
  });
});
