import type { SideLetter } from "../../reconcile/index.ts";
import { otherThan } from "../../reconcile/index.ts";
import type { DocumentLink } from "./document-links.ts";
import type { DocumentWorld } from "./document-world.ts";
import type { DocumentMatches, Unlinked } from "./match-documents.ts";
import { baseOf, type SeenDocument } from "./seen-document.ts";

type Readings = Pick<DocumentWorld, "hasher" | "readings">;

interface Doubtful {
  readonly links: ReadonlyMap<string, DocumentLink>;
  readonly matches: DocumentMatches;
  readonly unlinked: { readonly [S in SideLetter]: Unlinked };
  /** What other pairs know to be one and the same, A first: as good as linked. */
  readonly chained: ReadonlyMap<string, string>;
  /** What is written here may come back by way of other pairs. */
  readonly inRing: boolean;
}

/**
 * Documents that are there twice, by nobody's wish, are not copied; people are told of them as ambiguous.
 *
 * A second document that carries the marker of a linked one is our own double. And in a ring, so is one that says exactly what a
 * linked one says: another program that copies between two places of it makes such, under names of its own, of what the ring has
 * brought there; copied on, they would be copied again, for ever. Once it is edited it is a document like any other.
 */
export function withDoubles(read: Readings, doubtful: Doubtful): DocumentMatches {
  const { matches, unlinked } = doubtful;
  const ambiguous = { a: new Set(matches.ambiguous.a), b: new Set(matches.ambiguous.b) };
  const matched = { a: new Set(matches.pairs.keys()), b: new Set(matches.pairs.values()) };
  for (const side of ["a", "b"] as const) {
    if (unlinked[side].size === 0) continue;
    const markers = markersOn(read, doubtful, side);
    const contents = doubtful.inRing ? contentsOf(read, doubtful, side) : new Set();
    for (const [id, seen] of unlinked[side]) {
      const isOwn = seen.marker !== undefined && markers.has(seen.marker);
      if (isOwn || (!matched[side].has(id) && contents.size > 0 && contents.has(contentOf(read, seen))))
        ambiguous[side].add(id);
    }
  }
  return { ...matches, ambiguous };
}

function markersOn({ readings }: Readings, { links }: Doubtful, side: SideLetter): ReadonlySet<string> {
  const all = [...links.values()].flatMap((link) => readings[side].seen.get(idOn(link, side) ?? "")?.marker ?? []);
  return new Set(all);
}

/** What linked documents of this side say, or said when both sides last agreed; and what their counterparts say now. */
function contentsOf(read: Readings, { links, chained }: Doubtful, side: SideLetter): ReadonlySet<string> {
  const other = otherThan(side);
  const contents = new Set<string>();
  for (const [a, b] of chained) {
    for (const seen of [read.readings.a.seen.get(a), read.readings.b.seen.get(b)]) {
      if (seen) contents.add(contentOf(read, seen));
    }
  }
  for (const link of links.values()) {
    const id = idOn(link, side);
    if (link.state !== "linked" || id === undefined || isGone(read, side, id)) continue;
    const shown = [read.readings[side].seen.get(id), read.readings[other].seen.get(idOn(link, other) ?? "")];
    for (const seen of shown) if (seen) contents.add(contentOf(read, seen));
    const base = link.base[side];
    if (base) contents.add(base.checksum);
  }
  return contents;
}

function isGone({ readings }: Readings, side: SideLetter, id: string): boolean {
  const { seen, deleted, extent } = readings[side];
  return deleted.has(id) || (extent === "full" && !seen.has(id));
}

function contentOf({ hasher }: Readings, seen: SeenDocument): string {
  return baseOf(hasher, seen).checksum;
}

function idOn(link: DocumentLink, side: SideLetter): string | undefined {
  return side === "a" ? link.aId : link.bId;
}
