import { describe, expect, it } from "vitest";
import { createTenantHashes, keyring, reencrypt, sealContext, sealOwners } from "../../src/crypto/index.ts";
import { type Encryption, memoryStorage, type Row, type StorageAdapter, schema } from "../../src/ports/index.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { seededRandom } from "./seeded-random.ts";

const keys = { k1: new Uint8Array(32).fill(1), k2: new Uint8Array(32).fill(2) };
const oldRing = keyring({ current: "k1", keys });
const newRing = keyring({ current: "k2", keys });
const ports = { clock: virtualClock(), random: seededRandom(5) };

async function connectionRow(encryption: Encryption, id: string, tenantId = "acme"): Promise<Row<"user_services">> {
  const owner = { id, tenant_id: tenantId };
  const seal = (column: "account_id" | "access_token" | "refresh_token") =>
    encryption.seal(`${column} of ${id}`, sealContext("user_services", column, owner));
  return {
    id,
    tenant_id: tenantId,
    user_id: "jo",
    service: "spotify",
    account_hash: `hash of ${id}`,
    account_id: await seal("account_id"),
    account_name: null,
    server_url: null,
    access_token: await seal("access_token"),
    refresh_token: await seal("refresh_token"),
    token_type: "bearer",
    token_expiry: "at",
    token_expires_at: 1,
    authorized_at: 1,
    refresh_expires_at: null,
    scopes: "",
    state: "active",
    state_reason: null,
    enabled: true,
    default_frequency_ms: 1,
    last_sync_at: null,
    token_version: 7,
    created_at: 1,
    updated_at: 1,
  };
}

async function storeWith(rows: readonly Row<"user_services">[]): Promise<StorageAdapter> {
  const storage = memoryStorage();
  await storage.write({ statements: [{ insert: "user_services", rows }] });
  return storage;
}

const ids = (count: number) => Array.from({ length: count }, (_, index) => `con_${String(index).padStart(4, "0")}`);

describe("re-encryption", () => {
  it("knows the owner of every ciphertext in the schema", () => {
    const withCiphertext = Object.entries(schema)
      .filter(([, { columns }]) => Object.values(columns).some((column) => column.class === "ciphertext"))
      .map(([name]) => name);
    expect(Object.keys(sealOwners).sort()).toEqual(withCiphertext.sort());
  });

  it("renews every outdated ciphertext, so that the old key can be dropped", async () => {
    const storage = await storeWith(await Promise.all(ids(25).map((id) => connectionRow(oldRing, id))));
    const hashes = createTenantHashes({ storage, encryption: oldRing, ...ports });
    const hashBefore = (await hashes.forTenant("acme")).hash("item", "x");

    const report = await reencrypt({ storage, encryption: newRing, batchSize: 10, ...ports });

    expect(report).toEqual({ scanned: 76, renewed: 76, overtaken: 0, unreadable: {} });
    const onlyNew = keyring({ current: "k2", keys: { k2: keys.k2 } });
    for (const row of await storage.select({ table: "user_services" })) {
      expect(await onlyNew.open(row.refresh_token ?? "", sealContext("user_services", "refresh_token", row))).toBe(
        `refresh_token of ${row.id}`,
      );
      expect(row.account_name).toBeNull();
      expect(row.token_version).toBe(7);
    }
    const after = createTenantHashes({ storage, encryption: onlyNew, ...ports });
    expect((await after.forTenant("acme")).hash("item", "x")).toBe(hashBefore);
  });

  it("writes nothing the second time", async () => {
    const storage = await storeWith([await connectionRow(oldRing, "con_1")]);
    await reencrypt({ storage, encryption: newRing, ...ports });
    const before = await storage.select({ table: "user_services" });
    expect(await reencrypt({ storage, encryption: newRing, ...ports })).toMatchObject({ scanned: 3, renewed: 0 });
    expect(await storage.select({ table: "user_services" })).toEqual(before);
  });

  it("keeps to one tenant when asked to, and records the act for each tenant", async () => {
    const storage = await storeWith([
      await connectionRow(oldRing, "con_1", "acme"),
      await connectionRow(oldRing, "con_2", "globex"),
    ]);
    expect(await reencrypt({ storage, encryption: newRing, tenantId: "acme", ...ports })).toMatchObject({ renewed: 3 });
    const untouched = await storage.select({ table: "user_services", where: { tenant_id: "globex" } });
    expect(untouched.every((row) => oldRing.isOutdated(row.access_token ?? "") === false)).toBe(true);
    await reencrypt({ storage, encryption: newRing, ...ports });
    const acts = await storage.select({ table: "audit_log", orderBy: ["tenant_id"] });
    expect(acts.map(({ act, tenant_id }) => [act, tenant_id])).toEqual([
      ["keys.re-encrypted", "acme"],
      ["keys.re-encrypted", "globex"],
    ]);
  });

  it("goes on after an interruption with what is left", async () => {
    const storage = await storeWith(await Promise.all(ids(30).map((id) => connectionRow(oldRing, id))));
    const stop = new AbortController();
    let batches = 0;
    const interrupting: StorageAdapter = {
      ...storage,
      write: (batch) => {
        batches += 1;
        if (batches === 1) stop.abort(new Error("deployed anew"));
        return storage.write(batch);
      },
    };
    const first = reencrypt({
      storage: interrupting,
      encryption: newRing,
      batchSize: 10,
      signal: stop.signal,
      ...ports,
    });
    await expect(first).rejects.toThrow("deployed anew");
    expect(await reencrypt({ storage, encryption: newRing, batchSize: 10, ...ports })).toMatchObject({
      scanned: 90,
      renewed: 60,
    });
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses batches of %d rows", async (batchSize) => {
    const refused = reencrypt({ storage: memoryStorage(), encryption: newRing, batchSize, ...ports });
    await expect(refused).rejects.toMatchObject({ code: "request.invalid", params: { path: "reencrypt.batchSize" } });
  });

  it("L5: never overwrites what a worker wrote in the meantime", async () => {
    const storage = await storeWith([await connectionRow(oldRing, "con_1")]);
    const owner = { id: "con_1", tenant_id: "acme" };
    const rotated = await oldRing.seal("rotated by a worker", sealContext("user_services", "refresh_token", owner));
    let raced = false;
    const racing: StorageAdapter = {
      ...storage,
      write: async (batch) => {
        if (!raced) {
          raced = true;
          await storage.write({
            statements: [{ update: "user_services", set: { refresh_token: rotated }, where: { id: "con_1" } }],
          });
        }
        return storage.write(batch);
      },
    };
    expect(await reencrypt({ storage: racing, encryption: newRing, ...ports })).toMatchObject({
      renewed: 2,
      overtaken: 1,
    });
    const [row] = await storage.select({ table: "user_services" });
    expect(row?.refresh_token).toBe(rotated);
    expect(await reencrypt({ storage, encryption: newRing, ...ports })).toMatchObject({ renewed: 1, overtaken: 0 });
  });

  it("L4: leaves what does not open as it is, and counts it by cause", async () => {
    const lost = keyring({ current: "k0", keys: { k0: new Uint8Array(32).fill(9) } });
    const storage = await storeWith([await connectionRow(lost, "con_1"), await connectionRow(oldRing, "con_2")]);
    await storage.write({
      statements: [{ update: "user_services", set: { account_name: "plain?" }, where: { id: "con_2" } }],
    });
    expect(await reencrypt({ storage, encryption: newRing, ...ports })).toEqual({
      scanned: 7,
      renewed: 3,
      overtaken: 0,
      unreadable: { "crypto.key-unknown": 3, "crypto.ciphertext-malformed": 1 },
    });
    const [row] = await storage.select({ table: "user_services", where: { id: "con_1" } });
    expect(row?.access_token).toMatch(/^v1\.k0\./);
  });
});
