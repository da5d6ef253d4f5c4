import type { JobLane } from "../engine/runs/job-records.ts";
import { LANES } from "./job-info.ts";

export interface LaneState {
  /** How many jobs may run at once; two at least. */
  readonly workers: number;
  /** How many workers each lane has for itself; one at least, together `workers` at most. */
  readonly shares: Readonly<Record<JobLane, number>>;
  readonly running: Readonly<Record<JobLane, number>>;
}

/**
 * In which lanes a job that waits goes before one that has a worker, if that one were queued again: those that its
 * worker would look into before it came back to it, and that no other worker is free for.
 */
export function lanesAhead(state: LaneState, own: JobLane): readonly JobLane[] {
  const { running } = state;
  const isFree = lanesToTry(state);
  const order = lanesToTry({ ...state, running: { ...running, [own]: running[own] - 1 } });
  return order.slice(0, order.indexOf(own) + 1).filter((lane) => !isFree.includes(lane));
}

/**
 * In which lanes a free worker looks for a job, and in which order. A lane gets its share first, manual work before
 * automatic; what neither lane claims, the other may use. One worker never does automatic work, however little manual
 * work there is: the next person to come finds it free.
 */
export function lanesToTry({ workers, shares, running }: LaneState): readonly JobLane[] {
  if (running.manual + running.automatic >= workers) return [];
  const isBelowShare = (lane: JobLane) => running[lane] < shares[lane];
  return [...LANES.filter(isBelowShare), ...LANES.filter((lane) => !isBelowShare(lane))].filter(
    (lane) => lane === "manual" || running.automatic < workers - 1,
  );
}
