import {
  createSyncEngine,
  memoryStorage,
  type PairReport,
  type Row,
  type StorageAdapter,
  type SyncEngineOptions,
  type SyncOptions,
  tableNames,
} from "../../../src/index.ts";
import { heldEncryption } from "../../support/held-encryption.ts";
import { type VirtualClock, virtualClock } from "../../support/virtual-clock.ts";
import { leftRecordings, rightRecordings } from "./recordings.ts";
import { Shelf } from "./shelf.ts";

const USER = { userId: "user-1" } as const;
/** Longer than a lease lives: whoever held one is taken for dead. */
export const BEYOND_LEASE_MS = 31_000;

/** Two shelves, a storage, a clock that stands still: everything that an engine needs and nothing that takes time. */
export class Bench {
  readonly clock: VirtualClock = virtualClock();
  readonly left = new Shelf("left", leftRecordings, this.clock);
  readonly right = new Shelf("right", rightRecordings, this.clock);
  readonly storage: StorageAdapter = memoryStorage();

  /** An engine on this bench; each is another process, as it were. */
  engine(options: Partial<Pick<SyncEngineOptions, "storage" | "beforeApply" | "sealIds" | "onEvent">> = {}) {
    return createSyncEngine({
      providers: [this.left.provider(), this.right.provider()],
      storage: this.storage,
      clock: this.clock,
      encryption: heldEncryption(this.clock),
      fetch: () => Promise.reject(new Error("shelves need no network")),
      ...options,
    });
  }

  async open(): Promise<this> {
    const engine = this.engine();
    await engine.migrate();
    for (const service of ["left", "right"]) await engine.connections.addPublic({ ...USER, service, accountId: "me" });
    return this;
  }

  /** From left to right. */
  request(options: SyncOptions = {}) {
    return {
      ...USER,
      pairs: [{ source: "left", target: "right", mode: "sync-from" as const }],
      type: "favorites" as const,
      options,
    };
  }

  async sync(options: SyncOptions = {}, engine = this.engine()): Promise<PairReport> {
    return only(await engine.sync(this.request(options)));
  }

  /** Every row of every table, in a stable order. */
  async dump(): Promise<Readonly<Record<string, readonly string[]>>> {
    const tables = await Promise.all(
      tableNames.map(async (table) => [table, await this.storage.select({ table })] as const),
    );
    return Object.fromEntries(tables.map(([table, rows]) => [table, rows.map((row) => JSON.stringify(row)).sort()]));
  }

  async links(): Promise<Row<"links">[]> {
    return await this.storage.select({ table: "links", orderBy: ["link_key"] });
  }
}

export function only({ pairs }: { readonly pairs: readonly PairReport[] }): PairReport {
  const [pair] = pairs;
  if (!pair) throw new Error("a sync of one pair reports one pair");
  return pair;
}
