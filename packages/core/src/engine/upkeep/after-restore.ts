import type { EngineParts } from "../engine-parts.ts";

/**
 * The next run of each pair deletes nothing without a confirmation.
 * @returns how many pairs that concerns
 */
export async function afterRestore({ storage, clock }: EngineParts, tenantId: string | undefined): Promise<number> {
  const where = tenantId === undefined ? {} : { tenant_id: tenantId };
  const result = await storage.write({
    statements: [
      { update: "sync_pairs", set: { delete_free: true, updated_at: clock.now() }, where },
      { delete: "sync_cursors", where },
    ],
  });
  return result.applied ? (result.affected[0] ?? 0) : 0;
}
