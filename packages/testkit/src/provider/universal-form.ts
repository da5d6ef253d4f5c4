import { type ItemKind, type ItemKindName, itemKinds, mappingOf, type UniversalItem } from "@syncer/core";
import type { ProviderBench } from "./bench.ts";

/** The item in universal form, by the provider's own mapping. */
export function toUniversal(bench: ProviderBench, kind: ItemKindName, native: unknown): UniversalItem {
  return mappingOf(bench.provider, kind)(native);
}

/** The item's natural keys of one scheme. */
export function naturalKeysOf(
  bench: ProviderBench,
  kind: ItemKindName,
  native: unknown,
  scheme: string,
): readonly string[] {
  return keysOfKind(itemKinds[kind], mappingOf(bench.provider, kind)(native)).flatMap((key) =>
    key.scheme === scheme ? [key.value] : [],
  );
}

function keysOfKind<K extends ItemKindName>(kind: ItemKind<K>, item: UniversalItem) {
  // An item that is not what its kind says has no keys; the mapping checks report it.
  const parsed = kind.schema.safeParse(item);
  return parsed.success ? kind.naturalKeys(parsed.data) : [];
}
