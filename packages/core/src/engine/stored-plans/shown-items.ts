import PQueue from "p-queue";
import {
  type AnyProvider,
  collectionOf,
  documentsIn,
  mappingOf,
  type SearchQuery,
  type Session,
} from "../../contract/index.ts";
import { SyncerError } from "../../errors/index.ts";
import type { ItemKindName, NaturalKey, UniversalItem } from "../../items/index.ts";
import type { AnyComparison, ItemMatcher } from "../../matching/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { MatchedBy, OperationKind, Side } from "../plans/plan.ts";
import type { UnmatchedItem } from "../reports/report.ts";
import { policiesOf } from "../requests/match-options.ts";
import { openContainers } from "../requests/pair-containers.ts";
import type { PairRow } from "../runs/run-context.ts";
import { idsOfPlan, type PlanItemRow } from "./store-plan.ts";

/** An item of a stored plan on one side. */
export interface ShownSide {
  /** The service's id of it. */
  readonly id: string;
  /** What it is now, asked of the service for this answer. Content; in memory only. Absent: not asked for, or it cannot be had. */
  readonly item?: UniversalItem | object;
}

/** One line of a stored plan. */
export interface StoredPlanItem {
  /** From 0; names it within its plan. */
  readonly position: number;
  readonly section: PlanItemRow["section"];
  readonly kind?: OperationKind;
  readonly verdict?: UnmatchedItem["verdict"];
  /** The side that is written; of what has no counterpart, the one that has it. */
  readonly side?: Side;
  readonly source?: ShownSide;
  readonly target?: ShownSide;
  /** The service's id of the container that it stands in, on the side that is read from first. */
  readonly containerId?: string;
  /** A code of the reason catalogue. */
  readonly reason: string;
  readonly matchedBy?: MatchedBy;
  /** 0..1 */
  readonly confidence?: number;
  /** How both sides compare as they are now; see `describeMatch`. Only where both are shown. */
  readonly comparison?: AnyComparison;
}

/** What is looked for in a catalogue, and how much of it is enough. */
interface Sought {
  readonly keys: readonly NaturalKey[];
  readonly queries: readonly SearchQuery[];
  readonly most: number;
}

/** How many items one side is asked for at once. */
const AT_ONCE = 4;

/** The ids behind stored rows. */
export async function openItems(
  parts: EngineParts,
  pair: PairRow,
  rows: readonly PlanItemRow[],
): Promise<StoredPlanItem[]> {
  const ids = await idsOfPlan(parts, pair);
  const open = async (side: Side, of: "source" | "target" | "container") => {
    const known = rows.filter((row) => row[`${of}_id`] !== null);
    const [first] = known;
    if (!first) return new Map<PlanItemRow, string>();
    const stored = known.map((row) => ({ key: row[`${of}_id`] ?? "", sealed: row[`${of}_sealed`] }));
    const place = { table: "plan_items", column: `${of}_sealed`, owner: first } as const;
    const opened = await ids[side].open(stored, place);
    return new Map(known.map((row, index) => [row, opened[index] ?? ""]));
  };
  const source = await open("source", "source");
  const target = await open("target", "target");
  const containers = await open(pair.mode === "sync-to" ? "target" : "source", "container");
  const side = (id: string | undefined): ShownSide | undefined => (id === undefined ? undefined : { id });
  return rows.map((row) => {
    const [ofSource, ofTarget, containerId] = [side(source.get(row)), side(target.get(row)), containers.get(row)];
    return {
      position: row.position,
      section: row.section,
      ...(row.kind === null ? {} : { kind: row.kind }),
      ...(row.verdict === null ? {} : { verdict: row.verdict }),
      ...(row.side === null ? {} : { side: row.side }),
      ...(ofSource ? { source: ofSource } : {}),
      ...(ofTarget ? { target: ofTarget } : {}),
      ...(containerId === undefined ? {} : { containerId }),
      reason: row.reason,
      ...(row.matched_by === null ? {} : { matchedBy: row.matched_by }),
      ...(row.confidence === null ? {} : { confidence: row.confidence }),
    };
  });
}

/**
 * The same items with what they are called, asked of the services one by one: the way to show some of a plan of which no content
 * is kept. What cannot be had now is shown by its id.
 */
export async function withNames(
  parts: EngineParts,
  pair: PairRow,
  items: readonly StoredPlanItem[],
  signal: AbortSignal,
): Promise<StoredPlanItem[]> {
  const [source, target] = [
    await ShownItems.of(parts, pair, "source", signal),
    await ShownItems.of(parts, pair, "target", signal),
  ];
  const kind = source?.kind ?? target?.kind;
  const matcher = kind && (await parts.matcher(kind, pair.match_threshold, policiesOf(pair)));
  return await Promise.all(
    items.map(async (item) => {
      const isInside = item.containerId !== undefined;
      const [left, right] = await Promise.all([
        source && item.source && source.get(item.source.id, isInside),
        target && item.target && target.get(item.target.id, isInside),
      ]);
      const comparison = matcher && left && right ? compare(matcher, left, right) : undefined;
      return {
        ...item,
        ...(item.source && left ? { source: { ...item.source, item: left } } : {}),
        ...(item.target && right ? { target: { ...item.target, item: right } } : {}),
        ...(comparison ? { comparison } : {}),
      };
    }),
  );
}

function compare(matcher: ItemMatcher, left: object, right: object): AnyComparison | undefined {
  const prepared = matcher.prepare(right as UniversalItem);
  return matcher.best(matcher.prepare(left as UniversalItem), [{ id: "", prepared }]).match?.comparison;
}

/** One side of a pair, asked for single items. */
export class ShownItems {
  readonly provider: AnyProvider;
  readonly #session: Session;
  readonly #get: (id: string) => Promise<object | undefined>;
  readonly #turns = new PQueue({ concurrency: AT_ONCE });
  readonly #known = new Map<string, Promise<object | undefined>>();
  /** Of what is found in the catalogue; absent where documents are. */
  readonly kind: ItemKindName | undefined;

  private constructor(provider: AnyProvider, session: Session, pair: PairRow, containerId: string | undefined) {
    this.provider = provider;
    this.#session = session;
    const collection = collectionOf(provider, pair.sync_type);
    const ofDocuments =
      (shown: { read: { get(session: Session, id: string): Promise<unknown> }; toUniversal(native: never): object }) =>
      async (id: string) => {
        const found = (await shown.read.get(session, id)) as { readonly state: string; readonly native: never };
        return found.state === "found" ? shown.toUniversal(found.native) : undefined;
      };
    if (collection?.shape === "containers" || collection?.shape === "documents") {
      this.kind = collection.shape === "containers" ? "track" : undefined;
      this.#get = ofDocuments(collection);
    } else if (collection?.shape === "held-documents") {
      this.#get = containerId === undefined ? async () => undefined : ofDocuments(documentsIn(collection, containerId));
    } else {
      this.kind = collection?.kind ?? "track";
      this.#get = (id) => this.#fromCatalogue(id);
    }
  }

  /** @returns `undefined`: the connection cannot be used now */
  static async of(parts: EngineParts, pair: PairRow, side: Side, signal: AbortSignal): Promise<ShownItems | undefined> {
    const connectionId = side === "source" ? pair.source_connection_id : pair.target_connection_id;
    const ref = { tenantId: pair.tenant_id, userId: pair.user_id, connectionId };
    try {
      const provider = parts.registry.get((await parts.connections.get(ref)).service);
      const session = await parts.connections.session({ ...ref, signal });
      return new ShownItems(provider, session, pair, (await openContainers(parts, pair))[side]);
    } catch (error) {
      if (SyncerError.is(error)) return undefined;
      throw error;
    }
  }

  /**
   * @param isInside it stands in a container, and is no container itself
   * @returns `undefined`: it is gone, or the service does not answer now
   */
  get(id: string, isInside: boolean): Promise<object | undefined> {
    const name = `${isInside} ${id}`;
    const asked = this.#known.get(name) ?? this.#ask(isInside ? () => this.#fromCatalogue(id) : () => this.#get(id));
    this.#known.set(name, asked);
    return asked;
  }

  async #ask(find: () => Promise<object | undefined>): Promise<object | undefined> {
    try {
      return await this.#turns.add(find);
    } catch (error) {
      if (SyncerError.is(error)) return undefined;
      throw error;
    }
  }

  /**
   * What the catalogue has under these keys, then for these queries, until there is enough; in its own form.
   * @throws {SyncerError} the service does not answer
   */
  async search({ keys, queries, most }: Sought): Promise<readonly unknown[]> {
    const { lookups = {}, search } = (this.kind && this.provider.catalogues?.[this.kind]) ?? {};
    const found: unknown[] = [];
    for (const { scheme, value } of keys) {
      const hits = await lookups[scheme]?.find(this.#session, [value]);
      found.push(...(hits?.get(value) ?? []));
    }
    for (const query of queries) {
      if (!search || found.length >= most) break;
      found.push(...(await search.find(this.#session, query)));
    }
    return found;
  }

  async #fromCatalogue(id: string): Promise<object | undefined> {
    const kind = this.kind;
    const catalogue = kind && this.provider.catalogues?.[kind];
    if (!kind || !catalogue) return undefined;
    const found = await catalogue.get(this.#session, id);
    const native = found.state === "unknown-id" ? undefined : found.native;
    return native === undefined ? undefined : mappingOf(this.provider, kind)(native);
  }
}
