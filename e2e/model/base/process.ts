import {
  type AnyProvider,
  type BatchResult,
  createSyncEngine,
  type Encryption,
  type Engine,
  keyring,
  type Query,
  type Row,
  type StorageAdapter,
  StorageError,
  type TableName,
} from "@syncer/core";
import { seededRandom } from "./chance.ts";
import type { ModelClock } from "./clock.ts";
import type { ContentWatch } from "./content.ts";

/** What meets a process at one of its steps: calls of the storage or of a service, before and after their effect. */
export type Mishap =
  /** Killed: nothing that it asks for happens any more, and it hears of nothing. */
  | { readonly what: "dies"; readonly at: number }
  /** Stopped in the middle of a call of the storage, until it is let go on. */
  | { readonly what: "stalls"; readonly at: number }
  /** The n-th write to the storage fails, before its effect or after it. */
  | { readonly what: "write-fails"; readonly at: number; readonly moment: "before" | "after" }
  | { readonly what: "read-fails"; readonly at: number };

export interface ProcessOptions {
  readonly providers: readonly AnyProvider[];
  readonly storage: StorageAdapter;
  readonly clock: ModelClock;
  readonly encryption: Encryption;
  readonly seed: number;
  readonly watch: ContentWatch;
}

/** One process with its engine. Engines of several processes may share services and storage. */
export class Process {
  readonly engine: Engine;
  readonly storage: ProcessStorage;
  /** Runs that were begun, ever. */
  runs = 0;

  constructor({ providers, storage, clock, encryption, seed, watch }: ProcessOptions) {
    this.storage = new ProcessStorage(storage, watch);
    this.engine = createSyncEngine({
      providers,
      storage: this.storage,
      clock,
      encryption,
      random: seededRandom(seed),
      onEvent: ({ type }) => {
        if (type === "run.started") this.runs++;
      },
      fetch: () => Promise.reject(new Error("these services need no network")),
    });
  }
}

const never = new Promise<never>(() => {});

/** The storage as one process has it: counts its steps, and lets a mishap happen at one of them. */
export class ProcessStorage implements StorageAdapter {
  readonly #inner: StorageAdapter;
  readonly #watch: ContentWatch;
  #mishap: Mishap | undefined;
  #steps = 0;
  #reads = 0;
  #writes = 0;
  #dead = false;
  #gate: { readonly opened: Promise<void>; readonly open: () => void } | undefined;
  /** Settles when the mishap has happened; for those that stop the process. */
  #struck = Promise.withResolvers<void>();
  /** Batches that were asked for, ever. */
  written = 0;

  constructor(inner: StorageAdapter, watch: ContentWatch) {
    this.#inner = inner;
    this.#watch = watch;
  }

  /** Steps, reads and writes are counted from here. */
  arm(mishap: Mishap): void {
    this.#mishap = mishap;
    this.#steps = 0;
    this.#reads = 0;
    this.#writes = 0;
    this.#struck = Promise.withResolvers<void>();
  }

  disarm(): void {
    this.#mishap = undefined;
  }

  /** Resolves when the process has been killed or stopped. */
  get struck(): Promise<void> {
    return this.#struck.promise;
  }

  get isDead(): boolean {
    return this.#dead;
  }

  /** A stopped process goes on. */
  goOn(): void {
    this.#gate?.open();
    this.#gate = undefined;
  }

  /** To be called around each call of a service, which are steps too. */
  passService(): Promise<void> | undefined {
    return this.#pass(false);
  }

  migrate() {
    return this.#inner.migrate();
  }

  close() {
    return this.#inner.close();
  }

  select<T extends TableName, K extends keyof Row<T> = keyof Row<T>>(query: Query<T, K>): Promise<Pick<Row<T>, K>[]> {
    return this.#read(() => this.#inner.select(query));
  }

  count(query: Parameters<StorageAdapter["count"]>[0]): Promise<number> {
    return this.#read(() => this.#inner.count(query));
  }

  async write(batch: Parameters<StorageAdapter["write"]>[0]): Promise<BatchResult> {
    await this.#pass(true);
    this.#watch.check("a batch", batch);
    this.written++;
    const fails = this.#mishap?.what === "write-fails" && this.#mishap.at === ++this.#writes ? this.#mishap : undefined;
    if (fails?.moment === "before") throw failure("write");
    const result = await this.#inner.write(batch);
    if (fails) throw failure("write");
    await this.#pass(true);
    return result;
  }

  async #read<T>(read: () => Promise<T>): Promise<T> {
    await this.#pass(true);
    if (this.#mishap?.what === "read-fails" && this.#mishap.at === ++this.#reads) throw failure("select");
    const answer = await read();
    await this.#pass(true);
    return answer;
  }

  /** Nothing to wait for is the usual case, and costs no turn of the queue. */
  #pass(ofStorage: boolean): Promise<void> | undefined {
    if (this.#dead) return never;
    if (this.#gate) return this.#gate.opened;
    const mishap = this.#mishap;
    if (mishap?.what !== "dies" && mishap?.what !== "stalls") return undefined;
    if (++this.#steps < mishap.at || (mishap.what === "stalls" && !ofStorage)) return undefined;
    this.#mishap = undefined;
    this.#struck.resolve();
    if (mishap.what === "dies") {
      this.#dead = true;
      return never;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = { opened: promise, open: resolve };
    return promise;
  }
}

function failure(operation: string): StorageError {
  return new StorageError("storage.failed", { operation });
}

/**
 * A key ring that remembers what it sealed: opening it again takes no thread, so that what happens in which order does
 * not depend on the machine.
 */
export function rememberingKeyring(): Encryption {
  const ring = keyring({ current: "k1", keys: { k1: new Uint8Array(32).fill(9) } });
  const sealed = new Map<string, { readonly plain: string; readonly context: string }>();
  return {
    async seal(plain, context) {
      const text = await ring.seal(plain, context);
      sealed.set(text, { plain, context: JSON.stringify(context) });
      return text;
    },
    async open(text, context) {
      const known = sealed.get(text);
      return known?.context === JSON.stringify(context) ? known.plain : await ring.open(text, context);
    },
    isOutdated: (text) => ring.isOutdated(text),
  };
}
