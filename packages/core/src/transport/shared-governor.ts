import { ConfigurationError } from "../errors/index.ts";
import { type Clock, type Random, type StorageAdapter, systemClock, systemRandom } from "../ports/index.ts";
import type { Governor } from "./governor.ts";

export interface SharedGovernorOptions {
  /** What all processes reach; the engine's own will do. */
  readonly storage: StorageAdapter;
  /** The engine's, if it has one of its own. Clocks of machines must agree to a hundredth of a limit's `perMs`. */
  readonly clock?: Clock;
  readonly random?: Random;
}

/**
 * One budget for all processes that work on one storage, whichever it is: each budget is a row there, and a request goes
 * out when the row says so. It costs a request two or three small writes.
 *
 * A storage that fails fails the request, with its error: nothing goes out without leave.
 *
 * @example
 * createSyncEngine({ providers, storage, encryption, governor: sharedGovernor({ storage }) });
 * @throws {ConfigurationError}
 */
export function sharedGovernor(options: SharedGovernorOptions): Governor {
  const { storage, clock = systemClock(), random = systemRandom } = options ?? {};
  if (typeof storage?.write !== "function") {
    const fix = "Give the storage of the engine.";
    throw new ConfigurationError([{ path: "sharedGovernor.storage", expected: "a StorageAdapter", fix }]);
  }
  let loading: Promise<Required<Governor>> | undefined;
  let loaded: Required<Governor> | undefined;
  const load = async (): Promise<Required<Governor>> => {
    loading ??= import("./shared/store-governor.ts").then(({ storeGovernor }) =>
      storeGovernor({ storage, clock, random }),
    );
    try {
      loaded = await loading;
      return loaded;
    } catch (error) {
      loading = undefined;
      throw error;
    }
  };
  return {
    isShared: true,
    run: async (budget, claim, work) => (loaded ?? (await load())).run(budget, claim, work),
    close: async (budget, quiet) => (loaded ?? (await load())).close(budget, quiet),
    status: async (budget) => (loaded ?? (await load())).status(budget),
    answered: (budget, sentAtMs) => loaded?.answered(budget, sentAtMs),
  };
}
