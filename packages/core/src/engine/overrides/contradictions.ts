import { itemsOf, type OverrideRow, type RowItem } from "./override-rows.ts";

export interface Wanted {
  readonly rows: readonly OverrideRow[];
  /** What is the same as an item already stays so beside them. */
  readonly alongside: boolean;
}

/**
 * The stored decisions that cannot stand beside the wanted ones: that an item is the same as another, unless several
 * may be; that it has no counterpart, where it gets one; that it has one, where it shall have none; and another verdict on
 * the same two. Pure.
 * @param stored all that speak of one of the items, of the same kind and services
 */
export function contradicted(stored: readonly OverrideRow[], { rows, alongside }: Wanted): readonly OverrideRow[] {
  const wantedIds = new Map(rows.map((row) => [row.id, row]));
  const byItem = new Map<string, OverrideRow[]>();
  for (const row of rows) {
    for (const item of itemsOf(row)) {
      const name = nameIn(row, item);
      byItem.set(name, [...(byItem.get(name) ?? []), row]);
    }
  }
  return stored.filter((row) => {
    const again = wantedIds.get(row.id);
    if (again) return again.verdict !== row.verdict;
    return itemsOf(row).some((item) =>
      (byItem.get(nameIn(row, item)) ?? []).some((other) => clash(row, other, alongside)),
    );
  });
}

/** The first of the wanted ones that contradicts an earlier one of them, by their places; `undefined` if none does. */
export function contradictionAmong(
  rows: readonly OverrideRow[],
): readonly [earlier: number, later: number] | undefined {
  const seen = new Map<string, number>();
  const byItem = new Map<string, number[]>();
  for (const [place, row] of rows.entries()) {
    const twin = seen.get(row.id);
    if (twin !== undefined && rows[twin]?.verdict !== row.verdict) return [twin, place];
    seen.set(row.id, place);
    for (const item of itemsOf(row)) {
      const name = nameIn(row, item);
      const others = byItem.get(name) ?? [];
      const clashing = others.find((other) => clashAt(rows[other], row));
      if (clashing !== undefined) return [clashing, place];
      byItem.set(name, [...others, place]);
    }
  }
  return undefined;
}

function clashAt(other: OverrideRow | undefined, row: OverrideRow): boolean {
  return other !== undefined && other.id !== row.id && clash(other, row, true);
}

/** Whether two decisions that speak of one item, and are not about the same two, exclude each other. */
function clash({ verdict }: OverrideRow, { verdict: other }: OverrideRow, alongside: boolean): boolean {
  if (verdict === "same" && other === "same") return !alongside;
  return (verdict === "none" && other === "same") || (verdict === "same" && other === "none");
}

/** An item as a decision about these services speaks of it. */
function nameIn({ item_kind, service_a, service_b }: OverrideRow, { service, key }: RowItem): string {
  return JSON.stringify([item_kind, service_a, service_b, service, key]);
}
