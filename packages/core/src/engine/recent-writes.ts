import { membershipOf } from "./read-side.ts";
import type { RunContext } from "./run-context.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** What this pair's own writes of late mean for a new plan. */
export interface RecentWrites {
  /** Stored keys that listings may not show yet. */
  readonly settling: ReadonlySet<string>;
  /** Items taken from the side that is written within 24 h; the guard counts them. */
  readonly removedLately: number;
}

export async function readRecentWrites(context: RunContext, now: number): Promise<RecentWrites> {
  const { pair, to, parts } = context;
  const windowMs = membershipOf(context, to).write?.consistencyWindowMs ?? 0;
  const intents = await parts.storage.select({
    table: "intents",
    columns: ["id", "kind", "items", "updated_at"],
    where: { pair_id: pair.id, side: to.side, updated_at: { gt: now - DAY_MS } },
  });
  const settlingIntents = intents.filter(({ kind, updated_at }) => kind === "add" && updated_at > now - windowMs);
  const settling = new Set<string>();
  for (let start = 0; start < settlingIntents.length; start += 200) {
    const ids = settlingIntents.slice(start, start + 200).map(({ id }) => id);
    const items = await parts.storage.select({
      table: "intent_items",
      columns: ["written_id"],
      where: { intent_id: { in: ids } },
    });
    for (const { written_id } of items) settling.add(written_id);
  }
  const removedLately = intents.reduce((sum, { kind, items }) => (kind === "remove" ? sum + items : sum), 0);
  return { settling, removedLately };
}
