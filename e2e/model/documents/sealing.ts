import { createHash } from "node:crypto";
import type { Encryption } from "@syncer/core";

/**
 * Keeps what it seals in memory and gives a token for it: real sealing takes a thread, and what happens in which order
 * would depend on the machine.
 */
export function tokenSealing(): Encryption {
  const kept = new Map<string, { readonly plain: string; readonly context: string }>();
  return {
    async seal(plain, context) {
      const entry = { plain, context: JSON.stringify(context) };
      const token = createHash("sha256").update(`${kept.size} ${plain} ${entry.context}`).digest("base64url");
      const sealed = `v1.k1.${token}`;
      kept.set(sealed, entry);
      return sealed;
    },
    async open(sealed, context) {
      const entry = kept.get(sealed);
      if (entry?.context !== JSON.stringify(context)) throw new RangeError("sealed for another place");
      return entry.plain;
    },
    isOutdated: () => false,
  };
}
