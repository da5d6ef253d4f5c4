import { CryptoError } from "../errors/index.ts";
import type { Encryption, Row } from "../ports/index.ts";
import { type SealedTable, type SealOwner, sealContext } from "./seal-context.ts";
import type { TenantHasher } from "./tenant-hashes.ts";

/** An id of an item as it is stored: what it is found by, and the id itself where that is not the same. */
export interface StoredItemId {
  /** The id, or its keyed hash. The same for the same id wherever it is stored. */
  readonly key: string;
  /** The id as ciphertext; `null` where `key` is the id. */
  readonly sealed: string | null;
}

/** Where stored ids live: column and row of the ciphertext. */
export interface ItemIdPlace<T extends SealedTable = SealedTable> {
  readonly table: T;
  readonly column: keyof Row<T> & string;
  readonly owner: SealOwner<T>;
}

/**
 * How the ids of one service's items are stored for one tenant. Catalogue numbers stay as they are; ids that can hold an
 * address, a name or a title become a keyed hash with a ciphertext beside it. Callers treat both alike.
 */
export interface ItemIds {
  /** What the id is found by. Synchronous, so that listings can be compared with what is stored. */
  key(id: string): string;
  /** Results are in the order of `ids`. */
  seal<T extends SealedTable>(ids: readonly string[], place: ItemIdPlace<T>): Promise<StoredItemId[]>;
  /**
   * Results are in the order of `stored`.
   * @throws {CryptoError} also if a ciphertext holds another id than the one its key was made from
   */
  open<T extends SealedTable>(stored: readonly StoredItemId[], place: ItemIdPlace<T>): Promise<string[]>;
}

/** For ids that hold nothing but themselves. */
export const plainItemIds: ItemIds = {
  key: (id) => id,
  seal: async (ids) => ids.map((id) => ({ key: id, sealed: null })),
  open: async (stored) => stored.map(({ key }) => key),
};

export interface SealedItemIdsOptions {
  /** The same item id means different things at different services, so it has different hashes. */
  readonly service: string;
  readonly hasher: TenantHasher;
  readonly encryption: Encryption;
}

/** How many values are with WebCrypto at once: enough to keep it busy, few enough to stay small in memory. */
const AT_ONCE = 512;

/** For ids that can hold personal data. */
export function sealedItemIds({ service, hasher, encryption }: SealedItemIdsOptions): ItemIds {
  const key = (id: string) => hasher.hash("item", `${service}\n${id}`);
  return {
    key,
    seal: (ids, place) =>
      inSlices(ids, async (id) => {
        const sealed = await encryption.seal(id, sealContext(place.table, place.column, place.owner));
        return { key: key(id), sealed };
      }),
    open: (stored, place) =>
      inSlices(stored, async (one) => {
        // An id that was stored before sealing was switched on.
        if (one.sealed === null) return one.key;
        const id = await encryption.open(one.sealed, sealContext(place.table, place.column, place.owner));
        // The associated data binds to a whole pair or intent; this binds to the one item.
        if (key(id) !== one.key) throw new CryptoError("crypto.tampered", { field: `${place.table}.${place.column}` });
        return id;
      }),
  };
}

async function inSlices<A, B>(values: readonly A[], act: (value: A) => Promise<B>): Promise<B[]> {
  const results: B[] = [];
  for (let from = 0; from < values.length; from += AT_ONCE) {
    results.push(...(await Promise.all(values.slice(from, from + AT_ONCE).map(act))));
  }
  return results;
}
