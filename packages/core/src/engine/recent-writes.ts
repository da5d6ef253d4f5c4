import type { Row } from "../ports/index.ts";
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
    columns: ["id", "kind", "updated_at"],
    where: { pair_id: pair.id, side: to.side, updated_at: { gt: now - DAY_MS } },
  });
  const added = intents.filter(({ kind, updated_at }) => kind === "add" && updated_at > now - windowMs);
  const removed = intents.filter(({ kind }) => kind === "remove");
  // What was never confirmed is not among them: such an addition is made again, such a removal decided again.
  return {
    settling: await writtenIds(context, added, ["written", "already-there"]),
    removedLately: (await writtenIds(context, removed, ["written", "not-found"])).size,
  };
}

async function writtenIds(
  { parts }: RunContext,
  intents: readonly { readonly id: string }[],
  outcomes: readonly NonNullable<Row<"intent_items">["outcome"]>[],
): Promise<ReadonlySet<string>> {
  const written = new Set<string>();
  for (let start = 0; start < intents.length; start += 200) {
    const ids = intents.slice(start, start + 200).map(({ id }) => id);
    const items = await parts.storage.select({
      table: "intent_items",
      columns: ["written_id"],
      where: { intent_id: { in: ids }, outcome: { in: outcomes } },
    });
    for (const { written_id } of items) written.add(written_id);
  }
  return written;
}
