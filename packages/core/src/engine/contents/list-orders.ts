import type { Row, Statement, StorageAdapter } from "../../ports/index.ts";
import type { Side } from "../plans/plan.ts";
import type { PairRow } from "../runs/run-context.ts";

/** Entries in one row; small enough for any database. */
const PER_PART = 2_000;

type Kind = Row<"list_orders">["kind"];

/** What is known of the order of two lists. */
export interface ListOrders {
  /** Keys of the links of what both shared when they last agreed, those of copies as often as they stand there. */
  readonly agreed: readonly string[];
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
  // Checked when it was written: an array of strings.
  const listOf = (kind: Kind) => byKind.get(kind)?.flatMap(({ entries }) => JSON.parse(entries) as string[]);
  const begunOn = (side: Side): { readonly [S in Side]?: BegunArrangement } => {
    const becomes = listOf(`${side}-becomes`);
    // An empty list has no rows, and what becomes of a list that is written is known.
    return becomes ? { [side]: { was: listOf(`${side}-was`) ?? [], from: listOf(`${side}-from`) ?? [], becomes } } : {};
  };
  return { agreed: listOf("agreed") ?? [], begun: { ...begunOn("source"), ...begunOn("target") } };
}

type Owner = Pick<PairRow, "id" | "tenant_id">;

/** Both sides hold the same, in this order; nothing is on its way. */
export function agreedStatements(pair: Owner, keys: readonly string[], now: number): Statement[] {
  return [{ delete: "list_orders", where: { pair_id: pair.id } }, ...rowsOf(pair, "agreed", keys, now)];
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
  const rows: Row<"list_orders">[] = [];
  for (let start = 0; start < list.length; start += PER_PART) {
    rows.push({
      pair_id: pair.id,
      kind,
      part: rows.length,
      tenant_id: pair.tenant_id,
      entries: JSON.stringify(list.slice(start, start + PER_PART)),
      created_at: now,
      updated_at: now,
    });
  }
  return rows.length > 0 ? [{ insert: "list_orders", rows }] : [];
}
