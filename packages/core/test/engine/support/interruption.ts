import { type StorageAdapter, StorageError } from "../../../src/index.ts";

/** What a process that has been killed would have thrown, had it lived to. */
export class Killed extends Error {
  override readonly name = "Killed";
}

/** Services that tell before and after everything that they do, and a storage. */
export interface Interruptible {
  readonly storage: StorageAdapter;
  readonly left: Passable;
  readonly right: Passable;
}

interface Passable {
  passing: (moment: "before" | "after", what: string) => void;
}

/**
 * Ends a process, as it were, at its n-th step: a call of the storage or of a service, before it takes effect or after
 * it has but before anybody hears of it. From then on nothing that it asks for happens.
 */
export class Interruption {
  readonly #at: number;
  #steps = 0;
  #dead = false;

  constructor(at: number) {
    this.#at = at;
  }

  /** Whether it came to that. */
  get struck(): boolean {
    return this.#dead;
  }

  /** The bench's storage, for the engine that is to be interrupted; its services follow too. */
  around(bench: Interruptible): StorageAdapter {
    const { storage } = bench;
    for (const shelf of [bench.left, bench.right]) shelf.passing = () => this.#step(() => new Killed());
    const failed = () => new StorageError("storage.failed", { operation: "anything" }, { cause: new Killed() });
    const guarded = async <T>(call: () => Promise<T>): Promise<T> => {
      this.#step(failed);
      const result = await call();
      this.#step(failed);
      return result;
    };
    return {
      migrate: () => guarded(() => storage.migrate()),
      select: (query) => guarded(() => storage.select(query)),
      count: (query) => guarded(() => storage.count(query)),
      write: (batch) => guarded(() => storage.write(batch)),
      close: () => storage.close(),
    };
  }

  #step(error: () => Error): void {
    this.#steps++;
    if (this.#steps >= this.#at) this.#dead = true;
    if (this.#dead) throw error();
  }
}

/** The process has gone; the next one finds services that answer. */
export function revive(bench: Pick<Interruptible, "left" | "right">): void {
  for (const shelf of [bench.left, bench.right]) shelf.passing = () => {};
}
