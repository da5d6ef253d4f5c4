import { sameCanonical } from "../../items/index.ts";
import type { DocumentSide } from "./document-side.ts";
import type { SeenDocument } from "./seen-document.ts";

/** Documents of either side that no link knows, by stored key. */
export type Unlinked = ReadonlyMap<string, SeenDocument>;

export interface DocumentMatches {
  /** Stored keys that stand for the same thing, A first. */
  readonly pairs: ReadonlyMap<string, string>;
  /** By side: documents that may be one of several. Nothing is written for them. */
  readonly ambiguous: { readonly a: ReadonlySet<string>; readonly b: ReadonlySet<string> };
}

/**
 * Finds which unlinked documents of both sides are the same thing: by a global id, else by a natural key. One to one, in
 * an order that does not depend on how they were listed. Where several share a key, those of equal content are paired
 * first; if both sides still have some, nobody can tell which is which.
 * @param known stored keys that are known to stand for the same thing, A first
 */
export function matchDocuments(
  { collection: { kind } }: { readonly collection: Pick<DocumentSide["collection"], "kind"> },
  a: Unlinked,
  b: Unlinked,
  known: ReadonlyMap<string, string> = new Map(),
): DocumentMatches {
  const pairs = new Map(known);
  const ambiguous = { a: new Set<string>(), b: new Set<string>() };
  const taken = { a: new Set(known.keys()), b: new Set(known.values()) };
  const sorted = { a: [...a.keys()].sort(), b: [...b.keys()].sort() };
  const keyings = [
    ({ item }: SeenDocument) => kind.globalId?.(item),
    ({ item }: SeenDocument) => kind.matchKey?.(item)?.normalize("NFC").trim(),
  ];
  for (const keyOf of keyings) {
    const left = byKey(a, sorted.a, taken.a, keyOf);
    const right = byKey(b, sorted.b, taken.b, keyOf);
    for (const [key, ids] of left) {
      const others = right.get(key);
      if (!others) continue;
      const { found, rest } = pairUp(ids, others, a, b);
      for (const [id, other] of found) {
        pairs.set(id, other);
        taken.a.add(id);
        taken.b.add(other);
      }
      if (rest.a.length === 0 || rest.b.length === 0) continue;
      for (const side of ["a", "b"] as const) {
        for (const id of rest[side]) {
          ambiguous[side].add(id);
          taken[side].add(id);
        }
      }
    }
  }
  return { pairs, ambiguous };
}

function byKey(
  documents: Unlinked,
  ids: readonly string[],
  taken: ReadonlySet<string>,
  keyOf: (seen: SeenDocument) => string | undefined,
): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const id of ids) {
    const seen = documents.get(id);
    const key = seen && !taken.has(id) ? keyOf(seen) : undefined;
    if (!key) continue;
    const group = groups.get(key);
    if (group) group.push(id);
    else groups.set(key, [id]);
  }
  return groups;
}

interface PairedUp {
  readonly found: readonly (readonly [a: string, b: string])[];
  readonly rest: { readonly a: readonly string[]; readonly b: readonly string[] };
}

/** Equal content first; then the one and only of either side. */
function pairUp(ids: readonly string[], others: readonly string[], a: Unlinked, b: Unlinked): PairedUp {
  const found: [string, string][] = [];
  const left: string[] = [];
  const free = new Set(others);
  const candidates = ids.length === 1 && others.length === 1 ? () => [] : byCommonContent(ids, others, a, b);
  for (const id of ids) {
    const seen = a.get(id);
    const equal = seen && takeEqual(seen, candidates(seen), b);
    if (equal === undefined) {
      left.push(id);
      continue;
    }
    found.push([id, equal]);
    free.delete(equal);
  }
  const [id, another] = left;
  const [other, yetAnother] = free;
  if (id !== undefined && another === undefined && other !== undefined && yetAnother === undefined) {
    return { found: [...found, [id, other]], rest: { a: [], b: [] } };
  }
  return { found, rest: { a: left, b: [...free] } };
}

/** The first that equals it, which is no candidate any more. */
function takeEqual(seen: SeenDocument, candidates: string[], b: Unlinked): string | undefined {
  const at = candidates.findIndex((id) => {
    const other = b.get(id);
    return other !== undefined && sameCanonical(seen.canonical, other.canonical);
  });
  return at < 0 ? undefined : candidates.splice(at, 1)[0];
}

/**
 * Which of `others` may equal a document: those that are the same in the fields that all of them show. Thousands may
 * share a key (notes without a title of their own), so that each cannot be held against each.
 */
function byCommonContent(
  ids: readonly string[],
  others: readonly string[],
  a: Unlinked,
  b: Unlinked,
): (seen: SeenDocument) => string[] {
  const all = [...ids.map((id) => a.get(id)), ...others.map((id) => b.get(id))];
  const fields = [...(all[0]?.canonical.keys() ?? [])].filter((field) => all.every((one) => one?.canonical.has(field)));
  const contentOf = ({ canonical }: SeenDocument) => JSON.stringify(fields.map((field) => canonical.get(field)));
  const groups = new Map<string, string[]>();
  for (const id of others) {
    const seen = b.get(id);
    const content = seen && contentOf(seen);
    if (content === undefined) continue;
    const group = groups.get(content);
    if (group) group.push(id);
    else groups.set(content, [id]);
  }
  return (seen) => groups.get(contentOf(seen)) ?? [];
}
