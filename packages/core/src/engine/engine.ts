import { z } from "zod";
import type { ConnectionRef, Connections } from "../connections/index.ts";
import type { AnyProvider, HealthStatus, ProviderRegistry } from "../contract/index.ts";
import { type ReencryptReport, reencrypt } from "../crypto/index.ts";
import { InvalidRequestError, SyncerError } from "../errors/index.ts";
import type { MigrationReport } from "../ports/index.ts";
import type { BudgetStatus } from "../transport/index.ts";
import { type ApplyOptions, type CallOptions, checkApplyOptions, checkCallOptions } from "./call-options.ts";
import type { EngineParts } from "./engine-parts.ts";
import type { EventEmitter, SyncListener } from "./events.ts";
import { type Explanation, explain } from "./explain.ts";
import { Maintenance } from "./maintenance.ts";
import { draftPair, type PairRef, Pairs, readPair, storePair } from "./pairs.ts";
import type { PairPlan, PairPlanResult, Plan } from "./plan.ts";
import { assertUnaltered, checkPlanForm, pairOfPlan } from "./plan-integrity.ts";
import type { PairReport, SyncReport } from "./report.ts";
import { dryRunReport, failedReport } from "./reports.ts";
import {
  parseOwner,
  parseWith,
  type ResolvedPair,
  resolveRequest,
  type SyncJobRequest,
  tenantSchema,
} from "./request.ts";
import type { PairRow } from "./run-context.ts";
import { planPair, runPair } from "./run-pair.ts";
import { Schedules } from "./schedules.ts";
import type { RequestFor } from "./typed-request.ts";
import { UserData } from "./user-data.ts";

/** How often `sync` plans again when what it planned has moved before it was applied. */
const REPLANS = 3;

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
  /** Giving back and erasing what is stored about a user. */
  readonly users: UserData;
  readonly maintenance: Maintenance;
  readonly #parts: EngineParts;
  readonly #events: EventEmitter;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  /** Plans that have been carried out to the end here; what is left of any other may be applied again. */
  readonly #applied = new WeakSet<PairPlan>();

  constructor(parts: EngineParts, events: EventEmitter) {
    this.#parts = parts;
    this.#events = events;
    this.registry = parts.registry;
    this.connections = parts.connections;
    this.pairs = new Pairs(parts);
    this.users = new UserData(parts);
    this.maintenance = new Maintenance(parts);
    const run = async (pair: PairRow, signal: AbortSignal) => {
      this.#assertRunning();
      return await this.#track(runPair(parts, pair, { signal: this.#signal(signal), trigger: "scheduled" }));
    };
    this.schedules = new Schedules(parts, run, this.maintenance);
  }

  /** Brings the database to this release's schema. */
  migrate(): Promise<MigrationReport> {
    return this.#parts.storage.migrate();
  }

  /** @returns a function that takes the listener off again */
  on(listener: SyncListener): () => void {
    parseWith(z.function(), listener, "listener");
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
    checkCallOptions(options);
    const resolved = await resolveRequest(this.#parts, request);
    const { tenantId, userId } = parseOwner(request);
    const pairs = await Promise.all(resolved.map((pair) => this.#planOne(pair, options)));
    return { tenantId, userId, pairs };
  }

  /**
   * Does exactly what was planned: an operation whose ground has moved since is refused, item by item, and nothing that
   * the plan does not contain is done.
   * What is wrong with the plan of one pair (`plan.altered`, `plan.stale`, `plan.applied`) is that pair's report.
   * @throws {InvalidRequestError} `plan.altered`: this is no plan
   */
  async apply(plan: Plan, options: ApplyOptions = {}): Promise<SyncReport> {
    this.#assertRunning();
    checkApplyOptions(options);
    const owner = parseOwner(plan);
    checkPlanForm(plan);
    return { pairs: await Promise.all(plan.pairs.map((planned) => this.#applyOne(owner, planned, options))) };
  }

  /** Plans and applies; what has moved in between is planned again, up to three times. */
  async sync<const R extends SyncJobRequest<P[number]["name"]>>(
    request: R & RequestFor<P, R>,
    options: CallOptions = {},
  ): Promise<SyncReport> {
    this.#assertRunning();
    checkCallOptions(options);
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
    checkCallOptions(options);
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
    const { tenantId = "default" } = parseWith(tenantSchema, options, "options");
    const session = this.#parts.transport.session({ provider, tenantId, maxWaitMs: 0 });
    const health = await provider.health(session).catch((error: unknown): HealthStatus => {
      if (SyncerError.is(error)) return { status: "unhealthy", reason: error.code };
      throw error;
    });
    this.registry.recordHealth(provider.name, health, this.#parts.clock.now());
    return health;
  }

  /** Renews what was sealed under an older key; safe while workers run. */
  async reencrypt(options: { readonly tenantId?: string } = {}): Promise<ReencryptReport> {
    parseWith(tenantSchema, options, "options");
    const { storage, encryption, clock, random } = this.#parts;
    return await reencrypt({ storage, encryption, clock, random, ...options });
  }

  /**
   * To be called once after the database was restored from a backup: the next run of each pair deletes nothing without
   * a confirmation, because what the backup does not know was not deleted by anybody.
   * @returns how many pairs that concerns
   */
  async afterRestore(options: { readonly tenantId?: string } = {}): Promise<number> {
    parseWith(tenantSchema, options, "options");
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
    const { graceMs = 10_000 } = parseWith(z.object({ graceMs: z.number().min(0).optional() }), options, "options");
    this.#stopping.abort(new InvalidRequestError("engine.stopped", {}));
    const waited = new AbortController();
    const grace = this.#parts.clock.sleep(graceMs, waited.signal).catch(() => {});
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

  async #applyOne(
    owner: { readonly tenantId: string; readonly userId: string },
    planned: PairPlanResult,
    { signal, confirm }: ApplyOptions,
  ): Promise<PairReport> {
    if (!planned.ok) return this.#failed(planned.pairId ?? "", planned.error);
    const { pairId } = planned;
    try {
      if (this.#applied.has(planned)) throw new InvalidRequestError("plan.applied", { pairId });
      const pair = await pairOfPlan(this.#parts, owner, planned);
      await assertUnaltered(this.#parts, pair, planned);
      const confirmed = confirm?.find((hash) => hash === planned.hold?.hash);
      const report = await this.#track(
        runPair(this.#parts, await storePair(this.#parts, pair), {
          signal: this.#signal(signal),
          trigger: "manual",
          plan: planned,
          ...(confirmed ? { confirm: confirmed } : {}),
        }),
      );
      if (report.status === "succeeded") this.#applied.add(planned);
      return report;
    } catch (error) {
      if (error instanceof InvalidRequestError) return this.#failed(pairId, error);
      throw error;
    }
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
