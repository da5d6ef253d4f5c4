import { describe, expect, it } from "vitest";
import { keyring } from "../../src/crypto/index.ts";
import type { Row } from "../../src/ports/index.ts";
import { heldEncryption } from "../support/held-encryption.ts";
import { ANN, BOB, createWorld, failureOf, KEYS, type World } from "./support/harness.ts";
import { tunesAuthorization, tunesProvider } from "./support/tunes-provider.ts";
import { REDIRECT } from "./support/tunes-service.ts";

function pairRow(id: string, source: string, target: string): Row<"sync_pairs"> {
  return {
    id,
    tenant_id: "default",
    user_id: "user-1",
    source_connection_id: source,
    target_connection_id: target,
    source_container: "",
    target_container: "",
    containers_sealed: null,
    sync_type: "favorites",
    parent_id: null,
    container: "",
    mode: "sync-from",
    propagation: "additive",
    prune: false,
    conflict_policy: "skip",
    match_threshold: 0.8,
    match_policies: null,
    selection_sealed: null,
    selection_hash: null,
    prefix_sealed: null,
    prefix_hash: null,
    history_name_sealed: null,
    history_length: null,
    state: "active",
    state_reason: null,
    not_before: null,
    delete_free: false,
    held_plan_hash: null,
    confirmed_plan_hash: null,
    pruned_once: false,
    last_run_at: null,
    last_success_at: null,
    version: 1,
    created_at: 1,
    updated_at: 1,
  };
}

async function withPairs(world: World): Promise<{ ann: { connectionId: string }; bob: { connectionId: string } }> {
  const ann = { connectionId: (await world.signIn(ANN)).connection.id };
  const bob = { connectionId: (await world.signIn(BOB)).connection.id };
  await world.storage.write({
    statements: [
      {
        insert: "sync_pairs",
        rows: [
          pairRow("pair_out", ann.connectionId, bob.connectionId),
          pairRow("pair_back", bob.connectionId, ann.connectionId),
          pairRow("pair_else", bob.connectionId, "con_of_nobody"),
        ],
      },
    ],
  });
  return { ann, bob };
}

describe("disconnecting", () => {
  it("revokes the grant at the service and erases tokens and metadata", async () => {
    const world = createWorld();
    const ref = { connectionId: (await world.signIn(ANN)).connection.id };
    const { accessToken, refreshToken } = await world.connections.tokens(ref);
    await world.storage.write({
      statements: [
        {
          insert: "sync_metadata",
          rows: [
            {
              connection_id: ref.connectionId,
              item_type: "track",
              external_id: "1",
              tenant_id: "default",
              checksum: null,
              last_modified_at: null,
              last_sync_at: 1,
              sync_count: 1,
              gone: false,
              wished_at: null,
              created_at: 1,
              updated_at: 1,
            },
          ],
        },
      ],
    });
    await world.connections.begin({ userId: "user-1", service: "tunes", redirectUrl: REDIRECT, ...ref });
    expect(await world.connections.disconnect(ref)).toEqual({ revocation: "revoked", removedPairs: 0 });
    expect(world.service.accepts(accessToken)).toBe(false);
    const revocation = world.service.requests.find(({ path }) => path === "/revoke");
    expect(Object.fromEntries(revocation?.form ?? [])).toEqual({
      token: refreshToken,
      token_type_hint: "refresh_token",
    });
    for (const table of ["user_services", "sync_metadata", "pending_oauth_auth", "leases"] as const) {
      expect(await world.storage.count({ table }), table).toBe(0);
    }
    expect(await world.acts()).toEqual(["connection.connected", "connection.revoked", "connection.disconnected"]);
    expect(world.events.at(-1)).toMatchObject({ type: "connection.disconnected", ...ref });
    expect(await failureOf(world.connections.tokens(ref))).toMatchObject({ code: "connection.unknown" });
  });

  it("removes the pairs that had it as a side, and no others", async () => {
    const world = createWorld();
    const { ann } = await withPairs(world);
    expect(await world.connections.disconnect(ann)).toMatchObject({ removedPairs: 2 });
    expect((await world.storage.select({ table: "sync_pairs" })).map(({ id }) => id)).toEqual(["pair_else"]);
    expect(await world.connections.list({ userId: "user-1" })).toHaveLength(1);
  });

  it.each([500, 400, 503])("erases the tokens although the revocation is answered with %d", async (status) => {
    const world = createWorld();
    const ref = { connectionId: (await world.signIn(ANN)).connection.id };
    world.service.settings.revocationStatus = status;
    expect(await world.connections.disconnect(ref)).toMatchObject({ revocation: "failed" });
    expect(await world.storage.count({ table: "user_services" })).toBe(0);
    expect(await world.acts()).not.toContain("connection.revoked");
    expect(world.logs.some(({ event }) => event === "connection.revocation-failed")).toBe(true);
  });

  it("erases the tokens although they do not open any more", async () => {
    const world = createWorld();
    const ref = { connectionId: (await world.signIn(ANN)).connection.id };
    const other = keyring({ current: "k2", keys: { k2: KEYS.k2 } });
    const locked = world.process({ encryption: heldEncryption(world.clock, other) });
    expect(await locked.disconnect(ref)).toMatchObject({ revocation: "failed" });
    expect(await world.storage.count({ table: "user_services" })).toBe(0);
  });

  it("says so where the service has no revocation", async () => {
    const { authorize, token } = tunesAuthorization.endpoints;
    const world = createWorld({ provider: tunesProvider({ ...tunesAuthorization, endpoints: { authorize, token } }) });
    const ref = { connectionId: (await world.signIn(ANN)).connection.id };
    expect(await world.connections.disconnect(ref)).toMatchObject({ revocation: "unsupported" });
    expect(await world.storage.count({ table: "user_services" })).toBe(0);
  });

  it("happens once: of two at the same time, one finds nothing", async () => {
    const world = createWorld();
    const ref = { connectionId: (await world.signIn(ANN)).connection.id };
    const outcomes = await Promise.allSettled([world.connections.disconnect(ref), world.process().disconnect(ref)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((await world.acts()).filter((act) => act === "connection.disconnected")).toHaveLength(1);
  });

  it("makes a fresh connection when the user comes back", async () => {
    const world = createWorld();
    const first = await world.signIn(ANN);
    await world.connections.disconnect({ connectionId: first.connection.id });
    const second = await world.signIn(ANN);
    expect(second.outcome).toBe("connected");
    expect(second.connection.id).not.toBe(first.connection.id);
  });
});
