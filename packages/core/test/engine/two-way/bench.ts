import { inventedRecordings, type LibraryHabits, type SyntheticLibrary, syntheticLibrary } from "@syncer/testkit";
import {
  createSyncEngine,
  type Engine,
  memoryStorage,
  type PairReport,
  type StorageAdapter,
  type SyncOptions,
} from "../../../src/index.ts";
import { heldEncryption } from "../../support/held-encryption.ts";
import { type VirtualClock, virtualClock } from "../../support/virtual-clock.ts";
import { only } from "../support/bench.ts";

const USER = { userId: "user-1" } as const;

/**
 * Two libraries that are synced both ways. Song n is `l<n>` on the left and `r<n>` on the right; of song 0 both have
 * another recording too, `l10` and `r10`.
 */
export class TwoWayBench {
  readonly clock: VirtualClock = virtualClock();
  readonly storage: StorageAdapter = memoryStorage();
  readonly left: SyntheticLibrary;
  readonly right: SyntheticLibrary;

  constructor(habits: { readonly left?: Partial<LibraryHabits>; readonly right?: Partial<LibraryHabits> } = {}) {
    const songs = [...Array(10).keys(), 0];
    const library = (name: "left" | "right", prefix: string) => {
      const recordings = inventedRecordings(prefix, songs);
      return syntheticLibrary({ name, clock: this.clock, recordings, habits: habits[name] ?? {} });
    };
    this.left = library("left", "l");
    this.right = library("right", "r");
  }

  /** An engine on this bench; each is another process, as it were. */
  engine(storage: StorageAdapter = this.storage) {
    return createSyncEngine({
      providers: [this.left.provider(), this.right.provider()],
      storage,
      clock: this.clock,
      encryption: heldEncryption(this.clock),
      fetch: () => Promise.reject(new Error("libraries need no network")),
    });
  }

  async open(): Promise<this> {
    const engine = this.engine();
    await engine.migrate();
    for (const service of ["left", "right"]) await engine.connections.addPublic({ ...USER, service, accountId: "me" });
    return this;
  }

  request(options: SyncOptions = {}, mode: "bidirectional" | "sync-from" | "sync-to" = "bidirectional") {
    return { ...USER, pairs: [{ source: "left", target: "right", mode }], type: "favorites", options };
  }

  /** Both ways, in a process of its own unless one is given. */
  async sync(engine: Engine = this.engine()): Promise<PairReport> {
    return only(await engine.sync(this.request()));
  }

  /** What both sides hold, each in a stable order. */
  get shown(): { readonly left: readonly string[]; readonly right: readonly string[] } {
    return { left: this.left.ids().toSorted(), right: this.right.ids().toSorted() };
  }
}
