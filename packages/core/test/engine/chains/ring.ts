import type { SyntheticDocuments, SyntheticLibrary, SyntheticService } from "@syncer/testkit";
import {
  createSyncEngine,
  memoryStorage,
  type PairReport,
  type StorageAdapter,
  type SyncOptions,
} from "../../../src/index.ts";
import { heldEncryption } from "../../support/held-encryption.ts";
import type { VirtualClock } from "../../support/virtual-clock.ts";
import { only } from "../support/bench.ts";

const USER = { userId: "user-1" } as const;

export type Leg = readonly [source: string, target: string];
/** Each with the next, and the last with the first. */
export const ring: readonly Leg[] = [
  ["alpha", "beta"],
  ["beta", "gamma"],
  ["gamma", "alpha"],
];
export const chain: readonly Leg[] = ring.slice(0, 2);

/** In whatever order the legs are run. */
export function ordersOf(legs: readonly Leg[]): readonly (readonly Leg[])[] {
  if (legs.length <= 1) return [legs];
  return legs.flatMap((leg) => ordersOf(legs.filter((other) => other !== leg)).map((rest) => [leg, ...rest]));
}

/** Three services of one user, paired with each other two-way. */
export class Ring<S extends SyntheticDocuments | SyntheticLibrary> {
  readonly clock: VirtualClock;
  readonly services: { readonly alpha: S; readonly beta: S; readonly gamma: S };
  readonly storage: StorageAdapter = memoryStorage();

  constructor(clock: VirtualClock, make: (name: "alpha" | "beta" | "gamma") => S) {
    this.clock = clock;
    this.services = { alpha: make("alpha"), beta: make("beta"), gamma: make("gamma") };
  }

  get all(): readonly S[] {
    return Object.values(this.services);
  }

  engine() {
    return createSyncEngine({
      providers: this.all.map((service) => service.provider()),
      storage: this.storage,
      clock: this.clock,
      encryption: heldEncryption(this.clock),
      fetch: () => Promise.reject(new Error("these services need no network")),
    });
  }

  async open(): Promise<this> {
    const engine = this.engine();
    await engine.migrate();
    for (const { name } of this.all) await engine.connections.addPublic({ ...USER, service: name, accountId: "me" });
    return this;
  }

  async run([source, target]: Leg, options: SyncOptions = {}): Promise<PairReport> {
    await this.clock.advance(60_000);
    const pairs = [{ source, target, mode: "bidirectional" as const }];
    return only(await this.engine().sync({ ...USER, type: this.services.alpha.type, pairs, options }));
  }

  /** Runs all legs in turn until a whole round writes nothing. @returns how many writes that took */
  async settle(legs: readonly Leg[], options: SyncOptions = {}): Promise<number> {
    const start = this.writes;
    for (let round = 0; round < 12; round++) {
      const before = this.writes;
      for (const leg of legs) {
        const { status } = await this.run(leg, options);
        if (status !== "succeeded") throw new Error(`${leg.join(" and ")} ended ${status}`);
      }
      if (this.writes === before && round > 0) return this.writes - start;
    }
    throw new Error("the services are still written after twelve rounds");
  }

  /** What sync wrote so far, at all services. */
  get writes(): number {
    return this.all.reduce((sum, service) => sum + writesOf(service), 0);
  }
}

function writesOf({ writeCalls }: SyntheticService): number {
  return writeCalls;
}
