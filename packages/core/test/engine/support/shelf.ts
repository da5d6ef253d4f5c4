import {
  type AnyProvider,
  type Clock,
  type CollectionProbe,
  defineProvider,
  type ListedEntry,
  type ListPage,
  type WriteOutcome,
} from "../../../src/index.ts";
import { inventedAnswers, inventedCatalogue, type Passing } from "./invented-service.ts";
import type { Recording } from "./recordings.ts";

/** How a shelf lists and writes; what a provider may choose without the result being another. */
export interface ShelfHabits {
  readonly pageSize: number;
  readonly order: "newest-first" | "oldest-first" | "none";
  readonly totals: "exact" | "inexact";
  /** `exact`: a checksum of what is there, which comes back when the same things are there again. */
  readonly probe: "exact" | "hint" | "none";
  readonly batchSize: number;
}

export const plainHabits: ShelfHabits = {
  pageSize: 50,
  order: "newest-first",
  totals: "exact",
  probe: "none",
  batchSize: 50,
};

/**
 * One account's favourites at an invented service that needs no network: the smallest complete provider. It checks what
 * the contract promises to it: at most a batch at a time, each id once.
 */
export class Shelf {
  readonly name: string;
  readonly catalogue: ReadonlyMap<string, Recording>;
  habits: ShelfHabits = plainHabits;
  passing: Passing = () => {};
  /** How long a call takes, in ms of its clock. */
  lastsMs: (what: "list" | "probe" | "add" | "remove" | "lookup" | "get") => number = () => 0;
  /** Told of every id that the engine writes, when it does. */
  onWrite: (kind: "add" | "remove", id: string) => void = () => {};
  /** Ids that the service refuses to take. */
  readonly refused = new Set<string>();
  /** Ids whose next write comes to nothing, and of which nobody hears. */
  readonly lost = new Set<string>();
  /** Ids that the service withdrew: gone from listings and by id. */
  readonly takenDown = new Set<string>();
  writes = 0;
  reads = 0;
  /** When each was added, in ms, with a fraction that keeps the order of what was added at once. */
  readonly #items = new Map<string, number>();
  readonly #clock: Clock;
  #turn = 0;

  constructor(name: string, recordings: readonly Recording[], clock: Clock) {
    this.name = name;
    this.#clock = clock;
    this.catalogue = new Map(recordings.map((recording) => [recording.id, recording]));
  }

  put(...ids: readonly string[]): void {
    for (const id of ids) if (!this.#items.has(id)) this.#items.set(id, this.#clock.now() + ++this.#turn / 1_000);
  }

  take(...ids: readonly string[]): void {
    for (const id of ids) this.#items.delete(id);
  }

  has(id: string): boolean {
    return this.#items.has(id);
  }

  ids(): readonly string[] {
    return [...this.#items.keys()].sort();
  }

  provider(): AnyProvider {
    return defineProvider({
      ...inventedAnswers(this.name),
      collections: {
        favorites: {
          shape: "membership",
          kind: "track",
          scopes: { read: [], write: [] },
          read: {
            pageSize: this.habits.pageSize,
            totals: this.habits.totals,
            order: this.habits.order,
            list: () => this.#list(),
            ...(this.habits.probe === "none" ? {} : { probe: this.#probe(this.habits.probe) }),
          },
          write: {
            batchSize: { add: this.habits.batchSize, remove: this.habits.batchSize },
            consistencyWindowMs: 0,
            add: (_session, ids) => this.#write("add", ids),
            remove: (_session, ids) => this.#write("remove", ids),
          },
        },
      },
      catalogues: {
        track: inventedCatalogue(this.catalogue, {
          takenDown: this.takenDown,
          pass: (what) => this.#pass("before", what),
        }),
      },
    });
  }

  #rows(): readonly string[] {
    const shown = [...this.#items].filter(([id]) => !this.takenDown.has(id));
    const { order } = this.habits;
    // "none": an order that means nothing and is not the same for other items.
    const rank = ([id, turn]: readonly [string, number]) =>
      order === "newest-first" ? -turn : order === "oldest-first" ? turn : hash(`${id} ${turn}`);
    return shown.sort((left, right) => rank(left) - rank(right)).map(([id]) => id);
  }

  async *#list(): AsyncIterable<ListPage<Recording>> {
    const rows = this.#rows();
    const { pageSize, totals } = this.habits;
    for (let start = 0; start === 0 || start < rows.length; start += pageSize) {
      await this.#pass("before", "list");
      this.reads++;
      const last = start + pageSize >= rows.length;
      yield {
        entries: rows.slice(start, start + pageSize).map((id): ListedEntry<Recording> => this.#entry(id)),
        total: totals === "exact" ? rows.length : rows.length + 1,
        ...(last ? { fingerprint: this.#fingerprint() } : {}),
      };
    }
  }

  #entry(id: string): ListedEntry<Recording> {
    const native = this.catalogue.get(id);
    if (!native) return { state: "unreadable", id };
    const addedAtMs = Math.floor(this.#items.get(id) ?? 0);
    return { state: "listed", id, native, ...(this.habits.order === "none" ? {} : { addedAtMs }) };
  }

  #fingerprint(): string {
    const rows = this.#rows();
    return this.habits.probe === "hint" ? `${rows.length} ${rows[0] ?? ""}` : [...rows].sort().join(" ");
  }

  #probe(kind: "exact" | "hint"): CollectionProbe {
    return {
      exact: kind === "exact",
      read: async () => {
        await this.#pass("before", "probe");
        this.reads++;
        return { rows: this.#rows().length, fingerprint: this.#fingerprint() };
      },
    };
  }

  async #write(kind: "add" | "remove", ids: readonly string[]): Promise<readonly WriteOutcome[]> {
    if (ids.length > this.habits.batchSize) throw new RangeError(`a batch of ${ids.length} is too large`);
    if (new Set(ids).size < ids.length) throw new RangeError("an id comes twice in a batch");
    await this.#pass("before", kind);
    this.writes++;
    const outcomes = ids.map((id): WriteOutcome => {
      this.onWrite(kind, id);
      if (!this.catalogue.has(id)) return { id, result: "not-found" };
      if (this.refused.has(id)) return { id, result: "refused", reason: "not-allowed" };
      if (this.lost.delete(id)) return { id, result: "unknown" };
      const there = this.#items.has(id);
      if (kind === "add") this.put(id);
      else this.take(id);
      if (kind === "add") return { id, result: there ? "already-there" : "written" };
      return { id, result: there ? "written" : "not-found" };
    });
    await this.#pass("after", kind);
    return outcomes;
  }

  async #pass(moment: "before" | "after", what: Parameters<Shelf["lastsMs"]>[0]): Promise<void> {
    // A turn of the queue, as a request would take.
    await Promise.resolve();
    const ms = moment === "before" ? this.lastsMs(what) : 0;
    if (ms > 0) await this.#clock.sleep(ms);
    this.passing(moment, `${this.name}.${what}`);
  }
}

function hash(text: string): number {
  return [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 7_919, 7);
}
