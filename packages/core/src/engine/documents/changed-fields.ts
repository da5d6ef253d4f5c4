import type { FieldHashes } from "./field-hashes.ts";

/** A side of a document: its fields when both sides last agreed, and now. */
export interface FieldHistory {
  /** Absent: never agreed on. */
  readonly base: FieldHashes | undefined;
  readonly now: FieldHashes;
}

/**
 * Whether a field is another than when both sides last agreed. A field that is not shown now is unknown, and that is no
 * change.
 * @param unknownBefore what counts for a field that is shown now and of which nothing was known then
 */
export function hasChanged({ base, now }: FieldHistory, field: string, unknownBefore: boolean): boolean {
  const hash = now.get(field);
  if (hash === undefined) return false;
  if (!base) return true;
  const before = base.get(field);
  return before === undefined ? unknownBefore : String(before) !== String(hash);
}
