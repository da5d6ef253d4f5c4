import PQueue from "p-queue";
import { type Catalogue, DeferredError, type ListedEntry, mappingOf, ServiceError } from "../../contract/index.ts";
import { SyncerError } from "../../errors/index.ts";
import { itemKinds, type UniversalTrack } from "../../items/index.ts";
import type { Candidate, Matcher, PreparedTrack } from "../../matching/index.ts";
import type { SideLetter } from "../../reconcile/index.ts";
import { followChains } from "../links/chain.ts";
import type { MatchedBy, MatchInfo } from "../plans/plan.ts";
import { type Reason, reason } from "../plans/reasons.ts";
import type { UnmatchedItem } from "../reports/report.ts";
import { assertRunning, type RunContext } from "../runs/run-context.ts";
import { type Found, foundAmong, heldLibrary } from "./held-library.ts";

/** An item of one side, looking for its counterpart on the other. */
export interface Seeker {
  /** The key of its link. */
  readonly key: string;
  /** The side that has it, and its id there. */
  readonly origin: SideLetter;
  readonly itemId: string;
  readonly item: UniversalTrack;
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
  readonly seekers: readonly Seeker[];
  /** What the other side already holds and no link knows. */
  readonly held: readonly ListedEntry<unknown>[];
  /** Whether the other side has an item, whether a link knows it or not. */
  has(toId: string): boolean;
  readonly threshold: number;
  /** Told of resolutions as they come, in small lots, so that a long run loses little when it is killed. */
  readonly checkpoint?: (resolutions: readonly Resolution[]) => Promise<void>;
}

const CHECKPOINT_EVERY = 200;

/**
 * Finds counterparts in the cheapest order: what the other side already holds and what other pairs know (no request), a
 * lookup by ISRC, a text search with the matcher. Each request is made once per item at most, and only while the item is still unmatched.
 */
export async function resolve(context: RunContext, options: ResolveOptions): Promise<ResolveResult> {
  const matcher = await context.parts.matcher(options.threshold);
  const resolutions: Resolution[] = [];
  const unheld: Prepared[] = [];
  const held = heldLibrary(context.to.provider, matcher, options.held);
  for (const seeker of options.seekers) {
    const equal = held.byEquality(seeker.item);
    if (equal) {
      resolutions.push(foundBy(seeker, equal));
      continue;
    }
    const prepared = matcher.prepare(seeker.item);
    const found = held.byKey(seeker.item, prepared) ?? held.byMatch(prepared);
    if (found) resolutions.push(foundBy(seeker, found));
    else if (!seeker.heldOnly) unheld.push({ seeker, prepared });
  }
  const remaining = await followAll(context, unheld, resolutions);
  const deferred = await searchAll(context, matcher, remaining, resolutions, options);
  return { resolutions, doubtful: held.doubtful, ...(deferred ? { deferred } : {}) };
}

interface Prepared {
  readonly seeker: Seeker;
  readonly prepared: PreparedTrack;
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
  return unheld.filter(({ seeker }) => {
    const item = chained.get(from.ids.key(seeker.itemId));
    if (!item) return true;
    resolutions.push({ found: true, seeker, toId: item.id, match: { by: "chain", confidence: item.confidence } });
    return false;
  });
}

async function searchAll(
  context: RunContext,
  matcher: Matcher,
  remaining: readonly Prepared[],
  resolutions: Resolution[],
  { checkpoint, has }: ResolveOptions,
): Promise<DeferredError | undefined> {
  const { catalogue } = context.to.provider;
  if (!catalogue || remaining.length === 0) return undefined;
  const search = new CatalogueSearcher(context, catalogue, matcher, has);
  const queue = new PQueue({ concurrency: context.to.provider.transport.rateLimit.concurrency });
  let deferred: DeferredError | undefined;
  let failure: unknown;
  let saved = resolutions.length;
  let done = 0;

  const one = async ({ seeker, prepared }: (typeof remaining)[number]) => {
    if (deferred || failure !== undefined) return;
    try {
      assertRunning(context);
      resolutions.push(await search.find(seeker, prepared));
      context.progress("resolving", ++done, remaining.length);
      if (checkpoint && resolutions.length - saved >= CHECKPOINT_EVERY) {
        const lot = resolutions.slice(saved);
        saved = resolutions.length;
        await checkpoint(lot);
      }
    } catch (error) {
      if (error instanceof DeferredError) deferred = error;
      else if (concernsOneItem(error)) resolutions.push(notFound(seeker, "failed", reason("unmatched.failed", {})));
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

/** A search that fails for one item must not end the run; what concerns the service as a whole must. */
function concernsOneItem(error: unknown): boolean {
  if (error instanceof ServiceError)
    return (
      error.failure.kind === "invalid" || error.failure.kind === "not-found" || error.failure.kind === "unavailable"
    );
  return SyncerError.is(error) && error.code === "service.malformed-answer";
}

/** The catalogue of the side that is written, asked for one item after another. */
class CatalogueSearcher {
  readonly #context: RunContext;
  readonly #catalogue: Catalogue;
  readonly #matcher: Matcher;
  readonly #toTrack: (native: unknown) => UniversalTrack;
  readonly #has: (id: string) => boolean;

  constructor(context: RunContext, catalogue: Catalogue, matcher: Matcher, has: (id: string) => boolean) {
    this.#context = context;
    this.#catalogue = catalogue;
    this.#matcher = matcher;
    this.#has = has;
    this.#toTrack = mappingOf(context.to.provider, "track");
  }

  async find(seeker: Seeker, prepared: PreparedTrack): Promise<Resolution> {
    let best: { readonly verdict: Found; readonly matched: boolean } | undefined;
    for (const step of this.#steps(seeker.item)) {
      const candidates = await step.find();
      if (candidates.length === 0) continue;
      const verdict = this.#judge(prepared, candidates, step.by);
      if (!verdict) {
        if (step.last) break;
        continue;
      }
      const matched = verdict.verdict === "matched";
      if (!best || verdict.confidence > best.verdict.confidence) best = { verdict, matched };
      if (matched || step.last) break;
    }
    if (!best)
      return notFound(
        seeker,
        "not-found",
        reason("unmatched.not-found", { to: this.#context.to.provider.displayName }),
      );
    const { verdict, matched } = best;
    if (!matched) {
      return notFound(
        seeker,
        "uncertain",
        reason("unmatched.uncertain", { confidence: verdict.confidence }),
        infoOf(verdict),
      );
    }
    if (verdict.candidate.playable === false) {
      return notFound(
        seeker,
        "unplayable",
        reason("unmatched.unplayable", { to: this.#context.to.provider.displayName }),
        infoOf(verdict),
      );
    }
    return foundBy(seeker, verdict);
  }

  /** A search by fields that gave anything is the last: plain words would only give more of the wrong. */
  *#steps(
    item: UniversalTrack,
  ): Generator<{ by: MatchedBy; last: boolean; find: () => Promise<readonly UniversalTrack[]> }> {
    const { session } = this.#context.to;
    const { lookups, search } = this.#catalogue;
    for (const { scheme, value } of itemKinds.track.naturalKeys(item)) {
      const lookup = lookups[scheme];
      if (!lookup) continue;
      yield {
        by: "lookup",
        last: false,
        find: async () => ((await lookup.find(session, [value])).get(value) ?? []).map(this.#toTrack),
      };
    }
    if (!search) return;
    const artist = item.artists[0];
    const query = { by: "fields", title: searchTitle(item.title), ...(artist ? { artist } : {}) } as const;
    yield { by: "search", last: true, find: async () => (await search.find(session, query)).map(this.#toTrack) };
    const words = { by: "words", words: [artist, searchTitle(item.title)].filter(Boolean).join(" ") } as const;
    yield { by: "search", last: true, find: async () => (await search.find(session, words)).map(this.#toTrack) };
  }

  #judge(prepared: PreparedTrack, tracks: readonly UniversalTrack[], by: MatchedBy): Found | undefined {
    const service = this.#context.to.provider.name;
    const byId = new Map(tracks.map((track) => [track.externalIds[service] ?? "", track]));
    byId.delete("");
    // Of recordings that are as good, one that is there already: the others would come to stand beside it.
    const thereFirst = [...byId].sort(([left], [right]) => Number(this.#has(right)) - Number(this.#has(left)));
    const candidates = thereFirst.map(
      ([id, track], rank): Candidate => ({
        id,
        prepared: this.#matcher.prepare(track),
        rank,
        ...(track.playable === undefined ? {} : { playable: track.playable }),
      }),
    );
    const best = this.#matcher.best(prepared, candidates);
    return foundAmong(best, by, (id) => byId.get(id));
  }
}

/** Brackets and dash tails keep many a service's search from finding anything; the matcher weighs them afterwards. */
function searchTitle(title: string): string {
  const bare = title
    .replace(/\s[([][^()[\]]*[)\]]/g, "")
    .replace(/\s[-–—]\s.*$/, "")
    .trim();
  return bare || title;
}

function infoOf({ by, confidence, comparison, candidate }: Found): MatchInfo {
  return { by, confidence, candidate, ...(comparison ? { comparison } : {}) };
}

function foundBy(seeker: Seeker, found: Found): Resolution {
  return { found: true, seeker, toId: found.toId, match: infoOf(found) };
}

function notFound(seeker: Seeker, verdict: UnmatchedItem["verdict"], why: Reason, match?: MatchInfo): Resolution {
  return { found: false, seeker, verdict, reason: why, ...(match ? { match } : {}) };
}
