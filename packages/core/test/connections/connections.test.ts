import { describe, expect, it } from "vitest";
import type { ConnectionRef } from "../../src/connections/index.ts";
import { keyring, reencrypt } from "../../src/crypto/index.ts";
import { schema, tableNames } from "../../src/ports/index.ts";
import { seededRandom } from "../crypto/seeded-random.ts";
import { heldEncryption } from "../support/held-encryption.ts";
import { ANN, BOB, createWorld, failureOf, KEYS, type World } from "./support/harness.ts";
import { CLIENT, REDIRECT } from "./support/tunes-service.ts";

const DAY_MS = 86_400_000;

const methods: [string, (world: World, ref: ConnectionRef) => Promise<unknown>][] = [
  ["get", (world, ref) => world.connections.get(ref)],
  ["accountName", (world, ref) => world.connections.accountName(ref)],
  ["tokens", (world, ref) => world.connections.tokens(ref)],
  ["refresh", (world, ref) => world.connections.refresh(ref)],
  ["disconnect", (world, ref) => world.connections.disconnect(ref)],
  ["setEnabled", (world, ref) => world.connections.setEnabled(ref, false)],
  ["markForReauthorization", (world, ref) => world.connections.markForReauthorization(ref, "service-demands")],
  ["session", (world, ref) => world.connections.session(ref)],
];

describe.each(methods)("connections.%s", (name, call) => {
  it.each([
    ["another tenant's", { tenantId: "globex" }],
    ["another user's", { userId: "user-2" }],
    ["no", { connectionId: "con_none" }],
  ])("treats %s connection as not existing", async (_, foreign) => {
    const world = createWorld();
    const { connection } = await world.signIn(ANN);
    const before = await world.row(connection.id);
    const error = await failureOf(call(world, { connectionId: connection.id, ...foreign }));
    expect(error).toMatchObject({ code: "connection.unknown" });
    expect(await world.row(connection.id)).toEqual(before);
  });

  it("refuses a reference that is none", async () => {
    const nothing = undefined as unknown as ConnectionRef;
    expect(await failureOf(call(createWorld(), nothing))).toMatchObject({ code: "request.invalid" });
    const error = await failureOf(call(createWorld(), { connectionId: "" }));
    expect(error).toMatchObject({ code: "request.invalid", params: { path: `connections.${name}.connectionId` } });
    const spelled = { connectionID: "con_1" } as unknown as ConnectionRef;
    expect(await failureOf(call(createWorld(), spelled))).toMatchObject({ code: "request.invalid" });
  });
});

describe("connections", () => {
  it("are listed oldest first, by service where asked, without secrets", async () => {
    const world = createWorld();
    const first = await world.signIn(ANN);
    await world.clock.advance(1_000);
    const second = await world.signIn(BOB);
    await world.clock.advance(1_000);
    await world.connections.addPublic({ userId: "user-1", service: "open-tunes", accountId: "pub-1" });
    const list = await world.connections.list({ userId: "user-1" });
    expect(list.map(({ id }) => id).slice(0, 2)).toEqual([first.connection.id, second.connection.id]);
    expect(list).toHaveLength(3);
    expect(await world.connections.list({ userId: "user-1", service: "open-tunes" })).toHaveLength(1);
    expect(await world.connections.list({ userId: "user-1", tenantId: "globex" })).toEqual([]);
    for (const secret of [...world.service.secrets, ANN.id, ANN.name])
      expect(JSON.stringify(list)).not.toContain(secret);
  });

  it("can be switched off and on", async () => {
    const world = createWorld();
    const ref = { connectionId: (await world.signIn(ANN)).connection.id };
    expect((await world.connections.setEnabled(ref, false)).enabled).toBe(false);
    expect((await world.connections.get(ref)).enabled).toBe(false);
    expect((await world.connections.setEnabled(ref, true)).enabled).toBe(true);
  });

  it("are marked once when a service demands a new sign-in", async () => {
    const world = createWorld();
    const ref = { connectionId: (await world.signIn(ANN)).connection.id };
    await world.connections.markForReauthorization(ref, "service-demands");
    await world.connections.markForReauthorization(ref, "service-demands");
    expect(await world.connections.get(ref)).toMatchObject({
      state: "needs-reauthorization",
      stateReason: "service-demands",
    });
    expect(world.events.filter(({ type }) => type === "connection.reauthorization-required")).toHaveLength(1);
    expect(await failureOf(world.connections.tokens(ref))).toMatchObject({ code: "auth.reauthorization-required" });
  });

  it("open sessions with the account and the granted scopes", async () => {
    const world = createWorld();
    const ref = { connectionId: (await world.signIn(ANN)).connection.id };
    const session = await world.connections.session(ref);
    expect(session).toMatchObject({ service: "tunes", tenantId: "default", ...ref, accountId: ANN.id });
    expect([...session.grantedScopes]).toEqual(["library-modify", "library-read", "profile"]);
  });

  it("hand the caller's signal and meter to their sessions", async () => {
    const world = createWorld();
    const ref = { connectionId: (await world.signIn(ANN)).connection.id };
    const stop = new AbortController();
    const session = await world.connections.session({ ...ref, signal: stop.signal });
    stop.abort();
    expect(session.signal.aborted).toBe(true);
  });

  it("survive listeners and loggers that throw", async () => {
    const world = createWorld();
    const thrower = () => {
      throw new Error("host's bug");
    };
    const connections = world.process({ onEvent: thrower, logger: thrower });
    const { url } = await connections.begin({ userId: "user-1", service: "tunes", redirectUrl: REDIRECT });
    const callbackUrl = world.service.consent(url, ANN);
    expect((await connections.complete({ service: "tunes", callbackUrl })).outcome).toBe("connected");
  });
});

describe("input that types cannot check", () => {
  it("is refused with the name of the place", async () => {
    const world = createWorld();
    const { connection } = await world.signIn(ANN);
    const ref = { connectionId: connection.id };
    const { connections } = world;
    const attempts: [() => unknown, string][] = [
      [() => connections.setEnabled(ref, "no" as never), "connections.setEnabled.enabled"],
      [
        () => connections.markForReauthorization(ref, "ann@mail.example" as never),
        "connections.markForReauthorization.reason",
      ],
      [() => connections.requireScopes(connection, 7 as never, "read"), "connections.requireScopes.type"],
      [() => connections.requireScopes(connection, "favorites", "own" as never), "connections.requireScopes.access"],
      [
        () => connections.requireScopes(undefined as never, "favorites", "read"),
        "connections.requireScopes.connection",
      ],
      [() => connections.list({} as never), "connections.list.userId"],
      [() => connections.expiringSoon(undefined as never), "connections.expiringSoon"],
      [() => connections.complete(undefined as never), "connections.complete"],
      [() => connections.addPublic(undefined as never), "connections.addPublic"],
    ];
    for (const [attempt, path] of attempts) {
      const failure = await failureOf((async () => attempt())());
      expect(failure, path).toMatchObject({ code: "request.invalid", params: { path } });
      expect(String(failure)).not.toContain("mail.example");
    }
    const foreign = await failureOf((async () => connections.requireScopes(connection, "toString", "read"))());
    expect(foreign).toMatchObject({ code: "request.type-unsupported", params: { type: "toString" } });
  });
});

describe("an authorization with a known end", () => {
  it("is listed before it ends, soonest first, and no other", async () => {
    const world = createWorld();
    const first = await world.signIn(ANN);
    await world.clock.advance(20 * DAY_MS);
    const second = await world.signIn(BOB);
    await world.connections.addPublic({ userId: "user-1", service: "open-tunes", accountId: "pub-1" });
    await world.clock.advance(140 * DAY_MS);
    const soon = (withinMs: number) => world.connections.expiringSoon({ withinMs });
    expect(await soon(10 * DAY_MS)).toEqual([]);
    expect((await soon(30 * DAY_MS)).map(({ id }) => id)).toEqual([first.connection.id]);
    expect((await soon(60 * DAY_MS)).map(({ id }) => id)).toEqual([first.connection.id, second.connection.id]);
    expect(await world.connections.expiringSoon({ withinMs: 60 * DAY_MS, userId: "user-2" })).toEqual([]);
    expect(await failureOf(soon(-1))).toMatchObject({ code: "request.invalid" });
    expect(await failureOf(soon(Number.NaN))).toMatchObject({ code: "request.invalid" });
  });

  it("is not listed where the user has to sign in again anyway", async () => {
    const world = createWorld();
    const ref = { connectionId: (await world.signIn(ANN)).connection.id };
    await world.connections.markForReauthorization(ref, "service-demands");
    expect(await world.connections.expiringSoon({ withinMs: 365 * DAY_MS })).toEqual([]);
  });

  it("is not moved by refreshing, only by a new consent", async () => {
    const world = createWorld();
    const { connection } = await world.signIn(ANN);
    const ref = { connectionId: connection.id };
    await world.clock.advance(DAY_MS);
    const refreshed = await world.clock.run(() => world.connections.refresh(ref));
    expect(refreshed.refreshExpiresAtMs).toBe(connection.refreshExpiresAtMs);
    const again = await world.signIn(ANN);
    expect(again.connection.refreshExpiresAtMs).toBeGreaterThanOrEqual(world.clock.now() + 180 * DAY_MS - 1_000);
  });

  it("is announced in its last month, once a day while in use", async () => {
    const world = createWorld();
    const { connection } = await world.signIn(ANN);
    const ref = { connectionId: connection.id };
    const warnings = () => world.events.filter(({ type }) => type === "connection.expires-soon");
    await world.clock.advance(149 * DAY_MS);
    await world.connections.session(ref);
    expect(warnings()).toHaveLength(0);
    await world.clock.advance(2 * DAY_MS);
    await world.connections.session(ref);
    await world.connections.session(ref);
    expect(warnings()).toMatchObject([
      { refreshExpiresAtMs: connection.refreshExpiresAtMs, connectionId: connection.id },
    ]);
    await world.clock.advance(DAY_MS);
    await world.connections.session(ref);
    expect(warnings()).toHaveLength(2);
  });
});

describe("public connections", () => {
  const request = { userId: "user-1", service: "open-tunes", accountId: "pub-1" } as const;

  it("need no token, and are one per account", async () => {
    const world = createWorld();
    const first = await world.connections.addPublic(request);
    expect(first).toMatchObject({ outcome: "connected", profile: { externalId: "pub-1" }, missingScopes: [] });
    const second = await world.clock.run(() => world.connections.addPublic(request));
    expect(second).toMatchObject({ outcome: "reconnected", connection: { id: first.connection.id } });
    const ref = { connectionId: first.connection.id };
    expect((await world.connections.session(ref)).accountId).toBe("pub-1");
    expect(await failureOf(world.connections.tokens(ref))).toMatchObject({ code: "auth.kind-mismatch" });
    expect(await world.connections.disconnect(ref)).toMatchObject({ revocation: "nothing-to-revoke" });
  });

  it("refuse an account that the service does not know", async () => {
    const error = await failureOf(createWorld().connections.addPublic({ ...request, accountId: "nobody" }));
    expect(error).toMatchObject({ code: "service.not-found" });
  });

  it.each([
    [{ ...request, service: "tunes" }, "auth.kind-mismatch"],
    [{ ...request, service: "nowhere" }, "service.unknown"],
    [{ ...request, accountId: "" }, "request.invalid"],
  ])("refuse %j with %s", async (bad, code) => {
    expect(await failureOf(createWorld().connections.addPublic(bad))).toMatchObject({ code });
  });

  it("can be read and not written", async () => {
    const world = createWorld();
    const { connection } = await world.connections.addPublic(request);
    expect(() => world.connections.requireScopes(connection, "favorites", "write")).toThrow(
      expect.objectContaining({ code: "request.type-unsupported" }),
    );
  });
});

describe("keys", () => {
  it("L5: are rotated beside workers with the old and the new ring; connections go on", async () => {
    const world = createWorld({ encryption: keyring({ current: "k1", keys: KEYS }) });
    const refs = [(await world.signIn(ANN)).connection.id, (await world.signIn(BOB)).connection.id];
    const newRing = keyring({ current: "k2", keys: KEYS });
    const newWorker = world.process({ encryption: heldEncryption(world.clock, newRing) });
    await world.clock.advance(3_600_000);
    const [report] = await world.clock.run(() =>
      Promise.all([
        reencrypt({
          storage: world.storage,
          encryption: newRing,
          batchSize: 1,
          clock: world.clock,
          random: seededRandom(77),
        }),
        world.connections.tokens({ connectionId: refs[0] ?? "" }),
        newWorker.tokens({ connectionId: refs[1] ?? "" }),
      ]),
    );
    expect(report.unreadable).toEqual({});
    for (const connectionId of refs) {
      for (const worker of [world.connections, newWorker]) {
        const { accessToken } = await world.clock.run(() => worker.tokens({ connectionId }));
        expect(world.service.accepts(accessToken)).toBe(true);
      }
    }
    const last = await reencrypt({
      storage: world.storage,
      encryption: newRing,
      clock: world.clock,
      random: seededRandom(78),
    });
    expect(last).toMatchObject({ overtaken: 0, unreadable: {} });
    const newOnly = world.process({ encryption: keyring({ current: "k2", keys: { k2: KEYS.k2 } }) });
    for (const connectionId of refs) expect(await newOnly.accountName({ connectionId })).toBeTruthy();
  });

  it("L4: with another ring nothing opens, and nothing is overwritten", async () => {
    const world = createWorld();
    const ref = { connectionId: (await world.signIn(ANN)).connection.id };
    const before = await world.row(ref.connectionId);
    const wrong = keyring({ current: "k2", keys: { k2: KEYS.k2 } });
    const locked = world.process({ encryption: heldEncryption(world.clock, wrong) });
    await world.clock.advance(3_600_000);
    const attempts = [locked.tokens, locked.refresh, locked.accountName, locked.session];
    for (const attempt of attempts) {
      expect(await world.clock.run(() => failureOf(attempt(ref)))).toMatchObject({ code: "crypto.key-unknown" });
    }
    expect(await world.row(ref.connectionId)).toEqual(before);
    expect((await world.connections.tokens(ref)).accessToken).toBeTruthy();
  });
});

describe("nothing secret or personal", () => {
  it("is in any row, log, event or error, plain or encoded, through a connection's whole life", async () => {
    const world = createWorld();
    const errors: unknown[] = [];
    const { connection } = await world.signIn(ANN);
    const ref = { connectionId: connection.id };
    const { url } = await world.connections.begin({
      userId: "user-1",
      service: "tunes",
      redirectUrl: REDIRECT,
      ...ref,
    });
    errors.push(await failureOf(world.signIn(BOB, ref)));
    await world.clock.advance(3_600_000);
    await world.clock.run(() => world.connections.tokens(ref));
    const echo = (request: { form: URLSearchParams }) =>
      Response.json({ error: "invalid_request", error_description: request.form.toString() }, { status: 400 });
    world.service.settings.tokenFaults.push(echo, () => Response.json({ access_token: "half-a-token-answer" }));
    for (let time = 0; time < 2; time++)
      errors.push(await world.clock.run(() => failureOf(world.connections.refresh(ref))));
    world.service.revokeAll(ANN);
    errors.push(await world.clock.run(() => failureOf(world.connections.refresh(ref))));
    errors.push(
      await failureOf(world.connections.complete({ service: "tunes", callbackUrl: `${url}&code=x&state=y` })),
    );
    expect(errors.every((error) => error instanceof Error)).toBe(true);

    const rows = await Promise.all(tableNames.map((table) => world.storage.select({ table })));
    const seen = [...rows.flat(), ...world.logs, ...world.events].map((one) => JSON.stringify(one));
    seen.push(...errors.flatMap((error) => everythingIn(error)));
    const people = [ANN, BOB].flatMap(({ id, name, email }) => [id, name, email]);
    const canaries = [...world.service.secrets, ...people, CLIENT.clientSecret, "host.example", "half-a-token-answer"];
    expect(canaries.length).toBeGreaterThan(15);
    for (const canary of canaries) {
      for (const form of await formsOf(canary)) {
        expect(
          seen.filter((text) => text.includes(form)),
          `${canary} as ${form}`,
        ).toEqual([]);
      }
    }
  });

  it("fits the columns that texts are stored in: each is id, name, code, enum, hash or ciphertext", async () => {
    const world = createWorld();
    await world.signIn(ANN);
    await world.connections.begin({ userId: "user-1", service: "tunes", redirectUrl: REDIRECT });
    for (const table of ["user_services", "pending_oauth_auth", "audit_log", "tenant_keys"] as const) {
      for (const row of await world.storage.select({ table })) {
        for (const [column, value] of Object.entries(row)) {
          const { class: kind } = schema[table].columns[column as keyof (typeof schema)[typeof table]["columns"]];
          if (kind === "ciphertext" && value !== null) expect(value, column).toMatch(/^v1\.k1\.[\w-]+$/);
          if (kind === "hash") expect(value, column).toMatch(/^(1\.)?[\w-]{43}$/);
        }
      }
    }
  });
});

/** Message, stack, parameters and all causes. */
function everythingIn(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(JSON.stringify(error))];
  const own = [String(error), error.stack ?? "", JSON.stringify(error)];
  return error.cause === undefined ? own : [...own, ...everythingIn(error.cause)];
}

async function formsOf(text: string): Promise<string[]> {
  const bytes = Buffer.from(text);
  const digest = Buffer.from(await crypto.subtle.digest("SHA-256", bytes));
  return [
    text,
    encodeURIComponent(text),
    bytes.toString("base64").replace(/=+$/, ""),
    bytes.toString("base64url"),
    bytes.toString("hex"),
    digest.toString("hex"),
    digest.toString("base64url"),
  ];
}
