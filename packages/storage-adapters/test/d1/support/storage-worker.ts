import { ConfigurationError, type ConfigurationProblem, type StorageAdapter, SyncerError } from "@syncer/core";
import { type D1Binding, type D1Storage, d1 } from "@syncer/storage-adapters/d1";
import { fromWire, toWire } from "./wire.ts";

/** One call of the port, or of what the adapter has beside it. */
export interface StorageCall {
  /** Which adapter; the worker makes it at its first call and keeps it. */
  readonly adapter: string;
  readonly database: string;
  readonly tablePrefix: string;
  readonly method: keyof StorageAdapter | "migrationSql";
  readonly args: readonly unknown[];
}

export type StorageAnswer =
  | { readonly value: unknown }
  | {
      readonly code: string;
      readonly params: unknown;
      readonly cause: string;
      readonly problems?: readonly ConfigurationProblem[];
    };

const adapters = new Map<string, D1Storage>();

/** The adapter inside the workers runtime, its calls coming in from the tests outside. */
export default {
  async fetch(request: Request, env: Readonly<Record<string, D1Binding>>): Promise<Response> {
    const call = fromWire(await request.text()) as StorageCall;
    return new Response(toWire(await answer(call, env)));
  },
};

async function answer(call: StorageCall, env: Readonly<Record<string, D1Binding>>): Promise<StorageAnswer> {
  try {
    const storage =
      adapters.get(call.adapter) ?? d1(env[call.database] as D1Binding, { tablePrefix: call.tablePrefix });
    adapters.set(call.adapter, storage);
    const method = storage[call.method] as (...args: readonly unknown[]) => unknown;
    return { value: await method.apply(storage, call.args as unknown[]) };
  } catch (error) {
    if (!SyncerError.is(error)) throw error;
    const { code, params, cause } = error;
    const problems = error instanceof ConfigurationError ? { problems: error.problems } : {};
    return { code, params, cause: cause instanceof Error ? cause.message : "", ...problems };
  }
}
