import type { StoredItemId } from "../../crypto/index.ts";
import type { Row, Statement, StorageAdapter } from "../../ports/index.ts";
import type { LinkFacts, LinkState } from "../../reconcile/index.ts";
import type { SideBase } from "../documents/field-hashes.ts";
import type { MatchedBy, Side } from "../plans/plan.ts";
import type { OpenSide, RunContext } from "../runs/run-context.ts";
import { turnedState } from "./link-states.ts";
import { wishedStatements } from "./rings.ts";

/** A stored link, seen in the direction of a run. Ids are stored keys: see {@link OpenSide.ids}. */
export interface StoredLink extends LinkFacts {
  readonly generation: number;
  readonly attempts: number;
  readonly retryAtMs?: number;
  readonly matchedBy?: MatchedBy;
  readonly confidence?: number;
  /** An override speaks against what is stored, which is in this state: see `release`. */
  readonly was?: LinkState;
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
  const state = turnedState(row.state, from);
  if (state === "dropped" || state === "oscillating" || state === "superseded") return undefined;
  const origin = row.link_key.startsWith(from) ? "a" : "b";
  const { link_key: key, alias, generation, attempts, retry_at, matched_by, confidence } = row;
  // Nearly all links of a library are these. Made in one piece they take less than half of the memory.
  if (aId !== null && bId !== null && retry_at === null && matched_by !== null && confidence !== null) {
    return { key, origin, state, alias, generation, attempts, aId, bId, matchedBy: matched_by, confidence };
  }
  // Assigned one by one: this runs once per item of a library, and spreading optional parts would double its cost.
  const link: { -readonly [K in keyof StoredLink]: StoredLink[K] } = {
    key,
    origin,
    state,
    alias,
    generation,
    attempts,
  };
  if (aId !== null) link.aId = aId;
  if (bId !== null) link.bId = bId;
  if (retry_at !== null) link.retryAtMs = retry_at;
  if (matched_by !== null) link.matchedBy = matched_by;
  if (confidence !== null) link.confidence = confidence;
  return link;
}

/** In which state it has to be found when what was decided about it is carried out. */
export function stateOf({ state, was }: StoredLink): { readonly state: LinkState; readonly repoints?: true } {
  return was === undefined ? { state } : { state: was, repoints: true };
}

/** The key of the link of an item that was first seen on this side. */
export function linkKey(side: Side, storedId: string): string {
  return `${side}:${storedId}`;
}

/** What a link shall be. Ids are the services' own, not stored keys. */
export interface LinkRecord {
  readonly key: string;
  readonly fromId?: string;
  readonly toId?: string;
  /** Stored keys, for an id that is no more and that nobody can open again. */
  readonly stored?: { readonly from?: string; readonly to?: string };
  readonly state: LinkState | "oscillating" | "superseded" | "dropped";
  readonly reason: string | null;
  readonly alias: boolean;
  readonly generation: number;
  readonly attempts: number;
  readonly retryAtMs?: number;
  readonly matchedBy?: MatchedBy;
  readonly confidence?: number;
  /** Of documents: what both sides are now that they agree. A reference has nothing but its presence. */
  readonly document?: DocumentBases;
  /** Of a reference: the side that it was taken from. */
  readonly removedFrom?: Side;
  /** When somebody wished it so, as far as that is known: see {@link Wish}. */
  readonly wishedAtMs?: number;
  /** Of a link that goes without a write: see {@link LinkPrecondition}. */
  readonly goneFrom?: readonly ("from" | "to")[];
}

interface DocumentBases {
  readonly from?: SideBase;
  readonly to?: SideBase;
  /** They do not agree: what they last agreed on stays. */
  readonly keepsBase?: true;
  readonly turns: number;
  readonly lastWritten?: Side;
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
  const fromStored = await sealOnSide(from, idsByKey(records, "fromId"), owner);
  const toStored = await sealOnSide(to, idsByKey(records, "toId"), owner);
  const rows = records.map((record): Row<"links"> => {
    const sides = {
      [from.side]: { id: fromStored.get(record.key), key: record.stored?.from, base: record.document?.from },
      [to.side]: { id: toStored.get(record.key), key: record.stored?.to, base: record.document?.to },
    };
    return {
      ...owner,
      link_key: record.key,
      source_id: sides.source?.id?.key ?? sides.source?.key ?? null,
      target_id: sides.target?.id?.key ?? sides.target?.key ?? null,
      source_sealed: sides.source?.id?.sealed ?? null,
      target_sealed: sides.target?.id?.sealed ?? null,
      // A reference is its presence: it has no content to hash and no version.
      source_checksum: sides.source?.base?.checksum ?? null,
      target_checksum: sides.target?.base?.checksum ?? null,
      source_version: sides.source?.base?.version ?? null,
      target_version: sides.target?.base?.version ?? null,
      source_fields: sides.source?.base?.fields ?? null,
      target_fields: sides.target?.base?.fields ?? null,
      source_modified_at: sides.source?.base?.modifiedAtMs ?? null,
      target_modified_at: sides.target?.base?.modifiedAtMs ?? null,
      turns: record.document?.turns ?? 0,
      last_written: record.document?.lastWritten ?? record.removedFrom ?? null,
      state: turnedState(record.state, from.side),
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
  const wishes = wishedStatements(
    context,
    records.map((record, index) => {
      const { source_id = null, target_id = null } = rows[index] ?? {};
      const [fromKey, toKey] = from.side === "source" ? [source_id, target_id] : [target_id, source_id];
      return { ...record, fromKey, toKey };
    }),
  );
  return [...writtenRows(pair.id, records, rows), ...seenInStep(context, rows), ...wishes, unsettleCursors(pair.id)];
}

/** What disagrees keeps what it last agreed on: a row that is there is changed, and only made where there is none. */
function writtenRows(pairId: string, records: readonly LinkRecord[], rows: readonly Row<"links">[]): Statement[] {
  const kept = new Set(records.filter(({ document }) => document?.keepsBase).map(({ key }) => key));
  const replaced = rows.filter(({ link_key }) => !kept.has(link_key));
  const statements: Statement[] = [];
  if (replaced.length > 0) statements.push({ insert: "links", rows: replaced, onConflict: "replace" });
  for (const row of rows) {
    if (!kept.has(row.link_key)) continue;
    const { state, reason, retry_at, turns, updated_at, generation } = row;
    // Where a document has another id by now, that is known without any new agreement.
    const { source_id, source_sealed, target_id, target_sealed } = row;
    const ids = {
      ...(source_id === null ? {} : { source_id, source_sealed }),
      ...(target_id === null ? {} : { target_id, target_sealed }),
    };
    statements.push(
      { insert: "links", rows: [row], onConflict: "ignore" },
      {
        update: "links",
        set: { state, reason, retry_at, turns, updated_at, generation, ...ids },
        where: { pair_id: pairId, link_key: row.link_key },
      },
    );
  }
  return statements;
}

/** Makes the next run list both sides, unless this one gets to save its cursors. */
export function unsettleCursors(pairId: string): Statement {
  return { update: "sync_cursors", set: { settled: false }, where: { pair_id: pairId } };
}

function idsByKey(records: readonly LinkRecord[], side: "fromId" | "toId"): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const record of records) {
    const id = record[side];
    if (id !== undefined) ids.set(record.key, id);
  }
  return ids;
}

async function sealOnSide(
  side: OpenSide,
  ids: ReadonlyMap<string, string>,
  owner: { tenant_id: string; pair_id: string },
): Promise<ReadonlyMap<string, StoredItemId>> {
  const column = side.side === "source" ? "source_sealed" : "target_sealed";
  const stored = await side.ids.seal([...ids.values()], { table: "links", column, owner });
  const byKey = new Map<string, StoredItemId>();
  for (const [index, key] of [...ids.keys()].entries()) {
    const one = stored[index];
    if (one) byKey.set(key, one);
  }
  return byKey;
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
      gone: false,
      wished_at: null,
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
  from: Side,
): Promise<Map<string, Pick<Row<"links">, "state" | "generation">>> {
  const stamps = new Map<string, Pick<Row<"links">, "state" | "generation">>();
  for (let start = 0; start < keys.length; start += 500) {
    const rows = await storage.select({
      table: "links",
      columns: ["link_key", "state", "generation"],
      where: { pair_id: pairId, link_key: { in: keys.slice(start, start + 500) } },
    });
    for (const { link_key, state, generation } of rows)
      stamps.set(link_key, { state: turnedState(state, from), generation });
  }
  return stamps;
}
