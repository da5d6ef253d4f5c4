import type { Row, Statement, StorageAdapter } from "../ports/index.ts";
import type { LinkFacts, LinkState } from "../reconcile/index.ts";
import type { MatchedBy, Side } from "./plan.ts";
import type { OpenSide, RunContext } from "./run-context.ts";

/** A stored link, seen in the direction of a run. Ids are stored keys: see {@link OpenSide.ids}. */
export interface StoredLink extends LinkFacts {
  readonly generation: number;
  readonly attempts: number;
  readonly retryAtMs?: number;
  readonly matchedBy?: MatchedBy;
  readonly confidence?: number;
}

const PAGE = 2_000;

const columns = [
  "link_key",
  "source_id",
  "target_id",
  "state",
  "alias",
  "generation",
  "attempts",
  "retry_at",
  "matched_by",
  "confidence",
] as const satisfies readonly (keyof Row<"links">)[];

/** The links of a pair as one direction sees them. */
export interface LinkSet {
  readonly links: ReadonlyMap<string, StoredLink>;
  /** Generations of links that were dropped: the same item added again is a new decision. */
  readonly tombstones: ReadonlyMap<string, number>;
}

/** Reads all links of a pair, in ranges. */
export async function readLinks(storage: StorageAdapter, pairId: string, from: Side): Promise<LinkSet> {
  const links = new Map<string, StoredLink>();
  const tombstones = new Map<string, number>();
  let after: string[] | undefined;
  while (true) {
    const rows = await storage.select({
      table: "links",
      columns,
      where: { pair_id: pairId },
      orderBy: ["link_key"],
      limit: PAGE,
      ...(after ? { after } : {}),
    });
    for (const row of rows) {
      const link = toLink(row, from);
      if (link) links.set(link.key, link);
      else if (row.state === "dropped") tombstones.set(row.link_key, row.generation);
    }
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return { links, tombstones };
    after = [last.link_key];
  }
}

function toLink(row: Pick<Row<"links">, (typeof columns)[number]>, from: Side): StoredLink | undefined {
  const aId = from === "source" ? row.source_id : row.target_id;
  const bId = from === "source" ? row.target_id : row.source_id;
  if (aId === null || row.state === "conflict" || row.state === "dropped") return undefined;
  // Assigned one by one: this runs once per item of a library, and spreading optional parts would double its cost.
  const link: { -readonly [K in keyof StoredLink]: StoredLink[K] } = {
    key: row.link_key,
    aId,
    state: row.state,
    alias: row.alias,
    generation: row.generation,
    attempts: row.attempts,
  };
  if (bId !== null) link.bId = bId;
  if (row.retry_at !== null) link.retryAtMs = row.retry_at;
  if (row.matched_by !== null) link.matchedBy = row.matched_by;
  if (row.confidence !== null) link.confidence = row.confidence;
  return link;
}

/** The key of the link of an item that was first seen on this side. */
export function linkKey(side: Side, storedId: string): string {
  return `${side}:${storedId}`;
}

/** What a link shall be. Ids are the services' own, not stored keys. */
export interface LinkRecord {
  readonly key: string;
  readonly fromId: string;
  readonly toId?: string;
  readonly state: LinkState | "dropped";
  readonly reason: string | null;
  readonly alias: boolean;
  readonly generation: number;
  readonly attempts: number;
  readonly retryAtMs?: number;
  readonly matchedBy?: MatchedBy;
  readonly confidence?: number;
}

/**
 * The statements that write these links, and that both items were seen in step where they are linked. The cursors were
 * saved with the links as they were, so until the run saves them anew a probe stands for nothing.
 */
export async function writeLinks(context: RunContext, records: readonly LinkRecord[]): Promise<Statement[]> {
  if (records.length === 0) return [];
  const { pair, from, to, parts } = context;
  const now = parts.clock.now();
  const owner = { tenant_id: pair.tenant_id, pair_id: pair.id };
  const fromStored = await sealOnSide(
    from,
    records.map(({ fromId }) => fromId),
    owner,
  );
  const withTo = records.filter(({ toId }) => toId !== undefined);
  const toSealed = await sealOnSide(
    to,
    withTo.map(({ toId }) => toId ?? ""),
    owner,
  );
  const toStored = new Map(withTo.map((record, index) => [record.key, toSealed[index]]));
  const rows = records.map((record, index): Row<"links"> => {
    const sides = { [from.side]: fromStored[index], [to.side]: toStored.get(record.key) };
    return {
      ...owner,
      link_key: record.key,
      source_id: sides.source?.key ?? null,
      target_id: sides.target?.key ?? null,
      source_sealed: sides.source?.sealed ?? null,
      target_sealed: sides.target?.sealed ?? null,
      // An entry of a membership is its presence: it has no content to hash and no version.
      source_checksum: null,
      target_checksum: null,
      source_version: null,
      target_version: null,
      state: record.state,
      reason: record.reason,
      alias: record.alias,
      matched_by: record.matchedBy ?? null,
      confidence: record.confidence ?? null,
      generation: record.generation,
      attempts: record.attempts,
      retry_at: record.retryAtMs ?? null,
      created_at: now,
      updated_at: now,
    };
  });
  return [{ insert: "links", rows, onConflict: "replace" }, ...seenInStep(context, rows), unsettleCursors(pair.id)];
}

/** Makes the next run list both sides, unless this one gets to save its cursors. */
export function unsettleCursors(pairId: string): Statement {
  return { update: "sync_cursors", set: { settled: false }, where: { pair_id: pairId } };
}

function sealOnSide(side: OpenSide, ids: readonly string[], owner: { tenant_id: string; pair_id: string }) {
  return side.ids.seal(ids, {
    table: "links",
    column: side.side === "source" ? "source_sealed" : "target_sealed",
    owner,
  });
}

/** `sync_metadata`: that an item of a connection was seen in step now, and how often that was. */
function seenInStep({ pair, from, to, parts }: RunContext, links: readonly Row<"links">[]): Statement[] {
  const now = parts.clock.now();
  return [from, to].flatMap((side): Statement[] => {
    const ids = new Set(
      links.flatMap(({ state, source_id, target_id }) =>
        state === "linked" ? ((side.side === "source" ? source_id : target_id) ?? []) : [],
      ),
    );
    if (ids.size === 0) return [];
    const item = { connection_id: side.connectionId, item_type: pair.sync_type };
    const rows = [...ids].map((external_id) => ({
      ...item,
      external_id,
      tenant_id: pair.tenant_id,
      checksum: null,
      last_modified_at: null,
      last_sync_at: now,
      sync_count: 0,
      created_at: now,
      updated_at: now,
    }));
    return [
      { insert: "sync_metadata", rows, onConflict: "ignore" },
      {
        update: "sync_metadata",
        set: { last_sync_at: now, updated_at: now },
        increment: { sync_count: 1 },
        where: { ...item, external_id: { in: [...ids] } },
      },
    ];
  });
}

/** A link that was dropped and comes again is a new one. */
export function nextGeneration(tombstones: ReadonlyMap<string, number>, key: string): number {
  const dropped = tombstones.get(key);
  return dropped === undefined ? 0 : dropped + 1;
}

/** Whether links are still as planned; read in ranges, not one by one. */
export async function readLinkStamps(
  storage: StorageAdapter,
  pairId: string,
  keys: readonly string[],
): Promise<Map<string, Pick<Row<"links">, "state" | "generation">>> {
  const stamps = new Map<string, Pick<Row<"links">, "state" | "generation">>();
  for (let start = 0; start < keys.length; start += 500) {
    const rows = await storage.select({
      table: "links",
      columns: ["link_key", "state", "generation"],
      where: { pair_id: pairId, link_key: { in: keys.slice(start, start + 500) } },
    });
    for (const { link_key, state, generation } of rows) stamps.set(link_key, { state, generation });
  }
  return stamps;
}
