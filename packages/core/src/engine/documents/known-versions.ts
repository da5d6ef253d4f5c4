import type { ItemIds, TenantHasher } from "../../crypto/index.ts";
import type { SideLetter } from "../../reconcile/index.ts";
import type { DocumentLink, DocumentLinks } from "./document-links.ts";
import { versionHash } from "./seen-document.ts";

/**
 * Tells of a side's documents whether they are in step in the version that is shown. A delta that says so of one says nothing new:
 * it is what our own write made, or what the run before has dealt with.
 * @param conflicts keys of links with an open record: those are looked at again
 */
export function knownVersions(
  { links }: DocumentLinks,
  conflicts: ReadonlyMap<string, unknown>,
  letter: SideLetter,
  ids: Pick<ItemIds, "key">,
  hasher: TenantHasher,
): (id: string, version: string) => boolean {
  let versions: ReadonlyMap<string, string> | undefined;
  return (id, version) => {
    // Most deltas tell of nothing.
    versions ??= versionsInStep(links, conflicts, letter);
    return versions.get(ids.key(id)) === versionHash(hasher, version);
  };
}

function versionsInStep(
  links: DocumentLinks["links"],
  conflicts: ReadonlyMap<string, unknown>,
  letter: SideLetter,
): ReadonlyMap<string, string> {
  const versions = new Map<string, string>();
  for (const link of links.values()) {
    const id = letter === "a" ? link.aId : link.bId;
    const version = link.base[letter]?.version;
    if (id !== undefined && version !== undefined && isAtRest(link) && !conflicts.has(link.key)) {
      versions.set(id, version);
    }
  }
  return versions;
}

function isAtRest({ state, aId, bId, retryAtMs }: DocumentLink): boolean {
  return state === "linked" && aId !== undefined && bId !== undefined && retryAtMs === undefined;
}
