import type { AnyProvider } from "../../contract/index.ts";
import { type ItemIds, plainItemIds, sealedItemIds } from "../../crypto/index.ts";
import type { EngineParts } from "../engine-parts.ts";

/**
 * How ids of a service's items are stored for a tenant.
 * @param container hash of the container that they are in, empty for none: one id may stand for other things in another
 */
export async function itemIdsOf(
  parts: EngineParts,
  provider: AnyProvider,
  tenantId: string,
  container = "",
): Promise<ItemIds> {
  if (!parts.sealIds && provider.itemIds !== "sensitive" && container === "") return plainItemIds;
  const hasher = await parts.hashes.forTenant(tenantId);
  const service = container === "" ? provider.name : `${provider.name} ${container}`;
  return sealedItemIds({ service, hasher, encryption: parts.encryption });
}
