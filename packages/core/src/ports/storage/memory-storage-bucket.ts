import type { PlainRow } from "./plain-statements.ts";
import { compareScalars } from "./scalar-order.ts";

/** Holds one row; stays the same object while the row's contents are replaced. */
export interface Entry {
  row: Readonly<PlainRow>;
}

/**
 * Some entries that are looked for together, with the order they were last asked for in. Reading page after page
 * sorts once; after a change the old order is mended, which is cheap on what is nearly sorted.
 */
export class Bucket {
  readonly #entries = new Set<Entry>();
  #order: { readonly columns: readonly string[]; list: Entry[]; added: Entry[]; stale: boolean } | undefined;

  get size(): number {
    return this.#entries.size;
  }

  [Symbol.iterator](): IterableIterator<Entry> {
    return this.#entries.values();
  }

  add(entry: Entry): void {
    this.#entries.add(entry);
    this.#order?.added.push(entry);
  }

  remove(entry: Entry): void {
    this.#entries.delete(entry);
    if (this.#order) this.#order.stale = true;
  }

  /** Tells that the entry's row became another one. */
  changed(before: Readonly<PlainRow>, after: Readonly<PlainRow>): void {
    if (this.#order?.columns.some((column) => before[column] !== after[column])) this.#order.stale = true;
  }

  /** All entries in ascending order of these columns. Valid until the next change. */
  sortedBy(columns: readonly string[]): readonly Entry[] {
    const order = this.#order;
    if (order && sameColumns(order.columns, columns)) {
      if (order.stale || order.added.length > 0) {
        const present = new Set([...order.list, ...order.added].filter((entry) => this.#entries.has(entry)));
        order.list = [...present].sort(orderOf(columns));
        order.added = [];
        order.stale = false;
      }
      return order.list;
    }
    const list = [...this.#entries].sort(orderOf(columns));
    this.#order = { columns: [...columns], list, added: [], stale: false };
    return list;
  }
}

export function orderOf(columns: readonly string[]): (left: Entry, right: Entry) => number {
  return (left, right) => {
    for (const column of columns) {
      const order = compareScalars(left.row[column] ?? null, right.row[column] ?? null);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function sameColumns(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((column, index) => column === right[index]);
}
