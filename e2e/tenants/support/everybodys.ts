/** Who looks at rows of more than one owner, by file and table, and why that has to be. */
const REASONS: Readonly<Record<string, { readonly why: string; readonly tables: readonly string[] }>> = {
  "crypto/reencrypt": {
    why: "everything that is sealed is sealed anew, for one tenant or for all",
    tables: [
      "idempotency_keys",
      "intent_items",
      "links",
      "match_overrides",
      "pending_oauth_auth",
      "plan_items",
      "sync_cursors",
      "sync_pairs",
      "tenant_keys",
      "user_services",
      "watch_channels",
    ],
  },
  "engine/upkeep/active-connections": {
    why: "how many connections there are, in numbers only",
    tables: ["user_services"],
  },
  "engine/upkeep/after-restore": { why: "a backup is restored for all", tables: ["sync_cursors", "sync_pairs"] },
  "engine/schedules/schedule-calls": { why: "which schedules are due, whoever's they are", tables: ["sync_schedules"] },
  "engine/webhooks/renew-due": { why: "which channels are due, whoever's they are", tables: ["watch_channels"] },
  "jobs/claim-job": { why: "which job comes next, tenant by tenant in turns", tables: ["sync_jobs"] },
  "jobs/due-schedules": {
    why: "which schedules are due, and which jobs that makes, in one batch",
    tables: ["sync_schedules", "sync_pairs"],
  },
  "jobs/enqueue": {
    why: "the jobs of a batch; and how many of a tenant wait, which has an end for all of its users together",
    tables: ["sync_jobs"],
  },
  "jobs/jobs": { why: "how many jobs wait, run and have failed, in numbers only", tables: ["sync_jobs"] },
  "jobs/recover-jobs": { why: "jobs whose worker has died, whoever's they are", tables: ["sync_jobs"] },
  "jobs/worker-pool": { why: "when the next job is due", tables: ["sync_jobs"] },
  "ports/storage/maintenance": {
    why: "what has expired goes, whoever's it was",
    tables: [
      "audit_log",
      "conflicts",
      "idempotency_keys",
      "intents",
      "leases",
      "links",
      "pending_oauth_auth",
      "plans",
      "run_lists",
      "sync_jobs",
      "sync_logs",
      "watch_channels",
    ],
  },
};

/** The same by place, as `<file> <table>`. */
export const EVERYBODYS: ReadonlySet<string> = new Set(
  Object.entries(REASONS).flatMap(([file, { tables }]) => tables.map((table) => `${file} ${table}`)),
);
