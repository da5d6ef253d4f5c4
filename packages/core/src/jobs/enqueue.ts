import PQueue from "p-queue";
import {
  type JobLane,
  type JobRow,
  type JobWork,
  newJob,
  priorityOf,
  type RunTrigger,
  SYNC,
  waitingFor,
} from "../engine/runs/job-records.ts";
import type { PairRow } from "../engine/runs/run-context.ts";
import { QueueFullError, StorageError } from "../errors/index.ts";
import type { Guard, Statement, Where } from "../ports/index.ts";
import { ADMITTED, Admission } from "./admission.ts";
import { LANES } from "./job-info.ts";
import { type JobParts, namesOf, wakeFor } from "./job-parts.ts";

/** What a job is queued for. */
export interface Demand {
  readonly lane: JobLane;
  readonly trigger: RunTrigger;
  readonly dueMs: number;
  /** Default: a sync. */
  readonly work?: JobWork;
  /** Done in the same batch, if all guards hold; else nothing is queued. */
  readonly together?: readonly { readonly guard: Guard; readonly statement: Statement }[];
}

/** What becomes of one pair's demand. */
interface Place {
  readonly job: JobRow;
  readonly kind: "new" | "lifted" | "waits";
}

/** How often it looks again when what it saw has moved before it could write. */
const TRIES = 10;

/** Gives pairs a place in the queue: at most one job that waits to do the same for each, and no more than a lane takes. */
export class Enqueuer {
  readonly #parts: JobParts;
  /** One after another, because what a lane holds is counted before it is written. */
  readonly #turns = new PQueue({ concurrency: 1 });

  constructor(parts: JobParts) {
    this.#parts = parts;
  }

  /**
   * All pairs, or none of them. A pair whose job waits keeps that one; who asks by hand moves it to the manual lane and
   * to the earlier of both times.
   * @returns the waiting job of each pair, in their order; `undefined` if `demand.together` did not hold
   * @throws {QueueFullError}
   */
  async add(pairs: readonly PairRow[], demand: Demand): Promise<readonly JobRow[] | undefined> {
    return await this.#turns.add(async () => {
      for (let tries = 0; tries < TRIES; tries++) {
        const done = await this.#try(pairs, demand);
        if (done !== "moved") return done;
      }
      throw new StorageError("storage.conflict", { what: "the queue" });
    });
  }

  async #try(pairs: readonly PairRow[], demand: Demand): Promise<readonly JobRow[] | undefined | "moved"> {
    const { storage } = this.#parts;
    const ids = pairs.map(({ id }) => id);
    const work = demand.work ?? SYNC;
    const where = { ...work, pair_id: { in: ids }, status: "queued" } as const;
    const waiting = await storage.select({ table: "sync_jobs", where });
    const places = new Map(
      pairs.map((pair) => [
        pair.id,
        placeOf(
          this.#parts,
          pair,
          demand,
          waiting.find(({ pair_id }) => pair_id === pair.id),
        ),
      ]),
    );
    const all = [...places.values()];
    const admission = await this.#assertRoom(all, waiting);
    const { together = [] } = demand;
    const result = await storage.write({
      guards: [...all.map(({ job, kind }) => guardOf(job, kind)), ...together.map(({ guard }) => guard)],
      statements: [...all.flatMap(statementOf), ...together.map(({ statement }) => statement)],
    });
    if (!result.applied) return result.failedGuard < all.length ? "moved" : undefined;
    for (const { job, kind } of all) {
      if (kind === "waits") continue;
      this.#parts.emit({ type: "job.queued", ...namesOf(job), lane: job.lane, dueAtMs: job.next_retry_at ?? 0 });
      if (admission.admits(job)) await wakeFor(this.#parts, job);
    }
    return ids.flatMap((id) => places.get(id)?.job ?? []);
  }

  /** @throws {QueueFullError} */
  async #assertRoom(places: readonly Place[], waiting: readonly JobRow[]): Promise<Admission> {
    const { storage, capacity } = this.#parts;
    const admission = new Admission();
    for (const tenant_id of new Set(places.map(({ job }) => job.tenant_id))) {
      for (const lane of LANES) {
        const isHere = (job: JobRow) => job.tenant_id === tenant_id && job.lane === lane;
        const before = new Set(waiting.filter(isHere).map(({ id }) => id));
        const comers = places.filter(({ job }) => isHere(job) && job.started_at === null && !before.has(job.id));
        if (comers.length === 0) continue;
        const where = { status: "queued", lane, tenant_id, started_at: null } as const;
        const size = await storage.count({ table: "sync_jobs", where });
        if (size + comers.length > capacity[lane]) throw new QueueFullError(lane, size);
        admission.found(tenant_id, lane, size < ADMITTED ? size : await this.#countDue(where));
      }
    }
    return admission;
  }

  /** What waits for its time is nobody's turn yet, and wakes nobody for the next. */
  async #countDue(where: Where<"sync_jobs">): Promise<number> {
    const { storage, clock } = this.#parts;
    return await storage.count({ table: "sync_jobs", where: { ...where, next_retry_at: { lte: clock.now() } } });
  }
}

function placeOf(parts: JobParts, pair: PairRow, demand: Demand, waiting?: JobRow): Place {
  const { lane, trigger, dueMs, work = SYNC } = demand;
  if (!waiting) {
    const begin = { status: "queued", next_retry_at: dueMs, started_at: null } as const;
    const job = newJob(parts, pair, { lane, trigger, ...work, ...begin });
    return { job, kind: "new" };
  }
  const isSooner = dueMs < (waiting.next_retry_at ?? 0);
  if (lane === "automatic" || (waiting.lane === "manual" && !isSooner)) return { job: waiting, kind: "waits" };
  return {
    kind: "lifted",
    job: {
      ...waiting,
      lane,
      trigger,
      priority: priorityOf(lane),
      next_retry_at: isSooner ? dueMs : waiting.next_retry_at,
      updated_at: parts.clock.now(),
    },
  };
}

function guardOf(job: JobRow, kind: Place["kind"]): Guard {
  return kind === "new"
    ? { table: "sync_jobs", where: waitingFor(job), must: "not-exist" }
    : { table: "sync_jobs", where: { id: job.id, status: "queued" }, must: "exist" };
}

function statementOf({ job, kind }: Place): Statement[] {
  if (kind === "new") return [{ insert: "sync_jobs", rows: [job] }];
  if (kind === "waits") return [];
  const { lane, trigger, priority, next_retry_at, updated_at } = job;
  return [{ update: "sync_jobs", set: { lane, trigger, priority, next_retry_at, updated_at }, where: { id: job.id } }];
}
