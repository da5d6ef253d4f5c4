import type { Random } from "../ports/index.ts";
import { toBase64url } from "./base64url.ts";

/** A new id of our own: 120 random bits behind a prefix that tells people what it is the id of. */
export function newHandle(prefix: string, random: Random): string {
  return `${prefix}_${toBase64url(random.bytes(15))}`;
}
