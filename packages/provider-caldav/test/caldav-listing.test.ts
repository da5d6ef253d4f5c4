import { describe, expect, it } from "vitest";
import {
  all,
  CALENDAR,
  etag,
  listed,
  PATH,
  rowsOf,
  serverWith,
  shownAs,
  state,
  token,
} from "./support/scripted-calendar.ts";
import {
  eventRow,
  failureOf,
  hrefsOf,
  multistatus,
  questionOf,
  row,
  type Script,
  type Seen,
  statusRow,
  xml,
} from "./support/scripted-server.ts";

describe("a listing", () => {
  it("names everything by sync-collection, reads it by multiget, and ends with a token", async () => {
    const server = serverWith({
      sync: () =>
        multistatus(
          row(PATH, "<d:resourcetype><d:collection/></d:resourcetype>"),
          row(`${PATH}a.ics`, etag("a")),
          row(`${PATH}b.ics`, etag("b")),
          token("t1"),
        ),
    });
    const pages = await listed(server);
    expect(rowsOf(pages)).toEqual(["listed a", "listed b"]);
    expect(pages.at(-1)).toMatchObject({ total: 2, token: "sync:t1" });
    expect(pages[0]?.entries[0]).toMatchObject({
      version: '"a"',
      modifiedAtMs: Date.UTC(2026, 10, 2, 12),
      native: { path: `${PATH}a.ics`, event: { title: "Title of a" } },
    });
    const sync = server.requests.find((request) => questionOf(request) === "sync");
    expect([sync?.headers.get("depth"), sync?.body]).toEqual([
      "0",
      expect.stringContaining("<d:sync-token></d:sync-token>"),
    ]);
  });

  it("goes on where a server cuts it, and forgets what was deleted in between", async () => {
    const parts = [
      multistatus(
        row(`${PATH}a.ics`, etag("a")),
        row(`${PATH}b.ics`, etag("b")),
        statusRow(PATH, "507 Insufficient Storage"),
        token("part1"),
      ),
      multistatus(
        row(`${PATH}c.ics`, etag("c")),
        statusRow(`${PATH}a.ics`, "404 Not Found"),
        statusRow(`${PATH}old.ics`, "404 Not Found"),
        token("t1"),
      ),
    ];
    const server = serverWith({ sync: () => parts.shift() });
    const pages = await listed(server);
    expect(rowsOf(pages)).toEqual(["listed b", "listed c"]);
    expect(pages.at(-1)).toMatchObject({ total: 2, token: "sync:t1" });
    expect(server.requests[2]?.body).toContain("<d:sync-token>part1</d:sync-token>");
  });

  it("does not go round in a circle with a server that cuts and never moves on", async () => {
    const server = serverWith({
      sync: () => multistatus(statusRow(PATH, "507 Insufficient Storage"), token("same")),
      members: () => multistatus(),
    });
    expect(await failureOf(listed(server))).toBe("service.malformed-answer");
    expect(server.requests.length).toBeLessThan(6);
  });

  it.each<[string, Script]>([
    ["does not know the question", () => new Response(null, { status: 405 })],
    ["has it forbidden", () => new Response(null, { status: 403 })],
    ["has not implemented it", () => new Response(null, { status: 501 })],
    ["answers it with something else: no token", () => multistatus()],
  ])("looks into the collection where a server tells a token and %s", async (_, sync) => {
    const members: Script = () =>
      multistatus(
        row(PATH, "<d:resourcetype><d:collection/></d:resourcetype>"),
        row(`${PATH}a.ics`, etag("a")),
        row(`${PATH}sub/`, etag("s")),
      );
    const pages = await listed(serverWith({ sync, members }));
    expect(rowsOf(pages)).toEqual(["listed a"]);
    expect(pages.at(-1)?.token).toBe("ctag:c0");
  });

  it("looks into the collection where there are no tokens, and has none itself where there is no ctag", async () => {
    const server = serverWith({
      state: () => state("<d:displayname>x</d:displayname>"),
      members: () => multistatus(row(PATH, ""), row(`${PATH}a.ics`, etag("a"))),
    });
    const pages = await listed(server);
    expect([rowsOf(pages), pages.at(-1)?.token]).toEqual([["listed a"], undefined]);
    expect(server.requests.map(questionOf)).toEqual(["state", "members", "multiget"]);
  });

  it.each<[string, Partial<Record<ReturnType<typeof questionOf>, Script>>]>([
    ["a listing that does not name its collection", { state: () => state(""), members: () => multistatus() }],
    ["properties of nothing", { state: () => multistatus() }],
    ["properties of several things", { state: () => multistatus(row(PATH, ""), row(`${PATH}a.ics`, "")) }],
    ["a page", { state: () => xml("<html><body>Sign in</body></html>") }],
  ])("takes %s for an error, never for an empty calendar", async (_, answers) => {
    expect(await failureOf(listed(serverWith(answers)))).toBe("service.malformed-answer");
  });

  it("of nothing is one page that says so", async () => {
    expect(await listed(serverWith({ sync: () => multistatus(token("t1")) }))).toEqual([
      { entries: [], total: 0, token: "sync:t1" },
    ]);
  });

  it("takes a resource that was asked for and did not come back for an error, never for gone", async () => {
    const server = serverWith({
      sync: () => multistatus(row(`${PATH}a.ics`, etag("a")), row(`${PATH}b.ics`, etag("b")), token("t1")),
      multiget: () => multistatus(eventRow(`${PATH}a.ics`, "a")),
    });
    expect(await failureOf(listed(server))).toBe("service.malformed-answer");
  });

  it("counts what went while it was read for gone, by the server's own word", async () => {
    const server = serverWith({
      sync: () => multistatus(row(`${PATH}a.ics`, etag("a")), row(`${PATH}b.ics`, etag("b")), token("t1")),
      multiget: () => multistatus(eventRow(`${PATH}a.ics`, "a"), statusRow(`${PATH}b.ics`, "404 Not Found")),
    });
    const pages = await listed(server);
    expect(rowsOf(pages)).toEqual(["listed a", "deleted b"]);
    expect(pages.at(-1)?.total).toBe(1);
  });

  it("knows resources again that are spelt otherwise, and asks by the server's own spelling", async () => {
    const server = serverWith({
      sync: () => multistatus(row("/c/jo/cal/a@b%20c.ics", etag("a")), token("t1")),
      multiget: () => multistatus(eventRow("http://internal:8080/c/%6ao/cal/a%40b%20c.ics", "a")),
    });
    expect(rowsOf(await listed(server))).toEqual(["listed a%40b%20c"]);
    expect(hrefsOf(server.requests.at(-1) as Seen)).toEqual(["/c/jo/cal/a@b%20c.ics"]);
    expect(new Set(server.requests.map(({ url }) => new URL(url).origin))).toEqual(
      new Set(["https://dav.example.org"]),
    );
  });

  it("reports one resource that cannot be read, and lists the others", async () => {
    const data = (text: string) => `<d:getetag>"x"</d:getetag><c:calendar-data>${text}</c:calendar-data>`;
    const todo = "BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:1\nEND:VTODO\nEND:VCALENDAR\n";
    const shown: Readonly<Record<string, string>> = {
      [`${PATH}todo.ics`]: data(todo),
      [`${PATH}cut.ics`]: data("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1"),
      [`${PATH}none.ics`]: '<d:getetag>"x"</d:getetag>',
    };
    const server = serverWith({
      sync: () =>
        multistatus(...[...Object.keys(shown), `${PATH}good.ics`].map((href) => row(href, etag("x"))), token("t1")),
      multiget: () =>
        multistatus(
          ...Object.entries(shown).map(([href, props]) => row(href, props)),
          eventRow(`${PATH}good.ics`, "good"),
        ),
    });
    const pages = await listed(server);
    expect(rowsOf(pages)).toEqual(["unsyncable todo", "unreadable cut", "unreadable none", "listed good"]);
    expect(pages.at(-1)?.total).toBe(4);
  });

  it("asks for several pages at once, never for more than four requests, and keeps the order", async () => {
    let [under, most] = [0, 0];
    const ids = Array.from({ length: 40 }, (_, index) => `e${String(index).padStart(2, "0")}`);
    const multiget: Script = async (request) => {
      under += 1;
      most = Math.max(most, under);
      // The later ones of a batch are answered first.
      for (let turn = 0; turn < 8 - 2 * (under % 4); turn += 1) await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
      return shownAs(request);
    };
    const sync = () => multistatus(...ids.map((id) => row(`${PATH}${id}.ics`, etag(id))), token("t1"));
    const server = serverWith({ sync, multiget }, { rateLimit: { requests: 1_000, perMs: 1 } });
    expect(rowsOf(await listed(server, 5))).toEqual(ids.map((id) => `listed ${id}`));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
  });

  it("asks for no more content when its reader stops, or its session is aborted", async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `e${index}`);
    const sync = () => multistatus(...ids.map((id) => row(`${PATH}${id}.ics`, etag(id))), token("t1"));
    for (const stop of ["break", "abort"]) {
      const server = serverWith({ sync });
      const controller = new AbortController();
      const pages = server.provider.collections.events.read.list(server.session(controller.signal), CALENDAR, {
        pageSize: 5,
      });
      const reading = (async () => {
        for await (const { entries } of pages) {
          expect(entries).toHaveLength(5);
          if (stop === "break") break;
          controller.abort(new DOMException("stopped", "AbortError"));
        }
      })();
      if (stop === "abort") await expect(reading).rejects.toThrow("stopped");
      else await reading;
      expect(server.requests.map(questionOf)).toEqual(["state", "sync", "multiget"]);
    }
  });

  it("is never of a calendar at another site", async () => {
    const server = serverWith({});
    const { read } = server.provider.collections.events;
    for (const container of ["https://evil.example/c/", "http://dav.example.org/c/", "no address", "file:///etc/"]) {
      expect(await failureOf(all(read.list(server.session(), container, {})))).toBe("service.url-refused");
    }
    expect(server.requests).toEqual([]);
  });
});
