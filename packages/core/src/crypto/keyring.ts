import { ConfigurationError, type ConfigurationProblem, CryptoError, InvalidRequestError } from "../errors/index.ts";
import { type Encryption, type Random, type SealContext, systemRandom } from "../ports/index.ts";
import { KEY_BYTES, type KeyMaterial, readKeyMaterial } from "./key-material.ts";
import { associatedData, KEY_ID, keyIdOf, NONCE_BYTES, readSealed, TAG_BYTES, writeSealed } from "./sealed-text.ts";

export interface KeyringOptions {
  /** The id of the key that seals from now on. All others only open. */
  readonly current: string;
  /**
   * Keys by id (letters, digits, `-`, `_`; up to 32 characters). Each has exactly 32 random bytes, given as bytes or as
   * their hex, base64 or base64url text, for example from `openssl rand -base64 32`.
   */
  readonly keys: Readonly<Record<string, KeyMaterial>>;
  /** Where nonces come from. Default: the platform's strong randomness. */
  readonly random?: Random;
}

/**
 * AES-256-GCM with a ring of keys (NIST SP 800-38D: random 96-bit nonce, 128-bit tag), by WebCrypto, so on Node and on
 * workers alike. A ciphertext is bound to tenant, owner and field.
 *
 * To rotate: add a key everywhere, then make it `current`, then call `reencrypt`, then drop the old one.
 * With random nonces a key is good for 2^32 ciphertexts; rotate long before.
 *
 * @throws {ConfigurationError} with every problem of the ring; if a key has the wrong size, its `cause` is the
 *   `CryptoError` `crypto.key-length`. No error shows anything of a key but its id and size.
 */
export function keyring(options: KeyringOptions): Encryption {
  const keys = readKeys(options);
  const { current } = options;
  const random = options.random ?? systemRandom;

  async function keyNamed(keyId: string): Promise<CryptoKey> {
    const key = keys.get(keyId);
    if (!key) throw new CryptoError("crypto.key-unknown", { keyId });
    return key();
  }

  return {
    async seal(plain, context) {
      // Encoding would replace lone surrogates, so that another text came back than went in.
      if (!plain.isWellFormed()) {
        throw new InvalidRequestError("request.invalid", {
          path: context.field,
          problem: "is not well-formed Unicode",
        });
      }
      const nonce = freshNonce(random);
      const body = await crypto.subtle.encrypt(
        gcm(nonce, current, context),
        await keyNamed(current),
        new TextEncoder().encode(plain),
      );
      return writeSealed(current, nonce, new Uint8Array(body));
    },

    async open(sealed, context) {
      const { keyId, nonce, body } = readSealed(sealed);
      const key = await keyNamed(keyId);
      const plain = await crypto.subtle.decrypt(gcm(nonce, keyId, context), key, body).catch(() => {
        throw new CryptoError("crypto.tampered", { field: context.field });
      });
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain);
    },

    isOutdated: (sealed) => keyIdOf(sealed) !== current,
  };
}

function gcm(nonce: Uint8Array<ArrayBuffer>, keyId: string, context: SealContext): AesGcmParams {
  return {
    name: "AES-GCM",
    iv: nonce,
    tagLength: TAG_BYTES * 8,
    additionalData: associatedData(keyId, context),
  };
}

function freshNonce(random: Random): Uint8Array<ArrayBuffer> {
  const nonce = new Uint8Array(random.bytes(NONCE_BYTES));
  // A nonce that repeats under GCM gives the key stream away; better no ciphertext than such a one.
  if (nonce.length !== NONCE_BYTES) throw new RangeError(`random.bytes(${NONCE_BYTES}) gave ${nonce.length} bytes`);
  return nonce;
}

type KeyLoader = () => Promise<CryptoKey>;

function readKeys(options: KeyringOptions): ReadonlyMap<string, KeyLoader> {
  // The types promise this to TypeScript's users only.
  const { current, keys = {} }: Partial<KeyringOptions> = options ?? {};
  const problems: ConfigurationProblem[] = [];
  let wrongLength: CryptoError | undefined;
  const loaders = new Map<string, KeyLoader>();
  for (const [keyId, material] of Object.entries(keys)) {
    const bytes = readKeyMaterial(material);
    if (!KEY_ID.test(keyId)) problems.push(badKeyId(keyId));
    if (!bytes) problems.push(badKeyText(keyId));
    else if (bytes.length !== KEY_BYTES) {
      wrongLength ??= new CryptoError("crypto.key-length", { keyId, bytes: bytes.length });
      problems.push(badKeyLength(keyId, bytes.length));
    } else loaders.set(keyId, lazily(bytes));
  }
  if (current === undefined || !Object.hasOwn(keys, current)) problems.push(noCurrentKey(String(current)));
  if (problems.length > 0) throw new ConfigurationError(problems, { cause: wrongLength });
  return loaders;
}

/** Imports once, not extractable, and forgets the bytes. */
function lazily(bytes: Uint8Array<ArrayBuffer>): KeyLoader {
  let imported: Promise<CryptoKey> | undefined;
  return () => {
    imported ??= crypto.subtle
      .importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"])
      .finally(() => bytes.fill(0));
    return imported;
  };
}

const MAKE_A_KEY = "Make one with `openssl rand -base64 32`.";

const badKeyId = (keyId: string): ConfigurationProblem => ({
  path: `encryption.keys["${keyId}"]`,
  expected: "an id of 1 to 32 letters, digits, hyphens or underscores",
  fix: 'Rename the key, for example "k1".',
});

const badKeyText = (keyId: string): ConfigurationProblem => ({
  path: `encryption.keys["${keyId}"]`,
  expected: "32 bytes, or their text in hex, base64 or base64url",
  fix: MAKE_A_KEY,
});

const badKeyLength = (keyId: string, bytes: number): ConfigurationProblem => ({
  path: `encryption.keys["${keyId}"]`,
  expected: `exactly ${KEY_BYTES} bytes, not ${bytes}`,
  fix: MAKE_A_KEY,
});

const noCurrentKey = (current: string): ConfigurationProblem => ({
  path: "encryption.current",
  expected: "the id of one of `encryption.keys`",
  fix: `Add the key "${current}", or name another one.`,
});
