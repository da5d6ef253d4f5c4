import {
  createSyncEngine,
  type JobInfo,
  type LogEvent,
  type Row,
  type StartOptions,
  type StorageAdapter,
  type SyncEngineOptions,
  type SyncEvent,
} from "../../../src/index.ts";
import { Bench } from "../../engine/support/bench.ts";
import { heldEncryption } from "../../support/held-encryption.ts";
import type { VirtualClock } from "../../support/virtual-clock.ts";

export interface Who {
  readonly tenantId: string;
  readonly userId: string;
}

type Given = Partial<Pick<SyncEngineOptions, "jobs" | "storage" | "random" | "beforeApply">>;

/**
 * Two services, a database that outlives its engines, and as many users as a test needs, each with one pair. A run can
 * be stopped in its middle, so that a test sees jobs at work; time stands still until the test moves it.
 */
export class Workshop {
  readonly bench = new Bench();
  readonly clock: VirtualClock = this.bench.clock;
  /** Survives `engine.stop()`, as a database does. */
  readonly storage: StorageAdapter = { ...this.bench.storage, close: async () => {} };
  /** Pairs whose runs wait, and how to let them go on. */
  readonly #gates = new Map<string, PromiseWithResolvers<void>>();
  readonly #stopped = new Map<string, string>();
  readonly #users = new Map<string, Who>();
  /** Pairs whose runs have come to their middle, in that order. */
  readonly begun: string[] = [];

  /** @param names a user for each, `tenant/user` or only `user` */
  async open(...names: readonly string[]): Promise<this> {
    this.bench.left.put("left-8", "left-9", "left-10");
    for (const name of names) await this.user(name);
    return this;
  }

  async user(name: string): Promise<Who> {
    const known = this.#users.get(name);
    if (known) return known;
    const [userId = "", tenantId = "default"] = name.split("/").reverse();
    const who = { tenantId, userId };
    this.#users.set(name, who);
    const { engine } = this.engine();
    for (const service of ["left", "right"]) await engine.connections.addPublic({ ...who, service, accountId: "me" });
    return who;
  }

  /** An engine on this database; each is another process, as it were. */
  engine(given: Given = {}) {
    const events: SyncEvent[] = [];
    const logs: LogEvent[] = [];
    const engine = createSyncEngine({
      providers: [this.bench.left.provider(), this.bench.right.provider()],
      storage: this.storage,
      clock: this.clock,
      encryption: heldEncryption(this.clock),
      fetch: () => Promise.reject(new Error("shelves need no network")),
      onEvent: (event) => events.push(event),
      logger: (event) => logs.push(event),
      beforeApply: async ({ pairId }) => {
        this.begun.push(pairId);
        await this.#gates.get(pairId)?.promise;
        return true;
      },
      ...given,
    });
    return { engine, events, logs };
  }

  /** A process with workers. */
  async worker(options: StartOptions = {}, given: Given = {}) {
    const made = this.engine(given);
    await made.engine.start(options);
    await this.clock.settle();
    return made;
  }

  request(name: string) {
    const who = this.#users.get(name);
    if (!who) throw new Error(`nobody is called ${name}`);
    return {
      ...who,
      pairs: [{ source: "left", target: "right", mode: "sync-from" as const }],
      type: "favorites" as const,
    };
  }

  /** The pair of a user, stored. */
  async pair(name: string): Promise<string> {
    const { pairs, ...rest } = this.request(name);
    const [pair] = pairs;
    if (!pair) throw new Error("a request names a pair");
    return (await this.engine().engine.pairs.create({ ...rest, pair })).id;
  }

  /** Runs of these users stop in their middle until they are released. */
  async stopInTheMiddle(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      const pairId = await this.pair(name);
      this.#stopped.set(name, pairId);
      if (!this.#gates.has(pairId)) this.#gates.set(pairId, Promise.withResolvers());
    }
  }

  async release(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      const pairId = this.#stopped.get(name) ?? "";
      this.#gates.get(pairId)?.resolve();
      this.#gates.delete(pairId);
    }
    await this.clock.settle();
  }

  async jobs(where: Partial<Pick<Row<"sync_jobs">, "pair_id" | "status" | "lane">> = {}): Promise<Row<"sync_jobs">[]> {
    return await this.storage.select({ table: "sync_jobs", where, orderBy: ["created_at", "id"] });
  }

  async job(id: string | undefined): Promise<Row<"sync_jobs">> {
    const [row] = await this.storage.select({ table: "sync_jobs", where: { id: id ?? "" } });
    if (!row) throw new Error(`there is no job ${id}`);
    return row;
  }
}

export function only<T>(list: readonly T[]): T {
  const [first, second] = list;
  if (first === undefined || second !== undefined) throw new Error(`one was expected, there are ${list.length}`);
  return first;
}

export function refOf({ tenantId, userId, id }: JobInfo) {
  return { tenantId, userId, jobId: id };
}

/** A database as one process sees it, until that process is killed: from then on it asks for nothing and hears nothing. */
export function killable(storage: StorageAdapter): StorageAdapter & { kill(): void } {
  let alive = true;
  const never = new Promise<never>(() => {});
  const passing = async <T>(call: () => Promise<T>): Promise<T> => {
    const result = alive ? await call() : await never;
    return alive ? result : await never;
  };
  return {
    migrate: () => passing(() => storage.migrate()),
    select: (query) => passing(() => storage.select(query)),
    count: (query) => passing(() => storage.count(query)),
    write: (batch) => passing(() => storage.write(batch)),
    close: async () => {},
    kill: () => {
      alive = false;
    },
  };
}
