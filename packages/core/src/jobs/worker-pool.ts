import PQueue from "p-queue";
import { report } from "../connections/connection-events.ts";
import type { JobLane } from "../engine/runs/job-records.ts";
import { RunError, SyncerError } from "../errors/index.ts";
import type { QueueConsumer } from "../ports/index.ts";
import { type LaneState, lanesAhead, lanesToTry } from "./choose-lane.ts";
import { type ClaimedJob, claimNext, type Turns } from "./claim-job.ts";
import { enqueueDueSchedules, nextScheduleMs } from "./due-schedules.ts";
import type { Enqueuer } from "./enqueue.ts";
import { type JobParts, wakeFor } from "./job-parts.ts";
import { recoverLostJobs, setAsideUnknown } from "./recover-jobs.ts";
import { type PlanPair, type RunPair, runJob } from "./run-job.ts";
import { settleJob } from "./settle-job.ts";
import { countWaiting, hasLaterJob, Slice } from "./slice.ts";

export interface WorkerPoolOptions {
  readonly workers: number;
  readonly shares: Readonly<Record<JobLane, number>>;
  /** The longest time between two looks at the storage: of this process, or of all if the queue has ticks. */
  readonly pollMs: number;
  /** How long a run may write while others wait for a worker. */
  readonly sliceMs: number;
  readonly enqueuer: Enqueuer;
  readonly run: RunPair;
  readonly plan: PlanPair;
  /** Done at each look, when it is due. */
  readonly upkeep: () => Promise<unknown>;
  /** Aborts when the engine stops. */
  readonly stopping: AbortSignal;
  readonly onError: (error: unknown, jobId: string) => void;
}

/** With ticks, a process that none has reached looks by itself this much more rarely: the queue may have lost them. */
const TICKLESS = 10;

/** A job that runs here. */
interface Taken {
  readonly claimed: ClaimedJob;
  readonly cancel: AbortController;
  readonly slice: Slice;
}

/**
 * The workers of one process. The queue wakes them; which job one takes, the storage decides. And every now and then
 * they look at the storage by themselves: for what a dead worker left, what is due by schedule, what nobody was woken
 * for. Where the queue has ticks, whoever gets one does that for all, until the next.
 */
export class WorkerPool {
  readonly #parts: JobParts;
  readonly #options: WorkerPoolOptions;
  readonly #turns: Turns = new Map();
  /** Jobs are taken one after another, so that the lanes' shares are counted rightly. */
  readonly #taking = new PQueue({ concurrency: 1 });
  readonly #running = new Set<Taken>();
  /** Jobs that were told to leave their worker to others, and are about to. */
  readonly #makingRoom = new Set<ClaimedJob>();
  #consumer: QueueConsumer | undefined;
  #ticks: QueueConsumer | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(parts: JobParts, options: WorkerPoolOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /** Resolves when it has looked for work once, and has begun what it found. */
  async start(): Promise<void> {
    const { workers, pollMs, stopping } = this.#options;
    const { queue, clock } = this.#parts;
    let firstMs: number;
    try {
      this.#consumer = await queue.process(() => this.#work(), { concurrency: workers });
      firstMs = await this.#look();
      this.#ticks = await queue.tick?.(() => this.#beat(), { everyMs: pollMs });
    } catch (error) {
      await Promise.allSettled([this.#consumer?.close(), this.#ticks?.close()]);
      throw error;
    }
    const aloneMs = this.#ticks ? pollMs : Number.POSITIVE_INFINITY;
    this.#looking = (async () => {
      for (let sleepMs = firstMs; ; sleepMs = await this.#lookAgain()) {
        await this.#watch(aloneMs, sleepMs);
        await clock.sleep(pollMs * TICKLESS, stopping);
      }
    })().catch(() => {});
  }

  /** Aborts a job that runs here. */
  cancel(jobId: string): void {
    for (const { claimed, cancel } of this.#running) {
      if (claimed.job.id === jobId) cancel.abort(new RunError("run.aborted", {}));
    }
  }

  /** Takes nothing more; resolves when what runs has come to its end. */
  async close(): Promise<void> {
    await Promise.all([this.#consumer?.close(), this.#ticks?.close(), this.#looking]);
  }

  /** Gives back what does not come to its end. Whoever takes it next waits for the lease, which ends by itself. */
  async giveBack(): Promise<void> {
    const dueMs = this.#parts.clock.now();
    for (const { claimed } of this.#running) {
      const { job, mine } = claimed;
      const outcome = { kind: "again", why: "stopped", dueMs, retryCount: job.retry_count, errorCode: null } as const;
      // A storage that is away gives it back by itself, when the lock ends.
      await settleJob(this.#parts, job, mine, outcome).catch(() => {});
    }
  }

  /** One message: one job, of whatever lane and tenant has its turn. Then the next one that waits is woken for. */
  async #work(): Promise<void> {
    try {
      const taken = await this.#taking.add(() => this.#take());
      if (!taken) return;
      const { run, plan, stopping, onError } = this.#options;
      const { claimed, cancel, slice } = taken;
      await runJob(this.#parts, claimed, { run, plan, stopping, cancel, slice, onError });
      this.#running.delete(taken);
      // Its tenant has had its turn: the job that is queued again stands behind those of the others.
      if (this.#makingRoom.delete(claimed)) this.#turns.set(claimed.job.lane, claimed.job.tenant_id);
      await this.#wakeForDue(1);
    } catch (error) {
      this.#complain(error);
    }
  }

  async #take(): Promise<Taken | undefined> {
    const { stopping, sliceMs } = this.#options;
    for (const lane of lanesToTry(this.#lanes())) {
      const claimed = stopping.aborted ? undefined : await claimNext(this.#parts, lane, this.#turns);
      if (!claimed) continue;
      const slice = new Slice(this.#parts.clock, sliceMs, () => this.#isWaitedFor(claimed));
      const taken = { claimed, cancel: new AbortController(), slice };
      this.#running.add(taken);
      return taken;
    }
    return undefined;
  }

  /** Whether a job that waits goes on with the worker of this one, which is then counted as on its way out. */
  async #isWaitedFor(claimed: ClaimedJob): Promise<boolean> {
    // One after another: each that makes room makes it for one.
    return await this.#taking.add(async () => {
      const waiting = await countWaiting(this.#parts, lanesAhead(this.#lanes(), claimed.job.lane));
      if (waiting <= this.#makingRoom.size || (await hasLaterJob(this.#parts, claimed.job.pair_id))) return false;
      this.#makingRoom.add(claimed);
      return true;
    });
  }

  #lanes(): LaneState {
    const { workers, shares } = this.#options;
    const running = { manual: 0, automatic: 0 };
    for (const { claimed } of this.#running) running[claimed.job.lane]++;
    return { workers, shares, running };
  }

  /** Looks for so long at each moment at which something is due. Ends earlier if there is none left in that time. */
  async #watch(forMs: number, firstMs: number): Promise<void> {
    const { clock } = this.#parts;
    const untilMs = clock.now() + forMs;
    for (let sleepMs = firstMs; clock.now() + sleepMs < untilMs; sleepMs = await this.#lookAgain()) {
      await clock.sleep(sleepMs, this.#options.stopping);
    }
  }

  /** Has the tick: looks for all processes, until the next one. */
  async #beat(): Promise<void> {
    if (this.#options.stopping.aborted) return;
    // Cut off when the engine stops: another process has the next tick.
    await this.#watch(this.#options.pollMs, await this.#lookAgain()).catch(() => {});
  }

  async #lookAgain(): Promise<number> {
    try {
      return await this.#look();
    } catch (error) {
      this.#complain(error);
      return this.#options.pollMs;
    }
  }

  /** @returns how long it may sleep until there is something to do */
  async #look(): Promise<number> {
    const { enqueuer, pollMs, upkeep, workers } = this.#options;
    await recoverLostJobs(this.#parts);
    await setAsideUnknown(this.#parts);
    await enqueueDueSchedules(this.#parts, enqueuer);
    await this.#wakeForDue(workers);
    await upkeep();
    const next = [await nextScheduleMs(this.#parts), await this.#nextJobMs()].flatMap((each) => each ?? []);
    return Math.min(pollMs, ...next.map((atMs) => Math.max(0, atMs - this.#parts.clock.now())));
  }

  /** Wakes for so many waiting jobs; each that ends wakes for the next. */
  async #wakeForDue(most: number): Promise<void> {
    const { storage, clock } = this.#parts;
    if (this.#options.stopping.aborted) return;
    const due = await storage.select({
      table: "sync_jobs",
      where: { status: "queued", next_retry_at: { lte: clock.now() } },
      orderBy: ["next_retry_at", "id"],
      limit: most,
    });
    for (const job of due) await wakeFor(this.#parts, job);
  }

  async #nextJobMs(): Promise<number | undefined> {
    const { storage, clock } = this.#parts;
    const [next] = await storage.select({
      table: "sync_jobs",
      columns: ["next_retry_at"],
      where: { status: "queued", next_retry_at: { gt: clock.now() } },
      orderBy: ["next_retry_at"],
      limit: 1,
    });
    return next?.next_retry_at ?? undefined;
  }

  /** The storage is away, most likely; it is asked again at the next look. */
  #complain(error: unknown): void {
    const code = SyncerError.is(error) ? error.code : "job.crashed";
    report(this.#parts, { level: "error", event: "worker.failed", code });
  }
}
