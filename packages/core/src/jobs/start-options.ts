import { z } from "zod";
import { parseWith, type SyncJobRequest } from "../engine/requests/request.ts";
import type { JobLane } from "../engine/runs/job-records.ts";
import { InvalidRequestError } from "../errors/index.ts";

export interface StartOptions {
  /**
   * How many jobs this process does at once, 2 at least, so that automatic work always leaves one worker to people.
   * Default 4. Runs wait for services most of the time; many workers need few processors.
   */
  readonly workers?: number;
  /**
   * How many of the workers each lane has for itself, one at least. Default: half each. What a lane does not use, the
   * other may, but for the last worker, which does manual work only.
   */
  readonly lanes?: Partial<Readonly<Record<JobLane, number>>>;
  /**
   * The longest time between two looks at the storage, in ms: how late this process may notice what another process
   * has queued or left behind. On a queue with ticks (`Queue.tick`) one process looks that often for all of them.
   * Default 30,000.
   */
  readonly pollMs?: number;
  /**
   * How long a run may write while other jobs wait for a worker, in ms, 1,000 at least. Then it finishes the operation
   * at hand, and its job is queued again behind them; what is done stays done. Reading and planning do not count, and
   * are done again by each slice: the shorter it is, the more of them. Default 600,000 (ten minutes).
   */
  readonly sliceMs?: number;
  /**
   * Told of errors that are none of this SDK's: bugs of ours, of a provider, of a hook. The job is tried again and set
   * aside in the end with `job.crashed`; what happened is known here only, because it may hold anything.
   */
  readonly onError?: (error: unknown, jobId: string) => void;
}

export interface EnqueueOptions {
  /** Not before so many ms from now. Default 0. */
  readonly delayMs?: number;
  /** Default `manual`. `automatic` is for what nobody waits for. */
  readonly lane?: JobLane;
}

const lane = z.int().min(1).max(1_000).optional();
const startSchema = z.strictObject({
  workers: z.int().min(2, "two workers at least: one is kept for manual work").max(1_000).optional(),
  lanes: z.strictObject({ manual: lane, automatic: lane }).optional(),
  pollMs: z.int().min(100).max(3_600_000).optional(),
  sliceMs: z.int().min(1_000).max(86_400_000).optional(),
  onError: z.function().optional(),
});
const YEAR_MS = 366 * 86_400_000;
const enqueueSchema = z.object({
  delayMs: z.int().min(0).max(YEAR_MS).optional(),
  lane: z.enum(["manual", "automatic"]).optional(),
});

/** @throws {InvalidRequestError} `request.invalid` */
export function parseStartOptions(options: StartOptions): {
  readonly workers: number;
  readonly shares: Readonly<Record<JobLane, number>>;
  readonly pollMs: number;
  readonly sliceMs: number;
} {
  const { workers = 4, lanes = {}, pollMs = 30_000, sliceMs = 600_000 } = parseWith(startSchema, options, "options");
  const half = Math.ceil(workers / 2);
  const manual = lanes.manual ?? (lanes.automatic === undefined ? half : workers - lanes.automatic);
  const automatic = lanes.automatic ?? workers - manual;
  const together = z.int().max(workers, "the lanes' shares are more than there are workers");
  parseWith(z.object({ manual: z.int().min(1), automatic: z.int().min(1) }), { manual, automatic }, "options.lanes");
  parseWith(together, manual + automatic, "options.lanes");
  return { workers, shares: { manual, automatic }, pollMs, sliceMs };
}

/** @throws {InvalidRequestError} `request.invalid` */
export function parseEnqueueOptions(options: EnqueueOptions): Required<EnqueueOptions> {
  const { delayMs = 0, lane: asked = "manual" } = parseWith(enqueueSchema, options, "options");
  return { delayMs, lane: asked };
}

/**
 * To be called with a request that has been resolved.
 * @throws {InvalidRequestError} a dry run's plan is content: nobody could be shown it later
 */
export function assertForBackground({ options }: SyncJobRequest): void {
  if (!options?.dryRun) return;
  throw new InvalidRequestError("request.invalid", {
    path: "request.options.dryRun",
    problem: "a dry run has nobody to show its plan to in the background; call engine.plan()",
  });
}
