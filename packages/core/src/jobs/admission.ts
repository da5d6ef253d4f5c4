import type { JobLane, JobRow } from "../engine/runs/job-records.ts";

/** How many of a tenant's jobs that are due have a message of their own, in each lane. */
export const ADMITTED = 10;

/**
 * For which jobs somebody is woken. Messages only say "look", and a worker that has done one job wakes for the next: so some
 * for each tenant are enough to keep it going, and ten thousand jobs of one do not stand in the queue before another's.
 */
export class Admission {
  readonly #due = new Map<string, number>();

  /** What is due already. */
  found(tenantId: string, lane: JobLane, due: number): void {
    this.#due.set(`${lane} ${tenantId}`, due);
  }

  /** Counts the job as one of them. */
  admits({ tenant_id, lane }: Pick<JobRow, "tenant_id" | "lane">): boolean {
    const key = `${lane} ${tenant_id}`;
    const before = this.#due.get(key) ?? 0;
    this.#due.set(key, before + 1);
    return before < ADMITTED;
  }
}
