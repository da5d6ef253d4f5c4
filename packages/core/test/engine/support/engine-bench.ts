import {
  type AnyProvider,
  createSyncEngine,
  memoryStorage,
  type PairReport,
  type StorageAdapter,
  type SyncEngineOptions,
} from "../../../src/index.ts";
import { heldEncryption } from "../../support/held-encryption.ts";
import { type VirtualClock, virtualClock } from "../../support/virtual-clock.ts";
import type { InventedService } from "./invented-service.ts";

export const USER = { userId: "user-1" } as const;

type Options = Partial<Pick<SyncEngineOptions, "storage" | "encryption" | "beforeApply" | "sealIds" | "onEvent">>;

/** Invented services, a storage, a clock that stands still: everything that an engine needs and nothing that takes time. */
export abstract class EngineBench<T extends InventedService = InventedService> {
  readonly clock: VirtualClock = virtualClock();
  readonly storage: StorageAdapter;

  constructor(storage: StorageAdapter = memoryStorage()) {
    this.storage = storage;
  }

  abstract get services(): readonly T[];

  /** An engine on this bench; each is another process, as it were. */
  engine(options: Options = {}) {
    const providers: readonly AnyProvider[] = this.services.map((service) => service.provider());
    return createSyncEngine({
      providers,
      storage: this.storage,
      clock: this.clock,
      encryption: heldEncryption(this.clock),
      fetch: () => Promise.reject(new Error("invented services need no network")),
      ...options,
    });
  }

  async open(): Promise<this> {
    const engine = this.engine();
    await engine.migrate();
    for (const { name: service } of this.services) {
      await engine.connections.addPublic({ ...USER, service, accountId: "me" });
    }
    return this;
  }
}

export function only({ pairs }: { readonly pairs: readonly PairReport[] }): PairReport {
  const [pair] = pairs;
  if (!pair) throw new Error("a sync of one pair reports one pair");
  return pair;
}
