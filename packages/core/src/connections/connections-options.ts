import type { AnyProvider } from "../contract/index.ts";
import type { TenantHashes } from "../crypto/index.ts";
import type { Clock, Encryption, Logger, Random, StorageAdapter } from "../ports/index.ts";
import type { Transport } from "../transport/types.ts";
import type { ConnectionEvent } from "./types.ts";

/** The providers by name. A `ProviderRegistry` is one. */
export interface ProviderLookup {
  /** @throws {InvalidRequestError} `service.unknown` */
  get(service: string): AnyProvider;
}

export interface ConnectionsOptions {
  readonly providers: ProviderLookup;
  readonly storage: StorageAdapter;
  readonly encryption: Encryption;
  readonly hashes: TenantHashes;
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Transport;
  readonly logger?: Logger;
  /** A listener that throws harms nothing. */
  readonly onEvent?: (event: ConnectionEvent) => void;
}

/** The tenant of hosts that have none. */
export const DEFAULT_TENANT = "default";
