import type { OpenSide, RunContext } from "./run-context.ts";

/** Fingerprints are stored as keyed hashes, whatever a provider puts into them. */
export async function fingerprintHash(context: RunContext, open: OpenSide, fingerprint: string): Promise<string> {
  const hasher = await context.parts.hashes.forTenant(context.pair.tenant_id);
  return hasher.hash("fingerprint", `${open.connectionId}\n${fingerprint}`);
}
