import type { Index } from "@syncer/core";

/** The longest name that PostgreSQL keeps whole. It cuts a longer one without a word, and two may be one by then. */
const LONGEST = 63;
const HASH_DIGITS = 8;

/**
 * What an index is called: after its table (with the host's prefix), its columns and, of a partial one, its condition. A
 * name that would be too long ends in a hash of what it leaves out, so that no two are one.
 */
export function indexName(table: string, index: Index): string {
  return boundedName(ownPart(table), wholeIndexName(table, index));
}

/** The whole name or, if it is too long, its beginning (the own part of it in any case) and a hash. */
export function boundedName(own: string, whole: string): string {
  if (whole.length <= LONGEST) return whole;
  return `${whole.slice(0, Math.max(own.length, LONGEST - HASH_DIGITS - 1))}_${hashOf(whole)}`;
}

/** The name at its full length, which indexes had before version 4. */
export function wholeIndexName(table: string, { columns, where }: Index): string {
  const suffix = where ? `_where_${where.column}_${String(where.is).replaceAll("-", "_")}` : "";
  return `${ownPart(table)}${columns.join("_")}${suffix}`;
}

/** That it begins so is how a migration tells our indexes from a host's. */
function ownPart(table: string): string {
  return `${table}_by_`;
}

/** FNV-1a, 32 bits: the names are ours and few, and each of them has the same hash for ever. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(16).padStart(HASH_DIGITS, "0");
}
