import { channelTables } from "./channel-tables.ts";
import {
  code,
  count,
  hash,
  id,
  name,
  numbers,
  owner,
  type RowOf,
  type TableShape,
  table,
  time,
  times,
} from "./columns.ts";
import { connectionTables } from "./connection-tables.ts";
import { overrideTables } from "./override-tables.ts";
import { pairTables } from "./pair-tables.ts";
import { planTables } from "./plan-tables.ts";
import { requestTables } from "./request-tables.ts";
import { runTables } from "./run-tables.ts";

/**
 * Everything that is ever stored, as data. Adapters build their tables, indexes and migrations from it.
 * All ids are ours or opaque; all times are ms since the epoch.
 */
export const schema = {
  ...connectionTables,
  ...pairTables,
  ...overrideTables,
  ...runTables,
  ...channelTables,
  ...planTables,
  ...requestTables,

  /** Who may write for a pair, and until when. The fencing number never falls while the row lives. */
  leases: table({
    columns: { name: id(), tenant_id: id(), owner_id: id(), fencing: count(), expires_at: time(), ...times },
    primaryKey: ["name"],
    indexes: [{ columns: ["expires_at"] }],
    owner: "tenant",
  }),

  /**
   * What all processes know of a service's limit: quiet that it asked for, which survives a restart, and, where they
   * share one budget, who may ask when. Keyed by a hash of the budget, which may name a client id.
   */
  service_limits: table({
    columns: {
      budget_hash: hash(),
      service: name(),
      closed_until: time(),
      reason: code(),
      strikes: count(),
      /** From when on the next request may go out. */
      next_at: time.nullable,
      /** Rises with each change of the shared budget; every write of it is conditional on it. */
      version: count(),
      /**
       * The rest of `next_at` in microseconds, the cost of the last request, how many are under way, until when each of these
       * has its place, then who waits for a place: since when, until when; times in ms since the epoch.
       */
      under_way: numbers(),
      /** Units of the last day: quarter of an hour since the epoch, units; and so on. */
      day: numbers(),
      ...times,
    },
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
