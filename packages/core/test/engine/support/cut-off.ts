import type { SyntheticService } from "@syncer/testkit";
import { type StorageAdapter, StorageError } from "../../../src/index.ts";
import { Killed } from "./interruption.ts";

/**
 * Ends a process, as it were, at its n-th step: a call of the storage or of a service, before it takes effect or after
 * it has but before anybody hears of it. From then on nothing that it asks for happens.
 */
export class CutOff {
  /** What each step was, for messages and to know how many there are. */
  readonly steps: string[] = [];
  readonly #at: number | string;
  readonly #services: readonly SyntheticService[];
  #dead = false;

  /** @param at from 1 on, or the name of a step, of which the first is meant; `Infinity` only counts */
  constructor(at: number | string, services: readonly SyntheticService[]) {
    this.#at = at;
    this.#services = services;
    for (const service of services) {
      service.onCall(({ kind, moment }) => this.#step(`${service.name}:${kind}:${moment}`, () => new Killed()));
    }
  }

  /** Whether it came to that. */
  get struck(): boolean {
    return this.#dead;
  }

  /** The storage of the process that is to be ended. */
  around(storage: StorageAdapter): StorageAdapter {
    const failed = () => new StorageError("storage.failed", { operation: "anything" }, { cause: new Killed() });
    const reading = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
      this.#step(`store:${name}`, failed);
      return await call();
    };
    return {
      migrate: () => reading("migrate", () => storage.migrate()),
      select: (query) => reading(`select ${query.table}`, () => storage.select(query)),
      count: (query) => reading(`count ${query.table}`, () => storage.count(query)),
      close: () => storage.close(),
      write: async (batch) => {
        this.#step("store:write:before", failed);
        const result = await storage.write(batch);
        this.#step("store:write:after", failed);
        return result;
      },
    };
  }

  /** The process has gone; the next one finds services that answer. */
  end(): void {
    for (const service of this.#services) service.onCall(undefined);
  }

  #step(name: string, error: () => Error): void {
    if (!this.#dead) this.steps.push(name);
    if (name === this.#at || (typeof this.#at === "number" && this.steps.length >= this.#at)) this.#dead = true;
    if (this.#dead) throw error();
  }
}
