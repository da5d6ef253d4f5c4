import type { Clock } from "../clock.ts";
import type { Statement, StorageAdapter } from "./storage-adapter.ts";

/** How long what has done its work is kept, in milliseconds. */
export interface Retention {
  /**
   * Remote calls whose outcome is recorded, and what they made of lists: for as long, a run can be undone. Open calls are
   * kept however old they are.
   */
  readonly finishedIntentsMs: number;
  /**
   * Links that only remember that both sides are gone, that one left, or that an id was replaced by another. What a user
   * removed stays remembered.
   */
  readonly tombstonesMs: number;
  /** Records of conflicts that have ended. Open ones are kept however old they are. */
  readonly resolvedConflictsMs: number;
  /** Rows per run, with their counts; jobs that were given up as well. */
  readonly finishedJobsMs: number;
  readonly logsMs: number;
  readonly auditMs: number;
  /**
   * Leases, services' quiet times and watch channels that are over; far longer than any worker or pause lives, or a channel takes
   * to be replaced.
   */
  readonly expiredMs: number;
}

const DAY_MS = 86_400_000;

export const defaultRetention: Retention = {
  finishedIntentsMs: 7 * DAY_MS,
  tombstonesMs: 90 * DAY_MS,
  resolvedConflictsMs: 90 * DAY_MS,
  finishedJobsMs: 90 * DAY_MS,
  logsMs: 30 * DAY_MS,
  auditMs: 365 * DAY_MS,
  expiredMs: 30 * DAY_MS,
};

/** How many rows went, without those that went with a row they belonged to. */
export interface MaintenanceReport {
  readonly pendingAuthorizations: number;
  readonly intents: number;
  readonly runLists: number;
  readonly tombstones: number;
  readonly conflicts: number;
  readonly jobs: number;
  readonly logs: number;
  readonly audit: number;
  readonly leases: number;
  readonly serviceLimits: number;
  readonly channels: number;
  readonly plans: number;
  readonly idempotencyKeys: number;
  readonly deliveries: number;
}

/** Rows of one batch: enough to be quick, few enough to let other writers in between. */
const BATCH_ROWS = 500;

/**
 * Deletes what has expired, in batches that other writers get in between. May run concurrently with itself and with
 * everything else: each delete repeats the condition that made the row expired.
 *
 * @throws {StorageError} what has been deleted until then stays deleted
 */
export async function runMaintenance(
  storage: StorageAdapter,
  clock: Clock,
  retention: Partial<Retention> = {},
): Promise<MaintenanceReport> {
  const keep = { ...defaultRetention, ...retention };
  const now = clock.now();
  return {
    pendingAuthorizations: await purgeAuthorizations(storage, now),
    intents: await purgeIntents(storage, now - keep.finishedIntentsMs),
    runLists: await purgeRunLists(storage, now - keep.finishedIntentsMs),
    tombstones: await purgeTombstones(storage, now - keep.tombstonesMs),
    conflicts: await purgeConflicts(storage, now - keep.resolvedConflictsMs),
    jobs: await purgeJobs(storage, now - keep.finishedJobsMs),
    logs: await purgeLogs(storage, now - keep.logsMs),
    audit: await purgeAudit(storage, now - keep.auditMs),
    leases: await purgeLeases(storage, now - keep.expiredMs),
    serviceLimits: await purgeServiceLimits(storage, now - keep.expiredMs),
    channels: await purgeChannels(storage, now - keep.expiredMs),
    plans: await purgePlans(storage, now),
    idempotencyKeys: await purgeIdempotencyKeys(storage, now),
    deliveries: await purgeDeliveries(storage, now),
  };
}

function purgeAuthorizations(storage: StorageAdapter, before: number): Promise<number> {
  const where = { expires_at: { lte: before } };
  return purge(
    storage,
    () => storage.select({ table: "pending_oauth_auth", columns: ["state_hash"], where, limit: BATCH_ROWS }),
    (rows) => {
      const state_hash = { in: rows.map((row) => row.state_hash) };
      return [{ delete: "pending_oauth_auth", where: { ...where, state_hash } }];
    },
  );
}

function purgeIntents(storage: StorageAdapter, before: number): Promise<number> {
  const where = { state: { in: ["done", "abandoned"] }, updated_at: { lt: before } } as const;
  return purge(
    storage,
    () => storage.select({ table: "intents", columns: ["id"], where, limit: BATCH_ROWS }),
    (rows) => [{ delete: "intents", where: { ...where, id: { in: rows.map(({ id }) => id) } } }],
  );
}

function purgeRunLists(storage: StorageAdapter, before: number): Promise<number> {
  const where = { updated_at: { lt: before } };
  return purge(
    storage,
    () => storage.select({ table: "run_lists", columns: ["job_id", "pair_id"], where, limit: BATCH_ROWS }),
    (rows) =>
      [...Map.groupBy(rows, (row) => row.pair_id)].map(([pair_id, lists]) => ({
        delete: "run_lists",
        where: { ...where, pair_id, job_id: { in: lists.map(({ job_id }) => job_id) } },
      })),
  );
}

/** The states whose links are kept for a time only. Each has an index of its own. */
const TOMBSTONES = ["dropped", "superseded"] as const;

async function purgeTombstones(storage: StorageAdapter, before: number): Promise<number> {
  let purged = 0;
  for (const state of TOMBSTONES) purged += await purgeLinks(storage, state, before);
  return purged;
}

function purgeLinks(storage: StorageAdapter, state: (typeof TOMBSTONES)[number], before: number): Promise<number> {
  const where = { state, updated_at: { lt: before } };
  return purge(
    storage,
    () => storage.select({ table: "links", columns: ["pair_id", "link_key"], where, limit: BATCH_ROWS }),
    (rows) =>
      [...Map.groupBy(rows, (row) => row.pair_id)].map(([pair_id, links]) => ({
        delete: "links",
        where: { ...where, pair_id, link_key: { in: links.map((link) => link.link_key) } },
      })),
  );
}

function purgeConflicts(storage: StorageAdapter, before: number): Promise<number> {
  const where = { state: "resolved", resolved_at: { lt: before } } as const;
  return purge(
    storage,
    () => storage.select({ table: "conflicts", columns: ["id"], where, limit: BATCH_ROWS }),
    (rows) => [{ delete: "conflicts", where: { ...where, id: { in: rows.map(({ id }) => id) } } }],
  );
}

function purgeJobs(storage: StorageAdapter, before: number): Promise<number> {
  const where = {
    status: { in: ["succeeded", "partial", "failed", "held", "deferred", "cancelled", "dead"] },
    finished_at: { lt: before },
  } as const;
  return purge(
    storage,
    () => storage.select({ table: "sync_jobs", columns: ["id"], where, limit: BATCH_ROWS }),
    (rows) => [{ delete: "sync_jobs", where: { ...where, id: { in: rows.map(({ id }) => id) } } }],
  );
}

function purgeLogs(storage: StorageAdapter, before: number): Promise<number> {
  const where = { at: { lt: before } };
  return purge(
    storage,
    () => storage.select({ table: "sync_logs", columns: ["id"], where, limit: BATCH_ROWS }),
    (rows) => [{ delete: "sync_logs", where: { ...where, id: { in: rows.map(({ id }) => id) } } }],
  );
}

function purgeAudit(storage: StorageAdapter, before: number): Promise<number> {
  const where = { at: { lt: before } };
  return purge(
    storage,
    () => storage.select({ table: "audit_log", columns: ["id"], where, limit: BATCH_ROWS }),
    (rows) => [{ delete: "audit_log", where: { ...where, id: { in: rows.map(({ id }) => id) } } }],
  );
}

function purgeLeases(storage: StorageAdapter, before: number): Promise<number> {
  // A lease that was given back has ended at 0; its fencing number must live on while a run of then might.
  const where = { expires_at: { lt: before }, updated_at: { lt: before } };
  return purge(
    storage,
    () => storage.select({ table: "leases", columns: ["name"], where, limit: BATCH_ROWS }),
    (rows) => [{ delete: "leases", where: { ...where, name: { in: rows.map(({ name }) => name) } } }],
  );
}

function purgeServiceLimits(storage: StorageAdapter, before: number): Promise<number> {
  // A budget that was never closed ended at 0; what was spent of it must live on while it is used.
  const where = { closed_until: { lt: before }, updated_at: { lt: before } };
  return purge(
    storage,
    () => storage.select({ table: "service_limits", columns: ["budget_hash"], where, limit: BATCH_ROWS }),
    (rows) => {
      const budget_hash = { in: rows.map((row) => row.budget_hash) };
      return [{ delete: "service_limits", where: { ...where, budget_hash } }];
    },
  );
}

function purgeChannels(storage: StorageAdapter, before: number): Promise<number> {
  const where = { expires_at: { lt: before } };
  return purge(
    storage,
    () => storage.select({ table: "watch_channels", columns: ["id"], where, limit: BATCH_ROWS }),
    (rows) => [{ delete: "watch_channels", where: { ...where, id: { in: rows.map(({ id }) => id) } } }],
  );
}

function purgePlans(storage: StorageAdapter, before: number): Promise<number> {
  const where = { expires_at: { lte: before } };
  return purge(
    storage,
    () => storage.select({ table: "plans", columns: ["id"], where, limit: BATCH_ROWS }),
    (rows) => [{ delete: "plans", where: { ...where, id: { in: rows.map(({ id }) => id) } } }],
  );
}

function purgeIdempotencyKeys(storage: StorageAdapter, before: number): Promise<number> {
  const where = { expires_at: { lte: before } };
  return purge(
    storage,
    () => storage.select({ table: "idempotency_keys", columns: ["key_hash"], where, limit: BATCH_ROWS }),
    (rows) => {
      const key_hash = { in: rows.map((row) => row.key_hash) };
      return [{ delete: "idempotency_keys", where: { ...where, key_hash } }];
    },
  );
}

function purgeDeliveries(storage: StorageAdapter, before: number): Promise<number> {
  const where = { expires_at: { lte: before } };
  return purge(
    storage,
    () => storage.select({ table: "deliveries", columns: ["delivery_hash"], where, limit: BATCH_ROWS }),
    (rows) => {
      const delivery_hash = { in: rows.map((row) => row.delivery_hash) };
      return [{ delete: "deliveries", where: { ...where, delivery_hash } }];
    },
  );
}

/** Finds and deletes batch by batch until a batch is not full. */
async function purge<TRow>(
  storage: StorageAdapter,
  find: () => Promise<TRow[]>,
  remove: (rows: readonly TRow[]) => Statement[],
): Promise<number> {
  let deleted = 0;
  for (;;) {
    const rows = await find();
    if (rows.length === 0) return deleted;
    const result = await storage.write({ statements: remove(rows) });
    if (result.applied) deleted += result.affected.reduce((sum, touched) => sum + touched, 0);
    if (rows.length < BATCH_ROWS) return deleted;
    // An embedded database answers at once; without this pause a long purge would keep everything else waiting.
    await new Promise((resume) => setTimeout(resume, 0));
  }
}
