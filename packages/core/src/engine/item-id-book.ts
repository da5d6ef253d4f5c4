import { plainItemIds } from "../crypto/index.ts";
import type { Row } from "../ports/index.ts";
import type { Decision } from "../reconcile/index.ts";
import type { Seeker } from "./resolve.ts";
import type { OpenSide, RunContext } from "./run-context.ts";
import type { World } from "./world.ts";

/** From stored keys back to the services' own ids, for the items that decisions speak of. */
export interface ItemIdBook {
  seeker(key: string): Seeker | undefined;
  /** The id, on the side that is read, of a link's item. */
  fromId(key: string): string;
  /** The id on the side that is written. */
  toId(storedKey: string): string;
}

const PAGE = 500;

type SealedPair = Pick<Row<"links">, "link_key" | "source_id" | "source_sealed" | "target_id" | "target_sealed">;

/** Opens, in ranges, the sealed ids that `decisions` need; plain ids are their own key. */
export async function openItemIds(
  context: RunContext,
  decisions: readonly Decision[],
  world: World,
): Promise<ItemIdBook> {
  const { from, to } = context;
  const seekers = new Map(world.seekers.map((seeker) => [seeker.key, seeker]));
  const fromIds = new Map<string, string>();
  const toIds = new Map<string, string>();
  for (const { toId } of world.found.values()) toIds.set(to.ids.key(toId), toId);
  for (const entry of world.b.arrivals) if (entry.state === "listed") toIds.set(to.ids.key(entry.id), entry.id);
  if (from.ids !== plainItemIds || to.ids !== plainItemIds) {
    const keys = decisions.flatMap(({ keys }) => keys).filter((key) => world.stored.links.has(key));
    for (const row of await readSealed(context, keys)) {
      const [fromId] = await openOn(context, from, [row]);
      if (fromId !== undefined) fromIds.set(row.link_key, fromId);
      const [toId] = await openOn(context, to, [row]);
      const stored = to.side === "source" ? row.source_id : row.target_id;
      if (toId !== undefined && stored !== null) toIds.set(stored, toId);
    }
  }
  return {
    seeker: (key) => seekers.get(key),
    fromId: (key) => seekers.get(key)?.fromId ?? fromIds.get(key) ?? world.stored.links.get(key)?.aId ?? "",
    toId: (storedKey) => toIds.get(storedKey) ?? storedKey,
  };
}

async function readSealed({ parts, pair }: RunContext, keys: readonly string[]): Promise<SealedPair[]> {
  const rows: SealedPair[] = [];
  for (let start = 0; start < keys.length; start += PAGE) {
    rows.push(
      ...(await parts.storage.select({
        table: "links",
        columns: ["link_key", "source_id", "source_sealed", "target_id", "target_sealed"],
        where: { pair_id: pair.id, link_key: { in: keys.slice(start, start + PAGE) } },
      })),
    );
  }
  return rows;
}

/** The ids of these links on one side; links that have none there are left out. */
async function openOn({ pair }: RunContext, open: OpenSide, rows: readonly SealedPair[]): Promise<string[]> {
  const source = open.side === "source";
  const stored = rows.flatMap((row) => {
    const key = source ? row.source_id : row.target_id;
    return key === null ? [] : [{ key, sealed: source ? row.source_sealed : row.target_sealed }];
  });
  return await open.ids.open(stored, {
    table: "links",
    column: source ? "source_sealed" : "target_sealed",
    owner: { tenant_id: pair.tenant_id, pair_id: pair.id },
  });
}
