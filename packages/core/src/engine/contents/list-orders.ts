import type { Row, Statement, StorageAdapter } from "../../ports/index.ts";
import type { Side } from "../plans/plan.ts";
import type { PairRow } from "../runs/run-context.ts";
import { fromParts, inParts } from "../runs/run-lists.ts";

type Kind = Row<"list_orders">["kind"];

/** Keys of the links of what both sides share, those of copies as often as they stand there. */
export interface AgreedOrders {
  /** In the order that it has on both sides; on the source, where that is not the same. */
  readonly agreed: readonly string[];
  /** In the order that it has on the target, where a run was undone and the orders differ on purpose. */
  readonly agreedOnTarget?: readonly string[];
}

/** What is known of the order of two lists. */
export interface ListOrders extends AgreedOrders {
  /** Sides that an earlier run began to rearrange. */
  readonly begun: { readonly [S in Side]?: BegunArrangement };
}

/** Stored keys of entries. */
export interface BegunArrangement {
  /** What the user had made of it. */
  readonly was: readonly string[];
  /** Where the calls began: what an arrangement before it, which did not come to its end, had left. */
  readonly from: readonly string[];
  readonly becomes: readonly string[];
}

export async function readListOrders(storage: StorageAdapter, pairId: string): Promise<ListOrders> {
  const rows = await storage.select({
    table: "list_orders",
    columns: ["kind", "entries"],
    where: { pair_id: pairId },
    orderBy: ["kind", "part"],
  });
  const byKind = Map.groupBy(rows, ({ kind }) => kind);
  const listOf = (kind: Kind) => {
    const parts = byKind.get(kind);
    return parts && fromParts(parts);
  };
  const begunOn = (side: Side): { readonly [S in Side]?: BegunArrangement } => {
    const becomes = listOf(`${side}-becomes`);
    // An empty list has no rows, and what becomes of a list that is written is known.
    return becomes ? { [side]: { was: listOf(`${side}-was`) ?? [], from: listOf(`${side}-from`) ?? [], becomes } } : {};
  };
  const agreedOnTarget = listOf("agreed-target");
  const agreed = { agreed: listOf("agreed") ?? [], ...(agreedOnTarget ? { agreedOnTarget } : {}) };
  return { ...agreed, begun: { ...begunOn("source"), ...begunOn("target") } };
}

type Owner = Pick<PairRow, "id" | "tenant_id">;

/** Both sides hold the same, in these orders; nothing is on its way. */
export function agreedStatements(pair: Owner, { agreed, agreedOnTarget }: AgreedOrders, now: number): Statement[] {
  return [
    { delete: "list_orders", where: { pair_id: pair.id } },
    ...rowsOf(pair, "agreed", agreed, now),
    ...(agreedOnTarget ? rowsOf(pair, "agreed-target", agreedOnTarget, now) : []),
  ];
}

/** A side is about to be rearranged. */
export function begunStatements(pair: Owner, side: Side, begun: BegunArrangement, now: number): Statement[] {
  const kinds = [`${side}-was`, `${side}-from`, `${side}-becomes`] as const;
  return [
    { delete: "list_orders", where: { pair_id: pair.id, kind: { in: kinds } } },
    ...rowsOf(pair, kinds[0], begun.was, now),
    ...rowsOf(pair, kinds[1], begun.from, now),
    ...rowsOf(pair, kinds[2], begun.becomes, now),
  ];
}

function rowsOf(pair: Owner, kind: Kind, list: readonly string[], now: number): Statement[] {
  const own = { pair_id: pair.id, kind, tenant_id: pair.tenant_id, created_at: now, updated_at: now };
  const rows = inParts(list).map((each) => ({ ...own, ...each }));
  return rows.length > 0 ? [{ insert: "list_orders", rows }] : [];
}
