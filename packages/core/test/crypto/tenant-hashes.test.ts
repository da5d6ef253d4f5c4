import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTenantHashes, hashFormatOf, keyring, type TenantHashesOptions } from "../../src/crypto/index.ts";
import { StorageError } from "../../src/errors/index.ts";
import { memoryStorage, type StorageAdapter } from "../../src/ports/index.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { seededRandom } from "./seeded-random.ts";

const key = (fill: number) => new Uint8Array(32).fill(fill);
const ring = (fill = 1) => keyring({ current: "k1", keys: { k1: key(fill) } });

function hashesOn(storage: StorageAdapter, more: Partial<TenantHashesOptions> & { seed?: number } = {}) {
  const { seed = 1, ...options } = more;
  return createTenantHashes({
    storage,
    encryption: ring(),
    random: seededRandom(seed),
    clock: virtualClock(),
    ...options,
  });
}

describe("tenant hashes", () => {
  it("are HMAC-SHA-256 over format, purpose and text, under 32 random bytes", async () => {
    const { createHmac } = await import("node:crypto");
    const hasher = await hashesOn(memoryStorage(), { seed: 9 }).forTenant("acme");
    const expected = createHmac("sha256", seededRandom(9).bytes(32))
      .update("1\naccount\nspotify\njo")
      .digest("base64url");
    expect(hasher.hash("account", "spotify\njo")).toBe(`1.${expected}`);
    expect(hashFormatOf(hasher.hash("account", "spotify\njo"))).toBe(1);
    expect(hashFormatOf("jo")).toBeUndefined();
  });

  it("are that of any text, short or long, in any order of purposes", async () => {
    const { createHmac } = await import("node:crypto");
    const hasher = await hashesOn(memoryStorage(), { seed: 9 }).forTenant("acme");
    const secret = seededRandom(9).bytes(32);
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc
        .tuple(fc.integer({ min: 300, max: 1_100 }), fc.constantFrom("a", "é", "漢", "👩‍👩‍👧"))
        .map(([n, c]) => c.repeat(n)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom("item", "field"), text), { maxLength: 8 }), (asked) => {
        for (const [purpose, value] of asked) {
          const expected = createHmac("sha256", secret).update(`1\n${purpose}\n${value}`).digest("base64url");
          expect(hasher.hash(purpose, value)).toBe(`1.${expected}`);
        }
      }),
    );
  });

  it("are the same for the same text, and differ between texts, purposes and tenants", async () => {
    const hashes = hashesOn(memoryStorage());
    const acme = await hashes.forTenant("acme");
    const globex = await hashes.forTenant("globex");
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        expect(acme.hash("item", one)).toBe(acme.hash("item", one));
        expect(acme.hash("item", one)).not.toBe(acme.hash("account", one));
        expect(acme.hash("item", one)).not.toBe(globex.hash("item", one));
        if (one !== other) expect(acme.hash("item", one)).not.toBe(acme.hash("item", other));
      }),
    );
  });

  it("cannot be made to collide by text that looks like another purpose", async () => {
    const acme = await hashesOn(memoryStorage()).forTenant("acme");
    expect(acme.hash("a", "b\nc")).not.toBe(acme.hash("a.b", "c"));
    expect(() => acme.hash("a\nb", "c")).toThrow(TypeError);
  });

  it("survive a restart, because the key is stored", async () => {
    const storage = memoryStorage();
    const before = (await hashesOn(storage, { seed: 1 }).forTenant("acme")).hash("item", "x");
    expect((await hashesOn(storage, { seed: 2 }).forTenant("acme")).hash("item", "x")).toBe(before);
  });

  it("store the key sealed only", async () => {
    const storage = memoryStorage();
    await hashesOn(storage, { seed: 3 }).forTenant("acme");
    const rows = await storage.select({ table: "tenant_keys" });
    expect(rows).toHaveLength(1);
    const secret = Buffer.from(seededRandom(3).bytes(32));
    for (const text of [secret.toString("base64url"), secret.toString("base64"), secret.toString("hex")]) {
      expect(JSON.stringify(rows)).not.toContain(text);
    }
    expect(rows[0]?.hash_key).toMatch(/^v1\.k1\./);
  });

  it("agree when many processes meet a new tenant at once", async () => {
    const storage = memoryStorage();
    const hashers = await Promise.all([1, 2, 3, 4, 5].map((seed) => hashesOn(storage, { seed }).forTenant("acme")));
    expect(new Set(hashers.map((hasher) => hasher.hash("item", "x"))).size).toBe(1);
    expect(await storage.count({ table: "tenant_keys" })).toBe(1);
  });

  it("ask the storage once per tenant", async () => {
    const storage = memoryStorage();
    let reads = 0;
    const counting: StorageAdapter = {
      ...storage,
      select: (query) => {
        reads += 1;
        return storage.select(query);
      },
    };
    const hashes = hashesOn(counting);
    await Promise.all([hashes.forTenant("acme"), hashes.forTenant("acme")]);
    const afterFirst = reads;
    await hashes.forTenant("acme");
    expect(reads).toBe(afterFirst);
    hashes.forget("acme");
    await hashes.forTenant("acme");
    expect(reads).toBeGreaterThan(afterFirst);
  });

  it("L4: with another key ring at start, nothing opens and nothing is overwritten", async () => {
    const storage = memoryStorage();
    await hashesOn(storage).forTenant("acme");
    const before = await storage.select({ table: "tenant_keys" });
    const wrong = hashesOn(storage, { encryption: ring(2) });
    await expect(wrong.forTenant("acme")).rejects.toMatchObject({ code: "crypto.tampered" });
    const unknown = hashesOn(storage, { encryption: keyring({ current: "k9", keys: { k9: key(9) } }) });
    await expect(unknown.forTenant("acme")).rejects.toMatchObject({ code: "crypto.key-unknown" });
    expect(await storage.select({ table: "tenant_keys" })).toEqual(before);
  });

  it("do not remember a failure: the next call may find a storage that works again", async () => {
    const storage = memoryStorage();
    let broken = true;
    const flaky: StorageAdapter = {
      ...storage,
      select: (query) => {
        if (broken) throw new StorageError("storage.failed", { operation: "select" });
        return storage.select(query);
      },
    };
    const hashes = hashesOn(flaky);
    await expect(hashes.forTenant("acme")).rejects.toMatchObject({ code: "storage.failed" });
    broken = false;
    expect((await hashes.forTenant("acme")).tenantId).toBe("acme");
  });
});
