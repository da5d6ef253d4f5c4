import { ConfigurationError, InvalidRequestError } from "../errors/index.ts";
import type { SyncType } from "../items/index.ts";
import type { DataPolicy } from "./data-policy.ts";
import { collectionsOf } from "./define-provider.ts";
import type { HealthStatus } from "./profile.ts";
import { formProblems } from "./provider-form.ts";
import { canWatch, collectionOf, receiverOf } from "./receiver.ts";
import type { AnyProvider, ServiceCategory } from "./service-provider.ts";

/** What one service can do with one sync type. */
export interface Capability {
  readonly type: SyncType;
  readonly read: boolean;
  readonly write: boolean;
  /** Whether the service can call when a collection of this type has changed. */
  readonly watch: boolean;
}

export interface ServiceInfo {
  readonly name: string;
  readonly displayName: string;
  readonly category: ServiceCategory;
  readonly scopes: readonly string[];
  readonly capabilities: readonly Capability[];
  readonly dataPolicy: DataPolicy;
  /** From the last health check; absent before the first one. */
  readonly health?: HealthStatus & { readonly checkedAtMs: number };
}

/**
 * `sync-from`: from the source to the target. `sync-to`: from the target to the source.
 * `bidirectional`: both ways.
 */
export type SyncMode = "sync-from" | "sync-to" | "bidirectional";

export const syncModes: readonly SyncMode[] = ["sync-from", "sync-to", "bidirectional"];

export interface SupportedPair {
  readonly source: string;
  readonly target: string;
  readonly category: ServiceCategory;
  readonly types: readonly { readonly type: SyncType; readonly modes: readonly SyncMode[] }[];
}

/** The providers that an engine was given. There is no discovery and no global list. */
export class ProviderRegistry {
  readonly #providers = new Map<string, AnyProvider>();
  readonly #health = new Map<string, HealthStatus & { checkedAtMs: number }>();

  constructor(providers: readonly AnyProvider[] = []) {
    for (const provider of providers) this.register(provider);
  }

  /** @throws {ConfigurationError} it is no provider, or the name is taken */
  register(provider: AnyProvider): void {
    const problems = formProblems(provider, "provider");
    if (problems.length > 0) throw new ConfigurationError(problems);
    if (this.#providers.has(provider.name)) {
      throw new ConfigurationError([
        {
          path: `providers(${provider.name})`,
          expected: "each service once",
          fix: "Remove the second provider of that name.",
        },
      ]);
    }
    this.#providers.set(provider.name, provider);
  }

  /** @throws {InvalidRequestError} `service.unknown` */
  get(service: string): AnyProvider {
    const provider = this.#providers.get(service);
    if (!provider) {
      const shown = typeof service === "string" ? service.slice(0, 80) : `(${typeof service})`;
      throw new InvalidRequestError("service.unknown", {
        service: shown,
        known: [...this.#providers.keys()].join(", "),
      });
    }
    return provider;
  }

  has(service: string): boolean {
    return this.#providers.has(service);
  }

  /** Whether some provider has a log of this type. */
  hasLog(type: SyncType): boolean {
    if (typeof type !== "string") return false;
    return [...this.#providers.values()].some((provider) => collectionOf(provider, type)?.shape === "log");
  }

  /** Whether some service can call when a collection has changed. */
  hasWebhooks(): boolean {
    return [...this.#providers.values()].some(({ webhooks }) => webhooks !== undefined);
  }

  get count(): number {
    return this.#providers.size;
  }

  list(filter: { readonly category?: ServiceCategory } = {}): readonly ServiceInfo[] {
    if (typeof filter !== "object" || filter === null) {
      throw new InvalidRequestError("request.invalid", {
        path: "registry.list",
        problem: "needs { category } or nothing",
      });
    }
    return [...this.#providers.values()]
      .filter(({ category }) => filter.category === undefined || category === filter.category)
      .map((provider) => this.#describe(provider));
  }

  /** Whether the last health check, if there was one, found the service working. */
  isAvailable(service: string): boolean {
    return this.has(service) && this.#health.get(service)?.status !== "unhealthy";
  }

  recordHealth(service: string, health: HealthStatus, checkedAtMs: number): void {
    const { name } = this.get(service);
    if (typeof health?.status !== "string" || !Number.isFinite(checkedAtMs)) {
      throw new InvalidRequestError("request.invalid", {
        path: "registry.recordHealth",
        problem: "needs a health status and the time of the check, in ms",
      });
    }
    this.#health.set(name, { ...health, checkedAtMs });
  }

  /**
   * Every ordered pair of services of one category, with the sync types and modes that both sides really support. A service that has
   * several containers of a type is one with itself.
   */
  supportedPairs(): readonly SupportedPair[] {
    const providers = [...this.#providers.values()];
    return providers.flatMap((source) =>
      providers
        .filter((target) => target.category === source.category)
        .map((target) => ({
          source: source.name,
          target: target.name,
          category: source.category,
          types: typesOf(source, target)
            .filter((type) => target !== source || collectionOf(source, type)?.shape === "held-documents")
            .map((type) => ({ type, modes: supportedModes(source, target, type) }))
            .filter(({ modes }) => modes.length > 0),
        }))
        .filter(({ types }) => types.length > 0),
    );
  }

  #describe(provider: AnyProvider): ServiceInfo {
    const health = this.#health.get(provider.name);
    return {
      name: provider.name,
      displayName: provider.displayName,
      category: provider.category,
      scopes: provider.scopes,
      capabilities: collectionsOf(provider).map(([type, { write }]) => ({
        type,
        read: true,
        write: write !== undefined,
        watch: canWatch(provider, type),
      })),
      dataPolicy: provider.dataPolicy,
      ...(health ? { health } : {}),
    };
  }
}

function typesOf(...providers: readonly AnyProvider[]): readonly SyncType[] {
  return [...new Set(providers.flatMap((provider) => collectionsOf(provider).map(([type]) => type)))];
}

/** The modes that two providers support for a sync type. What a log holds goes one way: it is not written back. */
export function supportedModes(source: AnyProvider, target: AnyProvider, type: SyncType): readonly SyncMode[] {
  const from = receiverOf(source, target, type) !== undefined;
  const to = receiverOf(target, source, type) !== undefined;
  const isLog = collectionOf(from ? source : target, type)?.shape === "log";
  return syncModes.filter((mode) => (mode === "sync-from" ? from : mode === "sync-to" ? to : from && to && !isLog));
}

/** At compile time: whether a pair of providers supports a sync type in a mode. */
export type SupportsMode<
  TSource extends AnyProvider,
  TTarget extends AnyProvider,
  TType extends SyncType,
  TMode,
> = TMode extends "sync-from"
  ? Gives<TSource, TTarget, TType>
  : TMode extends "sync-to"
    ? Gives<TTarget, TSource, TType>
    : TMode extends "bidirectional"
      ? IsLog<TSource, TType> extends true
        ? false
        : Both<Writable<TTarget, TType>, Writable<TSource, TType>>
      : false;

type Gives<TFrom extends AnyProvider, TTo extends AnyProvider, TType extends SyncType> =
  IsLog<TFrom, TType> extends true ? TakesLog<TTo, TType> : Both<Readable<TFrom, TType>, Writable<TTo, TType>>;

/** Not an intersection: `true & false` is `never`, which extends everything. */
type Both<A, B> = [A, B] extends [true, true] ? true : false;

type Readable<P extends AnyProvider, T extends SyncType> = P["collections"] extends { readonly [K in T]: object }
  ? true
  : false;

type Writable<P extends AnyProvider, T extends SyncType> = P["collections"] extends {
  readonly [K in T]: { readonly write: object };
}
  ? true
  : false;

/** Whether a provider has a log of this type; one that is known at run time only is not asked. */
type IsLog<P extends AnyProvider, T extends SyncType> = [P] extends [never]
  ? false
  : P["collections"] extends { readonly [K in T]: { readonly shape: "log" } }
    ? true
    : false;

/** See `receiverOf`. */
type TakesLog<P extends AnyProvider, T extends SyncType> =
  Writable<P, T> extends true
    ? true
    : P["collections"] extends {
          readonly playlists: { readonly write: object; readonly contents: { readonly write: object } };
        }
      ? true
      : false;
