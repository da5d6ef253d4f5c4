import { canonicalText, type RulesInForce } from "../../items/index.ts";
import type { DocumentSide } from "./document-side.ts";
import { patchesOf, pick } from "./patch-entries.ts";

/**
 * The fields of a document that say something, and that the other side has no place for: `field.<name>`, in order. What the pair was
 * asked to leave out is no loss.
 */
export function fieldLosses({ collection, fields }: DocumentSide, { own = {} }: RulesInForce, item: object): string[] {
  const shapes: Readonly<Record<string, string>> = collection.kind.fields;
  const isLost = ([field, value]: readonly [string, unknown]) =>
    ["value", "set", "map", "patches", "list"].includes(shapes[field] ?? "") &&
    !fields.includes(field) &&
    !(field in own) &&
    !isEmpty(value) &&
    canonicalText(value) !== canonicalText(collection.kind.blank?.[field]);
  const all = Object.entries(item);
  const patches = patchesOf(collection.kind, item).flatMap(([, entries]) =>
    Object.values(entries).flatMap((entry) => Object.entries(pick(entry, () => true))),
  );
  const lost = [...all, ...patches].filter(isLost).map(([field]) => `field.${field}`);
  return [...new Set(lost)].sort();
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
