import PQueue from "p-queue";
import { DeferredError, type ListedEntry } from "../../contract/index.ts";
import type { ItemKindName, UniversalItem } from "../../items/index.ts";
import type { ItemMatcher } from "../../matching/index.ts";
import type { SideLetter } from "../../reconcile/index.ts";
import { followChains } from "../links/chain.ts";
import { Overruled } from "../overrides/overruled.ts";
import type { MatchInfo } from "../plans/plan.ts";
import { type Reason, reason } from "../plans/reasons.ts";
import type { UnmatchedItem } from "../reports/report.ts";
import { policiesOf } from "../requests/match-options.ts";
import { assertRunning, type RunContext } from "../runs/run-context.ts";
import { CatalogueSearcher, foundBy, notFound, type Prepared } from "./catalogue-search.ts";
import { concernsOneItem } from "./concerns-one-item.ts";
import { heldLibrary } from "./held-library.ts";
import { decideSeekers, type SearchRules } from "./overruled-seekers.ts";

/** An item of one side, looking for its counterpart on the other. */
export interface Seeker {
  /** The key of its link. */
  readonly key: string;
  /** The side that has it, and its id there. */
  readonly origin: SideLetter;
  readonly itemId: string;
  readonly item: UniversalItem;
  /** Only what the other side holds is looked at; its turn to be searched for has not come. */
  readonly heldOnly: boolean;
}

/** What became of a seeker: a counterpart on the other side, or a reason why there is none. */
export type Resolution =
  | { readonly found: true; readonly seeker: Seeker; readonly toId: string; readonly match: MatchInfo }
  | {
      readonly found: false;
      readonly seeker: Seeker;
      readonly verdict: UnmatchedItem["verdict"];
      readonly reason: Reason;
      readonly match?: MatchInfo;
    };

export interface ResolveResult {
  readonly resolutions: readonly Resolution[];
  /** Items of the side that is written which may be what a seeker is: see `HeldLibrary`. */
  readonly doubtful: ReadonlySet<string>;
  /** Set when a service asked for more quiet than a run waits; the seekers not among `resolutions` remain. */
  readonly deferred?: DeferredError;
}

export interface ResolveOptions {
  readonly kind: ItemKindName;
  readonly seekers: readonly Seeker[];
  /** What the other side already holds and no link knows. */
  readonly held: readonly ListedEntry<unknown>[];
  /** Whether the other side has an item, whether a link knows it or not. */
  has(toId: string): boolean;
  readonly threshold: number;
  /** What the user decided; absent: nothing. */
  readonly rules?: SearchRules;
  /** Told of resolutions as they come, in small lots, so that a long run loses little when it is killed. */
  readonly checkpoint?: (resolutions: readonly Resolution[]) => Promise<void>;
}

const CHECKPOINT_EVERY = 200;

const noRules: SearchRules = { overruled: new Overruled([]).flipped(), open: async () => new Map() };

/**
 * Finds counterparts in the cheapest order: what the user named, what the other side already holds and what other pairs
 * know (no request), a lookup by code, a text search with the matcher. No request is made twice, and none for an item that
 * is matched.
 */
export async function resolve(context: RunContext, options: ResolveOptions): Promise<ResolveResult> {
  const { kind } = options;
  const matcher = await context.parts.matcher(kind, options.threshold, policiesOf(context.pair));
  const decided = await decideSeekers(context, options.seekers, options.rules ?? noRules, options.has);
  const resolutions: Resolution[] = [...decided.resolutions];
  const unheld: Prepared[] = [];
  const held = heldLibrary(context.to.provider, kind, matcher, options.held);
  for (const { seeker, allowed } of decided.open) {
    const equal = held.byEquality(seeker.item, allowed);
    if (equal) {
      resolutions.push(foundBy(seeker, equal));
      continue;
    }
    const prepared = matcher.prepare(seeker.item);
    const found = held.byKey(seeker.item, prepared, allowed) ?? held.byMatch(prepared, allowed);
    if (found) resolutions.push(foundBy(seeker, found));
    else if (!seeker.heldOnly) unheld.push({ seeker, prepared, allowed });
  }
  const unknown = await followAll(context, unheld, resolutions);
  const remaining = askEarlier(context, unknown, resolutions);
  const before = resolutions.length;
  const deferred = await searchAll(context, matcher, remaining, resolutions, options);
  for (const each of resolutions.slice(before)) remember(context, each);
  return { resolutions, doubtful: held.doubtful, ...(deferred ? { deferred } : {}) };
}

/** What other pairs of the user know. @returns those that they do not */
async function followAll(
  context: RunContext,
  unheld: readonly Prepared[],
  resolutions: Resolution[],
): Promise<readonly Prepared[]> {
  const { from, to } = context;
  const storedIds = unheld.map(({ seeker }) => from.ids.key(seeker.itemId));
  const chained = await followChains(context, from, to, storedIds);
  return unheld.filter(({ seeker, allowed }) => {
    const item = chained.get(from.ids.key(seeker.itemId));
    if (!item || allowed?.(item.id) === false) return true;
    resolutions.push({ found: true, seeker, toId: item.id, match: { by: "chain", confidence: item.confidence } });
    return false;
  });
}

/** What the same run has looked for already, for another container. @returns what it has not */
function askEarlier(context: RunContext, unknown: readonly Prepared[], resolutions: Resolution[]): readonly Prepared[] {
  return unknown.filter(({ seeker, allowed }) => {
    const earlier = context.resolved?.get(nameOf(context, seeker));
    if (!earlier || (earlier.found && allowed?.(earlier.toId) === false)) return true;
    resolutions.push({ ...earlier, seeker });
    return false;
  });
}

/** What failed may succeed a moment later. */
function remember(context: RunContext, resolution: Resolution): void {
  if (resolution.found || resolution.verdict !== "failed")
    context.resolved?.set(nameOf(context, resolution.seeker), resolution);
}

function nameOf({ from }: RunContext, { itemId }: Seeker): string {
  return `${from.side} ${itemId}`;
}

async function searchAll(
  context: RunContext,
  matcher: ItemMatcher,
  remaining: readonly Prepared[],
  resolutions: Resolution[],
  { kind, checkpoint, has }: ResolveOptions,
): Promise<DeferredError | undefined> {
  const catalogue = context.to.provider.catalogues?.[kind];
  if (!catalogue || remaining.length === 0) return undefined;
  const search = new CatalogueSearcher(context, { kind, catalogue, matcher }, { seekers: remaining, has });
  const queue = new PQueue({ concurrency: context.to.provider.transport.rateLimit.concurrency });
  let deferred: DeferredError | undefined;
  let failure: unknown;
  let saved = resolutions.length;
  let done = 0;

  const one = async (prepared: Prepared) => {
    if (deferred || failure !== undefined) return;
    try {
      assertRunning(context);
      resolutions.push(await search.find(prepared));
      context.progress("resolving", ++done, remaining.length);
      if (checkpoint && resolutions.length - saved >= CHECKPOINT_EVERY) {
        const lot = resolutions.slice(saved);
        saved = resolutions.length;
        await checkpoint(lot);
      }
    } catch (error) {
      if (error instanceof DeferredError) deferred = error;
      else if (concernsOneItem(error))
        resolutions.push(notFound(prepared.seeker, "failed", reason("unmatched.failed", {})));
      else failure ??= error;
    }
  };
  await queue.addAll(remaining.map((each) => () => one(each)));
  // A run that goes on writes these with its intents; one that ends here must not have looked them up for nothing.
  const endsHere = deferred !== undefined || failure !== undefined;
  if (endsHere && checkpoint && resolutions.length > saved) await checkpoint(resolutions.slice(saved));
  if (failure !== undefined) throw failure;
  return deferred;
}
