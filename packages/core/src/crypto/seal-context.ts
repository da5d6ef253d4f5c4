import type { Row, SealContext, TableName } from "../ports/index.ts";

/**
 * Which row's id each table's ciphertexts are bound to. The one place that says so: writers, readers and
 * re-encryption all ask here, so that none of them can disagree.
 */
export const sealOwners = {
  tenant_keys: "tenant_id",
  user_services: "id",
  pending_oauth_auth: "state_hash",
  sync_pairs: "id",
  links: "pair_id",
  sync_cursors: "pair_id",
  intent_items: "intent_id",
  match_overrides: "id",
  watch_channels: "id",
  plan_items: "plan_id",
  idempotency_keys: "key_hash",
} as const satisfies { readonly [T in TableName]?: keyof Row<T> & string };

/** Tables that hold ciphertexts. */
export type SealedTable = keyof typeof sealOwners;

export type OwnerColumn<T extends SealedTable> = (typeof sealOwners)[T];

/** The columns of a row that its ciphertexts' context is made of. */
export type SealOwner<T extends SealedTable> = { readonly [K in OwnerColumn<T> | "tenant_id"]: string };

/** The context under which a column of a row is sealed and opened. */
export function sealContext<T extends SealedTable>(
  table: T,
  column: keyof Row<T> & string,
  row: SealOwner<T>,
): SealContext {
  const ownerColumn: OwnerColumn<T> = sealOwners[table];
  return contextIn(table, column, row.tenant_id, row[ownerColumn]);
}

/** As {@link sealContext}, for walks over any table. */
export function contextIn(table: SealedTable, column: string, tenantId: string, ownerId: string): SealContext {
  return { tenantId, ownerId, field: `${table}.${column}` };
}
