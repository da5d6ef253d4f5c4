import type { Random } from "./random.ts";

/** A new handle of ours, for example `job_3q2-7wAAAABx…`: 16 random bytes behind a word that tells what it names. */
export function newHandle(random: Random, prefix: string): string {
  return `${prefix}_${base64Url(random.bytes(16))}`;
}

/** RFC 4648 §5, without padding. */
export function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
