import type { LinkSet, StoredLink } from "../links/links.ts";
import type { Overruled } from "../overrides/overruled.ts";
import { isUnresolved } from "./read-sides.ts";

/**
 * What has waited long enough for another search, or has been given a counterpart by the user. Not what has turned out
 * to be another's counterpart since: it has one, and would be due, and all of its side read, for ever.
 */
export function dueForRetry({ links }: LinkSet, now: number, overruled: Overruled): Set<string> {
  const due = new Map<string, StoredLink>();
  for (const link of links.values()) if (isUnresolved(link) && isDue(link, now, overruled)) due.set(link.key, link);
  if (due.size === 0) return new Set();
  const linked = new Set<string>();
  for (const { state, aId, bId } of links.values()) if (state === "linked") linked.add(`a:${aId}`).add(`b:${bId}`);
  for (const [key, { origin, aId, bId }] of due) {
    if (linked.has(origin === "a" ? `a:${aId}` : `b:${bId}`)) due.delete(key);
  }
  return new Set(due.keys());
}

function isDue(link: StoredLink, now: number, overruled: Overruled): boolean {
  const { origin, aId, bId, retryAtMs } = link;
  const [own, other] = origin === "a" ? [aId, bId] : [bId, aId];
  // What an override has put to rest has no time; it rests while the override stands.
  if (own !== undefined && retryAtMs === undefined && overruled.isAlone(origin, own)) return false;
  if ((retryAtMs ?? 0) <= now) return true;
  const named = own === undefined ? [] : overruled.sameAs(origin, own);
  return named.length > 0 && !wasRefused(link, named, other);
}

/** The service did not take what the user named: that rests like everything that is refused. */
function wasRefused({ state, matchedBy }: StoredLink, named: readonly string[], other: string | undefined): boolean {
  return state === "refused" && matchedBy === "override" && other !== undefined && named.includes(other);
}
