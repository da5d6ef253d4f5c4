import { z } from "zod";
import { type PairOwner, readPair } from "../engine/requests/pairs.ts";
import { parseOwner, parseWith, tenantSchema } from "../engine/requests/request.ts";
import { type JobLane, type JobRow, waitingFor } from "../engine/runs/job-records.ts";
import { InvalidRequestError, StorageError } from "../errors/index.ts";
import { schema, type Where } from "../ports/index.ts";
import type { Enqueuer } from "./enqueue.ts";
import { type JobInfo, type JobStatus, jobInfo, LANES } from "./job-info.ts";
import { type JobParts, namesOf, wakeFor } from "./job-parts.ts";

export interface JobRef extends PairOwner {
  readonly jobId: string;
}

/** A page of jobs, youngest first. */
export interface JobPage {
  /** How many at most, 1 to 500. Default 50. */
  readonly limit?: number;
  /** The id of the last job of the page before. */
  readonly after?: string;
}

export interface JobQuery extends PairOwner, JobPage {
  readonly status?: JobStatus;
  readonly lane?: JobLane;
}

export interface DeadLetterQuery extends JobPage {
  /** Default `"default"`. */
  readonly tenantId?: string;
  /** Absent: all users of the tenant. */
  readonly userId?: string;
}

/** How many jobs there are now, in all processes and of all tenants. */
export interface JobStats {
  /** Waiting for a worker, those that wait for their time included. */
  readonly waiting: Readonly<Record<JobLane, number>>;
  /** In the hands of a worker, or of one that died lately. */
  readonly running: Readonly<Record<JobLane, number>>;
  readonly dead: number;
}

const handle = z.string().min(1).max(200);
const refSchema = z.object({ jobId: handle });
const pageSchema = z.object({ limit: z.int().min(1).max(500).optional(), after: handle.optional() });
const filterSchema = z.object({
  status: z.enum(schema.sync_jobs.columns.status.values ?? []).optional(),
  lane: z.enum(LANES).optional(),
});
const userSchema = tenantSchema.extend({ userId: handle.optional() });

/** How often a change is tried again whose ground has moved. */
const TRIES = 10;

/** Jobs and runs as they are written down: to look at, to cancel, to try again. */
export class Jobs {
  readonly #parts: JobParts;
  /** Aborts what runs in this process. */
  readonly #abort: (jobId: string) => void;
  readonly #enqueuer: Enqueuer;

  constructor(parts: JobParts, enqueuer: Enqueuer, abort: (jobId: string) => void) {
    this.#parts = parts;
    this.#enqueuer = enqueuer;
    this.#abort = abort;
  }

  /** A user's jobs, direct runs included, youngest first. */
  async list(query: JobQuery): Promise<JobInfo[]> {
    const { tenantId, userId } = parseOwner(query);
    const { status, lane } = parseWith(filterSchema, query, "request");
    const where = { tenant_id: tenantId, user_id: userId };
    const pairs = await this.#parts.storage.select({ table: "sync_pairs", columns: ["id"], where });
    // By pair, because that is what the table is indexed by.
    return await this.#page(query, where, {
      pair_id: { in: pairs.map(({ id }) => id) },
      ...(status === undefined ? {} : { status: status as JobStatus }),
      ...(lane === undefined ? {} : { lane }),
    });
  }

  /** @throws {InvalidRequestError} `job.unknown`, also for another user's job */
  async get(ref: JobRef): Promise<JobInfo> {
    return jobInfo(await this.#read(ref));
  }

  /**
   * As {@link get}, of a run that is over.
   * @throws {InvalidRequestError} `job.unknown`, `undo.unfinished`
   */
  async ended(ref: JobRef): Promise<JobInfo> {
    const job = await this.get(ref);
    if (job.status !== "running" && job.status !== "queued") return job;
    throw new InvalidRequestError("undo.unfinished", { jobId: job.id });
  }

  /**
   * As `engine.undo`, in the background: queues a job that takes back what a run has written. Asking again while it waits gives
   * that job.
   * @throws {InvalidRequestError} `job.unknown`, `undo.unfinished`; what else there is to say is the job's error
   * @throws {QueueFullError} `queue.full`
   */
  async undo(run: JobRef): Promise<JobInfo> {
    const { tenantId, userId, pairId, id: undoes } = await this.ended(run);
    const pair = await readPair(this.#parts, { tenantId, userId, pairId });
    const work = { task: "undo", plan_id: null, undoes } as const;
    const dueMs = this.#parts.clock.now();
    const [job] = (await this.#enqueuer.add([pair], { lane: "manual", trigger: "manual", dueMs, work })) ?? [];
    if (!job) throw new StorageError("storage.conflict", { what: "the queue" });
    return jobInfo(job);
  }

  /**
   * Nobody wants it any more. A waiting job is cancelled at once; a running one finishes the operation at hand, within
   * a few seconds if it runs in this process, else within ten seconds more. A job that has ended stays as it is.
   * @returns the job as it stands now
   * @throws {InvalidRequestError} `job.unknown`; `job.direct`: no worker runs it, but a call with a signal of its own
   */
  async cancel(ref: JobRef): Promise<JobInfo> {
    return await this.#change(ref, async (job) => {
      const now = this.#parts.clock.now();
      const { id, status, worker_id } = job;
      if (status === "queued") {
        const done = { status: "cancelled", next_retry_at: null, finished_at: now, updated_at: now } as const;
        if (!(await this.#update(job, done))) return false;
        this.#parts.emit({ type: "job.cancelled", ...namesOf(job) });
        return true;
      }
      if (status !== "running") return true;
      if (worker_id === null) throw new InvalidRequestError("job.direct", { jobId: id });
      if (!(await this.#update(job, { cancel_requested: true, updated_at: now }))) return false;
      this.#abort(id);
      return true;
    });
  }

  /** What was set aside after its last attempt, or because no attempt would help, youngest first. */
  async deadLetters(query: DeadLetterQuery = {}): Promise<JobInfo[]> {
    const { tenantId = "default", userId } = parseWith(userSchema, query, "request");
    const owner = { tenant_id: tenantId, ...(userId === undefined ? {} : { user_id: userId }) };
    return await this.#page(query, owner, { status: "dead" });
  }

  /**
   * Gives a dead job fresh attempts, from now on. Where another job waits already to do the same, that one does the work
   * and is given back instead.
   * @throws {InvalidRequestError} `job.unknown`, `job.not-dead`
   */
  async replay(ref: JobRef): Promise<JobInfo> {
    const { storage, clock } = this.#parts;
    let instead: JobRow | undefined;
    const replayed = await this.#change(ref, async (job) => {
      if (job.status !== "dead") throw new InvalidRequestError("job.not-dead", { jobId: job.id, status: job.status });
      const now = clock.now();
      const set = {
        status: "queued",
        retry_count: 0,
        next_retry_at: now,
        finished_at: null,
        error_code: null,
        updated_at: now,
      } as const;
      const result = await storage.write({
        guards: [
          { table: "sync_jobs", where: { id: job.id, status: "dead" }, must: "exist" },
          { table: "sync_jobs", where: waitingFor(job), must: "not-exist" },
        ],
        statements: [{ update: "sync_jobs", set, where: { id: job.id } }],
      });
      if (result.applied) {
        this.#parts.emit({ type: "job.queued", ...namesOf(job), lane: job.lane, dueAtMs: now });
        await wakeFor(this.#parts, { ...job, next_retry_at: now });
        return true;
      }
      if (result.failedGuard === 0) return false;
      instead = (await storage.select({ table: "sync_jobs", where: waitingFor(job) }))[0];
      return instead !== undefined && (await this.#update(job, { status: "failed", updated_at: now }));
    });
    return instead ? jobInfo(instead) : replayed;
  }

  /** For health checks and dashboards. */
  async stats(): Promise<JobStats> {
    const { storage } = this.#parts;
    const count = (where: Where<"sync_jobs">) => storage.count({ table: "sync_jobs", where });
    const perLane = async (where: Where<"sync_jobs">) => ({
      manual: await count({ ...where, lane: "manual" }),
      automatic: await count({ ...where, lane: "automatic" }),
    });
    return {
      waiting: await perLane({ status: "queued" }),
      running: await perLane({ status: "running", worker_id: { not: null } }),
      dead: await count({ status: "dead" }),
    };
  }

  async #read(ref: JobRef): Promise<JobRow> {
    const { tenantId, userId } = parseOwner(ref);
    const { jobId } = parseWith(refSchema, ref, "request");
    const where = { id: jobId, tenant_id: tenantId, user_id: userId };
    const [job] = await this.#parts.storage.select({ table: "sync_jobs", where });
    if (!job) throw new InvalidRequestError("job.unknown", { jobId: jobId.slice(0, 80) });
    return job;
  }

  /** Reads a job, changes it, and reads it again; what has moved in between is looked at anew. */
  async #change(ref: JobRef, change: (job: JobRow) => Promise<boolean>): Promise<JobInfo> {
    for (let tries = 0; tries < TRIES; tries++) {
      if (await change(await this.#read(ref))) return await this.get(ref);
    }
    throw new StorageError("storage.conflict", { what: "the job" });
  }

  /** @returns whether it still was what it was taken for */
  async #update({ id, status, worker_id }: JobRow, set: Partial<JobRow>): Promise<boolean> {
    const result = await this.#parts.storage.write({
      guards: [{ table: "sync_jobs", where: { id, status, worker_id }, must: "exist" }],
      statements: [{ update: "sync_jobs", set, where: { id } }],
    });
    return result.applied;
  }

  async #page(query: JobPage, owner: Where<"sync_jobs">, filter: Where<"sync_jobs">): Promise<JobInfo[]> {
    const { limit = 50, after } = parseWith(pageSchema, query, "request");
    const rows = await this.#parts.storage.select({
      table: "sync_jobs",
      where: { ...owner, ...filter },
      orderBy: ["created_at", "id"],
      descending: true,
      limit,
      ...(after === undefined ? {} : { after: await this.#placeOf(after, owner) }),
    });
    return rows.map(jobInfo);
  }

  /** Where a page ended. Its last job may have another status by now, so only its owner is asked for. */
  async #placeOf(id: string, owner: Where<"sync_jobs">): Promise<readonly [number, string]> {
    const [last] = await this.#parts.storage.select({ table: "sync_jobs", where: { ...owner, id } });
    if (!last) throw new InvalidRequestError("job.unknown", { jobId: id.slice(0, 80) });
    return [last.created_at, last.id];
  }
}
