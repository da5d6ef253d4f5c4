import { describe, expect, it } from "vitest";
import { ServiceError } from "../../src/contract/index.ts";
import { memoryStorage, type Statement, type StorageAdapter } from "../../src/ports/index.ts";
import { ANN, BOB, createWorld, failureOf, type World } from "./support/harness.ts";

/** A connection whose account the service failed to tell. */
async function connectedUnknown(world: World): Promise<{ connectionId: string }> {
  world.service.settings.profileStatus = 500;
  const { connection } = await world.signIn(ANN);
  world.service.settings.profileStatus = 200;
  // The transport's circuit has opened on the failures, and closes again after a while.
  await world.clock.advance(5 * 60_000);
  return { connectionId: connection.id };
}

describe("a sign-in whose profile cannot be read", () => {
  it("connects all the same, and says that the account is not known", async () => {
    const world = createWorld();
    world.service.settings.profileStatus = 500;
    const result = await world.signIn(ANN);
    expect(result).toMatchObject({ outcome: "connected", connection: { state: "active", accountKnown: false } });
    expect(result).not.toHaveProperty("profile");
    expect(await world.row(result.connection.id)).toMatchObject({ account_id: null, account_name: null });
    expect(world.logs.find(({ event }) => event === "connection.profile-failed")).toMatchObject({
      code: "service.unavailable",
    });
    expect(await world.connections.accountName({ connectionId: result.connection.id })).toBeUndefined();
  });

  it("does not keep a person waiting for minutes", async () => {
    const world = createWorld();
    world.service.settings.profileStatus = 500;
    const before = world.clock.now();
    await world.signIn(ANN);
    expect(world.clock.now() - before).toBeLessThan(60_000);
  });

  it("never renews a connection to a known account, because it may be another one's tokens", async () => {
    const world = createWorld();
    const { connection } = await world.signIn(ANN);
    const before = await world.row(connection.id);
    world.service.settings.profileStatus = 500;
    const failure = await failureOf(world.signIn(BOB, { connectionId: connection.id }));
    expect(failure).toMatchObject({ code: "service.unavailable", remedy: "retry" });
    expect(await world.row(connection.id)).toEqual(before);
  });

  it("can be repeated for the same unknown account", async () => {
    const world = createWorld();
    const ref = await connectedUnknown(world);
    const again = await world.signIn(ANN, ref);
    expect(again).toMatchObject({ outcome: "reconnected", connection: { id: ref.connectionId, accountKnown: true } });
  });
});

describe("the first session of an unknown account", () => {
  it("finds out whose it is", async () => {
    const world = createWorld();
    const ref = await connectedUnknown(world);
    const session = await world.clock.run(() => world.connections.session(ref));
    expect(session.accountId).toBe(ANN.id);
    expect((await world.connections.get(ref)).accountKnown).toBe(true);
    expect(await world.connections.accountName(ref)).toBe(ANN.name);
    expect((await world.signIn(ANN)).connection.id).toBe(ref.connectionId);
  });

  it("does not open while the service still does not tell", async () => {
    const world = createWorld();
    const ref = await connectedUnknown(world);
    world.service.settings.profileStatus = 500;
    const failure = await world.clock.run(() => failureOf(world.connections.session(ref)));
    expect(failure).toBeInstanceOf(ServiceError);
    expect(failure).toMatchObject({ remedy: "retry" });
    expect((await world.connections.get(ref)).accountKnown).toBe(false);
  });

  it("merges it into the connection that the user has to this account, with the newer tokens", async () => {
    const world = createWorld();
    const known = await world.signIn(ANN);
    await world.clock.advance(60_000);
    const ref = await connectedUnknown(world);
    const newest = await world.connections.tokens(ref);
    const failure = await world.clock.run(() => failureOf(world.connections.session(ref)));
    expect(failure).toMatchObject({ code: "connection.unknown" });
    expect(await world.connections.list({ userId: "user-1" })).toMatchObject([{ id: known.connection.id }]);
    const merged = await world.process().tokens({ connectionId: known.connection.id });
    expect(merged.accessToken).toBe(newest.accessToken);
    expect(merged.refreshToken).toBe(newest.refreshToken);
    expect(world.events.at(-1)).toMatchObject({
      type: "connection.merged",
      connectionId: ref.connectionId,
      intoConnectionId: known.connection.id,
    });
    expect(await world.acts()).toContain("connection.merged");
  });

  it("merges without the tokens where the other connection was renewed since", async () => {
    const world = createWorld();
    const ref = await connectedUnknown(world);
    await world.clock.advance(60_000);
    const known = await world.signIn(ANN);
    const newest = await world.connections.tokens({ connectionId: known.connection.id });
    await world.clock.run(() => failureOf(world.connections.session(ref)));
    const kept = await world.process().tokens({ connectionId: known.connection.id });
    expect(kept.accessToken).toBe(newest.accessToken);
    expect(await world.storage.count({ table: "user_services" })).toBe(1);
  });

  it("merges at a renewal already, when the user signs in to the account again", async () => {
    const world = createWorld();
    const known = await world.signIn(ANN);
    const ref = await connectedUnknown(world);
    const result = await world.signIn(ANN, ref);
    expect(result).toMatchObject({ outcome: "reconnected", connection: { id: known.connection.id } });
    expect(await world.storage.count({ table: "user_services" })).toBe(1);
    expect(world.events.map(({ type }) => type)).toContain("connection.merged");
  });

  /** A world in which `act` happens right before the write that identifies the account or merges the connection. */
  function raced(act: (inner: StorageAdapter) => Promise<unknown>): World {
    const inner = memoryStorage();
    let armed = true;
    const storage: StorageAdapter = {
      ...inner,
      async write(batch) {
        const identifies = batch.statements.some(
          (one) => ("update" in one && "account_id" in one.set && !("authorized_at" in one.set)) || mergesInto(one),
        );
        if (identifies && armed) {
          armed = false;
          await act(inner);
        }
        return inner.write(batch);
      },
    };
    return createWorld({ storage });
  }

  const mergesInto = (one: Statement) =>
    "insert" in one && one.insert === "audit_log" && one.rows.some(({ act }) => act === "connection.merged");

  it("does not bring back what was disconnected in that very moment", async () => {
    const world = raced((inner) => inner.write({ statements: [{ delete: "user_services", where: {} }] }));
    const ref = await connectedUnknown(world);
    const failure = await world.clock.run(() => failureOf(world.connections.session(ref)));
    expect(failure).toMatchObject({ code: "connection.unknown" });
    expect(await world.storage.count({ table: "user_services" })).toBe(0);
  });

  it("keeps the account to itself when the other connection is disconnected in that very moment", async () => {
    const world = raced((inner) =>
      inner.write({ statements: [{ delete: "user_services", where: { account_id: { not: null } } }] }),
    );
    await world.signIn(ANN);
    const ref = await connectedUnknown(world);
    const session = await world.clock.run(() => world.connections.session(ref));
    expect(session.accountId).toBe(ANN.id);
    expect(await world.connections.list({ userId: "user-1" })).toMatchObject([{ id: ref.connectionId }]);
  });
});
