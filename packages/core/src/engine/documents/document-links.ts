import type { Row, StorageAdapter } from "../../ports/index.ts";
import type { LinkState, SideLetter } from "../../reconcile/index.ts";
import { turnedState } from "../links/link-states.ts";
import type { Side } from "../plans/plan.ts";
import { isOfToday, type SideBase } from "./field-hashes.ts";

/** A stored link of two documents, seen in the direction of a run. Ids are stored keys. */
export interface DocumentLink {
  readonly key: string;
  readonly aId: string | undefined;
  readonly bId: string | undefined;
  readonly origin: SideLetter;
  readonly state: LinkState | "oscillating";
  readonly generation: number;
  /** What each side was when both last agreed; absent if they never did, or if it was hashed in an older format. */
  readonly base: { readonly [S in SideLetter]: SideBase | undefined };
  /** Hashed in an older format: to be hashed anew, and never taken for an edit. */
  readonly stale: { readonly [S in SideLetter]: boolean };
  readonly turns: number;
  readonly lastWritten: SideLetter | undefined;
  readonly attempts: number;
  readonly retryAtMs: number | undefined;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface DocumentLinks {
  readonly links: ReadonlyMap<string, DocumentLink>;
  /** Generations of links that were dropped. */
  readonly tombstones: ReadonlyMap<string, number>;
  /** By side, stored keys of ids that were replaced by others: late news of them is ignored. */
  readonly superseded: { readonly [S in SideLetter]: ReadonlySet<string> };
}

const PAGE = 1_000;

/** Without ciphertexts, which are most of a row: ids are opened when they are needed, see `ItemIdBook`. */
const columns = [
  "link_key",
  "source_id",
  "target_id",
  "source_checksum",
  "target_checksum",
  "source_version",
  "target_version",
  "source_fields",
  "target_fields",
  "source_modified_at",
  "target_modified_at",
  "turns",
  "last_written",
  "state",
  "generation",
  "attempts",
  "retry_at",
  "created_at",
  "updated_at",
] as const satisfies readonly (keyof Row<"links">)[];

type LinkRow = Pick<Row<"links">, (typeof columns)[number]>;

/** Reads all links of a pair, in ranges. What has rested for its day is linked again. */
export async function readDocumentLinks(
  storage: StorageAdapter,
  pairId: string,
  from: Side,
  nowMs: number,
): Promise<DocumentLinks> {
  const links = new Map<string, DocumentLink>();
  const tombstones = new Map<string, number>();
  const superseded = { a: new Set<string>(), b: new Set<string>() };
  for (let after: string[] | undefined; ; ) {
    const rows = await storage.select({
      table: "links",
      columns,
      where: { pair_id: pairId },
      orderBy: ["link_key"],
      limit: PAGE,
      ...(after ? { after } : {}),
    });
    for (const row of rows) {
      const rested = row.state === "oscillating" && (row.retry_at ?? 0) <= nowMs;
      const state = rested ? "linked" : turnedState(row.state, from);
      const [aId, bId] = from === "source" ? [row.source_id, row.target_id] : [row.target_id, row.source_id];
      if (state === "dropped") tombstones.set(row.link_key, row.generation);
      else if (state === "superseded") {
        if (aId !== null) superseded.a.add(aId);
        if (bId !== null) superseded.b.add(bId);
      } else links.set(row.link_key, toLink(row, state, from));
    }
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return { links, tombstones, superseded };
    after = [last.link_key];
  }
}

function toLink(row: LinkRow, state: DocumentLink["state"], from: Side): DocumentLink {
  const source = baseOfSide(row.source_checksum, row.source_fields, row.source_version, row.source_modified_at);
  const target = baseOfSide(row.target_checksum, row.target_fields, row.target_version, row.target_modified_at);
  const sourceFirst = from === "source";
  const written = row.last_written;
  return {
    key: row.link_key,
    aId: (sourceFirst ? row.source_id : row.target_id) ?? undefined,
    bId: (sourceFirst ? row.target_id : row.source_id) ?? undefined,
    origin: row.link_key.startsWith(from) ? "a" : "b",
    state,
    generation: row.generation,
    base: sourceFirst ? { a: source.base, b: target.base } : { a: target.base, b: source.base },
    stale: sourceFirst ? { a: source.stale, b: target.stale } : { a: target.stale, b: source.stale },
    turns: row.turns,
    lastWritten: written === null ? undefined : written === from ? "a" : "b",
    attempts: row.attempts,
    retryAtMs: row.retry_at ?? undefined,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
  };
}

function baseOfSide(
  checksum: string | null,
  fields: string | null,
  version: string | null,
  modifiedAtMs: number | null,
): { readonly base: SideBase | undefined; readonly stale: boolean } {
  if (checksum === null || fields === null) return { base: undefined, stale: false };
  if (!isOfToday(fields)) return { base: undefined, stale: true };
  const base = {
    checksum,
    fields,
    ...(version === null ? {} : { version }),
    ...(modifiedAtMs === null ? {} : { modifiedAtMs }),
  };
  return { base, stale: false };
}

/** Written on one side and then on the other within that time, a document goes back and forth. */
const TURN_MS = 60 * 60 * 1000;

/** How often in a row a document has changed sides, once it is written on that one. */
export function turnsAfter({ lastWritten, turns, updatedAtMs }: DocumentLink, on: SideLetter, atMs: number): number {
  if (lastWritten === undefined || lastWritten === on) return 0;
  return atMs - updatedAtMs < TURN_MS ? turns + 1 : 0;
}
