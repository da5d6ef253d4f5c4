/**
 * Base64url without padding (RFC 4648 §5). Written here because the platform's `atob` neither knows the alphabet nor
 * refuses non-canonical endings, and `Uint8Array.fromBase64` is not in Node 22 and 24.
 */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const INVALID = 255;
const values = new Uint8Array(128).fill(INVALID);
for (let value = 0; value < alphabet.length; value++) values[alphabet.charCodeAt(value)] = value;

export function toBase64url(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += alphabet.charAt((held >>> bits) & 63);
    }
    held &= 63;
  }
  return bits === 0 ? text : text + alphabet.charAt((held << (6 - bits)) & 63);
}

/** @returns `undefined` for anything that {@link toBase64url} would not have written, so that one value has one text */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (let index = 0; index < text.length; index++) {
    const value = values[text.charCodeAt(index)] ?? INVALID;
    if (value === INVALID) return undefined;
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >>> bits) & 255;
    }
    held &= 255;
  }
  const unused = held & ((1 << bits) - 1);
  return unused === 0 ? bytes : undefined;
}
