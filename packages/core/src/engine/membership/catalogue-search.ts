import { type Catalogue, mappingOf } from "../../contract/index.ts";
import { type ItemKindName, naturalKeysOf, type UniversalItem } from "../../items/index.ts";
import type { Candidate, ItemMatcher, VerdictReason } from "../../matching/index.ts";
import type { MatchedBy, MatchInfo } from "../plans/plan.ts";
import { type Reason, reason } from "../plans/reasons.ts";
import type { UnmatchedItem } from "../reports/report.ts";
import type { RunContext } from "../runs/run-context.ts";
import { type Found, foundAmong } from "./held-library.ts";
import { Lookups } from "./lookups.ts";
import type { Allowed } from "./overruled-seekers.ts";
import type { Resolution, Seeker } from "./resolve.ts";
import { searchQueries } from "./search-queries.ts";

/** A seeker with its item taken apart for the matcher. */
export interface Prepared {
  readonly seeker: Seeker;
  readonly prepared: object;
  readonly allowed?: Allowed;
}

/** What is known of one seeker so far. */
interface Hunt extends Prepared {
  best?: Found;
  /** Of those that were refused, why the most alike was. */
  refusal?: VerdictReason;
  readonly offered: Set<string>;
  /** Something was offered that the user ruled out. */
  ruledOut: boolean;
}

/** Where items of one kind are looked for, and what compares them. */
interface Place {
  readonly kind: ItemKindName;
  readonly catalogue: Catalogue;
  readonly matcher: ItemMatcher;
}

/**
 * The catalogue of the side that is written, asked for one item after another: by code, then in words. A code is never
 * trusted without the matcher, and an empty answer to one is never the end.
 */
export class CatalogueSearcher {
  readonly #context: RunContext;
  readonly #kind: ItemKindName;
  readonly #catalogue: Catalogue;
  readonly #matcher: ItemMatcher;
  readonly #toItem: (native: unknown) => UniversalItem;
  readonly #has: (id: string) => boolean;
  readonly #lookups: ReadonlyMap<string, Lookups>;

  constructor(
    context: RunContext,
    { kind, catalogue, matcher }: Place,
    { seekers, has }: { readonly seekers: readonly Prepared[]; has(id: string): boolean },
  ) {
    this.#context = context;
    this.#kind = kind;
    this.#catalogue = catalogue;
    this.#matcher = matcher;
    this.#has = has;
    this.#toItem = mappingOf(context.to.provider, kind);
    const keys = seekers.flatMap(({ seeker }) => naturalKeysOf(kind, seeker.item));
    this.#lookups = new Map(
      Object.entries(catalogue.lookups).map(([scheme, lookup]) => {
        const ofScheme = keys.filter((key) => key.scheme === scheme).map(({ value }) => value);
        return [scheme, new Lookups(context.to.session, lookup, ofScheme)];
      }),
    );
  }

  async find(prepared: Prepared): Promise<Resolution> {
    const hunt: Hunt = { ...prepared, offered: new Set(), ruledOut: false };
    if (!(await this.#lookUp(hunt))) await this.#search(hunt);
    return this.#conclude(hunt);
  }

  /** @returns whether that settles it, as of all below */
  async #lookUp(hunt: Hunt): Promise<boolean> {
    for (const { scheme, value } of naturalKeysOf(this.#kind, hunt.seeker.item)) {
      const found = await this.#lookups.get(scheme)?.find(value);
      if (found && this.#weigh(hunt, found, "lookup")) return true;
    }
    return false;
  }

  /**
   * One query for nearly every item. A page that is neither empty nor full shows all that there is: plain words would
   * only give more of the wrong.
   */
  async #search(hunt: Hunt): Promise<boolean> {
    const { search } = this.#catalogue;
    if (!search) return false;
    const { first, wider, narrower } = searchQueries(this.#kind, hunt.seeker.item, this.#matcher.romanise);
    const found = await search.find(this.#context.to.session, first);
    if (this.#weigh(hunt, found, "search")) return true;
    const others = found.length === 0 ? wider : found.length >= search.limit ? narrower : [];
    for (const query of others) {
      if (this.#weigh(hunt, await search.find(this.#context.to.session, query), "search")) return true;
    }
    return false;
  }

  /** What is sure but not playable does not settle it: another copy may be. */
  #weigh(hunt: Hunt, natives: readonly unknown[], by: MatchedBy): boolean {
    const service = this.#context.to.provider.name;
    const byId = new Map(natives.map(this.#toItem).map((item) => [item.externalIds[service] ?? "", item]));
    byId.delete("");
    for (const id of byId.keys()) {
      if (hunt.allowed?.(id) === false) hunt.ruledOut = byId.delete(id);
    }
    if (byId.size === 0) return false;
    for (const id of byId.keys()) hunt.offered.add(id);
    // Of recordings that are as good, one that is there already: the others would come to stand beside it.
    const thereFirst = [...byId].sort(([left], [right]) => Number(this.#has(right)) - Number(this.#has(left)));
    const candidates = thereFirst.map(
      ([id, item], rank): Candidate<object> => ({ id, prepared: this.#matcher.prepare(item), rank }),
    );
    const verdict = this.#matcher.best(hunt.prepared, candidates);
    const found = foundAmong(verdict, by, (id) => byId.get(id));
    if (!found) hunt.refusal = likelier(hunt.refusal, verdict.reason);
    else if (!hunt.best || worth(found) > worth(hunt.best)) hunt.best = found;
    return hunt.best !== undefined && isUsable(hunt.best);
  }

  #conclude({ seeker, best, refusal, offered, ruledOut }: Hunt): Resolution {
    const to = this.#context.to.provider.displayName;
    if (offered.size === 0 && ruledOut) return notFound(seeker, "not-found", reason("unmatched.ruled-out", { to }));
    if (!best) return notFound(seeker, "not-found", whyNot(to, offered.size, refusal));
    if (isUsable(best)) return foundBy(seeker, best);
    if (best.verdict === "matched")
      return notFound(seeker, "unplayable", reason("unmatched.unplayable", { to }), infoOf(best));
    const { confidence } = best;
    return notFound(seeker, "uncertain", reason("unmatched.uncertain", { confidence }), infoOf(best));
  }
}

function isUsable({ verdict, candidate }: Found): boolean {
  return verdict === "matched" && !("playable" in candidate && candidate.playable === false);
}

/** Playable before sure, sure before likely. */
function worth(found: Found): number {
  return (isUsable(found) ? 2 : found.verdict === "matched" ? 1 : 0) + found.confidence;
}

function likelier(known: VerdictReason | undefined, other: VerdictReason): VerdictReason {
  if (!known || other.code !== "none.too-unlike") return known ?? other;
  return known.code === "none.too-unlike" && known.params.confidence >= other.params.confidence ? known : other;
}

function whyNot(to: string, offered: number, refusal: VerdictReason | undefined): Reason {
  if (refusal?.code === "none.refused") return reason("unmatched.refused", { to, offered, sign: refusal.params.veto });
  if (refusal?.code === "none.too-unlike" && refusal.params.sign)
    return reason("unmatched.refused", { to, offered, sign: refusal.params.sign });
  if (refusal?.code !== "none.too-unlike") return reason("unmatched.not-found", { to });
  return reason("unmatched.unlike", { to, offered, confidence: refusal.params.confidence });
}

function infoOf({ by, confidence, comparison, candidate }: Found): MatchInfo {
  return { by, confidence, candidate, ...(comparison ? { comparison } : {}) };
}

export function foundBy(seeker: Seeker, found: Found): Resolution {
  return { found: true, seeker, toId: found.toId, match: infoOf(found) };
}

export function notFound(
  seeker: Seeker,
  verdict: UnmatchedItem["verdict"],
  why: Reason,
  match?: MatchInfo,
): Resolution {
  return { found: false, seeker, verdict, reason: why, ...(match ? { match } : {}) };
}
