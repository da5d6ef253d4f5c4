import type { SideLetter } from "../../reconcile/index.ts";
import { type RunContext, sideOf } from "../runs/run-context.ts";
import type { SideReading } from "./read-side.ts";

const PAGE = 500;
/** Services date additions by their own clocks. What was added less than this before its removal counts as added since. */
const MARGIN_MS = 60 * 60 * 1000;

/**
 * Entries without a link that a run has removed from this side, that the service said were removed, and that it lists
 * with the date of long before that: the removal came to nothing. A service that shows one release for another that the
 * user saved (relinking) may take the removal of the one that it shows for done. Nobody has added such an entry again, so it is
 * not copied anywhere.
 */
export async function removedInVain(
  context: RunContext,
  letter: SideLetter,
  { arrivals }: SideReading,
): Promise<ReadonlySet<string>> {
  const { side, ids } = sideOf(context, letter);
  const addedAt = new Map<string, number>();
  for (const entry of arrivals) {
    if (entry.state === "listed" && entry.addedAtMs !== undefined) addedAt.set(ids.key(entry.id), entry.addedAtMs);
  }
  const keys = [...addedAt.keys()];
  const column = side === "source" ? "source_id" : "target_id";
  const inVain = new Set<string>();
  for (let start = 0; start < keys.length; start += PAGE) {
    const rows = await context.parts.storage.select({
      table: "links",
      columns: ["source_id", "target_id", "updated_at"],
      where: {
        pair_id: context.pair.id,
        state: "dropped",
        last_written: side,
        [column]: { in: keys.slice(start, start + PAGE) },
      },
    });
    for (const row of rows) {
      const key = row[column];
      const added = key === null ? undefined : addedAt.get(key);
      if (key !== null && added !== undefined && added + MARGIN_MS < row.updated_at) inVain.add(key);
    }
  }
  return inVain;
}
