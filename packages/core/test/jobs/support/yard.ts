import {
  createSyncEngine,
  type EnqueueOptions,
  type JobInfo,
  memoryStorage,
  type Row,
  type StartOptions,
  type StorageAdapter,
  type SyncEvent,
  type SyncOptions,
} from "../../../src/index.ts";
import { plainHabits, Shelf } from "../../engine/support/shelf.ts";
import { heldEncryption } from "../../support/held-encryption.ts";
import { type VirtualClock, virtualClock } from "../../support/virtual-clock.ts";
import { only } from "./workshop.ts";

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
/** How long one write takes: twenty of them are a slice of ten minutes. */
export const WRITE_MS = 30 * SECOND_MS;

interface Place {
  readonly tenantId: string;
  readonly from: Shelf;
  readonly to: Shelf;
}

/** Users with a library each, which goes from a service of their own to another, one slow write at a time. */
export class Yard {
  readonly clock: VirtualClock = virtualClock();
  readonly storage: StorageAdapter = { ...memoryStorage(), close: async () => {} };
  readonly #places = new Map<string, Place>();
  /** What queues, so that its workers hear of it at once. */
  #last: ReturnType<Yard["engine"]>["engine"] | undefined;

  /** @param sizes how many items each user has to move; `tenant/user` */
  constructor(sizes: Readonly<Record<string, number>>) {
    for (const [name, size] of Object.entries(sizes)) {
      const [tenantId = "", userId = ""] = name.split("/");
      const recordings = Array.from({ length: size }, (_, index) => ({
        id: `${userId}-${index}`,
        title: `${userId} ${index}`,
        isrc: `GBXYZ26${String(index).padStart(5, "0")}`,
      }));
      const [from, to] = [`${userId}-from`, `${userId}-to`].map((each) => new Shelf(each, recordings, this.clock));
      if (!from || !to) throw new Error("two shelves were made");
      from.put(...recordings.map(({ id }) => id));
      to.habits = { ...plainHabits, batchSize: 1 };
      to.lastsMs = (what) => (what === "add" || what === "remove" ? WRITE_MS : 0);
      this.#places.set(userId, { tenantId, from, to });
    }
  }

  async open(): Promise<this> {
    const { engine } = this.engine();
    this.#last = engine;
    for (const [userId, { tenantId, from, to }] of this.#places) {
      for (const { name: service } of [from, to]) {
        await engine.connections.addPublic({ tenantId, userId, service, accountId: "me" });
      }
    }
    return this;
  }

  at(userId: string): Place {
    const place = this.#places.get(userId);
    if (!place) throw new Error(`nobody is called ${userId}`);
    return place;
  }

  /** An engine on this database; each is another process, as it were. */
  engine(storage: StorageAdapter = this.storage) {
    const events: SyncEvent[] = [];
    const engine = createSyncEngine({
      providers: [...this.#places.values()].flatMap(({ from, to }) => [from.provider(), to.provider()]),
      storage,
      clock: this.clock,
      encryption: heldEncryption(this.clock),
      fetch: () => Promise.reject(new Error("shelves need no network")),
      onEvent: (event) => events.push(event),
    });
    const told = (type: SyncEvent["type"], userId: string) =>
      events.filter((event) => event.type === type && "userId" in event && event.userId === userId);
    return { engine, told };
  }

  /** A process with workers, two unless told otherwise. */
  async worker(options: StartOptions = {}, storage?: StorageAdapter) {
    const made = this.engine(storage);
    await made.engine.start({ workers: 2, ...options });
    this.#last = made.engine;
    await this.clock.settle();
    return made;
  }

  request(userId: string, options: SyncOptions = {}) {
    const { tenantId, from, to } = this.at(userId);
    return {
      tenantId,
      userId,
      pairs: [{ source: from.name, target: to.name, mode: "sync-from" as const }],
      type: "favorites" as const,
      options,
    };
  }

  /** Queues the user's one job, by default in the lane of which two workers serve one job at a time. */
  async enqueue(userId: string, { sync = {}, ...options }: EnqueueOptions & { sync?: SyncOptions } = {}) {
    if (!this.#last) throw new Error("a yard is opened first");
    const asked = this.#last.enqueue(this.request(userId, sync), { lane: "automatic", ...options });
    const job = only(await this.clock.run(asked));
    await this.clock.settle();
    return job;
  }

  async row({ id }: JobInfo): Promise<Row<"sync_jobs">> {
    return only(await this.storage.select({ table: "sync_jobs", where: { id } }));
  }

  async leases(): Promise<number> {
    return await this.storage.count({ table: "leases", where: { expires_at: { gt: this.clock.now() } } });
  }
}
