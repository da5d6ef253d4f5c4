import { plainItemIds } from "../../crypto/index.ts";
import type { Row, StorageAdapter } from "../../ports/index.ts";
import type { OpenSide, PairRow, RunContext } from "../runs/run-context.ts";
import { addressOf, otherAddress, type PairSides, pairSideColumns } from "./addresses.ts";

/** What an item of one connection is on another, as other pairs of the user know it. */
export interface ChainedItem {
  readonly id: string;
  /** The least sure of the links on the way, 0..1. */
  readonly confidence: number;
}

type LinkSides = Pick<Row<"links">, "source_id" | "source_sealed" | "target_id" | "target_sealed" | "confidence">;

const PAGE = 500;

/**
 * Follows items of `from` through other pairs of the same user and type until they come to `to`: what came from a
 * service by way of a third is not sent back to it as something new, and what both have by way of a third is one thing.
 *
 * @param storedIds stored keys on `from`
 * @returns by stored key, the ids on `to`
 */
export async function followChains(
  context: RunContext,
  from: OpenSide,
  to: OpenSide,
  storedIds: readonly string[],
): Promise<ReadonlyMap<string, ChainedItem>> {
  const found = new Map<string, ChainedItem>();
  if (storedIds.length === 0) return found;
  const { others: pairs } = context;
  if (pairs.length < 2) return found;
  const visited = new Set([from.address]);
  // Where an item has come to so far: its stored key there, and how sure that is.
  let reached = new Map([[from.address, new Map(storedIds.map((id) => [id, { start: id, confidence: 1 }]))]]);
  while (reached.size > 0) {
    const next: typeof reached = new Map();
    for (const [address, items] of reached) {
      for (const pair of pairs) {
        const other = otherAddress(pair, address);
        if (other === undefined || visited.has(other)) continue;
        const links = await linksOf(context, pair, address, [...items.keys()]);
        const arrived = other === to.address ? undefined : (next.get(other) ?? new Map());
        for (const link of links) {
          const [own, far] = sidesOf(pair, address, link);
          const item = own.key === null ? undefined : items.get(own.key);
          if (!item || far.key === null) continue;
          const confidence = Math.min(item.confidence, link.confidence ?? 1);
          if (arrived) arrived.set(far.key, { start: item.start, confidence });
          else if (!found.has(item.start))
            found.set(item.start, { id: await openId(context, to, pair, far), confidence });
        }
        if (arrived && arrived.size > 0) next.set(other, arrived);
      }
    }
    for (const address of next.keys()) visited.add(address);
    reached = next;
  }
  return found;
}

/** The other pairs of the same user and type, in the order of their ids. */
export async function readOtherPairs(storage: StorageAdapter, pair: PairRow): Promise<readonly PairSides[]> {
  const pairs = await storage.select({
    table: "sync_pairs",
    columns: pairSideColumns,
    where: { tenant_id: pair.tenant_id, user_id: pair.user_id, sync_type: pair.sync_type, container: "" },
    orderBy: ["id"],
  });
  return pairs.filter(({ id }) => id !== pair.id);
}

async function linksOf(
  { parts }: RunContext,
  pair: PairSides,
  address: string,
  storedIds: readonly string[],
): Promise<LinkSides[]> {
  const links: LinkSides[] = [];
  for (let start = 0; start < storedIds.length; start += PAGE) {
    const ids = { in: storedIds.slice(start, start + PAGE) };
    links.push(
      ...(await parts.storage.select({
        table: "links",
        columns: ["source_id", "source_sealed", "target_id", "target_sealed", "confidence"],
        where: {
          pair_id: pair.id,
          state: "linked",
          ...(addressOf(pair, "source") === address ? { source_id: ids } : { target_id: ids }),
        },
        orderBy: ["link_key"],
      })),
    );
  }
  return links;
}

interface LinkSide {
  readonly side: "source" | "target";
  readonly key: string | null;
  readonly sealed: string | null;
}

function sidesOf(pair: PairSides, address: string, link: LinkSides): readonly [own: LinkSide, far: LinkSide] {
  const source: LinkSide = { side: "source", key: link.source_id, sealed: link.source_sealed };
  const target: LinkSide = { side: "target", key: link.target_id, sealed: link.target_sealed };
  return addressOf(pair, "source") === address ? [source, target] : [target, source];
}

async function openId(
  { pair: { tenant_id } }: RunContext,
  to: OpenSide,
  pair: PairSides,
  far: LinkSide,
): Promise<string> {
  const { key, sealed, side } = far;
  if (key === null || to.ids === plainItemIds) return key ?? "";
  const column = side === "source" ? "source_sealed" : "target_sealed";
  const [id] = await to.ids.open([{ key, sealed }], { table: "links", column, owner: { tenant_id, pair_id: pair.id } });
  return id ?? key;
}
