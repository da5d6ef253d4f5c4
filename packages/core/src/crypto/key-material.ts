import { fromBase64url } from "./base64url.ts";

/** AES-256 takes keys of exactly this size. */
export const KEY_BYTES = 32;

/** A key as hosts hold it: its bytes, or a text of them in hex (64 characters), base64 or base64url. */
export type KeyMaterial = Uint8Array | string;

/** @returns the bytes, of whatever number; `undefined` if a text is in none of the known forms */
export function readKeyMaterial(material: KeyMaterial): Uint8Array<ArrayBuffer> | undefined {
  if (material instanceof Uint8Array) return new Uint8Array(material);
  if (typeof material !== "string") return undefined;
  // Environment files and secret stores like to add a line break.
  const text = material.trim();
  if (text === "") return new Uint8Array(0);
  if (/^[0-9a-f]{64}$/i.test(text)) return readHex(text);
  return fromBase64url(
    text
      .replace(/={1,2}$/, "")
      .replaceAll("+", "-")
      .replaceAll("/", "_"),
  );
}

function readHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: text.length / 2 }, (_, index) =>
    Number.parseInt(text.slice(index * 2, index * 2 + 2), 16),
  );
}
