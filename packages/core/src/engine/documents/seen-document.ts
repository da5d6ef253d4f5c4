import type { TenantHasher } from "../../crypto/index.ts";
import { type Canonical, canonicalOf } from "../../items/index.ts";
import type { DocumentSide } from "./document-side.ts";
import { checksumOf, type FieldHashes, hashFields, overBase, type SideBase, writeFieldHashes } from "./field-hashes.ts";

/** A document as a service showed it in this run. Content; lives as long as the run. */
export interface SeenDocument {
  /** The service's own id. */
  readonly id: string;
  readonly native: unknown;
  readonly item: object;
  readonly canonical: Canonical;
  readonly version?: string;
  /** By the service's own clock. */
  readonly modifiedAtMs?: number;
  readonly marker?: string;
  /** What was written of it is not all done. */
  readonly unfinished?: true;
}

/** What a service shows of a document, before it is read. */
export interface ShownDocument {
  readonly id: string;
  readonly native: unknown;
  readonly version?: string;
  readonly modifiedAtMs?: number;
  readonly marker?: string;
  /** What was written of it is not all done. */
  readonly unfinished?: true;
}

/** @returns `undefined` if it is no valid document: that one's failure alone */
export function seenDocument({ collection, fields }: DocumentSide, shown: ShownDocument): SeenDocument | undefined {
  const item = validItem(collection, shown.native);
  return item && new Seen(shown, item, () => canonicalOf(collection.kind, item, fields));
}

/** Of most documents their version tells that nothing changed: they are not put into canonical form, nor kept in it. */
class Seen implements SeenDocument {
  readonly id: string;
  readonly native: unknown;
  readonly item: object;
  declare readonly version?: string;
  declare readonly modifiedAtMs?: number;
  declare readonly marker?: string;
  declare readonly unfinished?: true;
  readonly #toCanonical: () => Canonical;
  #canonical: Canonical | undefined;

  constructor(
    { id, native, version, modifiedAtMs, marker, unfinished }: ShownDocument,
    item: object,
    toCanonical: () => Canonical,
  ) {
    this.id = id;
    this.native = native;
    this.item = item;
    if (version !== undefined) this.version = version;
    if (modifiedAtMs !== undefined) this.modifiedAtMs = modifiedAtMs;
    if (marker !== undefined) this.marker = marker;
    if (unfinished) this.unfinished = unfinished;
    this.#toCanonical = toCanonical;
  }

  get canonical(): Canonical {
    this.#canonical ??= this.#toCanonical();
    return this.#canonical;
  }
}

function validItem({ kind, toUniversal }: DocumentSide["collection"], native: unknown): object | undefined {
  try {
    const parsed = kind.schema.safeParse(toUniversal(native));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // A mapping that cannot cope with one document says nothing about the others.
    return undefined;
  }
}

/** What a link shall remember of a document. */
export function baseOf(hasher: TenantHasher, seen: SeenDocument, before?: FieldHashes): SideBase {
  const fields = writeFieldHashes(overBase(before, hashFields(hasher, seen.canonical)));
  return {
    checksum: checksumOf(hasher, fields),
    fields,
    ...(seen.version === undefined ? {} : { version: versionHash(hasher, seen.version) }),
    ...(seen.modifiedAtMs === undefined ? {} : { modifiedAtMs: seen.modifiedAtMs }),
  };
}

export function versionHash(hasher: TenantHasher, version: string): string {
  return hasher.hash("version", version);
}
