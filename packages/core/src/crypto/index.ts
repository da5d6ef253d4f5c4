export { type AuditAct, type AuditSubject, auditEntry } from "./audit-entry.ts";
export { fromBase64url, toBase64url } from "./base64url.ts";
export { newHandle } from "./handles.ts";
export {
  type ItemIdPlace,
  type ItemIds,
  plainItemIds,
  type SealedItemIdsOptions,
  type StoredItemId,
  sealedItemIds,
} from "./item-ids.ts";
export type { KeyMaterial } from "./key-material.ts";
export { type KeyringOptions, keyring } from "./keyring.ts";
export { type ReencryptOptions, type ReencryptReport, reencrypt } from "./reencrypt.ts";
export { type OwnerColumn, type SealedTable, type SealOwner, sealContext, sealOwners } from "./seal-context.ts";
export {
  createTenantHashes,
  HASH_FORMAT,
  hashFormatOf,
  type TenantHasher,
  type TenantHashes,
  type TenantHashesOptions,
} from "./tenant-hashes.ts";
