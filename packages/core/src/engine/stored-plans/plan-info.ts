import type { SyncType } from "../../items/index.ts";
import type { Row } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { PairOwner } from "../requests/pairs.ts";
import type { JobRow } from "../runs/job-records.ts";

export type PlanRow = Row<"plans">;

/**
 * - `planning`: a job is at it, or will be. `ready`: to be looked at, and carried out
 * - `failed`: the job that was to make it has ended without; see `errorCode`
 * - `applying`, `applied`: a job carries it out, or has; see that job for what came of it
 * - `stale`: the pair has been changed since; plan again
 */
export type StoredPlanState = "planning" | "ready" | "failed" | "applying" | "applied" | "stale";

export interface PlanRef extends PairOwner {
  readonly planId: string;
}

/** A stored dry run as it stands: handles, times, counts and codes only. */
export interface StoredPlan {
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly pairId: string;
  readonly type: SyncType;
  readonly state: StoredPlanState;
  /** The job that makes it or, once somebody has said so, carries it out. */
  readonly jobId?: string;
  /** What that job failed with. */
  readonly errorCode?: string;
  /** What a guard keeps back: carried out only if `apply` is told this hash. */
  readonly hold?: { readonly hash: string; readonly reason?: string; readonly confirmed: boolean };
  readonly counts: { readonly operations: number; readonly held: number; readonly unmatched: number };
  /** What carrying it out will cost, as far as the figures of the provider tell. */
  readonly estimate?: { readonly requests: number; readonly expectedEndMs: number };
  readonly plannedAtMs?: number;
  readonly createdAtMs: number;
  /** When it is forgotten. */
  readonly expiresAtMs: number;
}

/** What is known of plans of one user, in their order. */
export async function planInfos({ storage }: EngineParts, plans: readonly PlanRow[]): Promise<StoredPlan[]> {
  if (plans.length === 0) return [];
  const pairIds = [...new Set(plans.map(({ pair_id }) => pair_id))];
  const pairs = await storage.select({
    table: "sync_pairs",
    columns: ["id", "version", "sync_type"],
    where: { id: { in: pairIds } },
  });
  const jobs = await storage.select({
    table: "sync_jobs",
    where: { pair_id: { in: pairIds }, plan_id: { in: plans.map(({ id }) => id) } },
    orderBy: ["created_at", "id"],
  });
  const jobOf = (planId: string, task: JobRow["task"]) =>
    jobs.findLast(
      (job) => job.plan_id === planId && job.task === task && !(task === "apply" && job.status === "cancelled"),
    );
  return plans.map((plan) => {
    const pair = pairs.find(({ id }) => id === plan.pair_id);
    return planInfo(plan, pair, jobOf(plan.id, "apply") ?? jobOf(plan.id, "plan"));
  });
}

function planInfo(
  plan: PlanRow,
  pair: Pick<Row<"sync_pairs">, "version" | "sync_type"> | undefined,
  job: JobRow | undefined,
): StoredPlan {
  const { hold_hash, hold_reason, expected_end_at } = plan;
  const reason = hold_reason === null ? {} : { reason: hold_reason };
  return {
    id: plan.id,
    tenantId: plan.tenant_id,
    userId: plan.user_id,
    pairId: plan.pair_id,
    type: (pair?.sync_type ?? "") as SyncType,
    state: stateOf(plan, pair?.version, job),
    ...(job ? { jobId: job.id } : {}),
    ...(job && job.error_code !== null ? { errorCode: job.error_code } : {}),
    ...(hold_hash === null ? {} : { hold: { hash: hold_hash, ...reason, confirmed: plan.confirmed } }),
    counts: { operations: plan.operations, held: plan.held, unmatched: plan.unmatched },
    ...(expected_end_at === null ? {} : { estimate: { requests: plan.requests, expectedEndMs: expected_end_at } }),
    ...(plan.planned_at === null ? {} : { plannedAtMs: plan.planned_at }),
    createdAtMs: plan.created_at,
    expiresAtMs: plan.expires_at,
  };
}

function stateOf(plan: PlanRow, version: number | undefined, job: JobRow | undefined): StoredPlanState {
  const isUnderWay = job?.status === "queued" || job?.status === "running";
  if (plan.planned_at === null) return isUnderWay ? "planning" : "failed";
  if (job?.task === "apply") return isUnderWay ? "applying" : "applied";
  return plan.pair_version === version ? "ready" : "stale";
}
