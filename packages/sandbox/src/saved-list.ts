/** One saved track with the time and the place in time that listings are ordered by. */
export interface SavedEntry {
  readonly id: string;
  readonly addedAtMs: number;
  /** Orders entries of one moment: the number of the call, and within one call a draw that nobody can rely on. */
  readonly order: number;
}

/** A user's favourites on one service. */
export class SavedList {
  readonly #entries: Map<string, SavedEntry>;
  #oldestFirst: readonly SavedEntry[] | undefined;

  constructor(entries: Iterable<SavedEntry> = []) {
    this.#entries = new Map([...entries].map((entry) => [entry.id, entry]));
  }

  get size(): number {
    return this.#entries.size;
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /** Saves what is not saved yet; an entry that is there keeps its date. */
  add(entry: SavedEntry): boolean {
    if (this.#entries.has(entry.id)) return false;
    this.#entries.set(entry.id, entry);
    this.#oldestFirst = undefined;
    return true;
  }

  remove(id: string): boolean {
    this.#oldestFirst = undefined;
    return this.#entries.delete(id);
  }

  oldestFirst(): readonly SavedEntry[] {
    this.#oldestFirst ??= [...this.#entries.values()].sort((a, b) => a.addedAtMs - b.addedAtMs || a.order - b.order);
    return this.#oldestFirst;
  }

  clone(): SavedList {
    return new SavedList(this.#entries.values());
  }
}
