import type { TenantHasher } from "../../crypto/index.ts";
import { type Canonical, canonicalText, type DocumentKind, mapEntries } from "../../items/index.ts";
import type { SideLetter } from "../../reconcile/index.ts";
import { hasChanged } from "./changed-fields.ts";
import { type FieldHashes, hashFields, shortHash } from "./field-hashes.ts";

/** One side of a merge: the document now, and what it was when both sides last agreed. */
export interface MergeSide {
  readonly item: object;
  readonly canonical: Canonical;
  readonly base: FieldHashes | undefined;
}

/**
 * Merges two documents field by field: what only one side changed is taken from it; what both changed to different
 * things is `preferred`'s; sets become base + additions of both − removals of both. Without a base each field counts as
 * changed on both sides. The base is hashes only: enough to tell which side changed what. Maps are merged name by name, likewise.
 *
 * @returns the fields that were changed, as both sides shall have them
 */
export function mergeDocuments(
  hasher: TenantHasher,
  kind: DocumentKind<object>,
  sides: { readonly [S in SideLetter]: MergeSide },
  preferred: SideLetter,
): object {
  const merged: Record<string, unknown> = {};
  const fields = new Set([...sides.a.canonical.keys(), ...sides.b.canonical.keys()]);
  const shapes: Readonly<Record<string, string>> = kind.fields;
  for (const field of [...fields].sort()) {
    const changed = (["a", "b"] as const).filter((side) => isChanged(hasher, field, sides[side]));
    const [only] = changed;
    // What nobody changed stays as it is on either side, in whatever form.
    if (only === undefined) continue;
    const merge = changed.length > 1 ? mergeOf[shapes[field] ?? ""] : undefined;
    const winner = changed.length > 1 ? preferred : only;
    merged[field] = merge?.(hasher, field, sides, preferred) ?? Reflect.get(sides[winner].item, field);
  }
  return merged;
}

function isChanged(hasher: TenantHasher, field: string, { canonical, base }: MergeSide): boolean {
  const now = hashFields(hasher, new Map([...canonical].filter(([name]) => name === field)));
  return hasChanged({ base, now }, field, true);
}

/** Each element by itself: it stays if both have it, or if one has it and the other did not take it away. */
function mergeSet(
  hasher: TenantHasher,
  field: string,
  { a, b }: { readonly [S in SideLetter]: MergeSide },
  preferred: SideLetter,
): unknown {
  const left = elementsOf(a, field);
  const right = elementsOf(b, field);
  if (!left || !right) return Reflect.get((left ? a : b).item, field);
  const hadA = hashesOf(a.base, field);
  const hadB = hashesOf(b.base, field);
  const merged: unknown[] = [];
  const [first, second] = preferred === "a" ? [left, right] : [right, left];
  for (const [text, element] of new Map([...second, ...first])) {
    const hash = shortHash(hasher, field, text);
    const removedOnA = hadA?.has(hash) === true && !left.has(text);
    const removedOnB = hadB?.has(hash) === true && !right.has(text);
    if (!removedOnA && !removedOnB) merged.push(element);
  }
  return merged;
}

/** What one side changed is taken from it; where both did, an edit goes before a removal, and the preferred edit before the other. */
function mergeMap(
  hasher: TenantHasher,
  field: string,
  sides: { readonly [S in SideLetter]: MergeSide },
  preferred: SideLetter,
): unknown {
  const [a, b] = [entriesOf(sides.a, field), entriesOf(sides.b, field)];
  if (!a || !b) return undefined;
  const had = { a: hashesOf(sides.a.base, field), b: hashesOf(sides.b.base, field) };
  const isChanged = (side: SideLetter, name: string, text: string | undefined) =>
    text === undefined
      ? had[side]?.has(shortHash(hasher, field, canonicalText(name))) === true
      : had[side]?.has(shortHash(hasher, field, text)) !== true;
  const merged: [string, unknown][] = [];
  for (const name of [...new Set([...a.keys(), ...b.keys()])].sort()) {
    const entries = { a: a.get(name), b: b.get(name) };
    const changed = (["a", "b"] as const).filter((side) => isChanged(side, name, entries[side]?.text));
    const edited = changed.filter((side) => entries[side] !== undefined);
    const winner = changed.length === 1 ? changed[0] : edited.length === 1 ? edited[0] : preferred;
    const entry = entries[winner ?? preferred];
    if (entry) merged.push([name, entry.value]);
  }
  return Object.fromEntries(merged);
}

const mergeOf: Readonly<Record<string, typeof mergeSet | undefined>> = {
  set: mergeSet,
  map: mergeMap,
  patches: mergeMap,
};

function entriesOf({ item, canonical }: MergeSide, field: string) {
  return canonical.has(field) ? mapEntries(Reflect.get(item, field)) : undefined;
}

function elementsOf({ item, canonical }: MergeSide, field: string): Map<string, unknown> | undefined {
  if (!canonical.has(field)) return undefined;
  const value: unknown = Reflect.get(item, field);
  return Array.isArray(value) ? new Map(value.map((element) => [canonicalText(element), element])) : undefined;
}

function hashesOf(base: FieldHashes | undefined, field: string): ReadonlySet<string> | undefined {
  const hashes = base?.get(field);
  return typeof hashes === "object" ? new Set(hashes) : undefined;
}
