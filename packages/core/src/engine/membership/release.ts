import type { SideLetter } from "../../reconcile/index.ts";
import type { LinkSet, StoredLink } from "../links/links.ts";
import type { Overruled } from "../overrides/overruled.ts";

/** A link that an override speaks against: its item looks for another counterpart. Ids are stored keys. */
export interface Released {
  readonly key: string;
  readonly origin: SideLetter;
  readonly ownId: string;
  /** What stood for it on the other side, and does so no more. */
  readonly letGo: string;
  readonly state: StoredLink["state"];
}

export interface Release {
  /** The links without what overrides speak against. */
  readonly stored: LinkSet;
  readonly released: readonly Released[];
}

/** States in which a link says that its two items stand for each other. */
const standing: ReadonlySet<StoredLink["state"]> = new Set(["linked", "pending", "suppressed"]);

/**
 * Takes from links what overrides speak against. Their items are as if they had not been matched yet, and both sides are
 * read as new. Nothing is written: a run that ends here finds the same again. Pure.
 */
export function release(stored: LinkSet, overruled: Overruled): Release {
  const { links, tombstones } = stored;
  const against: StoredLink[] = [];
  for (const link of links.values()) if (link.state !== "detached" && overruled.contradicts(link)) against.push(link);
  if (against.length === 0) return { stored, released: [] };
  const kept = new Map(links);
  for (const link of against) kept.set(link.key, alone(link));
  const released = against.flatMap(({ key, origin, state, aId, bId }): Released[] => {
    if (aId === undefined || bId === undefined || !standing.has(state)) return [];
    const [ownId, letGo] = origin === "a" ? [aId, bId] : [bId, aId];
    return [{ key, origin, ownId, letGo, state }];
  });
  return { stored: { links: kept, tombstones }, released };
}

/** What stood is due at once; what had been refused rests on. */
function alone({ aId, bId, matchedBy: _, confidence: __, ...link }: StoredLink): StoredLink {
  const own = link.origin === "a" ? { aId } : { bId };
  const id = own.aId === undefined && own.bId === undefined ? {} : (own as { aId: string } | { bId: string });
  if (!standing.has(link.state)) return { ...link, ...id };
  return { ...link, ...id, alias: false, state: "unmatched", was: link.state, attempts: 0, retryAtMs: 0 };
}
