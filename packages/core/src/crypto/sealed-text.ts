import { CryptoError } from "../errors/index.ts";
import type { SealContext } from "../ports/index.ts";
import { fromBase64url, toBase64url } from "./base64url.ts";

/** The form of our ciphertexts; a change of anything below gets a new one. */
const FORMAT = "v1";
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

/** Key ids are part of the ciphertext's text, so they have no dot in them. */
export const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;

export interface SealedText {
  readonly keyId: string;
  readonly nonce: Uint8Array<ArrayBuffer>;
  /** Ciphertext with the tag at its end, as WebCrypto gives and takes it. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** `v1.<key id>.<base64url of nonce, ciphertext and tag>` */
export function writeSealed(keyId: string, nonce: Uint8Array, body: Uint8Array): string {
  const bytes = new Uint8Array(nonce.length + body.length);
  bytes.set(nonce);
  bytes.set(body, nonce.length);
  return `${FORMAT}.${keyId}.${toBase64url(bytes)}`;
}

/** @throws {CryptoError} `crypto.ciphertext-malformed` */
export function readSealed(sealed: string): SealedText {
  const { keyId, text } = readHeader(sealed);
  const bytes = fromBase64url(text);
  if (!bytes) throw malformed("its body is not base64url");
  if (bytes.length < NONCE_BYTES + TAG_BYTES) throw malformed(`it is too short (${bytes.length} bytes)`);
  return { keyId, nonce: bytes.slice(0, NONCE_BYTES), body: bytes.slice(NONCE_BYTES) };
}

/** The id of the key that a ciphertext was sealed under. @throws {CryptoError} `crypto.ciphertext-malformed` */
export function keyIdOf(sealed: string): string {
  return readHeader(sealed).keyId;
}

function readHeader(sealed: string): { keyId: string; text: string } {
  const [format, keyId, text, ...rest] = sealed.split(".");
  if (format !== FORMAT) throw malformed(`it does not begin with "${FORMAT}."`);
  if (keyId === undefined || !KEY_ID.test(keyId)) throw malformed("it names no key");
  if (text === undefined || rest.length > 0) throw malformed("it has not three parts");
  return { keyId, text };
}

function malformed(problem: string): CryptoError {
  return new CryptoError("crypto.ciphertext-malformed", { problem });
}

/**
 * What a ciphertext is bound to. A JSON array of strings, because no two different lists of strings have the same
 * JSON: `["a", "bc"]` cannot be mistaken for `["ab", "c"]`.
 */
export function associatedData(keyId: string, { tenantId, ownerId, field }: SealContext): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify([FORMAT, keyId, tenantId, ownerId, field]));
}
