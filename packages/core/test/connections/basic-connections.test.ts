import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type ConnectionEvent, createConnections } from "../../src/connections/index.ts";
import { type AnyProvider, defineProvider, ProviderRegistry, type Session } from "../../src/contract/index.ts";
import { createTenantHashes, keyring } from "../../src/crypto/index.ts";
import { type LogEvent, memoryStorage, tableNames } from "../../src/ports/index.ts";
import { createTransport } from "../../src/transport/index.ts";
import { seededRandom } from "../crypto/seeded-random.ts";
import { heldEncryption } from "../support/held-encryption.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { failureOf, KEYS } from "./support/harness.ts";
import { tunesProvider } from "./support/tunes-provider.ts";

const SERVER = "https://dav.example.org/";
const LOGIN = {
  userId: "user-1",
  service: "shelves",
  serverUrl: SERVER,
  username: "jö@example.org",
  password: "s3cret pass",
};
const USERNAME = "jö@example.org";

/** A server that lets one user in, by whichever password holds at the moment, and sends some requests elsewhere. */
class ShelfServer {
  password = LOGIN.password;
  readonly seen: {
    readonly url: string;
    readonly method: string;
    readonly body: string;
    readonly type: string | null;
  }[] = [];

  /** What answers in place of a network. */
  answer: typeof globalThis.fetch = (input, init) => this.fetch(input, init);

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const { url, method, headers } = request;
    this.seen.push({ url, method, body: await request.text(), type: headers.get("content-type") });
    const expected = `Basic ${Buffer.from(`${USERNAME}:${this.password}`, "utf8").toString("base64")}`;
    if (headers.get("authorization") !== expected) return new Response("", { status: 401 });
    const { pathname } = new URL(url);
    if (pathname === "/.well-known/shelf") return new Response(null, { status: 301, headers: { location: "/u/jo" } });
    if (pathname === "/u/jo" && method === "PROPFIND") return new Response("<me>7</me>", { status: 207 });
    return new Response("", { status: 404 });
  };
}

/** Finds its way as a WebDAV client does. */
function shelvesProvider(): AnyProvider {
  const { transport, ...single } = tunesProvider({ kind: "none" }, { name: "open-tunes", readOnly: true });
  return defineProvider({
    ...single,
    name: "shelves",
    authorization: { kind: "basic", server: "given" },
    transport: { ...transport, rateLimit: { ...transport.rateLimit, sharedBy: "user" }, addresses: {} },
    items: {},
    collections: {},
    async profile({ http, serverUrl = "" }: Session) {
      const common = { base: "", purpose: "identity", repeatable: true, headers: { accept: "text/xml" } } as const;
      const url = new URL("/.well-known/shelf", serverUrl);
      const moved = await http.exchange({
        ...common,
        method: "GET",
        route: "/.well-known/shelf",
        url,
        redirects: "answer",
        schema: z.undefined(),
      });
      const found = await http.request({
        ...common,
        method: "PROPFIND",
        route: "(principal)",
        url: new URL(moved.headers.get("location") ?? "", url),
        text: { contentType: "text/xml; charset=utf-8", body: "<who/>" },
        schema: z.string(),
      });
      return { externalId: `${serverUrl}${found}` };
    },
  } as never);
}

function world() {
  const clock = virtualClock({ autoAdvance: true });
  const storage = memoryStorage();
  const random = seededRandom(77);
  const encryption = heldEncryption(clock, keyring({ current: "k1", keys: { k1: KEYS.k1 }, random }));
  const server = new ShelfServer();
  const events: ConnectionEvent[] = [];
  const logs: LogEvent[] = [];
  const logger = (event: LogEvent) => void logs.push(event);
  const connections = createConnections({
    storage,
    encryption,
    random,
    clock,
    providers: new ProviderRegistry([shelvesProvider(), tunesProvider()]),
    hashes: createTenantHashes({ storage, encryption, random, clock }),
    transport: createTransport({ fetch: (input, init) => server.answer(input, init), clock, random, logger }),
    logger,
    onEvent: (event) => void events.push(event),
  });
  const stored = async () =>
    JSON.stringify([await Promise.all(tableNames.map((table) => storage.select({ table }))), logs, events]);
  return { server, connections, stored, events };
}

describe("a connection by name and password", () => {
  it("is made once the server has let the user in, and opens sessions at that server", async () => {
    const { server, connections } = world();
    const { connection, outcome } = await connections.addBasic(LOGIN);
    expect([outcome, connection.state, connection.accountKnown]).toEqual(["connected", "active", true]);
    expect(server.seen).toEqual([
      { url: `${SERVER}.well-known/shelf`, method: "GET", body: "", type: null },
      { url: `${SERVER}u/jo`, method: "PROPFIND", body: "<who/>", type: "text/xml; charset=utf-8" },
    ]);
    const session = await connections.session({ connectionId: connection.id });
    expect(session).toMatchObject({ serverUrl: SERVER, accountId: `${SERVER}<me>7</me>` });
    await shelvesProvider().profile(session);
    expect(server.seen).toHaveLength(4);
  });

  it("gets the new password when the same account is added again", async () => {
    const { server, connections } = world();
    const first = await connections.addBasic(LOGIN);
    server.password = "another";
    const again = await connections.addBasic({ ...LOGIN, password: "another" });
    expect([again.outcome, again.connection.id]).toEqual(["reconnected", first.connection.id]);
    await shelvesProvider().profile(await connections.session({ connectionId: first.connection.id }));
  });

  it("is not made with a wrong password, and says so", async () => {
    const { connections } = world();
    expect(await failureOf(connections.addBasic({ ...LOGIN, password: "wrong" }))).toMatchObject({
      code: "auth.password-refused",
    });
    expect(await connections.list({ userId: "user-1" })).toEqual([]);
  });

  it("needs a new password once the server refuses the one that it has", async () => {
    const { server, connections, events } = world();
    const { connection } = await connections.addBasic(LOGIN);
    server.password = "another";
    const session = await connections.session({ connectionId: connection.id });
    expect(await failureOf(shelvesProvider().profile(session))).toMatchObject({
      code: "auth.reauthorization-required",
    });
    expect(await connections.get({ connectionId: connection.id })).toMatchObject({ state: "needs-reauthorization" });
    expect(events.map(({ type }) => type)).toContain("connection.reauthorization-required");
    await connections.addBasic({ ...LOGIN, password: "another" });
    expect(await connections.get({ connectionId: connection.id })).toMatchObject({ state: "active" });
  });

  it("is made whatever became of another server that somebody named", async () => {
    const { server, connections } = world();
    const answer = server.fetch;
    const elsewhere = { ...LOGIN, userId: "user-2", serverUrl: "https://nobody.example.org/" };
    server.answer = async (input, init) => {
      if (new Request(input, init).url.startsWith(elsewhere.serverUrl)) throw new TypeError("fetch failed");
      return await answer(input, init);
    };
    for (let attempt = 0; attempt < 3; attempt++)
      expect(await failureOf(connections.addBasic(elsewhere))).toBeDefined();
    expect((await connections.addBasic(LOGIN)).outcome).toBe("connected");
  });

  it("leaves no password, name or address in what is stored or logged", async () => {
    const { server, connections, stored } = world();
    const { connection } = await connections.addBasic(LOGIN);
    server.password = "another";
    await failureOf(shelvesProvider().profile(await connections.session({ connectionId: connection.id })));
    const token = Buffer.from(`${USERNAME}:${LOGIN.password}`).toString("base64");
    for (const secret of [LOGIN.password, token, "dav.example.org", "@example.org"])
      expect(await stored()).not.toContain(secret);
    expect(await connections.disconnect({ connectionId: connection.id })).toMatchObject({ revocation: "unsupported" });
  });

  it.each([
    "http://dav.example.org/",
    "https://localhost/",
    "https://127.0.0.1:5232/",
    "https://10.1.2.3/",
    "https://user:pass@dav.example.org/",
    "dav.example.org",
    "",
  ])("is refused at %j, and nothing is sent there", async (serverUrl) => {
    const { server, connections } = world();
    const code = serverUrl === "" ? "request.invalid" : "service.url-refused";
    expect(await failureOf(connections.addBasic({ ...LOGIN, serverUrl }))).toMatchObject({ code });
    expect(server.seen).toEqual([]);
  });

  it("sends nothing to an address of a private network that the server names", async () => {
    const { server, connections } = world();
    const { connection } = await connections.addBasic(LOGIN);
    const { http } = await connections.session({ connectionId: connection.id });
    const before = server.seen.length;
    const url = new URL("https://169.254.169.254/latest/meta-data");
    const request = { method: "GET", base: "", route: "(href)", url, schema: z.unknown(), purpose: "read" } as const;
    expect(await failureOf(http.request(request))).toMatchObject({ code: "service.url-refused" });
    expect(server.seen).toHaveLength(before);
  });

  it.each([
    ["username", { username: "a:b" }],
    ["username", { username: "" }],
    ["password", { password: "a\nb" }],
    ["password", { password: undefined }],
  ])("is refused with a %s that cannot be sent", async (field, change) => {
    const { connections } = world();
    expect(await failureOf(connections.addBasic({ ...LOGIN, ...change } as never))).toMatchObject({
      code: "request.invalid",
      params: { path: `connections.addBasic.${field}` },
    });
  });

  it("is for services that take passwords, and those for nothing else", async () => {
    const { connections } = world();
    const redirectUrl = "https://host.example/callback";
    const shelves = { userId: "user-1", service: "shelves" };
    const wrong = [
      [connections.addBasic({ ...LOGIN, service: "tunes" }), "engine.connections.begin()"],
      [connections.begin({ ...shelves, redirectUrl }), "engine.connections.addBasic()"],
      [connections.addPublic({ ...shelves, accountId: "x" }), "engine.connections.addBasic()"],
    ] as const;
    for (const [work, use] of wrong)
      expect(await failureOf(work)).toMatchObject({ code: "auth.kind-mismatch", params: { use } });
  });
});
