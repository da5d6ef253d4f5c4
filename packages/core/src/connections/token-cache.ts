import type { OAuthTokens } from "../contract/index.ts";
import type { Clock } from "../ports/index.ts";
import type { ConnectionRow } from "./connection-rows.ts";

/** A connection's tokens as they were read, in clear. */
export interface HeldTokens {
  readonly row: ConnectionRow;
  readonly tokens: OAuthTokens;
}

/** So long a process goes on with tokens that another one may have replaced, or a user disconnected, without looking. */
const LOOK_AGAIN_AFTER_MS = 15_000;
const MOST_CONNECTIONS = 1_000;

/** Spares a read and a decryption per request. Holds secrets, so only few and only for seconds. */
export function createTokenCache(clock: Clock) {
  const held = new Map<string, HeldTokens & { readonly readAtMs: number }>();
  return {
    get(connectionId: string): HeldTokens | undefined {
      const entry = held.get(connectionId);
      if (entry && clock.now() - entry.readAtMs < LOOK_AGAIN_AFTER_MS) return entry;
      held.delete(connectionId);
      return undefined;
    },
    put(entry: HeldTokens): void {
      held.delete(entry.row.id);
      const oldest = held.keys().next();
      if (held.size >= MOST_CONNECTIONS && !oldest.done) held.delete(oldest.value);
      held.set(entry.row.id, { ...entry, readAtMs: clock.now() });
    },
    drop(connectionId: string): void {
      held.delete(connectionId);
    },
  };
}
