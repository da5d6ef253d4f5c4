import {
  catalogueId,
  catalogueIds,
  ciphertext,
  code,
  count,
  cron,
  fieldHashes,
  flag,
  hash,
  id,
  name,
  oneOf,
  oneOfOrNull,
  owner,
  ratio,
  table,
  time,
  times,
} from "./columns.ts";

/** What is stored of runs: what they write, find and are asked to do. */
export const runTables = {
  /** The journal: no intent, no write. One row per remote call. */
  intents: table({
    columns: {
      id: id(),
      pair_id: id(),
      tenant_id: id(),
      job_id: id(),
      side: oneOf("source", "target"),
      kind: oneOf("add", "remove", "arrange", "create", "update", "merge", "delete"),
      state: oneOf("prepared", "done", "abandoned"),
      /** How many items it carries. */
      items: count(),
      fencing: count(),
      /** It takes back what an earlier run has done; its links say so before it is made. */
      undo: flag(),
      ...times,
    },
    primaryKey: ["id"],
    indexes: [
      { columns: ["job_id", "pair_id"] },
      { columns: ["pair_id", "state"] },
      { columns: ["pair_id", "side", "kind", "updated_at"] },
      { columns: ["state", "updated_at"] },
    ],
    references: { columns: ["pair_id"], table: "sync_pairs", target: ["id"] },
    owner: "tenant",
  }),

  /** The items of a remote call; each one's answer counts alone. */
  intent_items: table({
    columns: {
      intent_id: id(),
      position: count(),
      tenant_id: id(),
      /** Same decision, same id, also after a crash. */
      operation_id: hash(),
      link_key: catalogueId(),
      /** The item written on `side`, and the one on the other side that it answers to. */
      written_id: catalogueId(),
      written_sealed: ciphertext.nullable,
      counterpart_id: catalogueId.nullable,
      counterpart_sealed: ciphertext.nullable,
      /** Of a document: what its fields shall be once it is written. */
      meant_fields: fieldHashes.nullable,
      outcome: oneOfOrNull("written", "already-there", "not-found", "refused", "unknown"),
      reason: code.nullable,
      matched_by: oneOfOrNull("held-key", "held-match", "chain", "lookup", "search", "override"),
      confidence: ratio.nullable,
    },
    primaryKey: ["intent_id", "position"],
    indexes: [{ columns: ["tenant_id", "link_key"] }],
    references: { columns: ["intent_id"], table: "intents", target: ["id"] },
    owner: "tenant",
  }),

  /** What a run has made of a list, in parts, as ids of its entries: with it, the run can be undone. */
  run_lists: table({
    columns: {
      job_id: id(),
      pair_id: id(),
      side: oneOf("source", "target"),
      /** Before its first call, and what its calls lead to. */
      moment: oneOf("before", "after"),
      /** From 0. */
      part: count(),
      tenant_id: id(),
      entries: catalogueIds(),
      ...times,
    },
    primaryKey: ["job_id", "pair_id", "side", "moment", "part"],
    indexes: [{ columns: ["pair_id"] }, { columns: ["updated_at"] }],
    references: { columns: ["pair_id"], table: "sync_pairs", target: ["id"] },
    owner: "tenant",
  }),

  /** Items that both sides changed: what they were, by hash, and who won. At most one open record per link. */
  conflicts: table({
    columns: {
      id: id(),
      ...owner,
      pair_id: id(),
      link_key: catalogueId(),
      /** The run that found it, or that found it changed again. */
      job_id: id(),
      kind: oneOf("edit-edit", "delete-edit", "edit-delete"),
      /** `overwrite`: the policy of that name settled it; nobody is asked. */
      logged_as: oneOf("conflict", "overwrite"),
      state: oneOf("open", "resolved"),
      policy: oneOf("skip", "overwrite", "merge", "newest-wins", "source-wins", "target-wins"),
      /** What a person decided; the next run does it. */
      decision: oneOfOrNull("source", "target"),
      decided_at: time.nullable,
      /** How it ended. `equal`: both sides became the same by themselves. `gone`: both let go. */
      resolution: oneOfOrNull("source", "target", "merged", "equal", "gone"),
      resolved_at: time.nullable,
      /** Both sides as they were found; null: deleted there. */
      source_checksum: hash.nullable,
      target_checksum: hash.nullable,
      source_version: hash.nullable,
      target_version: hash.nullable,
      source_modified_at: time.nullable,
      target_modified_at: time.nullable,
      ...times,
    },
    primaryKey: ["id"],
    indexes: [
      { columns: ["pair_id", "state", "link_key"] },
      { columns: ["tenant_id", "user_id", "state", "created_at"] },
      { columns: ["resolved_at"], where: { column: "resolved_at", is: "not-null" } },
    ],
    references: { columns: ["pair_id"], table: "sync_pairs", target: ["id"] },
    owner: "user",
  }),

  /** One row per run of one pair: status and counts. A queued row is a job that waits for a worker. */
  sync_jobs: table({
    columns: {
      id: id(),
      ...owner,
      pair_id: id(),
      sync_type: name(),
      trigger: oneOf("manual", "scheduled", "webhook"),
      /** `plan`: a dry run whose plan is stored. `apply`: what a stored plan says, and no more. */
      task: oneOf("sync", "plan", "apply", "undo"),
      /** The stored plan that it makes or carries out. */
      plan_id: id.nullable,
      /** The job whose writes it took back. */
      undoes: id.nullable,
      status: oneOf("queued", "running", "succeeded", "partial", "failed", "held", "deferred", "cancelled", "dead"),
      /** People who wait, and work in the background: neither starves the other. */
      lane: oneOf("manual", "automatic"),
      /** Of what a job means; a worker sets aside what it does not know. */
      format: count(),
      priority: count(),
      retry_count: count(),
      max_retries: count(),
      next_retry_at: time.nullable,
      /** The worker that has it, and until when nobody else may take it. */
      worker_id: id.nullable,
      locked_until: time.nullable,
      cancel_requested: flag(),
      started_at: time.nullable,
      finished_at: time.nullable,
      items_processed: count(),
      items_added: count(),
      items_updated: count(),
      items_deleted: count(),
      items_unmatched: count(),
      items_refused: count(),
      requests: count(),
      error_code: code.nullable,
      ...times,
    },
    primaryKey: ["id"],
    indexes: [
      { columns: ["status", "priority", "created_at"] },
      { columns: ["status", "lane", "next_retry_at"] },
      { columns: ["next_retry_at"], where: { column: "next_retry_at", is: "not-null" } },
      /** Whose turn it is: one tenant after another. */
      {
        columns: ["lane", "tenant_id", "next_retry_at", "created_at", "id"],
        where: { column: "status", is: "queued" },
      },
      { columns: ["pair_id", "created_at"] },
      { columns: ["finished_at"], where: { column: "finished_at", is: "not-null" } },
    ],
    references: { columns: ["pair_id"], table: "sync_pairs", target: ["id"] },
    owner: "user",
  }),

  /** What happened in runs: a code, a handle, a count. */
  sync_logs: table({
    columns: {
      id: id(),
      tenant_id: id(),
      job_id: id(),
      pair_id: id(),
      event: code(),
      subject_id: catalogueId.nullable,
      amount: count.nullable,
      at: time(),
    },
    primaryKey: ["id"],
    indexes: [{ columns: ["job_id", "at"] }, { columns: ["at"] }, { columns: ["pair_id"] }],
    references: { columns: ["pair_id"], table: "sync_pairs", target: ["id"] },
    owner: "tenant",
  }),

  sync_schedules: table({
    columns: {
      id: id(),
      ...owner,
      pair_id: id(),
      enabled: flag(),
      /** With `cron`: about how long from one run to the next, for code that does not know expressions. */
      every_ms: count(),
      /** When it runs, in the time of `time_zone`; null: every `every_ms`. */
      cron: cron.nullable,
      /** An IANA name. */
      time_zone: name.nullable,
      /** How much later than its time each run of this schedule may be due: always by the same part of it. */
      jitter_ms: count(),
      next_run_at: time(),
      last_run_at: time.nullable,
      ...times,
    },
    primaryKey: ["id"],
    indexes: [
      { columns: ["tenant_id", "user_id"] },
      { columns: ["next_run_at"], where: { column: "enabled", is: true } },
      { columns: ["pair_id"] },
    ],
    references: { columns: ["pair_id"], table: "sync_pairs", target: ["id"] },
    owner: "user",
  }),
} as const;
