import type { ConnectionRef, Connections } from "../connections/index.ts";
import type { AnyProvider, HealthStatus, ProviderRegistry } from "../contract/index.ts";
import { type ReencryptReport, reencrypt } from "../crypto/index.ts";
import { InvalidRequestError, SyncerError } from "../errors/index.ts";
import type { MigrationReport } from "../ports/index.ts";
import type { BudgetStatus } from "../transport/index.ts";
import type { EngineParts } from "./engine-parts.ts";
import type { EventEmitter, SyncListener } from "./events.ts";
import { type Explanation, explain } from "./explain.ts";
import { draftPair, type PairRef, Pairs, readPair, storePair } from "./pairs.ts";
import type { PairPlanResult, Plan } from "./plan.ts";
import type { PairReport, SyncReport } from "./report.ts";
import { dryRunReport, failedReport } from "./reports.ts";
import { parseOwner, type ResolvedPair, resolveRequest, type SyncJobRequest } from "./request.ts";
import type { PairRow } from "./run-context.ts";
import { planPair, runPair } from "./run-pair.ts";
import { Schedules } from "./schedules.ts";
import type { RequestFor } from "./typed-request.ts";

/** How often `sync` plans again when what it planned has moved before it was applied. */
const REPLANS = 3;

export interface CallOptions {
  /** Cancels: the operation at hand is finished and recorded, the rest is left to the next run. */
  readonly signal?: AbortSignal;
}

/**
 * Connect, plan, apply, report: everything that an application does with Syncer. Build one per process with
 * `createSyncEngine` and share it.
 */
export class Engine<P extends readonly AnyProvider[] = readonly AnyProvider[]> {
  /** The providers, what they can do, and which pairs that makes. */
  readonly registry: ProviderRegistry;
  /** Users' authorized access to services. */
  readonly connections: Connections;
  /** Stored pairs. */
  readonly pairs: Pairs<P[number]["name"]>;
  readonly schedules: Schedules;
  readonly #parts: EngineParts;
  readonly #events: EventEmitter;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(parts: EngineParts, events: EventEmitter) {
    this.#parts = parts;
    this.#events = events;
    this.registry = parts.registry;
    this.connections = parts.connections;
    this.pairs = new Pairs(parts);
    this.schedules = new Schedules(parts, (pair, signal) =>
      this.#track(runPair(parts, pair, { signal: this.#signal(signal), trigger: "scheduled" })),
    );
  }

  /** Brings the database to this release's schema. */
  migrate(): Promise<MigrationReport> {
    return this.#parts.storage.migrate();
  }

  /** @returns a function that takes the listener off again */
  on(listener: SyncListener): () => void {
    return this.#events.on(listener);
  }

  /**
   * A dry run: reads both sides of each pair and decides. Nothing is written, neither at a service nor in the database.
   * One pair that fails does not fail the others.
   * @throws {InvalidRequestError} the request itself is wrong
   */
  async plan<const R extends SyncJobRequest<P[number]["name"]>>(
    request: R & RequestFor<P, R>,
    options: CallOptions = {},
  ): Promise<Plan> {
    this.#assertRunning();
    const resolved = await resolveRequest(this.#parts, request);
    const { tenantId, userId } = parseOwner(request);
    const pairs = await Promise.all(resolved.map((pair) => this.#planOne(pair, options)));
    return { tenantId, userId, pairs };
  }

  /**
   * Does exactly what was planned: an operation whose ground has moved since is refused, item by item, and nothing that
   * the plan does not contain is done.
   * @param options.confirm hashes of held plans that a person has confirmed
   */
  async apply(plan: Plan, options: CallOptions & { readonly confirm?: readonly string[] } = {}): Promise<SyncReport> {
    this.#assertRunning();
    const { tenantId, userId } = parseOwner(plan);
    const signal = this.#signal(options.signal);
    const pairs = await Promise.all(
      plan.pairs.map(async (planned) => {
        if (!planned.ok) return this.#failed(planned.pairId ?? "", planned.error);
        const confirm = options.confirm?.find((hash) => hash === planned.hold?.hash);
        const pair = await this.#storedFor(tenantId, userId, planned);
        const run = runPair(this.#parts, pair, {
          signal,
          trigger: "manual",
          plan: planned,
          ...(confirm ? { confirm } : {}),
        });
        return await this.#track(run);
      }),
    );
    return { pairs };
  }

  /** Plans and applies; what has moved in between is planned again, up to three times. */
  async sync<const R extends SyncJobRequest<P[number]["name"]>>(
    request: R & RequestFor<P, R>,
    options: CallOptions = {},
  ): Promise<SyncReport> {
    this.#assertRunning();
    const resolved = await resolveRequest(this.#parts, request);
    if (request.options?.dryRun) {
      const plans = await Promise.all(resolved.map((pair) => this.#planOne(pair, options)));
      return {
        pairs: plans.map((plan) =>
          plan.ok ? dryRunReport(plan, this.#parts.clock.now()) : this.#failed(plan.pairId ?? "", plan.error),
        ),
      };
    }
    const pairs: PairRow[] = [];
    for (const pair of resolved) pairs.push(await storePair(this.#parts, await draftPair(this.#parts, pair)));
    return { pairs: await Promise.all(pairs.map((pair) => this.#syncOne(pair, options))) };
  }

  /** Syncs a stored pair. */
  async syncPair(ref: PairRef, options: CallOptions = {}): Promise<PairReport> {
    this.#assertRunning();
    return await this.#syncOne(await readPair(this.#parts, ref), options);
  }

  /** Lets exactly the held plan of this hash go ahead at the pair's next run. */
  confirm(ref: PairRef & { readonly planHash: string }): Promise<void> {
    return this.pairs.confirm(ref);
  }

  /** Why an item is or is not synced: link, last decision, next attempt; without content. */
  explain(request: ConnectionRef & { readonly externalId: string }): Promise<readonly Explanation[]> {
    return explain(this.#parts, request);
  }

  /** What is left of a connection's request budget, and until when the service is closed. */
  async limits(ref: ConnectionRef): Promise<BudgetStatus> {
    const { service, tenantId, id } = await this.connections.get(ref);
    return await this.#parts.transport.limits(this.registry.get(service), tenantId, id);
  }

  /** Asks a service whether it works and remembers the answer for the registry. Needs no user. */
  async checkHealth(service: P[number]["name"], options: { readonly tenantId?: string } = {}): Promise<HealthStatus> {
    const provider = this.registry.get(service);
    const session = this.#parts.transport.session({ provider, tenantId: options.tenantId ?? "default", maxWaitMs: 0 });
    const health = await provider.health(session).catch((error: unknown): HealthStatus => {
      if (SyncerError.is(error)) return { status: "unhealthy", reason: error.code };
      throw error;
    });
    this.registry.recordHealth(provider.name, health, this.#parts.clock.now());
    return health;
  }

  /** Renews what was sealed under an older key; safe while workers run. */
  reencrypt(options: { readonly tenantId?: string } = {}): Promise<ReencryptReport> {
    const { storage, encryption, clock, random } = this.#parts;
    return reencrypt({ storage, encryption, clock, random, ...options });
  }

  /**
   * To be called once after the database was restored from a backup: the next run of each pair deletes nothing without
   * a confirmation, because what the backup does not know was not deleted by anybody.
   * @returns how many pairs that concerns
   */
  async afterRestore(options: { readonly tenantId?: string } = {}): Promise<number> {
    const result = await this.#parts.storage.write({
      statements: [
        {
          update: "sync_pairs",
          set: { delete_free: true, updated_at: this.#parts.clock.now() },
          where: options.tenantId === undefined ? {} : { tenant_id: options.tenantId },
        },
        { delete: "sync_cursors", where: options.tenantId === undefined ? {} : { tenant_id: options.tenantId } },
      ],
    });
    return result.applied ? (result.affected[0] ?? 0) : 0;
  }

  /** Takes no more work, lets running work come to a safe point within `graceMs` (default 10 s), closes the storage. */
  async stop(options: { readonly graceMs?: number } = {}): Promise<void> {
    this.#stopping.abort(new InvalidRequestError("engine.stopped", {}));
    const waited = new AbortController();
    const grace = this.#parts.clock.sleep(options.graceMs ?? 10_000, waited.signal).catch(() => {});
    await Promise.race([Promise.allSettled(this.#running), grace]);
    waited.abort();
    await this.#parts.storage.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #planOne(request: ResolvedPair, { signal }: CallOptions): Promise<PairPlanResult> {
    const pair = await draftPair(this.#parts, request);
    try {
      return { ok: true, ...(await this.#track(planPair(this.#parts, pair, this.#signal(signal)))) };
    } catch (error) {
      if (!SyncerError.is(error)) throw error;
      return {
        ok: false,
        pairId: pair.id,
        source: request.source.provider.name,
        target: request.target.provider.name,
        error,
      };
    }
  }

  async #syncOne(pair: PairRow, { signal }: CallOptions): Promise<PairReport> {
    const run = () => this.#track(runPair(this.#parts, pair, { signal: this.#signal(signal), trigger: "manual" }));
    let report = await run();
    for (let replans = 0; replans < REPLANS && movedMeanwhile(report); replans++) report = await run();
    return report;
  }

  /** The stored pair that a plan was made for; a plan of a pair that was never stored stores it now. */
  async #storedFor(tenantId: string, userId: string, plan: Extract<PairPlanResult, { ok: true }>): Promise<PairRow> {
    const { storage } = this.#parts;
    const [stored] = await storage.select({
      table: "sync_pairs",
      where: { id: plan.pairId, tenant_id: tenantId, user_id: userId },
    });
    if (stored && stored.version === plan.pairVersion) return stored;
    const draft = await draftPair(this.#parts, await this.#asRequested(tenantId, userId, plan));
    return await storePair(this.#parts, draft);
  }

  async #asRequested(
    tenantId: string,
    userId: string,
    plan: Extract<PairPlanResult, { ok: true }>,
  ): Promise<ResolvedPair> {
    const { sourceConnectionId, targetConnectionId, mode, type, options } = plan.request;
    const pairs = [
      { source: { connectionId: sourceConnectionId }, target: { connectionId: targetConnectionId }, mode },
    ];
    const [resolved] = await resolveRequest(this.#parts, { tenantId, userId, type, pairs, options });
    if (!resolved) throw new InvalidRequestError("request.no-pair", {});
    return resolved;
  }

  #failed(pairId: string, error: SyncerError): PairReport {
    const now = this.#parts.clock.now();
    return failedReport({ pair: { id: pairId }, startedAtMs: now }, now, error, "failed");
  }

  #signal(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([signal, this.#stopping.signal]) : this.#stopping.signal;
  }

  #assertRunning(): void {
    if (this.#stopping.signal.aborted) throw new InvalidRequestError("engine.stopped", {});
  }

  async #track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }
}

function movedMeanwhile({ items }: PairReport): boolean {
  return items.some(({ kind, reason }) => kind === "refused" && reason?.code === "refused.precondition-moved");
}
