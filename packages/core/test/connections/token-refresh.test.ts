import { describe, expect, it } from "vitest";
import type { Connections } from "../../src/connections/index.ts";
import { StorageError } from "../../src/errors/index.ts";
import { memoryStorage, type StorageAdapter } from "../../src/ports/index.ts";
import { ANN, createWorld, failureOf, type World } from "./support/harness.ts";
import { tunesAuthorization, tunesProvider } from "./support/tunes-provider.ts";
import { REDIRECT } from "./support/tunes-service.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

async function connected(world: World): Promise<{ connectionId: string }> {
  return { connectionId: (await world.signIn(ANN)).connection.id };
}

/** The connection's access token, and whether the service takes it. */
async function token(world: World, ref: { connectionId: string }, connections: Connections = world.connections) {
  const { accessToken } = await world.clock.run(() => connections.tokens(ref));
  return { accessToken, works: world.service.accepts(accessToken) };
}

const refreshes = (world: World) => world.service.count("/token", "refresh_token");

/** A storage whose writes to the connections table fail as told: before or after they are done. */
function failingWrites(plan: ("before" | "after" | "fine")[]): StorageAdapter {
  const inner = memoryStorage();
  return {
    ...inner,
    async write(batch) {
      const savesTokens = batch.statements.some((one) => "update" in one && one.update === "user_services");
      const fate = savesTokens ? (plan.shift() ?? "fine") : "fine";
      if (fate === "before") throw new StorageError("storage.failed", { operation: "write" });
      const result = await inner.write(batch);
      if (fate === "after") throw new StorageError("storage.failed", { operation: "write" });
      return result;
    },
  };
}

describe("tokens of a connection", () => {
  it("are given as they are while they are good", async () => {
    const world = createWorld();
    const ref = await connected(world);
    await world.clock.advance(HOUR_MS - MINUTE_MS - 1_000);
    expect((await token(world, ref)).works).toBe(true);
    expect(refreshes(world)).toBe(0);
  });

  it("are renewed a minute before they end", async () => {
    const world = createWorld();
    const ref = await connected(world);
    const before = await token(world, ref);
    await world.clock.advance(HOUR_MS - MINUTE_MS);
    const after = await token(world, ref);
    expect(after.accessToken).not.toBe(before.accessToken);
    expect(after.works).toBe(true);
    expect(refreshes(world)).toBe(1);
    expect(await world.acts()).toEqual(["connection.connected", "connection.refreshed"]);
    expect(world.events.map(({ type }) => type)).toEqual(["connection.connected", "connection.refreshed"]);
  });

  it("show how long they are good", async () => {
    const world = createWorld();
    const ref = await connected(world);
    expect(await world.connections.tokens(ref)).toMatchObject({
      tokenType: "bearer",
      expiry: { kind: "at", atMs: expect.closeTo(world.clock.now() + HOUR_MS, -2) },
      scopes: ["library-modify", "library-read", "profile"],
      refreshToken: expect.any(String),
    });
  });

  it("keep the refresh token that an answer leaves out, and take the one that it brings", async () => {
    const world = createWorld();
    const ref = await connected(world);
    const first = (await world.connections.tokens(ref)).refreshToken;
    world.service.settings.rotates = false;
    await world.clock.advance(HOUR_MS);
    const kept = await world.clock.run(() => world.connections.tokens(ref));
    expect(kept.refreshToken).toBe(first);
    world.service.settings.rotates = true;
    await world.clock.advance(HOUR_MS);
    const rotated = await world.clock.run(() => world.connections.tokens(ref));
    expect(rotated.refreshToken).not.toBe(first);
    await world.clock.advance(HOUR_MS);
    expect((await token(world, ref)).works).toBe(true);
  });

  it("count as short without a lifetime", async () => {
    const world = createWorld();
    world.service.settings.lifetimeSeconds = undefined;
    const ref = await connected(world);
    expect((await world.connections.tokens(ref)).expiry).toEqual({ kind: "unknown" });
    await world.clock.advance(3 * MINUTE_MS);
    await token(world, ref);
    expect(refreshes(world)).toBe(0);
    await world.clock.advance(MINUTE_MS);
    await token(world, ref);
    expect(refreshes(world)).toBe(1);
    for (let hour = 0; hour < 10; hour++) {
      await world.clock.advance(4 * MINUTE_MS);
      expect((await token(world, ref)).works).toBe(true);
    }
  });

  it("are not looked up again for every request", async () => {
    let reads = 0;
    const inner = memoryStorage();
    const storage: StorageAdapter = {
      ...inner,
      select: (query) => {
        if (query.table === "user_services") reads += 1;
        return inner.select(query);
      },
    };
    const world = createWorld({ storage });
    const ref = await connected(world);
    const session = await world.connections.session(ref);
    const before = reads;
    for (let index = 0; index < 20; index++) await world.clock.run(() => profileThrough(session));
    expect(reads - before).toBeLessThanOrEqual(1);
  });
});

/** One request with the session's token. */
async function profileThrough(session: Awaited<ReturnType<Connections["session"]>>): Promise<string> {
  return (await tunesProvider().profile(session)).externalId;
}

describe("renewing tokens", () => {
  it("G1: a token that ends in the middle of a run is renewed once, and the request repeated once", async () => {
    const world = createWorld();
    const session = await world.connections.session(await connected(world));
    expect(await world.clock.run(() => profileThrough(session))).toBe(ANN.id);
    world.service.endAccessTokens();
    const before = world.service.count("/me");
    expect(await world.clock.run(() => profileThrough(session))).toBe(ANN.id);
    expect(world.service.count("/me") - before).toBe(2);
    expect(refreshes(world)).toBe(1);
  });

  it("G1: many requests that meet the ended token at once lead to one refresh", async () => {
    const world = createWorld();
    const session = await world.connections.session(await connected(world));
    world.service.endAccessTokens();
    const ids = await world.clock.run(() => Promise.all(Array.from({ length: 30 }, () => profileThrough(session))));
    expect(new Set(ids)).toEqual(new Set([ANN.id]));
    expect(refreshes(world)).toBe(1);
  });

  it("happens once for 50 callers of one process", async () => {
    const world = createWorld();
    const ref = await connected(world);
    await world.clock.advance(HOUR_MS);
    const all = await world.clock.run(() =>
      Promise.all(Array.from({ length: 50 }, () => world.connections.tokens(ref))),
    );
    expect(new Set(all.map(({ accessToken }) => accessToken)).size).toBe(1);
    expect(refreshes(world)).toBe(1);
  });

  it("looks for the fleet's lease once for all callers of a process", async () => {
    let leases = 0;
    const inner = memoryStorage();
    const storage: StorageAdapter = {
      ...inner,
      write: (batch) => {
        if (batch.statements.some((one) => "insert" in one && one.insert === "leases")) leases += 1;
        return inner.write(batch);
      },
    };
    const world = createWorld({ storage });
    const ref = await connected(world);
    await world.clock.advance(HOUR_MS);
    await world.clock.run(() => Promise.all(Array.from({ length: 50 }, () => world.connections.tokens(ref))));
    expect(leases).toBe(1);
  });

  it("G2: happens once for two workers with one expired token", async () => {
    const world = createWorld();
    const ref = await connected(world);
    const workers = [world.process(), world.process()];
    await world.clock.advance(HOUR_MS);
    const tokens = await world.clock.run(() => Promise.all(workers.map((worker) => worker.tokens(ref))));
    expect(new Set(tokens.map(({ accessToken }) => accessToken)).size).toBe(1);
    expect(world.service.accepts(tokens[0]?.accessToken ?? "")).toBe(true);
    expect(refreshes(world)).toBe(1);
    expect(await world.storage.count({ table: "leases" })).toBe(0);
  });

  it("G3: happens once for 50 workers in 4 processes, whose service rotates refresh tokens", async () => {
    const world = createWorld();
    const ref = await connected(world);
    const processes = [world.process(), world.process(), world.process(), world.process()];
    await world.clock.advance(HOUR_MS);
    const tokens = await world.clock.run(() =>
      Promise.all(Array.from({ length: 50 }, (_, index) => processes[index % 4]!.tokens(ref))),
    );
    expect(new Set(tokens.map(({ accessToken }) => accessToken)).size).toBe(1);
    expect(world.service.accepts(tokens[0]?.accessToken ?? "")).toBe(true);
    expect(refreshes(world)).toBe(1);
  });

  it("outlives a worker that died with the lease", async () => {
    const world = createWorld();
    const ref = await connected(world);
    await world.clock.advance(HOUR_MS);
    world.service.settings.tokenFaults.push(() => new Promise(() => {}));
    const dying = world.process().tokens(ref);
    dying.catch(() => undefined);
    await world.clock.settle();
    expect(await world.storage.count({ table: "leases" })).toBe(1);
    const startMs = world.clock.now();
    expect((await token(world, ref)).works).toBe(true);
    expect(world.clock.now() - startMs).toBeLessThanOrEqual(46_000);
  });

  it("G6: a refused refresh token is looked up again first: another worker had rotated it", async () => {
    const world = createWorld();
    const ref = await connected(world);
    await world.clock.advance(HOUR_MS);
    // While our refresh is under way, another worker that does not know of the lease has rotated and stored its tokens.
    world.service.settings.tokenFaults.push(async () => {
      world.service.settings.tokenFaults = [];
      await world.storage.write({ statements: [{ delete: "leases", where: {} }] });
      await world.process().refresh(ref);
      return world.service.answer.refuse("invalid_grant");
    });
    const { works } = await token(world, ref);
    expect(works).toBe(true);
    expect(refreshes(world)).toBe(2);
    expect((await world.row(ref.connectionId))?.state).toBe("active");
    expect(world.events.map(({ type }) => type)).not.toContain("connection.reauthorization-required");
  });

  it("takes the winner's tokens when it loses the race to store its own", async () => {
    const world = createWorld();
    const ref = await connected(world);
    await world.clock.advance(HOUR_MS);
    const { url } = await world.connections.begin({ userId: "user-1", service: "tunes", redirectUrl: REDIRECT });
    world.service.settings.afterRefresh = async () => {
      await world.process().complete({ service: "tunes", callbackUrl: world.service.consent(url, ANN) });
    };
    const { accessToken, works } = await token(world, ref);
    expect(works).toBe(true);
    const stored = await token(world, ref, world.process());
    expect(stored.accessToken).toBe(accessToken);
    expect(await world.acts()).toEqual(["connection.connected", "connection.reconnected"]);
  });

  it("G7: a revoked grant marks the connection once and deletes nothing", async () => {
    const world = createWorld();
    const ref = await connected(world);
    const before = await world.row(ref.connectionId);
    world.service.revokeAll(ANN);
    await world.clock.advance(HOUR_MS);
    const failures = await world.clock.run(() =>
      Promise.all([world.connections, world.process(), world.process()].map((one) => failureOf(one.tokens(ref)))),
    );
    for (const failure of failures) {
      expect(failure).toMatchObject({
        code: "auth.reauthorization-required",
        remedy: "reconnect",
        params: { connectionId: ref.connectionId, service: "tunes", reason: "grant-refused" },
      });
    }
    const after = await world.row(ref.connectionId);
    expect(after).toMatchObject({ state: "needs-reauthorization", state_reason: "grant-refused" });
    expect(after?.refresh_token).toBe(before?.refresh_token);
    expect(world.events.filter(({ type }) => type === "connection.reauthorization-required")).toHaveLength(1);
    expect((await world.acts()).filter((act) => act === "connection.reauthorization-required")).toHaveLength(1);
    expect(refreshes(world)).toBe(1);
    expect(await failureOf(world.connections.session(ref))).toMatchObject({ code: "auth.reauthorization-required" });
  });

  it("G7: goes on under the same id after the user connected again", async () => {
    const world = createWorld();
    const ref = await connected(world);
    world.service.revokeAll(ANN);
    await world.clock.advance(HOUR_MS);
    await world.clock.run(() => failureOf(world.connections.tokens(ref)));
    const again = await world.signIn(ANN, { connectionId: ref.connectionId });
    expect(again).toMatchObject({ outcome: "reconnected", connection: { id: ref.connectionId, state: "active" } });
    expect(again.connection).not.toHaveProperty("stateReason");
    expect((await token(world, ref)).works).toBe(true);
  });

  it("says that the end was known, when a grant is refused after it", async () => {
    const world = createWorld();
    const ref = await connected(world);
    world.service.revokeAll(ANN);
    await world.clock.advance(181 * 24 * HOUR_MS);
    const failure = await world.clock.run(() => failureOf(world.connections.tokens(ref)));
    expect(failure).toMatchObject({ params: { reason: "grant-expired" } });
  });

  it("does not mark a connection that was renewed while its old grant was being refused", async () => {
    const storage = memoryStorage();
    let reconnect: (() => Promise<unknown>) | undefined;
    const racing: StorageAdapter = {
      ...storage,
      async write(batch) {
        const marks = batch.statements.some(
          (one) => "update" in one && "state_reason" in one.set && one.set.state_reason,
        );
        const first = marks ? reconnect : undefined;
        if (first) {
          reconnect = undefined;
          await first();
        }
        return storage.write(batch);
      },
    };
    const world = createWorld({ storage: racing });
    const ref = await connected(world);
    world.service.revokeAll(ANN);
    await world.clock.advance(HOUR_MS);
    const { url } = await world.connections.begin({ userId: "user-1", service: "tunes", redirectUrl: REDIRECT });
    const callbackUrl = world.service.consent(url, ANN);
    reconnect = () => world.process().complete({ service: "tunes", callbackUrl });
    expect((await token(world, ref)).works).toBe(true);
    expect((await world.connections.get(ref)).state).toBe("active");
    expect(world.events.map(({ type }) => type)).not.toContain("connection.reauthorization-required");
  });

  it("brings a connection back that was refused by mistake, when asked to", async () => {
    const world = createWorld();
    const ref = await connected(world);
    await world.clock.advance(HOUR_MS);
    world.service.settings.tokenFaults.push(() => world.service.answer.refuse("invalid_grant"));
    await world.clock.run(() => failureOf(world.connections.tokens(ref)));
    expect((await world.connections.get(ref)).state).toBe("needs-reauthorization");
    expect((await world.clock.run(() => world.connections.refresh(ref))).state).toBe("active");
    expect((await token(world, ref)).works).toBe(true);
  });

  it("does not mark a connection twice, however often a dead grant is asked for", async () => {
    const world = createWorld();
    const ref = await connected(world);
    world.service.revokeAll(ANN);
    for (let time = 0; time < 3; time++) {
      const failure = await world.clock.run(() => failureOf(world.connections.refresh(ref)));
      expect(failure).toMatchObject({ code: "auth.reauthorization-required" });
    }
    expect(world.events.filter(({ type }) => type === "connection.reauthorization-required")).toHaveLength(1);
  });

  it("G11: a reconnect during a run replaces the tokens in one step, and the run goes on with the new ones", async () => {
    const world = createWorld();
    const ref = await connected(world);
    const run = await world.process().session(ref);
    expect(await world.clock.run(() => profileThrough(run))).toBe(ANN.id);
    const before = await world.row(ref.connectionId);
    world.service.revokeAll(ANN);
    await world.signIn(ANN);
    const after = await world.row(ref.connectionId);
    expect(after?.token_version).toBe((before?.token_version ?? 0) + 1);
    expect(after?.access_token).not.toBe(before?.access_token);
    expect(after?.refresh_token).not.toBe(before?.refresh_token);
    expect(await world.clock.run(() => profileThrough(run))).toBe(ANN.id);
    expect(refreshes(world)).toBe(0);
  });

  it("G11: a reconnect in the same process is seen at once, one in another process within 15 seconds", async () => {
    const world = createWorld();
    const ref = await connected(world);
    const other = world.process();
    const old = await other.tokens(ref);
    await world.connections.tokens(ref);
    await world.signIn(ANN);
    const fresh = await world.connections.tokens(ref);
    expect(fresh.accessToken).not.toBe(old.accessToken);
    await world.clock.advance(15_000);
    expect((await other.tokens(ref)).accessToken).toBe(fresh.accessToken);
  });

  it.each([
    ["answers 503", () => new Response("", { status: 503 }), "service.unavailable"],
    ["answers 429", () => new Response("", { status: 429, headers: { "retry-after": "30" } }), "service.rate-limited"],
    ["cannot be reached", () => Promise.reject(new TypeError("fetch failed")), "service.unreachable"],
    [
      "says so itself",
      () => Response.json({ error: "temporarily_unavailable" }, { status: 400 }),
      "service.unavailable",
    ],
  ])("takes a token endpoint that %s for a passing failure", async (_, fault, code) => {
    const world = createWorld();
    const ref = await connected(world);
    await world.clock.advance(HOUR_MS);
    const before = await world.row(ref.connectionId);
    world.service.settings.tokenFaults.push(fault);
    expect(await world.clock.run(() => failureOf(world.connections.tokens(ref)))).toMatchObject({
      code,
      remedy: "retry",
    });
    expect(await world.row(ref.connectionId)).toEqual(before);
    expect(await world.storage.count({ table: "leases" })).toBe(0);
    expect((await token(world, ref)).works).toBe(true);
  });

  it("tells the operator when the service refuses the application itself; the connection stays", async () => {
    const world = createWorld();
    const ref = await connected(world);
    await world.clock.advance(HOUR_MS);
    world.service.settings.tokenFaults.push(() => world.service.answer.refuse("invalid_client", 401));
    const failure = await world.clock.run(() => failureOf(world.connections.tokens(ref)));
    expect(failure).toMatchObject({ code: "auth.client-refused", remedy: "operate" });
    expect((await world.connections.get(ref)).state).toBe("active");
  });

  it("stops after three refreshes in ten minutes, in all processes together", async () => {
    const world = createWorld();
    const ref = await connected(world);
    for (let time = 0; time < 3; time++) await world.clock.run(() => world.process().refresh(ref));
    const failure = await world.clock.run(() => failureOf(world.process().refresh(ref)));
    expect(failure).toMatchObject({ code: "auth.refresh-storm", remedy: "retry" });
    expect(refreshes(world)).toBe(3);
    await world.clock.advance(10 * MINUTE_MS);
    await world.clock.run(() => world.connections.refresh(ref));
    expect(refreshes(world)).toBe(4);
  });
});

describe("storing renewed tokens", () => {
  it("comes before their use: tokens that were not stored are not given out", async () => {
    const world = createWorld({ storage: failingWrites(["before", "before", "before", "before"]) });
    const ref = await connected(world);
    await world.clock.advance(HOUR_MS);
    const failure = await world.clock.run(() => failureOf(world.connections.tokens(ref)));
    expect(failure).toMatchObject({ code: "storage.failed" });
    // The old refresh token is used up at the service; what it gave is stored as soon as the storage works again.
    expect((await token(world, ref)).works).toBe(true);
    expect(refreshes(world)).toBe(1);
    expect((await token(world, ref, world.process())).works).toBe(true);
  });

  it("is tried again when the storage fails for a moment", async () => {
    const world = createWorld({ storage: failingWrites(["before"]) });
    const ref = await connected(world);
    await world.clock.advance(HOUR_MS);
    expect((await token(world, ref)).works).toBe(true);
    expect(refreshes(world)).toBe(1);
  });

  it("is looked up, not assumed, when the storage failed after doing it", async () => {
    const world = createWorld({ storage: failingWrites(["after"]) });
    const ref = await connected(world);
    await world.clock.advance(HOUR_MS);
    const { works, accessToken } = await token(world, ref);
    expect(works).toBe(true);
    expect((await token(world, ref, world.process())).accessToken).toBe(accessToken);
    expect(refreshes(world)).toBe(1);
  });

  it("leaves no lease behind for a connection that was disconnected meanwhile", async () => {
    const inner = memoryStorage();
    const storage: StorageAdapter = {
      ...inner,
      async write(batch) {
        if (batch.statements.some((one) => "insert" in one && one.insert === "leases")) {
          await inner.write({ statements: [{ delete: "user_services", where: {} }] });
        }
        return inner.write(batch);
      },
    };
    const world = createWorld({ storage });
    const ref = await connected(world);
    await world.clock.advance(HOUR_MS);
    const failure = await world.clock.run(() => failureOf(world.connections.tokens(ref)));
    expect(failure).toMatchObject({ code: "connection.unknown" });
    expect(await inner.count({ table: "leases" })).toBe(0);
  });

  it("does not bring a connection back that was disconnected meanwhile", async () => {
    const world = createWorld();
    const ref = await connected(world);
    await world.clock.advance(HOUR_MS);
    world.service.settings.afterRefresh = async () => {
      await world.process().disconnect(ref);
    };
    const failure = await world.clock.run(() => failureOf(world.connections.tokens(ref)));
    expect(failure).toMatchObject({ code: "connection.unknown" });
    expect(await world.storage.count({ table: "user_services" })).toBe(0);
    expect(await world.storage.count({ table: "leases" })).toBe(0);
  });
});

describe("tokens that cannot be renewed", () => {
  const provider = () => tunesProvider({ ...tunesAuthorization, dialect: { refresh: "unsupported" } });

  it("are used to their end, then the user has to sign in again", async () => {
    const world = createWorld({ provider: provider() });
    world.service.settings.givesRefreshToken = false;
    const ref = await connected(world);
    await world.clock.advance(HOUR_MS - 1_000);
    expect((await token(world, ref)).works).toBe(true);
    await world.clock.advance(2_000);
    const failure = await world.clock.run(() => failureOf(world.connections.tokens(ref)));
    expect(failure).toMatchObject({ code: "auth.reauthorization-required", params: { reason: "token-expired" } });
    expect(refreshes(world)).toBe(0);
  });

  it("end the connection when the service refuses them", async () => {
    const world = createWorld({ provider: provider() });
    const ref = await connected(world);
    const session = await world.connections.session(ref);
    world.service.endAccessTokens();
    const failure = await world.clock.run(() => failureOf(profileThrough(session)));
    expect(failure).toMatchObject({ code: "auth.reauthorization-required", params: { reason: "token-refused" } });
    expect((await world.connections.get(ref)).state).toBe("needs-reauthorization");
    // Not even from memory.
    expect(await failureOf(world.connections.tokens(ref))).toMatchObject({ code: "auth.reauthorization-required" });
  });

  it("never end where the service says so, and asking for new ones changes nothing", async () => {
    const world = createWorld({
      provider: tunesProvider({
        ...tunesAuthorization,
        dialect: {
          refresh: "unsupported",
          exchangeCode: async () => ({ accessToken: "for-ever", expiresIn: "never", scopes: ["profile"] }),
        },
      }),
    });
    world.service.settings.profileStatus = 503;
    const { url } = await world.connections.begin({ userId: "user-1", service: "tunes", redirectUrl: REDIRECT });
    const { connection } = await world.clock.run(() =>
      world.connections.complete({ service: "tunes", callbackUrl: world.service.consent(url, ANN) }),
    );
    const ref = { connectionId: connection.id };
    await world.clock.advance(1_000 * 24 * HOUR_MS);
    expect(await world.connections.tokens(ref)).toMatchObject({ accessToken: "for-ever", expiry: { kind: "never" } });
    await world.connections.refresh(ref);
    expect(await world.connections.tokens(ref)).toMatchObject({ accessToken: "for-ever" });
    expect(await world.acts()).toEqual(["connection.connected"]);
  });
});
