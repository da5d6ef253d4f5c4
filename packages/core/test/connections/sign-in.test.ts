import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { OAuthExchange } from "../../src/contract/index.ts";
import { keyring } from "../../src/crypto/index.ts";
import { InvalidRequestError } from "../../src/errors/index.ts";
import { memoryStorage, type StorageAdapter } from "../../src/ports/index.ts";
import { heldEncryption } from "../support/held-encryption.ts";
import { ANN, BOB, createWorld, failureOf, KEYS } from "./support/harness.ts";
import { tunesAuthorization, tunesProvider } from "./support/tunes-provider.ts";
import { CLIENT, REDIRECT } from "./support/tunes-service.ts";

const MINUTE_MS = 60_000;
const begin = { userId: "user-1", service: "tunes", redirectUrl: REDIRECT } as const;

describe("beginning a sign-in", () => {
  it("sends the user to the service with client, redirect, scopes, state and PKCE proof", async () => {
    const { connections, clock } = createWorld();
    const initiation = await connections.begin(begin);
    const url = new URL(initiation.url);
    expect(`${url.origin}${url.pathname}`).toBe("https://tunes.example/authorize");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      theme: "dark",
      response_type: "code",
      client_id: "app-1",
      redirect_uri: REDIRECT,
      scope: "library-modify library-read profile",
      state: initiation.state,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: "S256",
    });
    expect(Buffer.from(initiation.state, "base64url")).toHaveLength(32);
    expect(initiation.expiresAtMs).toBe(clock.now() + 10 * MINUTE_MS);
    expect(initiation.scopes).toEqual(["library-modify", "library-read", "profile"]);
  });

  it("stores the state as a hash, verifier and redirect URL as ciphertext, for ten minutes", async () => {
    const { connections, storage, clock } = createWorld();
    const { state } = await connections.begin(begin);
    const [row] = await storage.select({ table: "pending_oauth_auth" });
    expect(row).toMatchObject({
      state_hash: createHash("sha256").update(Buffer.from(state, "base64url")).digest("base64url"),
      tenant_id: "default",
      user_id: "user-1",
      service: "tunes",
      code_verifier: expect.stringMatching(/^v1\.k1\./),
      redirect_url: expect.stringMatching(/^v1\.k1\./),
      scopes: "library-modify library-read profile",
      expires_at: clock.now() + 10 * MINUTE_MS,
    });
    expect(JSON.stringify(row)).not.toContain("host.example");
    expect(JSON.stringify(row)).not.toContain(state);
  });

  it("asks only for what the types and the access need, and for the host's own scopes", async () => {
    const { connections } = createWorld();
    const reading = await connections.begin({ ...begin, types: ["favorites"], access: "read" });
    expect(reading.scopes).toEqual(["library-read", "profile"]);
    const more = await connections.begin({ ...begin, access: "read", extraScopes: ["e-mail", "profile"] });
    expect(more.scopes).toEqual(["e-mail", "library-read", "profile"]);
  });

  it("asks a renewal for everything that was granted before", async () => {
    const world = createWorld();
    const { url } = await world.connections.begin({ ...begin, extraScopes: ["e-mail"] });
    const { connection } = await world.connections.complete({
      service: "tunes",
      callbackUrl: world.service.consent(url, ANN),
    });
    const renewal = await world.connections.begin({ ...begin, access: "read", connectionId: connection.id });
    expect(renewal.scopes).toEqual(["e-mail", "library-modify", "library-read", "profile"]);
  });

  it.each([
    ["a fragment", "https://host.example/#x", "fragment"],
    ["credentials", "https://me:pw@host.example/", "credentials"],
    ["a scheme that nothing can call back", "javascript:alert(1)", "called back"],
    ["what the provider says the service refuses", "https://localhost/cb", "refuses the name localhost"],
  ])("refuses a redirect URL with %s", async (_, redirectUrl, words) => {
    const { connections, storage } = createWorld();
    const error = await failureOf(connections.begin({ ...begin, redirectUrl }));
    expect(error).toMatchObject({ code: "auth.redirect-refused", remedy: "change-request" });
    expect(String(error)).toContain(words);
    expect(await storage.count({ table: "pending_oauth_auth" })).toBe(0);
  });

  it("takes the redirect addresses of native apps", async () => {
    const { connections } = createWorld();
    const { url } = await connections.begin({ ...begin, redirectUrl: "com.example.app:/callback" });
    expect(new URL(url).searchParams.get("redirect_uri")).toBe("com.example.app:/callback");
  });

  it("renews no connection to another service", async () => {
    const { connections } = createWorld();
    const { connection } = await connections.addPublic({ userId: "user-1", service: "open-tunes", accountId: "pub-1" });
    const error = await failureOf(connections.begin({ ...begin, connectionId: connection.id }));
    expect(error).toMatchObject({ code: "connection.unknown" });
  });

  it("leaves the proof out where the service does not know PKCE", async () => {
    const { connections } = createWorld({ provider: tunesProvider({ ...tunesAuthorization, pkce: false }) });
    const { url } = await connections.begin(begin);
    expect(new URL(url).searchParams.has("code_challenge")).toBe(false);
  });

  it("uses the credentials of the tenant", async () => {
    const client = async (tenantId: string) => ({ clientId: `app-of-${tenantId}` });
    const { connections } = createWorld({ provider: tunesProvider({ ...tunesAuthorization, client }) });
    const { url } = await connections.begin({ ...begin, tenantId: "acme" });
    expect(new URL(url).searchParams.get("client_id")).toBe("app-of-acme");
  });

  it.each(["http://tunes.example/authorize", "ftp://tunes.example/authorize"])(
    "sends nobody to %s, where secrets would travel in the open",
    async (authorize) => {
      const endpoints = { ...tunesAuthorization.endpoints, authorize };
      const { connections } = createWorld({ provider: tunesProvider({ ...tunesAuthorization, endpoints }) });
      expect(await failureOf(connections.begin(begin))).toMatchObject({ code: "service.url-refused" });
    },
  );

  it.each([
    [{ ...begin, userId: "" }, "connections.begin.userId"],
    [{ ...begin, userId: "a\u0000b" }, "connections.begin.userId"],
    [{ ...begin, userId: 7 }, "connections.begin.userId"],
    [{ ...begin, redirectUrl: "/callback" }, "connections.begin.redirectUrl"],
    [{ ...begin, types: [] }, "connections.begin.types"],
    [{ ...begin, types: [7] }, "connections.begin.types.0"],
    [{ ...begin, extraScopes: ["two words"] }, "connections.begin.extraScopes.0"],
    [{ ...begin, acess: "read" }, "connections.begin"],
    [undefined, "connections.begin"],
  ])("refuses %j, naming the place", async (request, path) => {
    const error = await failureOf(createWorld().connections.begin(request as typeof begin));
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error).toMatchObject({ code: "request.invalid", params: { path } });
  });

  it.each(["films", "toString"])("refuses to ask for %s, which the service does not have", async (type) => {
    const error = await failureOf(createWorld().connections.begin({ ...begin, types: [type] }));
    expect(error).toMatchObject({ code: "request.type-unsupported", params: { type } });
  });

  it.each([
    [{ ...begin, service: "nowhere" }, "service.unknown"],
    [{ ...begin, service: "open-tunes" }, "auth.kind-mismatch"],
    [{ ...begin, types: ["playlists"] as const }, "request.type-unsupported"],
    [{ ...begin, connectionId: "con_none" }, "connection.unknown"],
  ])("refuses %j with %s", async (request, code) => {
    expect(await failureOf(createWorld().connections.begin(request))).toMatchObject({ code });
  });
});

describe("completing a sign-in", () => {
  it("stores the connection, sealed, and tells who signed in without keeping it", async () => {
    const world = createWorld();
    const result = await world.signIn(ANN);
    expect(result).toEqual({
      outcome: "connected",
      missingScopes: [],
      profile: { externalId: ANN.id, displayName: ANN.name, email: ANN.email },
      connection: {
        id: expect.stringMatching(/^con_/),
        tenantId: "default",
        userId: "user-1",
        service: "tunes",
        state: "active",
        scopes: ["library-modify", "library-read", "profile"],
        enabled: true,
        defaultFrequencyMs: 86_400_000,
        createdAtMs: world.clock.now(),
        authorizedAtMs: world.clock.now(),
        refreshExpiresAtMs: world.clock.now() + 180 * 86_400_000,
        accountKnown: true,
      },
    });
    const row = await world.row(result.connection.id);
    for (const column of ["account_id", "account_name", "access_token", "refresh_token"] as const) {
      expect(row?.[column]).toMatch(/^v1\.k1\./);
    }
    expect(row?.token_expires_at).toBe(world.clock.now() + 3_600_000);
    expect(await world.storage.count({ table: "pending_oauth_auth" })).toBe(0);
    expect(await world.acts()).toEqual(["connection.connected"]);
    expect(world.events).toMatchObject([{ type: "connection.connected", connectionId: result.connection.id }]);
    expect(await world.connections.accountName({ connectionId: result.connection.id })).toBe(ANN.name);
  });

  it("exchanges the code with the redirect URL of the start, character by character", async () => {
    const world = createWorld();
    await world.signIn(ANN);
    const [exchange] = world.service.requests.filter(({ path }) => path === "/token");
    expect(Object.fromEntries(exchange?.form ?? [])).toEqual({
      grant_type: "authorization_code",
      code: expect.any(String),
      redirect_uri: REDIRECT,
      code_verifier: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  it.each(["a whole URL", "a path, as servers see it", "code and state apart"])("takes %s", async (form) => {
    const { connections, service } = createWorld();
    const { url } = await connections.begin(begin);
    const callback = new URL(service.consent(url, ANN));
    const code = callback.searchParams.get("code") ?? "";
    const state = callback.searchParams.get("state") ?? "";
    const result =
      form === "code and state apart"
        ? connections.complete({ service: "tunes", code, state })
        : connections.complete({
            service: "tunes",
            callbackUrl: form === "a whole URL" ? callback : `${callback.pathname}${callback.search}`,
          });
    expect((await result).outcome).toBe("connected");
  });

  it("uses a state once: a replay finds nothing", async () => {
    const { connections, service } = createWorld();
    const { url } = await connections.begin(begin);
    const callbackUrl = service.consent(url, ANN);
    await connections.complete({ service: "tunes", callbackUrl });
    const error = await failureOf(connections.complete({ service: "tunes", callbackUrl }));
    expect(error).toMatchObject({ code: "auth.state-unknown", remedy: "reconnect" });
    expect(service.count("/token")).toBe(1);
  });

  it("lets one of many callbacks at once go on, also on several processes", async () => {
    const world = createWorld();
    const { url } = await world.connections.begin(begin);
    const callbackUrl = world.service.consent(url, ANN);
    const processes = [world.connections, world.process(), world.process()];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) => processes[index % 3]!.complete({ service: "tunes", callbackUrl })),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "auth.state-unknown" });
    }
    expect(world.service.count("/token")).toBe(1);
    expect(await world.connections.list({ userId: "user-1" })).toHaveLength(1);
  });

  it("refuses a state after ten minutes, and forgets it", async () => {
    const { connections, service, clock, storage } = createWorld();
    const { url } = await connections.begin(begin);
    const callbackUrl = service.consent(url, ANN);
    await clock.advance(10 * MINUTE_MS);
    const error = await failureOf(connections.complete({ service: "tunes", callbackUrl }));
    expect(error).toMatchObject({ code: "auth.state-expired" });
    expect(await storage.count({ table: "pending_oauth_auth" })).toBe(0);
  });

  it("takes a state a moment before the ten minutes are over", async () => {
    const { connections, service, clock } = createWorld();
    const { url } = await connections.begin(begin);
    const callbackUrl = service.consent(url, ANN);
    await clock.advance(10 * MINUTE_MS - 1);
    expect((await connections.complete({ service: "tunes", callbackUrl })).outcome).toBe("connected");
  });

  it.each([
    ["user", { userId: "user-2" }],
    ["tenant", { tenantId: "globex" }],
  ])("refuses the state of another %s, and leaves it to whom it belongs", async (_, who) => {
    const { connections, service } = createWorld();
    const { url } = await connections.begin(begin);
    const callbackUrl = service.consent(url, ANN);
    const foreign = await failureOf(connections.complete({ service: "tunes", callbackUrl, ...who }));
    expect(foreign).toMatchObject({ code: "auth.state-foreign" });
    const own = await connections.complete({
      service: "tunes",
      callbackUrl,
      userId: "user-1",
      tenantId: "default",
    });
    expect(own.outcome).toBe("connected");
  });

  it("refuses a state that began at another service", async () => {
    const world = createWorld();
    const { state } = await world.connections.begin(begin);
    await world.storage.write({
      statements: [{ update: "pending_oauth_auth", set: { service: "elsewhere" }, where: {} }],
    });
    const error = await failureOf(world.connections.complete({ service: "tunes", code: "c", state }));
    expect(error).toMatchObject({ code: "auth.state-foreign" });
    expect(world.service.count("/token")).toBe(0);
  });

  it.each([
    ["invented", Buffer.alloc(32, 7).toString("base64url")],
    ["shorter", "abc"],
    ["not base64url", "*".repeat(43)],
  ])("refuses a state that is %s", async (_, state) => {
    const error = await failureOf(createWorld().connections.complete({ service: "tunes", code: "c", state }));
    expect(error).toMatchObject({ code: "auth.state-unknown" });
  });

  it("says that the user refused, uses the state up and asks the service nothing", async () => {
    const { connections, service, storage } = createWorld();
    const { url } = await connections.begin(begin);
    const callbackUrl = service.consent(url, ANN, "deny");
    expect(await failureOf(connections.complete({ service: "tunes", callbackUrl }))).toMatchObject({
      code: "auth.consent-denied",
      params: { service: "tunes" },
    });
    expect(await storage.count({ table: "pending_oauth_auth" })).toBe(0);
    expect(service.requests).toEqual([]);
  });

  it.each([
    ["temporarily_unavailable", "service.unavailable"],
    ["unauthorized_client", "auth.client-refused"],
    ["invalid_scope", "service.invalid-request"],
    ["jo@mail.example said no", "service.invalid-request"],
  ])("turns the callback's error %s into %s", async (error, code) => {
    const { connections } = createWorld();
    const { state } = await connections.begin(begin);
    const failure = await failureOf(connections.complete({ service: "tunes", error, state }));
    expect(failure).toMatchObject({ code });
    expect(String(failure)).not.toContain("mail.example");
  });

  it.each([
    ["neither code nor error", "https://host.example/callback?state=x", "auth.code-missing"],
    ["an empty code", "https://host.example/callback?code=&state=x", "auth.code-missing"],
    ["no state", "https://host.example/callback?code=c", "auth.state-unknown"],
    ["two codes", "https://host.example/callback?code=a&code=b&state=x", "request.invalid"],
    ["a refusal without state", "https://host.example/callback?error=access_denied", "auth.consent-denied"],
  ])("refuses a callback with %s", async (_, callbackUrl, code) => {
    expect(await failureOf(createWorld().connections.complete({ service: "tunes", callbackUrl }))).toMatchObject({
      code,
    });
  });

  it("refuses a request that mixes the forms, without showing it", async () => {
    const request = { service: "tunes", callbackUrl: "https://h.example/?code=hidden", code: "c", state: "s" };
    const error = await failureOf(createWorld().connections.complete(request));
    expect(error).toMatchObject({ code: "request.invalid", params: { path: "connections.complete" } });
    expect(String(error)).not.toContain("hidden");
  });

  it("L4: with another key ring, fails before the sign-in is used up", async () => {
    const world = createWorld();
    const { url } = await world.connections.begin(begin);
    const callbackUrl = world.service.consent(url, ANN);
    const wrong = keyring({ current: "k2", keys: { k2: KEYS.k2 } });
    const other = world.process({ encryption: heldEncryption(world.clock, wrong) });
    const error = await failureOf(other.complete({ service: "tunes", callbackUrl }));
    expect(error).toMatchObject({ code: "crypto.key-unknown" });
    expect((await world.connections.complete({ service: "tunes", callbackUrl })).outcome).toBe("connected");
  });
});

describe("what the service makes of a code", () => {
  it("reports a refused code, and stores nothing", async () => {
    const { connections, storage } = createWorld();
    const { state } = await connections.begin(begin);
    const error = await failureOf(connections.complete({ service: "tunes", code: "made-up", state }));
    expect(error).toMatchObject({ code: "auth.code-refused" });
    expect(await storage.count({ table: "user_services" })).toBe(0);
  });

  it("reports a wrong client secret as the operator's problem", async () => {
    const client = { clientId: "app-1", clientSecret: "wrong" };
    const world = createWorld({ provider: tunesProvider({ ...tunesAuthorization, client }) });
    expect(await failureOf(world.signIn(ANN))).toMatchObject({ code: "auth.client-refused", remedy: "operate" });
  });

  it.each([
    ["is down", () => new Response("oops", { status: 503 }), "service.unavailable"],
    ["is busy", () => new Response("{}", { status: 429, headers: { "retry-after": "7" } }), "service.rate-limited"],
    ["shows a page instead", () => new Response("<html>", { status: 200 }), "service.malformed-answer"],
    ["sends us elsewhere", () => Response.redirect("https://evil.example/", 302), "service.malformed-answer"],
    ["forgets the token", () => Response.json({ token_type: "bearer" }), "service.malformed-answer"],
    [
      "gives a token that no header can carry",
      () => Response.json({ access_token: "a\nb", token_type: "bearer", refresh_token: "r" }),
      "service.malformed-answer",
    ],
    ["fails in words of its own", () => Response.json({ error: "teapot" }, { status: 418 }), "service.invalid-request"],
  ])("reports a token endpoint that %s", async (_, answer, code) => {
    const world = createWorld();
    world.service.settings.tokenFaults.push(answer);
    expect(await failureOf(world.signIn(ANN))).toMatchObject({ code });
    expect(await world.storage.count({ table: "user_services" })).toBe(0);
  });

  it("keeps Retry-After for the caller", async () => {
    const world = createWorld();
    world.service.settings.tokenFaults.push(() => new Response("{}", { status: 429, headers: { "retry-after": "7" } }));
    expect(await failureOf(world.signIn(ANN))).toMatchObject({ params: { retryAfterMs: 7_000 } });
  });

  it("refuses a connection that could not be kept alive", async () => {
    const world = createWorld();
    world.service.settings.givesRefreshToken = false;
    expect(await failureOf(world.signIn(ANN))).toMatchObject({ code: "auth.refresh-token-missing" });
    expect(await world.storage.count({ table: "user_services" })).toBe(0);
  });

  it("reports scopes that the user took away, and stores what was granted", async () => {
    const world = createWorld();
    const { connection, missingScopes } = await world.signIn({ ...ANN, grants: ["library-read", "profile"] });
    expect(missingScopes).toEqual(["library-modify"]);
    expect(connection.scopes).toEqual(["library-read", "profile"]);
    expect(world.events).toMatchObject([{ missingScopes: ["library-modify"] }]);
    world.connections.requireScopes(connection, "favorites", "read");
    expect(() => world.connections.requireScopes(connection, "favorites", "write")).toThrow(
      expect.objectContaining({
        code: "auth.scope-missing",
        params: { service: "tunes", scopes: "library-modify", type: "favorites" },
      }),
    );
    expect(() => world.connections.requireScopes(connection, "playlists", "read")).toThrow(
      expect.objectContaining({ code: "request.type-unsupported" }),
    );
  });

  it("stores only what is a scope and a token type, whatever the service says", async () => {
    const world = createWorld({
      provider: tunesProvider({
        ...tunesAuthorization,
        dialect: {
          exchangeCode: async () => ({
            accessToken: "token",
            refreshToken: "refresh",
            expiresIn: "never",
            tokenType: "for ann@mail.example",
            scopes: ["library-read,profile", 'a"b', "\u00e4", " library-read "],
          }),
        },
      }),
    });
    const { connection } = await world.signIn(ANN);
    expect(connection.scopes).toEqual(["library-read", "profile"]);
    expect(await world.row(connection.id)).toMatchObject({ scopes: "library-read profile", token_type: "bearer" });
  });

  it("takes silence about scopes for what was asked (RFC 6749 §5.1)", async () => {
    const world = createWorld();
    world.service.settings.givesScope = false;
    const { connection, missingScopes } = await world.signIn(ANN);
    expect(missingScopes).toEqual([]);
    expect(connection.scopes).toEqual(["library-modify", "library-read", "profile"]);
  });
});

describe("one connection per account", () => {
  it("renews the connection when the same account is connected again", async () => {
    const world = createWorld();
    const first = await world.signIn(ANN);
    const before = await world.row(first.connection.id);
    await world.clock.advance(MINUTE_MS);
    const second = await world.signIn(ANN);
    expect(second.outcome).toBe("reconnected");
    expect(second.connection.id).toBe(first.connection.id);
    const after = await world.row(first.connection.id);
    expect(after?.token_version).toBe((before?.token_version ?? 0) + 1);
    expect(after?.authorized_at).toBe(world.clock.now());
    expect(after?.created_at).toBe(before?.created_at);
    expect(await world.acts()).toEqual(["connection.connected", "connection.reconnected"]);
  });

  it("makes a second connection for a second account, user or tenant", async () => {
    const world = createWorld();
    await world.signIn(ANN);
    await world.signIn(BOB);
    await world.signIn(ANN, { userId: "user-2" });
    await world.signIn(ANN, { tenantId: "acme" });
    expect(await world.storage.count({ table: "user_services" })).toBe(4);
    expect(await world.connections.list({ userId: "user-1" })).toHaveLength(2);
  });

  it("makes one connection out of two sign-ins at once", async () => {
    const world = createWorld();
    const callbacks: string[] = [];
    for (let index = 0; index < 5; index++) {
      const { url } = await world.connections.begin(begin);
      callbacks.push(world.service.consent(url, ANN));
    }
    const results = await Promise.all(
      callbacks.map((callbackUrl) => world.process().complete({ service: "tunes", callbackUrl })),
    );
    expect(new Set(results.map(({ connection }) => connection.id)).size).toBe(1);
    expect(results.filter(({ outcome }) => outcome === "connected")).toHaveLength(1);
    const tokens = await world.connections.tokens({ connectionId: results[0]?.connection.id ?? "" });
    expect(world.service.accepts(tokens.accessToken)).toBe(true);
  });

  it("knows an account again under an id that the service used before", async () => {
    const world = createWorld();
    const { connection } = await world.signIn(ANN);
    const later = createWorld({
      storage: world.storage,
      provider: tunesProvider(tunesAuthorization, { otherIds: [ANN.id] }),
    });
    const renamed = await later.signIn({ ...ANN, id: "new-style-id" });
    expect(renamed).toMatchObject({ outcome: "reconnected", connection: { id: connection.id } });
    const [plain] = await later.storage.select({ table: "user_services" });
    expect(await createWorld({ storage: world.storage }).signIn({ ...ANN, id: "new-style-id" })).toMatchObject({
      connection: { id: plain?.id },
    });
  });

  it("refuses another account when a connection is renewed, and overwrites nothing", async () => {
    const world = createWorld();
    const { connection } = await world.signIn(ANN);
    const before = await world.row(connection.id);
    const error = await failureOf(world.signIn(BOB, { connectionId: connection.id }));
    expect(error).toMatchObject({
      code: "auth.wrong-account",
      params: { service: "tunes", connectionId: connection.id },
    });
    expect(await world.row(connection.id)).toEqual(before);
    expect(await world.storage.count({ table: "user_services" })).toBe(1);
  });

  it("makes a new connection when the one to renew was disconnected meanwhile", async () => {
    const world = createWorld();
    const { connection } = await world.signIn(ANN);
    const { url } = await world.connections.begin({ ...begin, connectionId: connection.id });
    const callbackUrl = world.service.consent(url, ANN);
    await world.storage.write({ statements: [{ delete: "user_services", where: { id: connection.id } }] });
    const result = await world.clock.run(() => world.connections.complete({ service: "tunes", callbackUrl }));
    expect(result.outcome).toBe("connected");
  });

  it("makes a new connection when the old one is disconnected in the very moment of its renewal", async () => {
    const inner = memoryStorage();
    let disconnects = true;
    const storage: StorageAdapter = {
      ...inner,
      async write(batch) {
        const renews = batch.statements.some((one) => "update" in one && one.update === "user_services");
        if (renews && disconnects) {
          disconnects = false;
          await inner.write({ statements: [{ delete: "user_services", where: {} }] });
        }
        return inner.write(batch);
      },
    };
    const world = createWorld({ storage });
    await world.signIn(ANN);
    const again = await world.signIn(ANN);
    expect(again.outcome).toBe("connected");
    expect(await world.row(again.connection.id)).toBeDefined();
  });
});

describe("a provider's own dialect", () => {
  /** Signs in through a dialect that exchanges the code by the given request; gives what the service was sent. */
  async function exchangeBy(request: Parameters<OAuthExchange["send"]>[0]) {
    const answers: unknown[] = [];
    const world = createWorld({
      provider: tunesProvider({
        ...tunesAuthorization,
        dialect: {
          exchangeCode: async ({ send, client }) => {
            answers.push(client, await send(request));
            return { accessToken: "token", expiresIn: "never" };
          },
        },
      }),
    });
    world.service.settings.tokenFaults.push(() => new Response("wrong code", { status: 200 }));
    const failure = await failureOf(world.signIn(ANN));
    return { world, answers, failure };
  }

  it("sends forms, and reads answers as text, whatever they are", async () => {
    const { world, answers } = await exchangeBy({
      method: "POST",
      url: "https://tunes.example/token",
      form: { secret: "s&1" },
      headers: { "x-version": "2" },
    });
    expect(answers).toEqual([CLIENT, { status: 200, body: "wrong code" }]);
    const [sent] = world.service.requests;
    expect(sent).toMatchObject({ method: "POST", path: "/token" });
    expect(sent?.form.get("secret")).toBe("s&1");
    expect(sent?.headers.get("x-version")).toBe("2");
  });

  it("encodes queries", async () => {
    const { world } = await exchangeBy({ method: "GET", url: "https://tunes.example/token", query: { code: "a&b=c" } });
    expect(world.service.requests[0]?.query.get("code")).toBe("a&b=c");
  });

  it("sends secrets over https or to this machine only", async () => {
    const { failure, world } = await exchangeBy({ method: "POST", url: "http://tunes.example/token", form: {} });
    expect(failure).toMatchObject({ code: "service.url-refused" });
    expect(world.service.requests).toEqual([]);
  });

  it("names its own parameters and reads its own callbacks", async () => {
    const world = createWorld({
      provider: tunesProvider({
        ...tunesAuthorization,
        pkce: false,
        dialect: {
          authorizationParameters: ({ clientId, scopes, state }) => ({ app: clientId, perms: scopes.join(","), state }),
          readCallback: (query) => (query.has("why") ? { denied: true } : {}),
        },
      }),
    });
    const { url, state } = await world.connections.begin(begin);
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      theme: "dark",
      app: "app-1",
      perms: "library-modify,library-read,profile",
      state,
    });
    const callback = (query: string) =>
      failureOf(world.connections.complete({ service: "tunes", callbackUrl: `/cb?${query}&state=${state}` }));
    expect(await callback("code=not-as-the-standard-says")).toMatchObject({ code: "auth.code-missing" });
    expect(await callback("why=user")).toMatchObject({ code: "auth.consent-denied" });
  });
});
