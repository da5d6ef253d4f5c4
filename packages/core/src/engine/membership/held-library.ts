import { type AnyProvider, type ListedEntry, mappingOf } from "../../contract/index.ts";
import { type ItemKindName, naturalKeysOf, type UniversalItem } from "../../items/index.ts";
import {
  type AnyComparison,
  type BestMatch,
  type Candidate,
  createItemIndex,
  type ItemMatcher,
} from "../../matching/index.ts";
import type { MatchedBy } from "../plans/plan.ts";
import { equalInWords } from "./equal-in-words.ts";
import type { Allowed } from "./overruled-seekers.ts";

/** A counterpart, or the best candidate for one. */
export interface Found {
  readonly toId: string;
  readonly by: MatchedBy;
  readonly verdict: BestMatch["verdict"];
  readonly confidence: number;
  readonly comparison?: AnyComparison;
  readonly candidate: UniversalItem;
}

/** Equal in everything that is known of both: the matcher's highest verdict without its work. */
const CERTAIN = 0.999;

/** What the side that is written holds and no link knows yet. Looking into it costs no request. */
export interface HeldLibrary {
  /** The one that has the same key and is equal in words; several such copies are for the matcher to choose from. */
  byEquality(item: UniversalItem, allowed?: Allowed): Found | undefined;
  byKey(item: UniversalItem, prepared: object, allowed?: Allowed): Found | undefined;
  byMatch(prepared: object, allowed?: Allowed): Found | undefined;
  /** Items that may be what something on the other side is, too unsure to be written, and too likely to be pruned. */
  readonly doubtful: ReadonlySet<string>;
}

/** What the side that is written holds already: by natural key, and by what the matcher makes of it. */
export function heldLibrary(
  provider: AnyProvider,
  kind: ItemKindName,
  matcher: ItemMatcher,
  held: readonly ListedEntry<unknown>[],
): HeldLibrary {
  const toItem = mappingOf(provider, kind);
  const items = new Map<string, UniversalItem>();
  const byNaturalKey = new Map<string, string[]>();
  for (const entry of held) {
    if (entry.state !== "listed") continue;
    const item = toItem(entry.native);
    items.set(entry.id, item);
    for (const { scheme, value } of naturalKeysOf(kind, item)) {
      const key = `${scheme}:${value}`;
      const ids = byNaturalKey.get(key);
      if (ids) ids.push(entry.id);
      else byNaturalKey.set(key, [entry.id]);
    }
  }
  const index = createItemIndex(matcher);
  const doubtful = new Set<string>();
  let indexed = false;
  const verdictOn = (prepared: object, candidates: readonly Candidate<object>[], by: MatchedBy): Found | undefined => {
    const best = matcher.best(prepared, candidates);
    if (best.verdict === "uncertain" && best.match) doubtful.add(best.match.id);
    return best.verdict === "matched" ? foundAmong(best, by, (id) => items.get(id)) : undefined;
  };
  return {
    doubtful,
    byEquality(item: UniversalItem, allowed?: Allowed): Found | undefined {
      for (const { scheme, value } of naturalKeysOf(kind, item)) {
        const [id, another] = among(byNaturalKey.get(`${scheme}:${value}`) ?? [], allowed);
        const candidate = id !== undefined && another === undefined ? items.get(id) : undefined;
        if (id !== undefined && candidate && equalInWords(kind, item, candidate)) {
          return { toId: id, by: "held-key", verdict: "matched", confidence: CERTAIN, candidate };
        }
      }
      return undefined;
    },
    byKey(item: UniversalItem, prepared: object, allowed?: Allowed): Found | undefined {
      for (const { scheme, value } of naturalKeysOf(kind, item)) {
        const ids = byNaturalKey.get(`${scheme}:${value}`);
        if (!ids) continue;
        const candidates = among(ids, allowed).flatMap((id) => {
          const candidate = items.get(id);
          return candidate ? [{ id, prepared: matcher.prepare(candidate) }] : [];
        });
        const found = verdictOn(prepared, candidates, "held-key");
        if (found) return found;
      }
      return undefined;
    },
    byMatch(prepared: object, allowed?: Allowed): Found | undefined {
      if (items.size === 0) return undefined;
      // Built when the first item needs it: where every item has a key, it never is.
      if (!indexed) for (const [id, item] of items) index.add(id, matcher.prepare(item));
      indexed = true;
      const candidates = index.candidates(prepared);
      const offered = allowed ? candidates.filter(({ id }) => allowed(id)) : candidates;
      return verdictOn(prepared, offered, "held-match");
    },
  };
}

function among(ids: readonly string[], allowed: Allowed): readonly string[] {
  return allowed ? ids.filter(allowed) : ids;
}

export function foundAmong(
  { verdict, match }: BestMatch<AnyComparison>,
  by: MatchedBy,
  itemOf: (id: string) => UniversalItem | undefined,
): Found | undefined {
  const candidate = match && itemOf(match.id);
  if (!match || !candidate) return undefined;
  return { toId: match.id, by, verdict, confidence: match.confidence, comparison: match.comparison, candidate };
}
