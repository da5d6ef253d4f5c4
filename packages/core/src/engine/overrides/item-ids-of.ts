import type { AnyProvider } from "../../contract/index.ts";
import { type ItemIds, plainItemIds, sealedItemIds } from "../../crypto/index.ts";
import type { EngineParts } from "../engine-parts.ts";

/** How ids of a service's items are stored for a tenant. */
export async function itemIdsOf(parts: EngineParts, provider: AnyProvider, tenantId: string): Promise<ItemIds> {
  if (!parts.sealIds && provider.itemIds !== "sensitive") return plainItemIds;
  const hasher = await parts.hashes.forTenant(tenantId);
  return sealedItemIds({ service: provider.name, hasher, encryption: parts.encryption });
}
