import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyring } from "../../src/crypto/index.ts";
import { ConfigurationError, CryptoError, InvalidRequestError } from "../../src/errors/index.ts";
import type { SealContext } from "../../src/ports/index.ts";
import { seededRandom } from "./seeded-random.ts";

const key = (fill: number, bytes = 32) => new Uint8Array(bytes).map((_, index) => (index * 7 + fill) % 256);
const context: SealContext = { tenantId: "acme", ownerId: "con_1", field: "user_services.access_token" };
const ring = (current = "k1") => keyring({ current, keys: { k1: key(1), k2: key(2) } });

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("keyring", () => {
  it("opens what it sealed, whatever the text", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 200 }), async (plain) => {
        expect(await ring().open(await ring().seal(plain, context), context)).toBe(plain);
      }),
    );
  });

  it("keeps a byte order mark at the beginning of a text", async () => {
    expect(await ring().open(await ring().seal("\ufefftoken", context), context)).toBe("\ufefftoken");
  });

  it("never seals twice alike, and shows neither the text nor the key", async () => {
    const first = await ring().seal("secret-token", context);
    const second = await ring().seal("secret-token", context);
    expect(first).not.toBe(second);
    expect(first).toMatch(/^v1\.k1\.[A-Za-z0-9_-]+$/);
    const bytes = Buffer.from(first.split(".")[2] ?? "", "base64url");
    expect(bytes.length).toBe(12 + "secret-token".length + 16);
    expect(bytes.includes("secret-token")).toBe(false);
  });

  it("makes AES-256-GCM as NIST says: Node's own implementation opens it with the documented associated data", async () => {
    const { createDecipheriv } = await import("node:crypto");
    const sealed = await ring().seal("secret-token", context);
    const bytes = Buffer.from(sealed.split(".")[2] ?? "", "base64url");
    const decipher = createDecipheriv("aes-256-gcm", key(1), bytes.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(JSON.stringify(["v1", "k1", "acme", "con_1", "user_services.access_token"])));
    decipher.setAuthTag(bytes.subarray(-16));
    expect(Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString()).toBe("secret-token");
  });

  it("refuses a ciphertext with any one character altered", async () => {
    const sealed = await ring().seal("tok", context);
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    for (let at = 0; at < sealed.length; at++) {
      const other = alphabet[(alphabet.indexOf(sealed[at] ?? "") + 1) % alphabet.length];
      const altered = sealed.slice(0, at) + other + sealed.slice(at + 1);
      const error = await failure(ring().open(altered, context));
      expect(error, `character ${at}`).toBeInstanceOf(CryptoError);
    }
  });

  it.each([
    ["empty", ""],
    ["no ciphertext at all", "hello"],
    ["another format", "v2.k1.AAAA"],
    ["no key id", "v1..AAAA"],
    ["a part too many", "v1.k1.AAAA.AAAA"],
    ["shorter than nonce and tag", `v1.k1.${Buffer.alloc(27).toString("base64url")}`],
    ["not base64url", "v1.k1.****"],
  ])("calls a ciphertext malformed when it is %s", async (_, sealed) => {
    expect(await failure(ring().open(sealed, context))).toMatchObject({ code: "crypto.ciphertext-malformed" });
  });

  it.each([
    ["tenant", { tenantId: "globex" }],
    ["owner", { ownerId: "con_2" }],
    ["field", { field: "user_services.refresh_token" }],
  ])("does not open a ciphertext that was moved to another %s", async (_, moved) => {
    const sealed = await ring().seal("token", context);
    const error = await failure(ring().open(sealed, { ...context, ...moved }));
    expect(error).toMatchObject({ code: "crypto.tampered", remedy: "operate" });
  });

  it("tells contexts apart that only differ in where one part ends", async () => {
    const sealed = await ring().seal("token", { tenantId: "a", ownerId: 'b","c', field: "f" });
    expect(await failure(ring().open(sealed, { tenantId: 'a","b', ownerId: "c", field: "f" }))).toMatchObject({
      code: "crypto.tampered",
    });
  });

  it("opens with old keys, seals with the current one, and tells which is which", async () => {
    const old = await ring("k1").seal("token", context);
    const rotated = ring("k2");
    expect(await rotated.open(old, context)).toBe("token");
    expect(rotated.isOutdated(old)).toBe(true);
    const renewed = await rotated.seal("token", context);
    expect(renewed.startsWith("v1.k2.")).toBe(true);
    expect(rotated.isOutdated(renewed)).toBe(false);
  });

  it("L4: names the key that is missing from the ring", async () => {
    const sealed = await ring("k2").seal("token", context);
    const error = await failure(keyring({ current: "k1", keys: { k1: key(1) } }).open(sealed, context));
    expect(error).toMatchObject({ code: "crypto.key-unknown", params: { keyId: "k2" } });
  });

  it("L4: notices another key of the same name", async () => {
    const sealed = await ring().seal("token", context);
    const other = keyring({ current: "k1", keys: { k1: key(99) } });
    expect(await failure(other.open(sealed, context))).toMatchObject({ code: "crypto.tampered" });
  });

  it("takes keys as bytes, hex, base64 and base64url, also with a line break behind", async () => {
    const bytes = Buffer.from(key(250));
    const sealed = await keyring({ current: "k", keys: { k: key(250) } }).seal("token", context);
    for (const text of [
      bytes.toString("hex"),
      bytes.toString("hex").toUpperCase(),
      bytes.toString("base64"),
      bytes.toString("base64url"),
      `${bytes.toString("base64")}\n`,
    ]) {
      expect(await keyring({ current: "k", keys: { k: text } }).open(sealed, context)).toBe("token");
    }
  });

  it("works on its own copy of a key, so that a caller may wipe theirs", async () => {
    const mine = key(5);
    const wiped = keyring({ current: "k", keys: { k: mine } });
    mine.fill(0);
    const sealed = await wiped.seal("token", context);
    expect(await keyring({ current: "k", keys: { k: key(5) } }).open(sealed, context)).toBe("token");
  });

  it.each([
    ["31 bytes", key(1, 31), 31],
    ["33 bytes", key(1, 33), 33],
    ["no bytes", new Uint8Array(0), 0],
    ["an empty text", "", 0],
    ["a text of 16 bytes", Buffer.from(key(1, 16)).toString("base64"), 16],
  ])("refuses a key of %s and says how many it has", (_, material, bytes) => {
    const error = thrownBy(() => keyring({ current: "k1", keys: { k1: material } }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({ cause: { code: "crypto.key-length", params: { keyId: "k1", bytes } } });
  });

  it("reports every problem of a ring at once, and nothing of the keys", () => {
    const secret = Buffer.from(key(1, 31)).toString("base64");
    const error = thrownBy(() =>
      keyring({ current: "new", keys: { short: secret, "bad id.": key(1), words: "not a key, I am afraid" } }),
    );
    expect(error).toBeInstanceOf(ConfigurationError);
    if (!(error instanceof ConfigurationError)) return;
    expect(error.problems.map(({ path }) => path)).toEqual([
      'encryption.keys["short"]',
      'encryption.keys["bad id."]',
      'encryption.keys["words"]',
      "encryption.current",
    ]);
    expect(JSON.stringify([error, error.message, error.cause])).not.toContain(secret.slice(0, 8));
    expect(error.message).not.toContain("afraid");
  });

  it.each([
    ["nothing", undefined],
    ["no keys", { current: "k1" }],
    ["no current key", { keys: { k1: key(1) } }],
    ["a number for a key", { current: "k1", keys: { k1: 32 } }],
    ["nothing for a key", { current: "k1", keys: { k1: undefined } }],
  ])("refuses %s, as callers without types may give", (_, options) => {
    expect(thrownBy(() => keyring(options as Parameters<typeof keyring>[0]))).toBeInstanceOf(ConfigurationError);
  });

  it.each(["toString", "__proto__", "constructor"])(
    "does not take %s, which every object has, for a key",
    (current) => {
      expect(thrownBy(() => keyring({ current, keys: { k1: key(1) } }))).toBeInstanceOf(ConfigurationError);
    },
  );

  it("refuses text that UTF-8 cannot hold instead of changing it", async () => {
    const error = await failure(ring().seal("id-\ud800", context));
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error).toMatchObject({ params: { path: context.field } });
  });

  it("takes nonces from the given randomness and refuses short ones", async () => {
    const keys = { k1: key(1) };
    const seeded = () => keyring({ current: "k1", keys, random: seededRandom(7) });
    expect(await seeded().seal("token", context)).toBe(await seeded().seal("token", context));
    const short = keyring({ current: "k1", keys, random: { bytes: () => new Uint8Array(4), uniform: () => 0 } });
    expect(await failure(short.seal("token", context))).toBeInstanceOf(RangeError);
  });
});
