import type { Connections } from "../connections/index.ts";
import type { ProviderRegistry } from "../contract/index.ts";
import type { TenantHashes } from "../crypto/index.ts";
import type { ItemKindName } from "../items/index.ts";
import type { ItemMatcher, Strictness } from "../matching/index.ts";
import type { Clock, Encryption, Logger, Random, StorageAdapter } from "../ports/index.ts";
import type { Transport } from "../transport/index.ts";
import type { SyncListener } from "./events.ts";
import type { PairPlan } from "./plans/plan.ts";
import type { PairPolicies } from "./requests/match-options.ts";
import type { Turns } from "./runs/turns.ts";
import type { SignedSecrets } from "./webhooks/signed-secrets.ts";

/** Bounds of one run. A run that meets one ends with `run.bound-exceeded`; what it did is recorded. */
export interface RunBounds {
  /** Rows of one collection. Default 500,000. */
  readonly maxItems: number;
  /** Requests of one side. Default 1,000,000. */
  readonly maxRequests: number;
}

/** What the parts of an engine share. */
export interface EngineParts {
  readonly registry: ProviderRegistry;
  readonly storage: StorageAdapter;
  readonly encryption: Encryption;
  readonly clock: Clock;
  readonly random: Random;
  readonly hashes: TenantHashes;
  readonly transport: Transport;
  readonly connections: Connections;
  readonly logger: Logger;
  readonly emit: SyncListener;
  readonly bounds: RunBounds;
  /** Store item ids sealed although the provider calls them opaque. */
  readonly sealIds: boolean;
  /** A matcher of such items with this threshold, and with these policies in place of the engine's. */
  readonly matcher: (kind: ItemKindName, threshold: number, policies: PairPolicies) => Promise<ItemMatcher>;
  /** Says the threshold of a new pair that names none. */
  readonly strictness: Strictness;
  /** The host's veto: `false` refuses a plan. */
  readonly beforeApply?: (plan: PairPlan) => boolean | Promise<boolean>;
  /** Connections whose account was found to be the pair's since their tokens last changed. */
  readonly identified: Set<string>;
  /** By service, the keys of deliveries that are signed in the generic form. */
  readonly webhookSecrets: SignedSecrets;
  /** Names this engine among those that share a database. */
  readonly ownerId: string;
  /** Runs that write the same collection go on one after another. */
  readonly turns: Turns;
}
