import { mappingOf } from "../../contract/index.ts";
import { InvalidRequestError } from "../../errors/index.ts";
import { naturalKeysOf, type UniversalItem } from "../../items/index.ts";
import type { AnyComparison } from "../../matching/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import { searchQueries } from "../membership/search-queries.ts";
import type { Side } from "../plans/plan.ts";
import { policiesOf } from "../requests/match-options.ts";
import type { PairRow } from "../runs/run-context.ts";
import { ShownItems, type StoredPlanItem } from "./shown-items.ts";

/** What an item could be on the other side. */
export interface Alternative {
  /** The service's id of it. */
  readonly id: string;
  /** Content; in memory only. */
  readonly item: UniversalItem;
  /** 0..1, to be read as a probability. Absent: it is not like enough to say. */
  readonly confidence?: number;
  readonly comparison?: AnyComparison;
}

/** More than anybody looks at. */
const MOST = 20;
/** Searches in words, beside one request for each natural key. */
const QUERIES = 3;

/**
 * Looks in the other side's catalogue for whatever a line's item could be, whether or not it is sure: by its codes, then in words.
 * @throws {InvalidRequestError} the line has no item that a catalogue knows
 * @throws {SyncerError} the service of the other side fails
 */
export async function findAlternatives(
  parts: EngineParts,
  pair: PairRow,
  line: StoredPlanItem,
  signal: AbortSignal,
): Promise<readonly Alternative[]> {
  const from = sideWith(line);
  const id = line[from]?.id;
  const reader = await ShownItems.of(parts, pair, from, signal);
  const other = await ShownItems.of(parts, pair, from === "source" ? "target" : "source", signal);
  const kind = reader?.kind;
  if (id === undefined || !reader || !other || !kind) throw none("the line has no item that a catalogue knows");
  const item = (await reader.get(id, line.containerId !== undefined)) as UniversalItem | undefined;
  if (!item) throw none("its item cannot be had from its service now");
  const matcher = await parts.matcher(kind, pair.match_threshold, policiesOf(pair));
  const { first, wider } = searchQueries(kind, item, matcher.romanise);
  const natives = await other.search({
    keys: naturalKeysOf(kind, item),
    queries: [first, ...wider].slice(0, QUERIES),
    most: MOST,
  });
  const found = natives.map(mappingOf(other.provider, kind)) as UniversalItem[];
  const byId = new Map(found.map((each) => [each.externalIds[other.provider.name] ?? "", each]));
  byId.delete("");
  const sought = matcher.prepare(item);
  const offers = [...byId].map(([candidateId, each]): Alternative => {
    const { match } = matcher.best(sought, [{ id: candidateId, prepared: matcher.prepare(each) }]);
    const likeness = match ? { confidence: match.confidence, comparison: match.comparison } : {};
    return { id: candidateId, item: each, ...likeness };
  });
  return offers.sort((left, right) => (right.confidence ?? -1) - (left.confidence ?? -1)).slice(0, MOST);
}

/** The side whose item is looked for on the other one. */
function sideWith({ section, side, source }: StoredPlanItem): Side {
  if (section === "unmatched") return side ?? "source";
  if (side === undefined) return source ? "source" : "target";
  return side === "source" ? "target" : "source";
}

function none(problem: string): InvalidRequestError {
  return new InvalidRequestError("request.invalid", { path: "request.position", problem });
}
