import type { ProviderBench } from "./bench.ts";
import type { ProviderHarness } from "./harness.ts";

/** One promise of the contract, and how to see whether a provider keeps it. */
export interface ProviderCheck {
  /** A sentence that completes "the provider …". */
  readonly name: string;
  /** Whether it changes the user's collections through the provider. */
  readonly writes: boolean;
  /** Why it cannot be run with this harness; `undefined` if it can. */
  skipReason(harness: ProviderHarness): string | undefined;
  /** Resolves if the promise is kept. @throws {CheckFailure} saying what was seen */
  run(harness: ProviderHarness): Promise<void>;
}

/** What a check may need beside a provider and a user. */
export type Need =
  | "account"
  | "authorization"
  | "catalogue"
  | "catalogue items"
  | "client ids"
  | "conditional writes"
  | "containers"
  | "contents write"
  | "documents"
  | "document write"
  | "log"
  | "log write"
  | "lookup"
  | "markers"
  | "membership"
  | "probe"
  | "search"
  | "sign-in"
  | "stand-in"
  | "odd rows"
  | "token"
  | "unavailable id"
  | "unknown id"
  | "webhooks"
  | "write"
  | `${number} items`;

export interface CheckDescription {
  readonly name: string;
  readonly needs?: readonly Need[];
  run(bench: ProviderBench): Promise<void>;
}
