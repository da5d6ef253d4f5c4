import { sealedItemIds } from "../../crypto/index.ts";
import { InvalidRequestError } from "../../errors/index.ts";
import type { Row } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import { itemIdsOf } from "../links/item-ids-of.ts";
import { type MatchOverride, type OverrideInfo, overridableKinds } from "./override-form.ts";
import { byCodeUnit } from "./read-overruled.ts";

export type OverrideRow = Row<"match_overrides">;
export type User = { readonly tenantId: string; readonly userId: string };

/** One item of a row, by its stored key. */
export interface RowItem {
  readonly service: string;
  readonly key: string;
}

/** The items that a row names: two, or one that has no counterpart. */
export function itemsOf({ service_a, id_a, service_b, id_b }: OverrideRow): readonly RowItem[] {
  return [
    ...(id_a === null ? [] : [{ service: service_a, key: id_a }]),
    ...(id_b === null ? [] : [{ service: service_b, key: id_b }]),
  ];
}

/**
 * The row that says this. Its id follows from what it is about, so that one pair of items has one row.
 * @throws {InvalidRequestError} `service.unknown`; `request.invalid`: an item and itself
 */
export async function toRow(
  parts: EngineParts,
  { tenantId, userId }: User,
  override: MatchOverride,
  createdAtMs: number,
): Promise<OverrideRow> {
  const { itemKind = "track", verdict } = override;
  const [left, right] = await Promise.all(
    (verdict === "none"
      ? [
          { service: override.service, id: override.id },
          { service: override.to, id: undefined },
        ]
      : [
          { service: override.serviceA, id: override.idA },
          { service: override.serviceB, id: override.idB },
        ]
    ).map(async ({ service, id }) => {
      const ids = await itemIdsOf(parts, parts.registry.get(service), tenantId);
      return { service, id, ids, key: id === undefined ? null : ids.key(id) };
    }),
  );
  if (!left || !right) throw new TypeError("an override is about two sides");
  if (left.service === right.service && left.key === right.key) {
    throw new InvalidRequestError("request.invalid", { path: "request", problem: "it names an item and itself" });
  }
  const order = byCodeUnit(left.service, right.service) || byCodeUnit(left.key ?? "", right.key ?? "");
  // Of two accounts of one service, what has no counterpart comes first.
  const isTurned = verdict === "none" && left.service === right.service ? false : order > 0;
  const [a, b] = isTurned ? [right, left] : [left, right];
  const hasher = await parts.hashes.forTenant(tenantId);
  const about = JSON.stringify([userId, itemKind, a.service, a.key, b.service, b.key]);
  const id = `ovr_${hasher.hash("override", about).replace(".", "_")}`;
  const sealed = async ({ id: own, ids }: typeof a, column: "sealed_a" | "sealed_b") => {
    if (own === undefined) return null;
    const owner = { tenant_id: tenantId, id };
    const [stored] = await ids.seal([own], { table: "match_overrides", column, owner });
    return stored?.sealed ?? null;
  };
  return {
    id,
    tenant_id: tenantId,
    user_id: userId,
    item_kind: itemKind,
    service_a: a.service,
    id_a: a.key,
    sealed_a: await sealed(a, "sealed_a"),
    service_b: b.service,
    id_b: b.key,
    sealed_b: await sealed(b, "sealed_b"),
    verdict,
    created_at: createdAtMs,
    updated_at: parts.clock.now(),
  };
}

/** What a row says, with the services' own ids; of services that are not registered any more as well. */
export async function toInfo(parts: EngineParts, row: OverrideRow): Promise<OverrideInfo> {
  const { tenant_id, id: overrideId, verdict, created_at: createdAtMs } = row;
  const hasher = await parts.hashes.forTenant(tenant_id);
  const open = async (service: string, key: string | null, column: "sealed_a" | "sealed_b") => {
    if (key === null) return undefined;
    const ids = sealedItemIds({ service, hasher, encryption: parts.encryption });
    const owner = { tenant_id, id: overrideId };
    const [id] = await ids.open([{ key, sealed: row[column] }], { table: "match_overrides", column, owner });
    return id;
  };
  const idA = await open(row.service_a, row.id_a, "sealed_a");
  const idB = await open(row.service_b, row.id_b, "sealed_b");
  const itemKind = overridableKinds.find((kind) => kind === row.item_kind) ?? "track";
  const common = { overrideId, itemKind, createdAtMs };
  if (verdict === "none") {
    const own = idA === undefined ? { service: row.service_b, id: idB } : { service: row.service_a, id: idA };
    const to = idA === undefined ? row.service_a : row.service_b;
    return { ...common, verdict, service: own.service, id: own.id ?? "", to };
  }
  return {
    ...common,
    verdict,
    serviceA: row.service_a,
    idA: idA ?? "",
    serviceB: row.service_b,
    idB: idB ?? "",
  };
}
