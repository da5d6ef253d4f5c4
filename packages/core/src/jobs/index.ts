export type { JobInfo, JobStatus } from "./job-info.ts";
export type { JobsOptions } from "./job-parts.ts";
export type { DeadLetterQuery, JobPage, JobQuery, JobRef, JobStats, Jobs } from "./jobs.ts";
export type { ApplyPlan, PlanItemRef, PlanItemsQuery } from "./plan-calls.ts";
export type { EnqueueOptions, StartOptions } from "./start-options.ts";
export type { StoredPlans } from "./stored-plans.ts";
