import {
  catalogueId,
  ciphertext,
  code,
  count,
  flag,
  hash,
  id,
  name,
  oneOf,
  oneOfOrNull,
  type RowOf,
  ratio,
  type TableShape,
  table,
  time,
} from "./columns.ts";

const tenant = { tenant_id: id() };
const owner = { tenant_id: id(), user_id: id() };
const times = { created_at: time(), updated_at: time() };

/**
 * Everything that is ever stored, as data. Adapters build their tables, indexes and migrations from it.
 * All ids are ours or opaque; all times are ms since the epoch.
 */
export const schema = {
  /** One random hash key per tenant, sealed; erasing it makes every keyed hash of the tenant meaningless. */
  tenant_keys: table({
    columns: { ...tenant, hash_key: ciphertext(), ...times },
    primaryKey: ["tenant_id"],
    indexes: [],
    owner: "tenant",
  }),

  /** Connections: one user's authorized access to one account of a service. */
  user_services: table({
    columns: {
      id: id(),
      ...owner,
      service: name(),
      /** Keyed hash of the account's id at the service; unique per tenant, user and service. */
      account_hash: hash(),
      account_id: ciphertext.nullable,
      /** The name shown there. */
      account_name: ciphertext.nullable,
      access_token: ciphertext.nullable,
      refresh_token: ciphertext.nullable,
      token_type: name.nullable,
      token_expiry: oneOf("at", "never", "unknown"),
      token_expires_at: time.nullable,
      /** When the user consented; refresh tokens of some services die a fixed time after it. */
      authorized_at: time(),
      refresh_expires_at: time.nullable,
      /** Granted scopes, sorted, separated by spaces. */
      scopes: name(),
      state: oneOf("active", "paused", "needs-reauthorization"),
      state_reason: code.nullable,
      enabled: flag(),
      default_frequency_ms: count(),
      last_sync_at: time.nullable,
      /** Rises with each change of the tokens; every write of them is conditional on it. */
      token_version: count(),
      ...times,
    },
    primaryKey: ["id"],
    indexes: [
      { columns: ["tenant_id", "user_id", "service", "account_hash"], unique: true },
      { columns: ["enabled", "last_sync_at", "default_frequency_ms"] },
    ],
    owner: "user",
  }),

  /** Sign-ins under way. The state is stored as a hash, the PKCE verifier and the redirect URL as ciphertext. */
  pending_oauth_auth: table({
    columns: {
      state_hash: hash(),
      ...owner,
      service: name(),
      code_verifier: ciphertext(),
      redirect_url: ciphertext(),
      /** Scopes asked for, separated by spaces. */
      scopes: name(),
      /** Set when an existing connection is being re-authorized: the account must be the same. */
      connection_id: id.nullable,
      expires_at: time(),
      ...times,
    },
    primaryKey: ["state_hash"],
    indexes: [{ columns: ["expires_at"] }],
    owner: "user",
  }),

  sync_pairs: table({
    columns: {
      id: id(),
      ...owner,
      source_connection_id: id(),
      target_connection_id: id(),
      sync_type: name(),
      mode: oneOf("sync-from", "sync-to", "bidirectional"),
      propagation: oneOf("additive", "mirror"),
      prune: flag(),
      conflict_policy: oneOf("skip", "overwrite", "merge", "newest-wins", "source-wins", "target-wins"),
      match_threshold: ratio(),
      state: oneOf("active", "paused"),
      state_reason: code.nullable,
      /** No run before this time: a service asked for quiet. */
      not_before: time.nullable,
      /** The next run makes no deletes: mode or scope changed, or the database was restored. */
      delete_free: flag(),
      /** The plan that a guard holds, and the one that a person confirmed. */
      held_plan_hash: hash.nullable,
      confirmed_plan_hash: hash.nullable,
      pruned_once: flag(),
      last_run_at: time.nullable,
      last_success_at: time.nullable,
      /** Rises with every change of settings; plans are bound to it. */
      version: count(),
      ...times,
    },
    primaryKey: ["id"],
    indexes: [
      { columns: ["tenant_id", "user_id", "sync_type", "source_connection_id", "target_connection_id"], unique: true },
      { columns: ["source_connection_id"] },
      { columns: ["target_connection_id"] },
    ],
    owner: "user",
  }),

  /** "Item X on one side is item Y on the other", or why it is not. Both sides keep their own version. */
  links: table({
    columns: {
      pair_id: id(),
      /** `source:<id>` or, for what exists on the target side only, `target:<id>`; with `#n` for the n-th repetition. */
      link_key: catalogueId(),
      tenant_id: id(),
      /** Item on the pair's source side. */
      source_id: catalogueId.nullable,
      /** Item on the pair's target side. */
      target_id: catalogueId.nullable,
      /** The ids themselves, where the two above are keyed hashes. */
      source_sealed: ciphertext.nullable,
      target_sealed: ciphertext.nullable,
      source_checksum: hash.nullable,
      target_checksum: hash.nullable,
      source_version: hash.nullable,
      target_version: hash.nullable,
      /** `pending`: a counterpart is known and not yet written. `dropped`: a tombstone that keeps the generation. */
      state: oneOf(
        "linked",
        "pending",
        "unmatched",
        "uncertain",
        "refused",
        "detached",
        "suppressed",
        "conflict",
        "dropped",
      ),
      /** Why it is in this state. */
      reason: code.nullable,
      /** An alias shares its counterpart with a primary link. */
      alias: flag(),
      /** How the counterpart was found. */
      matched_by: oneOfOrNull("held-key", "held-match", "lookup", "search", "override"),
      confidence: ratio.nullable,
      /** Rises each time the link is dropped or re-pointed; part of the operation id. */
      generation: count(),
      attempts: count(),
      /** Not tried again before this time. */
      retry_at: time.nullable,
      ...times,
    },
    primaryKey: ["pair_id", "link_key"],
    indexes: [
      { columns: ["pair_id", "source_id"] },
      { columns: ["pair_id", "target_id"] },
      { columns: ["pair_id", "state", "retry_at"] },
      { columns: ["updated_at"], where: { column: "state", is: "detached" } },
      { columns: ["updated_at"], where: { column: "state", is: "dropped" } },
    ],
    references: { columns: ["pair_id"], table: "sync_pairs", target: ["id"] },
    owner: "tenant",
  }),

  /** What is known of one item of one connection: when it was last seen in step, never what it is. */
  sync_metadata: table({
    columns: {
      connection_id: id(),
      item_type: name(),
      external_id: catalogueId(),
      tenant_id: id(),
      checksum: hash.nullable,
      last_modified_at: time.nullable,
      last_sync_at: time(),
      sync_count: count(),
      ...times,
    },
    primaryKey: ["connection_id", "item_type", "external_id"],
    indexes: [
      { columns: ["connection_id", "item_type", "last_modified_at"] },
      { columns: ["connection_id", "item_type", "checksum"] },
    ],
    references: { columns: ["connection_id"], table: "user_services", target: ["id"] },
    owner: "tenant",
  }),

  /** Where the last finished read of one side of a pair ended. */
  sync_cursors: table({
    columns: {
      pair_id: id(),
      side: oneOf("source", "target"),
      tenant_id: id(),
      /** Rows that the collection had. */
      rows: count(),
      /** Keyed hash of the provider's fingerprint; a probe that gives the same needs no listing. */
      fingerprint: hash.nullable,
      /** When the collection was last listed to its end; a hint stands for a listing for a day at most. */
      listed_at: time(),
      /** Whether every difference that the listing showed has been dealt with. */
      settled: flag(),
      ...times,
    },
    primaryKey: ["pair_id", "side"],
    indexes: [],
    references: { columns: ["pair_id"], table: "sync_pairs", target: ["id"] },
    owner: "tenant",
  }),

  /** The journal: no intent, no write. One row per remote call. */
  intents: table({
    columns: {
      id: id(),
      pair_id: id(),
      tenant_id: id(),
      job_id: id(),
      side: oneOf("source", "target"),
      kind: oneOf("add", "remove"),
      state: oneOf("prepared", "done", "abandoned"),
      /** How many items it carries. */
      items: count(),
      fencing: count(),
      ...times,
    },
    primaryKey: ["id"],
    indexes: [
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
      outcome: oneOfOrNull("written", "already-there", "not-found", "refused", "unknown"),
      reason: code.nullable,
      matched_by: oneOfOrNull("held-key", "held-match", "lookup", "search", "override"),
      confidence: ratio.nullable,
    },
    primaryKey: ["intent_id", "position"],
    indexes: [],
    references: { columns: ["intent_id"], table: "intents", target: ["id"] },
    owner: "tenant",
  }),

  /** One row per run of one pair: status and counts. */
  sync_jobs: table({
    columns: {
      id: id(),
      ...owner,
      pair_id: id(),
      sync_type: name(),
      trigger: oneOf("manual", "scheduled"),
      status: oneOf("queued", "running", "succeeded", "partial", "failed", "held", "deferred", "cancelled"),
      priority: count(),
      retry_count: count(),
      max_retries: count(),
      next_retry_at: time.nullable,
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
      { columns: ["next_retry_at"], where: { column: "next_retry_at", is: "not-null" } },
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
      every_ms: count(),
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

  /** Who may write for a pair, and until when. The fencing number never falls while the row lives. */
  leases: table({
    columns: { name: id(), tenant_id: id(), owner_id: id(), fencing: count(), expires_at: time(), ...times },
    primaryKey: ["name"],
    indexes: [{ columns: ["expires_at"] }],
    owner: "tenant",
  }),

  /** Quiet that services asked for; survives a restart. Keyed by a hash of the budget, which may name a client id. */
  service_limits: table({
    columns: { budget_hash: hash(), service: name(), closed_until: time(), reason: code(), strikes: count(), ...times },
    primaryKey: ["budget_hash"],
    indexes: [{ columns: ["closed_until"] }],
    owner: "shared",
  }),

  /** Security-relevant acts: who (opaque), what, when. */
  audit_log: table({
    columns: { id: id(), ...owner, act: code(), service: name.nullable, subject_id: id.nullable, at: time() },
    primaryKey: ["id"],
    indexes: [{ columns: ["tenant_id", "user_id", "at"] }, { columns: ["at"] }],
    owner: "user",
  }),
} as const;

export type Schema = typeof schema;
export type TableName = keyof Schema;
export type Row<T extends TableName> = RowOf<Schema[T]["columns"]>;

export const tableNames = Object.keys(schema) as readonly TableName[];

/** The same tables by name, for code that treats them all alike. */
export const tableShapes: ReadonlyMap<string, TableShape> = new Map(Object.entries<TableShape>(schema));
