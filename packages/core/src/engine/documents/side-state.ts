import type { TenantHasher } from "../../crypto/index.ts";
import type { Presence, SideLetter } from "../../reconcile/index.ts";
import type { DocumentLink } from "./document-links.ts";
import { type FieldHashes, hashFields, readFieldHashes, type SideBase } from "./field-hashes.ts";
import type { DocumentReading } from "./read-documents.ts";
import { type SeenDocument, versionHash } from "./seen-document.ts";

/** Stored keys of documents that this pair wrote so lately that reads may still show the state before. */
export interface SettlingDocuments {
  readonly written: ReadonlySet<string>;
  readonly deleted: ReadonlySet<string>;
}

/** What a link's document on one side is, against what was agreed on. */
export function presenceOf(
  hasher: TenantHasher,
  link: DocumentLink,
  side: SideLetter,
  reading: DocumentReading,
  settling: SettlingDocuments,
): Presence {
  const id = side === "a" ? link.aId : link.bId;
  if (id === undefined) return "absent";
  if (!isTold(reading, id)) return link.base[side] ? "present" : "unknown";
  const seen = reading.seen.get(id);
  if (!seen) {
    if (reading.unreadable.has(id) || settling.written.has(id)) return "unknown";
    return reading.deleted.has(id) || reading.complete ? "absent" : "unknown";
  }
  if (settling.deleted.has(id)) return "unknown";
  if (!isChanged(hasher, link, side, seen)) return "present";
  // A read from before our own write shows what the user had before, which is no news.
  return settling.written.has(id) ? "unknown" : "changed";
}

/** Whether a reading says anything of a document: a delta tells what changed, and a probe only that nothing did. */
export function isTold({ extent, seen, deleted, unreadable }: DocumentReading, id: string | undefined): boolean {
  if (extent === "full") return true;
  return id !== undefined && (seen.has(id) || deleted.has(id) || unreadable.has(id));
}

/** Versions that are equal prove that nothing changed; else the fields decide that both readings know. */
function isChanged(hasher: TenantHasher, link: DocumentLink, side: SideLetter, seen: SeenDocument): boolean {
  const base = link.base[side];
  if (!base) return !link.stale[side];
  if (seen.version !== undefined && base.version === versionHash(hasher, seen.version)) return false;
  return differs(readFieldHashes(base.fields), hashFields(hasher, seen.canonical));
}

export function differs(base: FieldHashes | undefined, now: FieldHashes): boolean {
  if (!base) return false;
  for (const [field, hash] of now) {
    const before = base.get(field);
    if (before !== undefined && String(before) !== String(hash)) return true;
  }
  return false;
}

/** Whether a document is exactly what a base says, as far as both know the fields. */
export function matchesBase(hasher: TenantHasher, base: SideBase | undefined, seen: SeenDocument): boolean {
  return base !== undefined && !differs(readFieldHashes(base.fields), hashFields(hasher, seen.canonical));
}
