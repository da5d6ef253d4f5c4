import { HASH_FORMAT, type TenantHasher } from "../../crypto/index.ts";
import type { Canonical, CanonicalField } from "../../items/index.ts";

/** 96 bits: enough to tell the forms of one field apart, short enough to keep for every field. */
const LENGTH = 16;

/** Keyed hashes of a document's fields, by field: one, or one for each element of a set. */
export type FieldHashes = ReadonlyMap<string, string | readonly string[]>;

/** What a link keeps of a side of a document: hashes and times, no content. */
export interface SideBase {
  /** Over all fields; equal if and only if all field hashes are. */
  readonly checksum: string;
  /** In the stored form of the column class `field-hashes`. */
  readonly fields: string;
  /** Keyed hash of the service's own version. */
  readonly version?: string;
  readonly modifiedAtMs?: number;
}

export function hashFields(hasher: TenantHasher, canonical: Canonical): FieldHashes {
  const hashes = new Map<string, string | readonly string[]>();
  for (const [field, value] of canonical) hashes.set(field, hashField(hasher, field, value));
  return hashes;
}

function hashField(hasher: TenantHasher, field: string, value: CanonicalField): string | readonly string[] {
  if (typeof value === "string") return shortHash(hasher, field, value);
  return value.map((element) => shortHash(hasher, field, element));
}

/** The hash of one value of a field, or of one element of a set. */
export function shortHash(hasher: TenantHasher, field: string, text: string): string {
  const full = hasher.hash("field", `${field}\n${text}`);
  return full.slice(full.indexOf(".") + 1).slice(0, LENGTH);
}

/** Fields in the order of their names, so that equal hashes give equal text. */
export function writeFieldHashes(hashes: FieldHashes): string {
  const parts = [...hashes].sort(([a], [b]) => (a < b ? -1 : 1));
  const text = parts.map(([field, hash]) => `${field}=${typeof hash === "string" ? hash : `[${hash.join(",")}]`}`);
  return `${HASH_FORMAT}:${text.join(";")}`;
}

/** Whether they are in today's format. Those of another are made anew, never taken for an edit. */
export function isOfToday(text: string): boolean {
  return text.startsWith(`${HASH_FORMAT}:`);
}

/** @returns `undefined` for another format than today's */
export function readFieldHashes(text: string | undefined): FieldHashes | undefined {
  if (text === undefined || !isOfToday(text)) return undefined;
  const hashes = new Map<string, string | readonly string[]>();
  for (const part of text.slice(text.indexOf(":") + 1).split(";")) {
    const at = part.indexOf("=");
    if (at < 0) continue;
    const value = part.slice(at + 1);
    const elements = value.startsWith("[") ? value.slice(1, -1).split(",").filter(Boolean) : value;
    hashes.set(part.slice(0, at), elements);
  }
  return hashes;
}

/** What is shown now over what was known before: a field that a service does not show this time keeps what it had. */
export function overBase(base: FieldHashes | undefined, now: FieldHashes): FieldHashes {
  return base ? new Map([...base, ...now]) : now;
}

export function checksumOf(hasher: TenantHasher, fields: string): string {
  return hasher.hash("document", fields);
}

/** Whether a side is what a write would make of it, in each field that it would write. */
export function holdsAlready(base: SideBase | undefined, meant: string | undefined): boolean {
  const now = readFieldHashes(base?.fields);
  const wanted = readFieldHashes(meant);
  if (!now || !wanted) return false;
  for (const [field, hash] of wanted) if (String(now.get(field)) !== String(hash)) return false;
  return true;
}
