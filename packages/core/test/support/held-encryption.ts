import { type Encryption, keyring } from "../../src/index.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/**
 * Ciphers work in the platform's threads, which a virtual clock cannot see: time stands still while they do. Otherwise a
 * busy machine lets hours go by in the middle of a call.
 */
export function heldEncryption(clock: VirtualClock, inner: Encryption = testKeyring()): Encryption {
  return {
    seal: (plain, context) => clock.hold(inner.seal(plain, context)),
    open: (sealed, context) => clock.hold(inner.open(sealed, context)),
    isOutdated: (sealed) => inner.isOutdated(sealed),
  };
}

function testKeyring(): Encryption {
  return keyring({ current: "k1", keys: { k1: new Uint8Array(32).fill(9) } });
}
