import type { Row } from "../../ports/index.ts";
import { linkKey } from "../links/links.ts";
import { fingerprintHash } from "../runs/fingerprint.ts";
import { inRanges, PAIRS_AT_ONCE } from "../runs/in-ranges.ts";
import { isTwoWay, type OpenSide, type PairRow, type RunContext } from "../runs/run-context.ts";
import type { ContainerLink } from "./container-pairs.ts";
import type { ContainerSides } from "./containers-shape.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** What is known of the contents of many containers before any of them is read. */
export interface KnownContents {
  /** Nothing has changed on either side since both were read and dealt with, and nothing is open or due. */
  isQuiet(child: PairRow, link: ContainerLink): Promise<boolean>;
  /** We wrote to it a moment ago: what a listing shows now may be what was before. */
  isSettling(child: PairRow): boolean;
}

/** Reads in ranges what tells which contents have to be looked at; never one container by one. */
export async function readKnownContents(
  context: RunContext,
  sides: ContainerSides,
  children: readonly PairRow[],
): Promise<KnownContents> {
  const { storage, clock } = context.parts;
  const now = clock.now();
  const cursors = new Map<string, Row<"sync_cursors">>();
  const busy = new Set<string>();
  const settling = new Set<string>();
  const windowMs = Math.max(windowOf(sides.a), windowOf(sides.b));
  for (const range of inRanges(children, PAIRS_AT_ONCE)) {
    const pair_id = { in: range.map(({ id }) => id) };
    const [found, due, open, recent] = await Promise.all([
      storage.select({ table: "sync_cursors", where: { pair_id } }),
      storage.select({
        table: "links",
        columns: ["pair_id", "link_key"],
        where: { pair_id, state: { in: ["unmatched", "uncertain", "refused"] }, retry_at: { lte: now } },
      }),
      storage.select({ table: "intents", columns: ["pair_id"], where: { pair_id, state: "prepared" } }),
      storage.select({
        table: "intents",
        columns: ["pair_id"],
        where: { pair_id, updated_at: { gt: now - windowMs } },
      }),
    ]);
    for (const cursor of found) cursors.set(`${cursor.side} ${cursor.pair_id}`, cursor);
    const linked = await linkedIn(context, due);
    for (const row of due) if (isSought(context, row.link_key) && !linked.has(nameOf(row))) busy.add(row.pair_id);
    for (const row of open) busy.add(row.pair_id);
    for (const row of recent) settling.add(row.pair_id);
  }
  const unchanged = async (open: OpenSide, child: PairRow, version: string | undefined) => {
    const cursor = cursors.get(`${open.side} ${child.id}`);
    if (!cursor?.settled || cursor.fingerprint === null || version === undefined) return false;
    // What could not be read may be readable by now, of which no version tells.
    if (cursor.for_a_day && now - cursor.listed_at >= DAY_MS) return false;
    return cursor.fingerprint === (await fingerprintHash(context, open, version));
  };
  return {
    async isQuiet(child, { aId, bId }) {
      if (busy.has(child.id) || aId === undefined || bId === undefined) return false;
      if (child.delete_free || child.confirmed_plan_hash !== null || child.held_plan_hash !== null) return false;
      return (
        (await unchanged(context.from, child, sides.a.facts(aId)?.contentsVersion)) &&
        (await unchanged(context.to, child, sides.b.facts(bId)?.contentsVersion))
      );
    },
    isSettling: ({ id }) => settling.has(id),
  };
}

/** One-way, what only the side that is written has is looked for nowhere. */
function isSought(context: RunContext, key: string): boolean {
  return isTwoWay(context) || key.startsWith(linkKey(context.from.side, ""));
}

type DueLink = Pick<Row<"links">, "pair_id" | "link_key">;

/** What has turned out to be another's counterpart since is sought no more, see `dueForRetry`. */
async function linkedIn({ parts }: RunContext, due: readonly DueLink[]): Promise<ReadonlySet<string>> {
  if (due.length === 0) return new Set();
  const links = await parts.storage.select({
    table: "links",
    columns: ["pair_id", "source_id", "target_id"],
    where: { pair_id: { in: [...new Set(due.map(({ pair_id }) => pair_id))] }, state: "linked" },
  });
  return new Set(
    links.flatMap(({ pair_id, source_id, target_id }) => [
      nameOf({ pair_id, link_key: linkKey("source", source_id ?? "") }),
      nameOf({ pair_id, link_key: linkKey("target", target_id ?? "") }),
    ]),
  );
}

function nameOf({ pair_id, link_key }: DueLink): string {
  return `${pair_id} ${link_key}`;
}

function windowOf({ collection }: ContainerSides["a"]): number {
  return collection.contents.write?.consistencyWindowMs ?? 0;
}
