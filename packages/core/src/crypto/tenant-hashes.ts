import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { CryptoError, StorageError } from "../errors/index.ts";
import type { Clock, Encryption, Random, StorageAdapter } from "../ports/index.ts";
import { fromBase64url, toBase64url } from "./base64url.ts";
import { sealContext } from "./seal-context.ts";

/** Rises with every change of how hashes are made; a hash of another format is made anew, never taken for an edit. */
export const HASH_FORMAT = 1;

const HASH_KEY_BYTES = 32;
const PURPOSE = /^[a-z][a-z0-9.-]*$/;

/** Keyed hashes of one tenant. The same text has another hash in each tenant and for each purpose. */
export interface TenantHasher {
  readonly tenantId: string;
  /**
   * HMAC-SHA-256 under the tenant's key, as `<format>.<base64url>`. Synchronous, on workers too.
   * @param purpose what the hash is for, a lower-case word such as `account` or `item`; keeps purposes apart
   */
  hash(purpose: string, text: string): string;
}

export interface TenantHashes {
  /**
   * The tenant's hasher; its key is made at the first call, and kept sealed.
   * @throws {CryptoError} the stored key does not open: the key ring is another one than before. Nothing is overwritten.
   */
  forTenant(tenantId: string): Promise<TenantHasher>;
  /** Drops the tenant's key from memory; to be called when the tenant is erased. */
  forget(tenantId: string): void;
}

export interface TenantHashesOptions {
  readonly storage: StorageAdapter;
  readonly encryption: Encryption;
  readonly random: Random;
  readonly clock: Clock;
}

/** Keyed hashes with one random key per tenant, so that a stolen database does not reveal what was hashed. */
export function createTenantHashes(options: TenantHashesOptions): TenantHashes {
  const hashers = new Map<string, Promise<TenantHasher>>();
  return {
    forTenant(tenantId) {
      const known = hashers.get(tenantId);
      if (known) return known;
      const loading = loadKey(options, tenantId).then((key) => hasherOf(tenantId, key));
      hashers.set(tenantId, loading);
      // A failure is not remembered: the next call may find the right key ring, or a storage that works again.
      loading.catch(() => {
        if (hashers.get(tenantId) === loading) hashers.delete(tenantId);
      });
      return loading;
    },
    forget: (tenantId) => void hashers.delete(tenantId),
  };
}

/** The format number that a hash was made with; `undefined` if the text is no hash of ours. */
export function hashFormatOf(hash: string): number | undefined {
  const format = /^(\d{1,6})\.[A-Za-z0-9_-]{43}$/.exec(hash)?.[1];
  return format === undefined ? undefined : Number(format);
}

/** Longer texts get an array of their own. */
const TEXT_BYTES = 1_024;

/** A keyed hash under way, of which a copy can be taken. */
interface Begun {
  _cloneInto(to?: Begun): Begun;
  update(bytes: Uint8Array): Begun;
  digestInto(out: Uint8Array): void;
}

/**
 * A run hashes each field of each document, so nothing is allocated per hash but its text: the copy that takes the text
 * in, its bytes and the digest are used again. Safe because nothing here waits.
 */
function hasherOf(tenantId: string, key: Uint8Array): TenantHasher {
  const keyed: Begun = hmac.create(sha256, key);
  // Key and purpose are absorbed once; each hash then starts from a copy of that state.
  const begun = new Map<string, Begun>();
  const encoder = new TextEncoder();
  const bytes = new Uint8Array(TEXT_BYTES);
  const digest = new Uint8Array(sha256.outputLen);
  const copy = keyed._cloneInto();
  // One character of a string comes to three bytes at most.
  const bytesOf = (text: string) =>
    text.length * 3 <= TEXT_BYTES ? bytes.subarray(0, encoder.encodeInto(text, bytes).written) : encoder.encode(text);
  return {
    tenantId,
    hash(purpose, text) {
      let start = begun.get(purpose);
      if (!start) {
        start = keyed._cloneInto().update(encoder.encode(`${HASH_FORMAT}\n${checkedPurpose(purpose)}\n`));
        begun.set(purpose, start);
      }
      start._cloneInto(copy).update(bytesOf(text)).digestInto(digest);
      return `${HASH_FORMAT}.${toBase64url(digest)}`;
    },
  };
}

function checkedPurpose(purpose: string): string {
  if (!PURPOSE.test(purpose)) throw new TypeError("a hash's purpose is a lower-case word");
  return purpose;
}

async function loadKey(options: TenantHashesOptions, tenantId: string): Promise<Uint8Array> {
  const sealed = (await readSealedKey(options.storage, tenantId)) ?? (await makeKey(options, tenantId));
  const text = await options.encryption.open(sealed, sealContext("tenant_keys", "hash_key", { tenant_id: tenantId }));
  const key = fromBase64url(text);
  if (key?.length !== HASH_KEY_BYTES) {
    throw new CryptoError("crypto.ciphertext-malformed", { problem: "it does not hold a hash key" });
  }
  return key;
}

async function readSealedKey(storage: StorageAdapter, tenantId: string): Promise<string | undefined> {
  const rows = await storage.select({ table: "tenant_keys", columns: ["hash_key"], where: { tenant_id: tenantId } });
  return rows[0]?.hash_key;
}

/** Writes a new key unless another process came first, and gives the one that is stored: two processes agree. */
async function makeKey({ storage, encryption, random, clock }: TenantHashesOptions, tenantId: string): Promise<string> {
  const key = toBase64url(random.bytes(HASH_KEY_BYTES));
  const hashKey = await encryption.seal(key, sealContext("tenant_keys", "hash_key", { tenant_id: tenantId }));
  const nowMs = clock.now();
  const row = { tenant_id: tenantId, hash_key: hashKey, created_at: nowMs, updated_at: nowMs };
  await storage.write({ statements: [{ insert: "tenant_keys", rows: [row], onConflict: "ignore" }] });
  const stored = await readSealedKey(storage, tenantId);
  // Only an erasure of the tenant in between leads here.
  if (stored === undefined) throw new StorageError("storage.conflict", { what: "the tenant's hash key" });
  return stored;
}
