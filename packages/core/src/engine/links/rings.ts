import type { Statement } from "../../ports/index.ts";
import type { SideLetter, Wish, Wishes } from "../../reconcile/index.ts";
import { type RunContext, sideOf } from "../runs/run-context.ts";
import { addressOf, otherAddress, type PairSides } from "./addresses.ts";
import type { LinkRecord } from "./links.ts";

/** Whether what a pair writes may come back to it by way of other pairs of the same user and type. */
export function closesRing(pair: PairSides, others: readonly PairSides[]): boolean {
  const reached = new Set([addressOf(pair, "source")]);
  // Grows while it is gone through.
  for (const address of reached) {
    for (const other of others) {
      const next = otherAddress(other, address);
      if (next !== undefined) reached.add(next);
    }
  }
  return reached.has(addressOf(pair, "target"));
}

const PAGE = 500;

/** What is on record of these items, by stored key. */
export async function readWishes(
  context: RunContext,
  ids: { readonly [S in SideLetter]: readonly string[] },
): Promise<Wishes> {
  const known = { a: new Map<string, Wish>(), b: new Map<string, Wish>() };
  for (const side of ["a", "b"] as const) {
    for (let start = 0; start < ids[side].length; start += PAGE) {
      const rows = await context.parts.storage.select({
        table: "sync_metadata",
        columns: ["external_id", "gone", "wished_at"],
        where: {
          connection_id: sideOf(context, side).connectionId,
          item_type: context.pair.sync_type,
          external_id: { in: ids[side].slice(start, start + PAGE) },
        },
      });
      for (const { external_id, gone, wished_at } of rows) {
        if (wished_at !== null) known[side].set(external_id, { gone, atMs: wished_at });
      }
    }
  }
  return (side, id) => known[side].get(id);
}

/** What becomes of the wishes on record, once links are as these records say. Nothing outside a ring. */
export function wishedStatements(
  context: RunContext,
  records: readonly (Pick<LinkRecord, "state" | "wishedAtMs" | "goneFrom"> & {
    readonly fromKey: string | null;
    readonly toKey: string | null;
  })[],
): Statement[] {
  if (!context.inRing) return [];
  const now = context.parts.clock.now();
  const changed = records.filter(({ state }) => state === "linked" || state === "dropped");
  const same = Map.groupBy(changed, ({ state, wishedAtMs }) => `${state} ${wishedAtMs ?? ""}`);
  return [...same.values()].flatMap((group): Statement[] => {
    const [first] = group;
    if (!first) return [];
    const gone = first.state === "dropped";
    return (["from", "to"] as const).flatMap((side): Statement[] => {
      const ids = group.flatMap(({ fromKey, toKey, goneFrom }) => {
        if (goneFrom && !goneFrom.includes(side)) return [];
        return (side === "from" ? fromKey : toKey) ?? [];
      });
      if (ids.length === 0) return [];
      const items = {
        connection_id: context[side].connectionId,
        item_type: context.pair.sync_type,
        external_id: { in: [...new Set(ids)] },
      };
      const set = { gone, wished_at: first.wishedAtMs ?? now, updated_at: now };
      if (first.wishedAtMs !== undefined) return [{ update: "sync_metadata", set, where: items }];
      // Nobody says since when: what is on record as such stays, and else it is since now.
      return [
        { update: "sync_metadata", set, where: { ...items, gone: !gone } },
        { update: "sync_metadata", set, where: { ...items, wished_at: null } },
      ];
    });
  });
}
