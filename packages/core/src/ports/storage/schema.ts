import { channelTables } from "./channel-tables.ts";
import { code, count, hash, id, name, owner, type RowOf, type TableShape, table, time, times } from "./columns.ts";
import { connectionTables } from "./connection-tables.ts";
import { overrideTables } from "./override-tables.ts";
import { pairTables } from "./pair-tables.ts";
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
