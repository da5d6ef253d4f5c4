import type { CatalogueLookup, Session } from "../../contract/index.ts";
import { concernsOneItem } from "./concerns-one-item.ts";

interface Lot {
  readonly keys: readonly string[];
  /** How many times its answer is still waited for. */
  waiting: number;
  answer?: Promise<ReadonlyMap<string, readonly unknown[]>>;
}

/**
 * The lookups of one run by one scheme: as many keys in a request as the service takes, each key once however many
 * items have it, and only when the first of them is needed.
 */
export class Lookups {
  readonly #session: Session;
  readonly #lookup: CatalogueLookup<unknown>;
  readonly #lots = new Map<string, Lot>();

  /** @param keys the keys that will be asked for, once for each time */
  constructor(session: Session, lookup: CatalogueLookup<unknown>, keys: readonly string[]) {
    this.#session = session;
    this.#lookup = lookup;
    const uses = new Map<string, number>();
    for (const key of keys) uses.set(key, (uses.get(key) ?? 0) + 1);
    const each = [...uses.keys()];
    const size = Math.max(1, lookup.batchSize);
    for (let start = 0; start < each.length; start += size) {
      const lot = each.slice(start, start + size);
      const waiting = lot.reduce((sum, key) => sum + (uses.get(key) ?? 0), 0);
      const shared: Lot = { keys: lot, waiting };
      for (const key of lot) this.#lots.set(key, shared);
    }
  }

  /** What the service has under the key, in its order; empty if nothing. */
  async find(key: string): Promise<readonly unknown[]> {
    const lot = this.#lots.get(key) ?? { keys: [key], waiting: 1 };
    lot.answer ??= this.#ask(lot.keys);
    try {
      return (await lot.answer).get(key) ?? [];
    } finally {
      // What nobody waits for any more holds content for nothing.
      if (--lot.waiting === 0) for (const each of lot.keys) this.#lots.delete(each);
    }
  }

  async #ask(keys: readonly string[]): Promise<ReadonlyMap<string, readonly unknown[]>> {
    try {
      return await this.#lookup.find(this.#session, keys);
    } catch (error) {
      if (keys.length === 1 || !concernsOneItem(error)) throw error;
    }
    // One bad key must not cost the others theirs.
    const answers = new Map<string, readonly unknown[]>();
    for (const key of keys) {
      try {
        answers.set(key, (await this.#lookup.find(this.#session, [key])).get(key) ?? []);
      } catch (error) {
        if (!concernsOneItem(error)) throw error;
      }
    }
    return answers;
  }
}
