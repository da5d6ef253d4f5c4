import { type Connections, createConnections } from "./connections/index.ts";
import type { AnyProvider } from "./contract/index.ts";
import { formProblems, ProviderRegistry } from "./contract/index.ts";
import { createTenantHashes, newHandle } from "./crypto/index.ts";
import type { EngineParts, RunBounds } from "./engine/engine-parts.ts";
import { EventEmitter, type SyncListener } from "./engine/events.ts";
import type { PairPlan } from "./engine/plans/plan.ts";
import { Turns } from "./engine/runs/turns.ts";
import { readSecrets, type WebhooksOptions } from "./engine/webhooks/signed-secrets.ts";
import { ConfigurationError, type ConfigurationProblem } from "./errors/index.ts";
import { DEFAULT_CAPACITY, type JobParts, type JobsOptions } from "./jobs/job-parts.ts";
import type { ItemMatcher, MatcherOptions } from "./matching/index.ts";
import { readMatcherOptions } from "./matching/policies.ts";
import {
  type Clock,
  type Encryption,
  inProcessQueue,
  type Logger,
  type Random,
  type StorageAdapter,
  silentLogger,
  systemClock,
  systemRandom,
} from "./ports/index.ts";
import { Engine } from "./sync-engine.ts";
import { createTransport, type Governor } from "./transport/index.ts";

export interface SyncEngineOptions<P extends readonly AnyProvider[] = readonly AnyProvider[]> {
  /** What can be synced; their names become literal types of requests. */
  readonly providers: P;
  readonly storage: StorageAdapter;
  /** Seals tokens and everything else that must not be read in a stolen database; see `keyring`. */
  readonly encryption: Encryption;
  /** Default: the platform's. */
  readonly clock?: Clock;
  readonly random?: Random;
  readonly fetch?: typeof fetch;
  readonly logger?: Logger;
  /** Names the host to services, for example `my-app/1.2 (+https://my-app.example)`. */
  readonly userAgent?: string;
  /** Decides when requests go out. Default: one for this process; for several processes on one storage see `sharedGovernor`. */
  readonly governor?: Governor;
  /** The matcher's options but the threshold, which is the pair's; a new pair has that of the strictness if it names none. */
  readonly matching?: Omit<MatcherOptions, "threshold">;
  /** Told of everything that happens; what it throws harms nothing. */
  readonly onEvent?: SyncListener;
  /** Sees every plan that would write, before it does; `false` refuses it. */
  readonly beforeApply?: (plan: PairPlan) => boolean | Promise<boolean>;
  /** Stores item ids as ciphertext plus keyed hash although their provider calls them opaque. Default `false`. */
  readonly sealIds?: boolean;
  readonly bounds?: Partial<RunBounds>;
  /** How work in the background is queued. */
  readonly jobs?: JobsOptions;
  /** Who may wake pairs by signed deliveries, see `engine.webhooks.receive`. */
  readonly webhooks?: WebhooksOptions;
}

const DEFAULT_BOUNDS: RunBounds = { maxItems: 500_000, maxRequests: 1_000_000 };

/**
 * Builds an engine from its parts. Performs no I/O: call `engine.migrate()` before the first use of a database.
 * @throws {ConfigurationError} with every problem at once
 */
export function createSyncEngine<const P extends readonly AnyProvider[]>(options: SyncEngineOptions<P>): Engine<P> {
  const problems = findProblems(options);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const { storage, encryption, clock = systemClock(), random = systemRandom, logger = silentLogger } = options;
  const registry = new ProviderRegistry(options.providers);
  const events = new EventEmitter();
  if (options.onEvent) events.on(options.onEvent);
  const identified = new Set<string>();
  const transport = createTransport({
    // Looked up at each call, so that whoever replaces the global one later is heard.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    clock,
    random,
    logger,
    storage,
    ...(options.userAgent === undefined ? {} : { userAgent: options.userAgent }),
    ...(options.governor === undefined ? {} : { governor: options.governor }),
  });
  const hashes = createTenantHashes({ storage, encryption, random, clock });
  const connections: Connections = createConnections({
    providers: registry,
    storage,
    encryption,
    hashes,
    clock,
    random,
    transport,
    logger,
    onEvent: (event) => {
      identified.delete(event.connectionId);
      events.emit(event);
    },
  });
  const parts: JobParts = {
    registry,
    storage,
    encryption,
    clock,
    random,
    hashes,
    transport,
    connections,
    logger,
    emit: events.emit,
    bounds: { ...DEFAULT_BOUNDS, ...options.bounds },
    sealIds: options.sealIds ?? false,
    matcher: matchers(options.matching ?? {}),
    strictness: options.matching?.strictness ?? "balanced",
    identified,
    ownerId: newHandle("engine", random),
    turns: new Turns(),
    webhookSecrets: readSecrets(
      options.webhooks,
      registry.list().map(({ name }) => name),
    ).secrets,
    queue: options.jobs?.queue ?? inProcessQueue({ clock }),
    capacity: { ...DEFAULT_CAPACITY, ...options.jobs?.capacity },
    ...(options.beforeApply ? { beforeApply: options.beforeApply } : {}),
  };
  return new Engine<P>(parts, events);
}

/** One matcher for each kind of items and threshold, with each policies, that pairs use. */
function matchers(options: Omit<MatcherOptions, "threshold">): EngineParts["matcher"] {
  const known = new Map<string, ItemMatcher>();
  return async (kind, threshold, policies) => {
    const { createItemMatcher } = await import("./matching/create-item-matcher.ts");
    const { uncertainFrom } = options;
    const bounded = uncertainFrom === undefined ? {} : { uncertainFrom: Math.min(uncertainFrom, threshold) };
    const name = JSON.stringify([kind, threshold, policies]);
    const matcher = known.get(name) ?? createItemMatcher(kind, { ...options, ...policies, ...bounded, threshold });
    known.set(name, matcher);
    return matcher;
  };
}

function findProblems(options: SyncEngineOptions): ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const need = (ok: boolean, path: string, expected: string, fix: string) => {
    if (!ok) problems.push({ path, expected, fix });
  };
  const { providers, storage, encryption, governor, bounds = {}, jobs, matching } = options ?? {};
  need(
    Array.isArray(providers) && providers.length > 0,
    "providers",
    "at least one provider",
    "Give the providers of the services to sync.",
  );
  if (Array.isArray(providers)) {
    problems.push(...providers.flatMap((provider, index) => formProblems(provider, `providers[${index}]`)));
  }
  const names = Array.isArray(providers) ? providers.map((provider) => provider?.name) : [];
  for (const name of new Set(names.filter((name, index) => names.indexOf(name) !== index))) {
    need(false, `providers(${name})`, "each service once", "Remove the second provider of that name.");
  }
  need(
    typeof storage?.write === "function",
    "storage",
    "a StorageAdapter",
    'Give sqlite("syncer.db") or memoryStorage().',
  );
  need(typeof encryption?.seal === "function", "encryption", "an Encryption", "Give keyring({ current, keys }).");
  need(
    governor === undefined || (typeof governor.run === "function" && typeof governor.close === "function"),
    "governor",
    "a Governor",
    "Leave it out for one of this process, or give sharedGovernor({ storage }).",
  );
  need(
    jobs?.queue === undefined || (typeof jobs.queue.wake === "function" && typeof jobs.queue.process === "function"),
    "jobs.queue",
    "a Queue",
    "Leave it out for the queue of this process.",
  );
  if (matching !== undefined) problems.push(...readMatcherOptions(matching, "matching").problems);
  problems.push(...readSecrets(options?.webhooks, names).problems);
  for (const [name, value] of Object.entries(jobs?.capacity ?? {})) {
    const isSize = name in DEFAULT_CAPACITY && Number.isSafeInteger(value) && value > 0;
    need(isSize, `jobs.capacity.${name}`, "a lane and a whole number above 0", "Leave it out for the default.");
  }
  for (const [name, value] of Object.entries(bounds)) {
    need(Number.isFinite(value) && value > 0, `bounds.${name}`, "a positive number", "Leave it out for the default.");
  }
  return problems;
}
