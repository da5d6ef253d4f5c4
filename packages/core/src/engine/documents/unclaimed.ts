import type { TenantHasher } from "../../crypto/index.ts";
import { type FieldHashes, hashFields, readFieldHashes, type SideBase } from "./field-hashes.ts";
import type { Unlinked } from "./match-documents.ts";
import { differs } from "./side-state.ts";

/** Documents by the hash of one of their fields, in the order of their ids. */
interface OfField {
  readonly shown: Map<string, string[]>;
  /** Those that do not show it: it may be anything there. */
  readonly hidden: string[];
}

/**
 * Documents of a side that no link knows, to be found by what a document was when both sides last agreed. Each is hashed
 * once, so that a service that gives everything new ids costs no more than the number of its documents.
 */
export class Unclaimed {
  readonly #ids: readonly string[];
  readonly #hashes = new Map<string, FieldHashes>();
  readonly #fields = new Map<string, OfField>();

  constructor(hasher: TenantHasher, documents: Unlinked) {
    this.#ids = [...documents.keys()].sort();
    for (const [id, { canonical }] of documents) this.#hashes.set(id, hashFields(hasher, canonical));
    for (const hashes of this.#hashes.values()) {
      for (const field of hashes.keys()) this.#fields.set(field, { shown: new Map(), hidden: [] });
    }
    for (const id of this.#ids) for (const [field, group] of this.#fields) this.#file(id, field, group);
  }

  /** The first that is exactly what the base says, as far as both know the fields; it is claimed then. */
  claim(base: SideBase): string | undefined {
    const before = readFieldHashes(base.fields);
    const id = this.#candidates(before).find((id) => {
      const now = this.#hashes.get(id);
      return now !== undefined && !differs(before, now);
    });
    if (id !== undefined) this.#hashes.delete(id);
    return id;
  }

  #file(id: string, field: string, { shown, hidden }: OfField): void {
    const hash = this.#hashes.get(id)?.get(field);
    if (hash === undefined) {
      hidden.push(id);
      return;
    }
    const ids = shown.get(String(hash));
    if (ids) ids.push(id);
    else shown.set(String(hash), [id]);
  }

  /** The fewest that can be, in the order of their ids. */
  #candidates(before: FieldHashes | undefined): readonly string[] {
    let fewest = this.#ids;
    for (const [field, hash] of before ?? []) {
      const group = this.#fields.get(field);
      if (!group) continue;
      const ids = group.shown.get(String(hash)) ?? [];
      // Of many that are equal, those in front are claimed first.
      while (ids[0] !== undefined && !this.#hashes.has(ids[0])) ids.shift();
      if (ids.length + group.hidden.length >= fewest.length) continue;
      fewest = group.hidden.length === 0 ? ids : [...ids, ...group.hidden].sort();
    }
    return fewest;
  }
}
