import type { ConfigurationProblem } from "../../errors/index.ts";

/** How services that cannot call in a form of their own, or a host's relay for them, sign what they send. */
export interface WebhooksOptions {
  /**
   * By service, the secrets of signed deliveries (Standard Webhooks 1.0.0): `whsec_` and base64 of 24 to 64 bytes. Several while one is
   * replaced by another.
   */
  readonly secrets?: Readonly<Record<string, string | readonly string[]>>;
}

/** By service, the keys behind the secrets. */
export type SignedSecrets = ReadonlyMap<string, readonly Uint8Array<ArrayBuffer>[]>;

const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
const [LEAST_BYTES, MOST_BYTES] = [24, 64] as const;
const MOST_SECRETS = 5;

/** @returns the keys, and what is wrong; a secret is in no problem */
export function readSecrets(
  options: WebhooksOptions | undefined,
  services: readonly string[],
): { readonly secrets: SignedSecrets; readonly problems: readonly ConfigurationProblem[] } {
  const secrets = new Map<string, readonly Uint8Array<ArrayBuffer>[]>();
  const problems: ConfigurationProblem[] = [];
  const given = options?.secrets ?? {};
  if (typeof given !== "object") {
    return { secrets, problems: [problem("webhooks.secrets", "secrets by service", 'Give { <service>: "whsec_…" }.')] };
  }
  for (const [service, one] of Object.entries(given)) {
    const path = `webhooks.secrets.${service}`;
    const texts: readonly unknown[] = Array.isArray(one) ? one : [one];
    const keys = texts.flatMap((text) => keyOf(text) ?? []);
    if (!services.includes(service)) {
      problems.push(problem(path, "the name of a provider's service", "Remove it, or give its provider."));
    } else if (keys.length !== texts.length || keys.length === 0 || keys.length > MOST_SECRETS) {
      const expected = `one to ${MOST_SECRETS} secrets: "whsec_" and base64 of ${LEAST_BYTES} to ${MOST_BYTES} bytes`;
      problems.push(problem(path, expected, "Make one of random bytes, and give it to the sender as well."));
    } else {
      secrets.set(service, keys);
    }
  }
  return { secrets, problems };
}

function keyOf(text: unknown): Uint8Array<ArrayBuffer> | undefined {
  const [, base64] = typeof text === "string" ? (SECRET.exec(text) ?? []) : [];
  const bytes = base64 === undefined ? undefined : bytesOfBase64(base64);
  return bytes && bytes.length >= LEAST_BYTES && bytes.length <= MOST_BYTES ? bytes : undefined;
}

/** @returns `undefined`: it is no base64 */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function problem(path: string, expected: string, fix: string): ConfigurationProblem {
  return { path, expected, fix };
}
