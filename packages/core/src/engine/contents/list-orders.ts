import type { Row, Statement, StorageAdapter } from "../../ports/index.ts";
import type { PairRow } from "../runs/run-context.ts";

/** Keys of links in one row; small enough for any database. */
const PER_PART = 2_000;

/** In what order both sides last agreed on what they share: keys of links, those of copies as often as they stand there. */
export async function readListOrder(storage: StorageAdapter, pairId: string): Promise<readonly string[]> {
  const rows = await storage.select({
    table: "list_orders",
    columns: ["link_keys"],
    where: { pair_id: pairId },
    orderBy: ["part"],
  });
  // Checked when it was written: an array of strings.
  return rows.flatMap(({ link_keys }) => JSON.parse(link_keys) as string[]);
}

export function listOrderStatements(
  pair: Pick<PairRow, "id" | "tenant_id">,
  keys: readonly string[],
  now: number,
): Statement[] {
  const rows: Row<"list_orders">[] = [];
  for (let start = 0; start < keys.length; start += PER_PART) {
    rows.push({
      pair_id: pair.id,
      part: rows.length,
      tenant_id: pair.tenant_id,
      link_keys: JSON.stringify(keys.slice(start, start + PER_PART)),
      created_at: now,
      updated_at: now,
    });
  }
  return [
    { delete: "list_orders", where: { pair_id: pair.id } },
    ...(rows.length > 0 ? [{ insert: "list_orders" as const, rows }] : []),
  ];
}
