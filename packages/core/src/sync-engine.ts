import { z } from "zod";
import type { ConnectionRef, Connections } from "./connections/index.ts";
import type { AnyProvider, HealthStatus, HoldingContainer, ProviderRegistry } from "./contract/index.ts";
import type { ReencryptReport } from "./crypto/index.ts";
import type { EventEmitter, SyncListener } from "./engine/events.ts";
import type { PairPlan, Plan } from "./engine/plans/plan.ts";
import { dryRunReport } from "./engine/reports/build-reports.ts";
import type { Explanation } from "./engine/reports/explain.ts";
import type { PairReport, SyncReport } from "./engine/reports/report.ts";
import {
  type ApplyOptions,
  type CallOptions,
  checkApplyOptions,
  checkCallOptions,
} from "./engine/requests/call-options.ts";
import type { ContainersRequest } from "./engine/requests/list-containers.ts";
import { draftPair, type PairRef, Pairs, readPair, storePair } from "./engine/requests/pairs.ts";
import {
  parseOwner,
  parseWith,
  type ResolvedPair,
  resolveRequest,
  type SyncJobRequest,
  tenantSchema,
} from "./engine/requests/request.ts";
import type { RequestFor } from "./engine/requests/typed-request.ts";
import { DirectRuns, loadPlanChecks } from "./engine/runs/direct-runs.ts";
import type { PairRow } from "./engine/runs/run-context.ts";
import { UnderWay } from "./engine/runs/under-way.ts";
import { activeConnections } from "./engine/upkeep/active-connections.ts";
import { afterRestore } from "./engine/upkeep/after-restore.ts";
import { Audit } from "./engine/upkeep/audit.ts";
import { checkHealth } from "./engine/upkeep/check-health.ts";
import { Conflicts } from "./engine/upkeep/conflicts.ts";
import { type EngineHealth, engineHealth, HEALTH_TIMEOUT_MS } from "./engine/upkeep/health.ts";
import { Idempotency } from "./engine/upkeep/idempotency.ts";
import { Maintenance } from "./engine/upkeep/maintenance.ts";
import { Overrides } from "./engine/upkeep/overrides.ts";
import { Schedules } from "./engine/upkeep/schedules.ts";
import { UserData } from "./engine/upkeep/user-data.ts";
import { Webhooks } from "./engine/upkeep/webhooks.ts";
import { InvalidRequestError } from "./errors/index.ts";
import { Enqueuer } from "./jobs/enqueue.ts";
import { type JobInfo, jobInfo } from "./jobs/job-info.ts";
import type { JobParts } from "./jobs/job-parts.ts";
import { type JobRef, Jobs } from "./jobs/jobs.ts";
import { scheduleActions } from "./jobs/schedule-actions.ts";
import {
  assertForBackground,
  type EnqueueOptions,
  parseEnqueueOptions,
  parseStartOptions,
  type StartOptions,
} from "./jobs/start-options.ts";
import { StoredPlans } from "./jobs/stored-plans.ts";
import { wakePairs } from "./jobs/wake-pairs.ts";
import type { WorkerPool } from "./jobs/worker-pool.ts";
import type { MigrationReport } from "./ports/index.ts";
import type { BudgetStatus } from "./transport/index.ts";

const healthSchema = z.object({ timeoutMs: z.number().positive().optional() });

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
  /** Dry runs in the background, kept to be looked at, and carried out if somebody says so. */
  readonly plans: StoredPlans;
  readonly schedules: Schedules;
  /** Work in the background: what waits, runs and has ended; cancelling, and trying again. */
  readonly jobs: Jobs;
  /** Items that both sides changed: to list, and to decide. */
  readonly conflicts: Conflicts;
  /** What people decided about matches: "this is that", "never this one". */
  readonly overrides: Overrides;
  /** Giving back and erasing what is stored about a user. */
  readonly users: UserData;
  readonly maintenance: Maintenance;
  /** What was done with users' connections and keys. */
  readonly audit: Audit;
  /** Requests from outside that count once, however often they are sent. */
  readonly idempotency: Idempotency;
  /** Being called by services when something has changed there. */
  readonly webhooks: Webhooks;
  readonly #parts: JobParts;
  readonly #enqueuer: Enqueuer;
  #workers: WorkerPool | undefined;
  #isStarted = false;
  readonly #events: EventEmitter;
  readonly #underWay = new UnderWay();
  readonly #runs: DirectRuns;

  constructor(parts: JobParts, events: EventEmitter) {
    this.#parts = parts;
    this.#events = events;
    this.registry = parts.registry;
    this.connections = parts.connections;
    this.pairs = new Pairs(parts);
    this.conflicts = new Conflicts(parts);
    this.overrides = new Overrides(parts);
    this.users = new UserData(parts);
    this.maintenance = new Maintenance(parts);
    this.audit = new Audit(parts);
    this.idempotency = new Idempotency(parts, this.#underWay);
    this.#enqueuer = new Enqueuer(parts);
    this.#runs = new DirectRuns(parts, this.#underWay);
    const { run } = this.#runs;
    const given = { underWay: this.#underWay, enqueuer: this.#enqueuer, maintenance: this.maintenance, run };
    this.plans = new StoredPlans(parts, this.#underWay, this.#enqueuer);
    this.schedules = new Schedules(parts, scheduleActions(parts, given));
    this.webhooks = new Webhooks(parts, this.#underWay, (pairs) => wakePairs(parts, this.#enqueuer, pairs));
    this.jobs = new Jobs(parts, this.#enqueuer, (jobId) => this.#workers?.cancel(jobId));
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
    this.#underWay.assertOpen();
    checkCallOptions(options);
    const resolved = await resolveRequest(this.#parts, request);
    const { tenantId, userId } = parseOwner(request);
    const pairs = await Promise.all(resolved.map((pair) => this.#runs.planRequest(pair, options)));
    return { tenantId, userId, pairs };
  }

  /**
   * Does exactly what was planned: an operation whose ground has moved since is refused, item by item, and nothing that
   * the plan does not contain is done.
   * What is wrong with the plan of one pair (`plan.altered`, `plan.stale`, `plan.applied`) is that pair's report.
   * @throws {InvalidRequestError} `plan.altered`: this is no plan
   */
  async apply(plan: Plan, options: ApplyOptions = {}): Promise<SyncReport> {
    this.#underWay.assertOpen();
    checkApplyOptions(options);
    const owner = parseOwner(plan);
    const { checkPlanForm } = await loadPlanChecks();
    checkPlanForm(plan);
    return { pairs: await Promise.all(plan.pairs.map((planned) => this.#runs.apply(owner, planned, options))) };
  }

  /** Plans and applies; what has moved in between is planned again, up to three times. */
  async sync<const R extends SyncJobRequest<P[number]["name"]>>(
    request: R & RequestFor<P, R>,
    options: CallOptions = {},
  ): Promise<SyncReport> {
    this.#underWay.assertOpen();
    checkCallOptions(options);
    const resolved = await resolveRequest(this.#parts, request);
    if (request.options?.dryRun) {
      const plans = await Promise.all(resolved.map((pair) => this.#runs.planRequest(pair, options)));
      return {
        pairs: plans.map((plan) =>
          plan.ok ? dryRunReport(plan, this.#parts.clock.now()) : this.#runs.failed(plan.pairId ?? "", plan.error),
        ),
      };
    }
    const pairs = await this.#store(resolved);
    return { pairs: await Promise.all(pairs.map((pair) => this.#runs.sync(pair, options))) };
  }

  /**
   * As `sync`, in the background: one job per pair, done by whichever process on this database has called `start`.
   * A pair has at most one job that waits; asking again gives that one, and moves it to the manual lane and forward if
   * that is what is asked for. All pairs are queued, or none.
   * @returns the job of each pair, in their order
   * @throws {InvalidRequestError} as `sync`; also for a dry run, which has nobody to show its plan to
   * @throws {QueueFullError} `queue.full`
   */
  async enqueue<const R extends SyncJobRequest<P[number]["name"]>>(
    request: R & RequestFor<P, R>,
    options: EnqueueOptions = {},
  ): Promise<readonly JobInfo[]> {
    this.#underWay.assertOpen();
    const { lane, delayMs } = parseEnqueueOptions(options);
    const resolved = await resolveRequest(this.#parts, request);
    assertForBackground(request);
    const pairs = await this.#store(resolved);
    const trigger = lane === "manual" ? "manual" : "scheduled";
    const jobs = await this.#enqueuer.add(pairs, { lane, trigger, dueMs: this.#parts.clock.now() + delayMs });
    return (jobs ?? []).map(jobInfo);
  }

  /**
   * Begins to work in the background: on jobs that were queued, here or in another process on this database; on those
   * that were running when their process died, as soon as their lock has run out (30 s); and on schedules that are due.
   * Resolves when it has looked for work once. Any number of processes may do this.
   *
   * A process that is asked to end (SIGTERM) should call `stop`; listening for that is the host's:
   * `process.once("SIGTERM", () => engine.stop())`.
   * @throws {InvalidRequestError} `engine.started`
   */
  async start(options: StartOptions = {}): Promise<void> {
    this.#underWay.assertOpen();
    const parsed = parseStartOptions(options);
    if (this.#isStarted) throw new InvalidRequestError("engine.started", {});
    this.#isStarted = true;
    try {
      // Most processes of a host queue and look, and never work.
      const { WorkerPool } = await import("./jobs/worker-pool.ts");
      this.#underWay.assertOpen();
      const pool = new WorkerPool(this.#parts, {
        ...parsed,
        enqueuer: this.#enqueuer,
        run: this.#runs.run,
        plan: this.#runs.plan,
        upkeep: async () => {
          await this.maintenance.runIfDue();
          this.webhooks.renewBeside();
        },
        stopping: this.#underWay.stopping,
        onError: (error, jobId) => options.onError?.(error, jobId),
      });
      this.#workers = pool;
      await this.#underWay.track(pool.start());
    } catch (error) {
      this.#isStarted = false;
      this.#workers = undefined;
      throw error;
    }
  }

  /**
   * What {@link undo} would do, and in `notUndone` what cannot be done and why. Waits as `undo` does.
   * @throws {InvalidRequestError} as `undo`
   */
  async planUndo(run: JobRef, options: CallOptions = {}): Promise<PairPlan> {
    const { ref, jobId } = await this.#runToUndo(run, options);
    return await this.#runs.planUndo(ref, jobId, options);
  }

  /**
   * Takes back what a run has written, by the journal of ids: what it added goes, what it removed comes back (favourites with
   * a new date), lists are put back in order, what it made is deleted if nobody has put anything into it since. What is
   * different on both sides then is left so by later runs, until the user himself changes it. The report says of each step
   * whether it was undone; `PlannedOperation.undo` said so beforehand. Undoing an undoing does it all again.
   *
   * Contents that were changed, and documents that were deleted, cannot come back: nothing is kept of them.
   * @throws {InvalidRequestError} `job.unknown`, `undo.unfinished`
   */
  async undo(run: JobRef, options: CallOptions = {}): Promise<PairReport> {
    const { ref, jobId } = await this.#runToUndo(run, options);
    return await this.#runs.undo(ref, jobId, options);
  }

  /** Syncs a stored pair. */
  async syncPair(ref: PairRef, options: CallOptions = {}): Promise<PairReport> {
    this.#underWay.assertOpen();
    checkCallOptions(options);
    return await this.#runs.sync(await readPair(this.#parts, ref), options);
  }

  /** Lets exactly the held plan of this hash go ahead at the pair's next run. */
  confirm(ref: PairRef & { readonly planHash: string }): Promise<void> {
    return this.pairs.confirm(ref);
  }

  /**
   * The containers (calendars) of a connection in which there are documents of a type, for its user to choose from.
   * @throws {InvalidRequestError} `request.type-unsupported`
   */
  async containers(request: ContainersRequest, options: CallOptions = {}): Promise<readonly HoldingContainer[]> {
    this.#underWay.assertOpen();
    checkCallOptions(options);
    const { listContainers } = await import("./engine/requests/list-containers.ts");
    return await this.#underWay.track(listContainers(this.#parts, request, this.#underWay.signal(options.signal)));
  }

  /** Why an item is or is not synced: link, last decision, next attempt; without content. */
  async explain(request: ConnectionRef & { readonly externalId: string }): Promise<readonly Explanation[]> {
    const { explain } = await import("./engine/reports/explain.ts");
    return await explain(this.#parts, request);
  }

  /** What is left of a connection's request budget, and until when the service is closed. */
  async limits(ref: ConnectionRef): Promise<BudgetStatus> {
    const { service, tenantId, id } = await this.connections.get(ref);
    return await this.#parts.transport.limits(this.registry.get(service), tenantId, id);
  }

  /** Asks a service whether it works and remembers the answer for the registry. Needs no user. */
  async checkHealth(service: P[number]["name"], options: { readonly tenantId?: string } = {}): Promise<HealthStatus> {
    const provider = this.registry.get(service);
    return await checkHealth(this.#parts, provider, parseWith(tenantSchema, options, "options").tenantId);
  }

  /**
   * How the database and the services are, for a host's health route: one read of the database within `timeoutMs` (default 2 s), and
   * the last checks of services, without asking them. Never rejects for what it finds, also of an engine that has been stopped.
   */
  async health(options: { readonly timeoutMs?: number } = {}): Promise<EngineHealth> {
    const { timeoutMs = HEALTH_TIMEOUT_MS } = parseWith(healthSchema, options, "options");
    return await engineHealth(this.#parts, timeoutMs);
  }

  /** How many connections of all users can be used now, by service: for metrics. */
  activeConnections(): Promise<Readonly<Record<string, number>>> {
    return activeConnections(this.#parts);
  }

  /** Renews what was sealed under an older key; safe while workers run. */
  async reencrypt(options: { readonly tenantId?: string } = {}): Promise<ReencryptReport> {
    parseWith(tenantSchema, options, "options");
    const { storage, encryption, clock, random } = this.#parts;
    const { reencrypt } = await import("./crypto/reencrypt.ts");
    return await reencrypt({ storage, encryption, clock, random, ...options });
  }

  /**
   * To be called once after the database was restored from a backup: the next run of each pair deletes nothing without
   * a confirmation, because what the backup does not know was not deleted by anybody.
   * @returns how many pairs that concerns
   */
  async afterRestore(options: { readonly tenantId?: string } = {}): Promise<number> {
    return await afterRestore(this.#parts, parseWith(tenantSchema, options, "options").tenantId);
  }

  /**
   * Takes no more work and lets running work come to a safe point within `graceMs` (default 10 s): the operation at
   * hand is recorded, leases are given back, jobs that are not done are queued again. Then closes queue and storage.
   */
  async stop(options: { readonly graceMs?: number } = {}): Promise<void> {
    const { graceMs = 10_000 } = parseWith(z.object({ graceMs: z.number().min(0).optional() }), options, "options");
    const { clock, queue, storage } = this.#parts;
    const endMs = clock.now() + graceMs;
    await this.#underWay.stop(clock, graceMs, () => this.#workers?.close());
    await this.#workers?.giveBack();
    await this.#underWay.waitFor(clock, Math.max(0, endMs - clock.now()), queue.close?.());
    await storage.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #runToUndo(run: JobRef, options: CallOptions): Promise<{ readonly ref: PairRef; readonly jobId: string }> {
    this.#underWay.assertOpen();
    checkCallOptions(options);
    const { tenantId, userId, pairId, id } = await this.jobs.ended(run);
    return { ref: { tenantId, userId, pairId }, jobId: id };
  }

  async #store(resolved: readonly ResolvedPair[]): Promise<readonly PairRow[]> {
    const pairs: PairRow[] = [];
    for (const pair of resolved) pairs.push(await storePair(this.#parts, await draftPair(this.#parts, pair)));
    return pairs;
  }
}
