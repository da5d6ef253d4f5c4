import type { TenantHasher } from "../../crypto/index.ts";
import type { Row } from "../../ports/index.ts";
import { otherThan, type SideLetter } from "../../reconcile/index.ts";
import type { ConflictRow } from "./conflict-records.ts";
import type { DocumentLink } from "./document-links.ts";
import type { DocumentSides } from "./document-side.ts";
import {
  checksumOf,
  type FieldHashes,
  overBase,
  readFieldHashes,
  type SideBase,
  writeFieldHashes,
} from "./field-hashes.ts";
import type { DocumentReading } from "./read-documents.ts";
import { baseOf, type SeenDocument } from "./seen-document.ts";
import { differs, type SettlingDocuments } from "./side-state.ts";

/** No call lasts so long, repeated or not. */
const CALL_MS = 120_000;

/** A call whose outcome was never recorded. */
export interface OpenDocumentIntent {
  readonly id: string;
  readonly side: SideLetter;
  readonly kind: Row<"intents">["kind"];
  readonly operationId: string;
  readonly linkKey: string;
  /** Stored key of the document; empty where it was to be created. */
  readonly writtenId: string;
  readonly meant: string | undefined;
  readonly atMs: number;
  /** It took back what a run had done. */
  readonly undo: boolean;
  /** So short a time ago that a read may not show it yet. */
  readonly settling: boolean;
}

/** What recovery goes by. */
export interface Found {
  readonly hasher: TenantHasher;
  readonly sides: DocumentSides;
  readonly readings: { readonly [S in SideLetter]: DocumentReading };
  readonly settling: { readonly [S in SideLetter]: SettlingDocuments };
  /** Open ones, by link. */
  readonly conflicts: ReadonlyMap<string, ConflictRow>;
}

export function isAsMeant(
  { meant }: OpenDocumentIntent,
  seen: SeenDocument | undefined,
  hasher: TenantHasher,
): boolean {
  const fields = readFieldHashes(meant);
  const now = seen && readFieldHashes(baseOf(hasher, seen).fields);
  return fields !== undefined && now !== undefined && !differs(fields, now);
}

/** What was meant for a side, where the document is another because somebody has edited it since. */
export function baseAfter(
  intent: OpenDocumentIntent,
  letter: SideLetter,
  link: DocumentLink,
  seen: SeenDocument,
  found: Found,
): SideBase {
  const { hasher } = found;
  const now = baseOf(hasher, seen);
  const meant = meantFor(intent, letter, link);
  if (!meant || !differs(meant, readFieldHashes(now.fields) ?? new Map())) return now;
  if (!isEditedSince(intent, letter, seen, found)) return now;
  const fields = writeFieldHashes(meant);
  return { fields, checksum: checksumOf(hasher, fields) };
}

/** An update says what all of the document shall be, a merge only what was changed. */
function meantFor({ kind, meant }: OpenDocumentIntent, letter: SideLetter, { base }: DocumentLink) {
  const fields = readFieldHashes(meant);
  return fields && kind === "merge" ? overBase(readFieldHashes(base[letter]?.fields), fields) : fields;
}

/**
 * Where documents read back as they were written, any other form is an edit. Elsewhere it may be the service's own form of
 * what it was given, unless it was changed by the service's clock when the call had long ended.
 */
function isEditedSince(
  { atMs }: OpenDocumentIntent,
  letter: SideLetter,
  { modifiedAtMs }: SeenDocument,
  { sides, readings }: Found,
): boolean {
  if (sides[letter].collection.write?.verbatim === true) return true;
  return modifiedAtMs !== undefined && modifiedAtMs - readings[letter].clockOffsetMs > atMs + CALL_MS;
}

/** The side that was not written: what was carried over from it, whatever has happened to it since. */
export function baseOfOther(intent: OpenDocumentIntent, link: DocumentLink, found: Found): SideBase | undefined {
  const seen = otherSeen(intent, link, found);
  const other = otherThan(intent.side);
  if (!seen) return undefined;
  if (intent.kind === "merge") return baseAfter(intent, other, link, seen, found);
  const before = readFieldHashes(link.base[other]?.fields);
  if (isAsMeant(intent, seen, found.hasher)) return baseOf(found.hasher, seen, before);
  const carried = intent.kind === "update" && before && carriedOver(intent, link, before);
  if (!carried) return undefined;
  const fields = writeFieldHashes(carried);
  return { fields, checksum: checksumOf(found.hasher, fields) };
}

/**
 * A creation that was found again has not been followed by the update that writes what it could not carry: until then the other
 * side counts as changed in those fields, and the next plan writes them.
 */
export function baseBeforeTheRest(
  { kind, side }: OpenDocumentIntent,
  made: SideBase,
  other: SideBase | undefined,
  { hasher, sides }: Found,
): SideBase | undefined {
  const lacks = sides[side].collection.write?.createLacks ?? [];
  if (kind !== "create" || !other || lacks.length === 0) return other;
  const shown = readFieldHashes(made.fields);
  const fields = new Map(readFieldHashes(other.fields));
  for (const field of lacks) {
    const hash = shown?.get(field);
    if (hash !== undefined && fields.has(field)) fields.set(field, hash);
  }
  const text = writeFieldHashes(fields);
  // The version would say that there is nothing to see.
  const { version: _, ...rest } = other;
  return { ...rest, fields: text, checksum: checksumOf(hasher, text) };
}

/** What the other side was when an update was decided: as both last agreed, but for what the update was to change. */
function carriedOver({ side, meant }: OpenDocumentIntent, { base }: DocumentLink, before: FieldHashes) {
  const agreed = readFieldHashes(base[side]?.fields);
  const wanted = readFieldHashes(meant);
  if (!agreed || !wanted) return undefined;
  return overBase(before, new Map([...wanted].filter(([field, hash]) => String(agreed.get(field)) !== String(hash))));
}

export function otherSeen(
  { side }: OpenDocumentIntent,
  link: DocumentLink,
  { readings }: Found,
): SeenDocument | undefined {
  const id = side === "a" ? link.bId : link.aId;
  return id === undefined ? undefined : readings[otherThan(side)].seen.get(id);
}
