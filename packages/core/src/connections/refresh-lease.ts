import { newHandle } from "../crypto/index.ts";
import { type ConnectionRow, refreshLeaseName } from "./connection-rows.ts";
import type { ConnectionsOptions } from "./connections-options.ts";

/** Longer than the token endpoint may take to answer, so that a worker that lives is not overtaken. */
export const LEASE_MS = 45_000;

export interface RefreshLease {
  release(): Promise<void>;
}

/**
 * Keeps the workers of a fleet from refreshing one connection at once: services take a stampede for an attack, and those
 * that rotate refresh tokens take the second use of one for a theft. Correctness does not hang on it: tokens are
 * written on condition that nobody else has.
 *
 * @returns `undefined` while another worker holds it
 */
export async function takeRefreshLease(
  { storage, clock, random }: ConnectionsOptions,
  { id, tenant_id }: ConnectionRow,
): Promise<RefreshLease | undefined> {
  const name = refreshLeaseName(id);
  const nowMs = clock.now();
  const owner_id = newHandle("own", random);
  const row = {
    name,
    tenant_id,
    owner_id,
    fencing: 1,
    expires_at: nowMs + LEASE_MS,
    created_at: nowMs,
    updated_at: nowMs,
  };
  const result = await storage.write({
    guards: [{ table: "leases", where: { name, expires_at: { gt: nowMs } }, must: "not-exist" }],
    statements: [
      { delete: "leases", where: { name } },
      { insert: "leases", rows: [row] },
    ],
  });
  if (!result.applied) return undefined;
  return {
    async release() {
      await storage.write({ statements: [{ delete: "leases", where: { name, owner_id } }] });
    },
  };
}
