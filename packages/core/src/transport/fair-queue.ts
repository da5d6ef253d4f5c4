/**
 * A waiting line that serves its parties in turns: of one party first come, first served; among parties one each.
 * So a user with ten thousand lookups delays another user's first request by one, not by ten thousand.
 * All operations take constant time on average.
 */
export class FairQueue<T extends object> {
  readonly #lines = new Map<string, Fifo<T>>();
  readonly #turns = new Fifo<string>();
  /** Items that left the line before their turn; skipped when it comes. */
  readonly #gone = new Set<T>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(party: string, item: T): void {
    const line = this.#lines.get(party);
    if (line) line.push(item);
    else {
      this.#lines.set(party, new Fifo([item]));
      this.#turns.push(party);
    }
    this.#size += 1;
  }

  /** Who is next; stays so until it is shifted, removed, or nobody waits. */
  peek(): T | undefined {
    for (let party = this.#turns.peek(); party !== undefined; party = this.#turns.peek()) {
      const next = this.#firstOf(party);
      if (next) return next;
      this.#turns.shift();
      this.#lines.delete(party);
    }
    return undefined;
  }

  shift(): T | undefined {
    const next = this.peek();
    if (!next) return undefined;
    const party = this.#turns.shift();
    if (party !== undefined) {
      this.#lines.get(party)?.shift();
      if (this.#firstOf(party)) this.#turns.push(party);
      else this.#lines.delete(party);
    }
    this.#size -= 1;
    return next;
  }

  /** Takes an item out of the line that is known to be in it. */
  remove(item: T): void {
    this.#gone.add(item);
    this.#size -= 1;
  }

  #firstOf(party: string): T | undefined {
    const line = this.#lines.get(party);
    for (let first = line?.peek(); first; first = line?.peek()) {
      if (!this.#gone.delete(first)) return first;
      line?.shift();
    }
    return undefined;
  }
}

/** An array whose beginning moves, because `Array.shift` moves the whole array. */
class Fifo<T> {
  #items: T[];
  #first = 0;

  constructor(items: T[] = []) {
    this.#items = items;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  peek(): T | undefined {
    return this.#items[this.#first];
  }

  shift(): T | undefined {
    const item = this.#items[this.#first];
    if (this.#first < this.#items.length) this.#first += 1;
    if (this.#first > 64 && this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }
}
