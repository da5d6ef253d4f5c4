import { JOB_FORMAT, type JobLane } from "../engine/runs/job-records.ts";
import { leaseName } from "../engine/runs/lease.ts";
import type { Clock } from "../ports/index.ts";
import { BUSY_MS } from "./decide-outcome.ts";
import type { JobParts } from "./job-parts.ts";

/** How often a run asks again that may go on because nobody waits. */
const ASK_EVERY_MS = 10_000;
/** Among how many jobs that are due it is looked for those that could begin. */
const LOOKED_AT = 100;

/** The time that a run may write for while others wait. */
export class Slice {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #isWaitedFor: () => Promise<boolean>;
  #askAtMs: number | undefined;
  #isOver = false;

  /** @param isWaitedFor whether another job goes on with this worker, if this one leaves it */
  constructor(clock: Clock, ms: number, isWaitedFor: () => Promise<boolean>) {
    this.#clock = clock;
    this.#ms = ms;
    this.#isWaitedFor = isWaitedFor;
  }

  /** Whether the run was told to leave the rest to another one. */
  get isOver(): boolean {
    return this.#isOver;
  }

  async ask(sinceMs: number): Promise<boolean> {
    const now = this.#clock.now();
    if (this.#isOver || now < (this.#askAtMs ?? sinceMs + this.#ms)) return this.#isOver;
    this.#askAtMs = now + ASK_EVERY_MS;
    // A storage that is away ends the run by its next commit, if it stays away.
    if (await this.#isWaitedFor().catch(() => false)) this.#isOver = true;
    return this.#isOver;
  }
}

/** Whether another job of the pair waits for a later time: if this one ended early, the rest would wait with it. */
export async function hasLaterJob({ storage, clock }: JobParts, pair_id: string): Promise<boolean> {
  const where = { pair_id, status: "queued", next_retry_at: { gt: clock.now() + BUSY_MS } } as const;
  return (await storage.count({ table: "sync_jobs", where })) > 0;
}

/** How many jobs of these lanes are due and could begin; a pair that is being worked on could not. */
export async function countWaiting({ storage, clock }: JobParts, lanes: readonly JobLane[]): Promise<number> {
  if (lanes.length === 0) return 0;
  const now = clock.now();
  const due = await storage.select({
    table: "sync_jobs",
    columns: ["pair_id"],
    where: { status: "queued", format: { lte: JOB_FORMAT }, lane: { in: lanes }, next_retry_at: { lte: now } },
    orderBy: ["next_retry_at", "id"],
    limit: LOOKED_AT,
  });
  const names = due.map(({ pair_id }) => leaseName(pair_id));
  const held = await storage.count({ table: "leases", where: { name: { in: names }, expires_at: { gt: now } } });
  return due.length - held;
}
