import { describe, expect, it } from "vitest";
import { failureOf, multistatus, redirect, row, type Script, ScriptedServer } from "./support/scripted-server.ts";

const principal = (href: string) => `<d:current-user-principal><d:href>${href}</d:href></d:current-user-principal>`;
const home = (...hrefs: readonly string[]) =>
  `<c:calendar-home-set>${hrefs.map((href) => `<d:href>${href}</d:href>`).join("")}</c:calendar-home-set>`;

/** A server whose root names a principal, and that a home. */
const plain: Script = ({ path }) => {
  if (path === "/.well-known/caldav") return redirect("/");
  if (path === "/") return multistatus(row("/", principal("/p/jo@x/")));
  if (path === "/p/jo@x/") return multistatus(row(path, `${home("/c/jo/")}<d:displayname>Jo Doe</d:displayname>`));
  return undefined;
};

describe("a CalDAV account", () => {
  it("is found by way of the well-known address, with method, body and password kept", async () => {
    const server = new ScriptedServer(plain);
    const profile = await server.provider.profile(server.session());
    expect(profile).toEqual({ externalId: "https://dav.example.org/p/jo%40x/", displayName: "Jo Doe" });
    expect(server.asked).toEqual(["PROPFIND /.well-known/caldav", "PROPFIND /", "PROPFIND /p/jo@x/"]);
    for (const { headers, body } of server.requests) {
      expect([headers.get("authorization"), headers.get("depth")]).toEqual(["Basic token", "0"]);
      expect(body).toContain("<d:propfind");
    }
  });

  it("has one id, however its server spells the address", async () => {
    const ids = ["/p/jo@x/", "/p/jo%40x/", "https://dav.example.org/p/%6ao@x/"].map(async (href) => {
      const server = new ScriptedServer(({ path, body }) =>
        path === "/.well-known/caldav"
          ? undefined
          : body.includes("principal")
            ? multistatus(row("/", principal(href)))
            : multistatus(row(path, home("/c/"))),
      );
      return (await server.provider.profile(server.session())).externalId;
    });
    expect(new Set(await Promise.all(ids))).toEqual(new Set(["https://dav.example.org/p/jo%40x/"]));
  });

  it.each<[string, () => Response | undefined]>([
    ["404", () => undefined],
    ["405", () => new Response(null, { status: 405 })],
    ["403", () => new Response(null, { status: 403 })],
    ["a page", () => new Response("<html><body>Hello<br></body></html>", { status: 200 })],
    ["a multistatus without a principal", () => multistatus(row("/", "<d:displayname>x</d:displayname>"))],
  ])("is looked for at the path that was named, at the well-known address, at the root, past %s", async (_, no) => {
    const at = "https://dav.example.org/remote.php/dav";
    const server = new ScriptedServer(
      (seen) => (seen.path === "/" || seen.path.startsWith("/p/") ? plain(seen) : no()),
      {},
      at,
    );
    await server.provider.profile(server.session());
    expect(server.asked.slice(0, 3)).toEqual([
      "PROPFIND /remote.php/dav",
      "PROPFIND /.well-known/caldav",
      "PROPFIND /",
    ]);
  });

  it.each([
    ["401", () => new Response(null, { status: 401 }), "unauthorized"],
    [
      "nobody in particular",
      () => multistatus(row("/", "<d:current-user-principal><d:unauthenticated/></d:current-user-principal>")),
      "unauthorized",
    ],
  ])("is not looked for elsewhere when the password is refused (%s)", async (_, no, kind) => {
    const server = new ScriptedServer(no);
    expect(await failureOf(server.provider.profile(server.session()))).toBe(kind);
    expect(new Set(server.asked)).toEqual(new Set(["PROPFIND /.well-known/caldav"]));
    expect(await server.provider.validateTokens(server.session())).toBe(false);
  });

  it.each(["https://evil.example/", "http://dav.example.org/", "//evil.example/", "https://jo:pw@dav.example.org/"])(
    "sends nothing to %s, whither it is redirected",
    async (location) => {
      const server = new ScriptedServer(() => redirect(location, 307));
      expect(await failureOf(server.provider.profile(server.session()))).toBe("forbidden redirect-elsewhere");
      expect(new Set(server.requests.map(({ url }) => new URL(url).origin))).toEqual(
        new Set(["https://dav.example.org"]),
      );
    },
  );

  it("gives up on redirects without an end", async () => {
    const server = new ScriptedServer(({ path }) => redirect(`${path}x/`, 302));
    expect(await failureOf(server.provider.profile(server.session()))).toBe("service.malformed-answer");
    expect(server.requests).toHaveLength(12);
  });

  it("sends nothing to a principal or a home of another site", async () => {
    const away = new ScriptedServer(({ path }) => multistatus(row(path, principal("https://evil.example/p/"))));
    expect(await failureOf(away.provider.profile(away.session()))).toBe("forbidden address-elsewhere");
    const script: Script = (seen) =>
      seen.path === "/p/jo@x/" ? multistatus(row(seen.path, home("https://evil.example/c/"))) : plain(seen);
    const server = new ScriptedServer(script);
    expect(await failureOf(server.provider.profile(server.session()))).toBe("forbidden address-elsewhere");
    for (const { url } of [...server.requests, ...away.requests]) expect(url).not.toContain("evil");
  });

  it("is found again by every session, once by each, and a failure is not remembered", async () => {
    let fails = true;
    const server = new ScriptedServer((seen) => (fails ? new Response(null, { status: 401 }) : plain(seen)));
    const session = server.session();
    await failureOf(server.provider.profile(session));
    fails = false;
    for (let look = 0; look < 3; look += 1) await server.provider.profile(session);
    const once = server.requests.length;
    await server.provider.profile(session);
    expect(server.requests).toHaveLength(once);
    await server.provider.profile(server.session());
    expect(server.requests).toHaveLength(once + 3);
  });
});

describe("calendars", () => {
  const kinds = (...names: readonly string[]) =>
    `<d:resourcetype><d:collection/>${names.map((name) => `<${name}/>`).join("")}</d:resourcetype>`;
  const rights = (...names: readonly string[]) =>
    `<d:current-user-privilege-set>${names.map((name) => `<d:privilege><${name}/></d:privilege>`).join("")}</d:current-user-privilege-set>`;
  const comps = (...names: readonly string[]) =>
    `<c:supported-calendar-component-set>${names.map((name) => `<c:comp name="${name}"/>`).join("")}</c:supported-calendar-component-set>`;
  const zone =
    "<c:calendar-timezone>BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:W. Europe Standard Time\r\nEND:VTIMEZONE</c:calendar-timezone>";

  async function listed(rows: readonly string[], script: Script = plain) {
    const server = new ScriptedServer((seen) => (seen.path === "/c/jo/" ? multistatus(...rows) : script(seen)));
    const pages = [];
    for await (const page of server.provider.collections.events.containers.list(server.session())) pages.push(page);
    return pages.flat();
  }

  it("are those that hold events, and nothing that only looks like one", async () => {
    const found = await listed([
      row("/c/jo/", kinds()),
      row(
        "/c/jo/a%20b/",
        `${kinds("c:calendar")}<d:displayname>Work &amp; life</d:displayname>${comps("VEVENT", "VTODO")}${zone}`,
      ),
      row("/c/jo/c%C3%A9", `${kinds("c:calendar")}${comps()}`),
      row("/c/jo/tasks/", `${kinds("c:calendar")}${comps("VTODO")}`),
      row("/c/jo/inbox/", kinds("c:calendar", "c:schedule-inbox")),
      row("/c/jo/outbox/", kinds("c:schedule-outbox")),
      row("/c/jo/feed/", kinds("c:calendar", "cs:subscribed")),
      row("/c/jo/folder/", kinds()),
    ]);
    expect(found).toEqual([
      { id: "https://dav.example.org/c/jo/a%20b/", name: "Work & life", access: "write", timeZone: "Europe/Berlin" },
      { id: "https://dav.example.org/c/jo/c%C3%A9/", name: "cé", access: "write" },
    ]);
  });

  it.each([
    [["d:read", "d:write-content"], "write"],
    [["d:all"], "write"],
    [["d:bind", "d:read"], "write"],
    [["d:read"], "read"],
    [["d:write-properties", "d:read"], "read"],
    [["c:read-free-busy"], "busy"],
    [["c:read-free-busy", "d:read"], "read"],
    [[], "read"],
  ])("with the privileges %j are for %s", async (names, access) => {
    const found = await listed([row("/c/jo/", kinds()), row("/c/jo/a/", kinds("c:calendar") + rights(...names))]);
    expect(found.map((each) => each.access)).toEqual([access]);
  });

  it("are never none because of an answer that is about nothing", async () => {
    expect(await failureOf(listed([]))).toBe("service.malformed-answer");
    expect(await failureOf(listed([row("/elsewhere/", kinds("c:calendar"))]))).toBe("service.malformed-answer");
  });

  it("are on another host of the same provider, where iCloud has them", async () => {
    const asked: string[] = [];
    const script: Script = ({ url, path }) => {
      asked.push(url);
      if (path === "/p/") return multistatus(row(path, home("https://p42-caldav.icloud.com:443/1/calendars/")));
      if (path === "/1/calendars/") return multistatus(row(path, kinds()), row("/1/calendars/x/", kinds("c:calendar")));
      return multistatus(row("/", principal("/p/")));
    };
    const server = new ScriptedServer(script, {}, "https://caldav.icloud.com/");
    const { value } = await server.provider.collections.events.containers
      .list(server.session())
      [Symbol.asyncIterator]()
      .next();
    expect(value).toMatchObject([{ id: "https://p42-caldav.icloud.com/1/calendars/x/" }]);
    expect(asked.at(-1)).toBe("https://p42-caldav.icloud.com/1/calendars/");
  });
});
