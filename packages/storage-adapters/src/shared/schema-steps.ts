import type { Row, Scalar, TableName } from "@syncer/core";
import { type RawBuilder, sql } from "kysely";
import type { SqlDialect } from "./sql-dialect.ts";

/** What rows get in a column that is newer than they are: one value, or one for each word of another of their columns. */
export type Fill<TValue = Scalar> = TValue | { readonly of: string; readonly words: Readonly<Record<string, TValue>> };

type NewColumns<T extends TableName> = { readonly [K in keyof Row<T>]?: Fill<Row<T>[K]> };

/** How a version of the schema differs from the one before it. */
export interface SchemaStep {
  readonly version: number;
  readonly newTables: readonly TableName[];
  /** Tables whose columns, words or indexes changed, with the columns that are new. */
  readonly changedTables: { readonly [T in TableName]?: NewColumns<T> };
  /**
   * Code of the version before can no longer work with the tables; its processes are to be stopped before `migrate()`. It is
   * true of a step unless each new column has one value for all old rows (which then is its default in the database, so that
   * inserts of older code go on), and unless older code gets along with the new words and what they mean.
   */
  readonly breaksOlder?: true;
  /** Until then indexes had names of any length: those that were too long have others since, see `indexName`. */
  readonly namesIndexesAnew?: true;
}

/**
 * What came after version 1, oldest first, for every SQL database alike. It says only what today's `schema` cannot: what
 * is new since when, and what old rows have there. The form of tables and columns is today's, from whichever version.
 */
export const schemaSteps: readonly SchemaStep[] = [
  {
    version: 2,
    newTables: ["conflicts"],
    changedTables: {
      links: {
        source_fields: null,
        target_fields: null,
        source_modified_at: null,
        target_modified_at: null,
        turns: 0,
        last_written: null,
      },
      sync_metadata: { gone: false, wished_at: null },
      sync_cursors: { for_a_day: false },
      intents: {},
      intent_items: { meant_fields: null },
      sync_jobs: {
        lane: { of: "trigger", words: { manual: "manual", scheduled: "automatic" } },
        format: 1,
        worker_id: null,
        locked_until: null,
        cancel_requested: false,
      },
    },
  },
  {
    version: 3,
    newTables: ["match_overrides", "list_orders"],
    changedTables: { sync_pairs: { parent_id: null, container: "", match_policies: null }, intents: {} },
  },
  {
    version: 4,
    newTables: ["run_lists"],
    changedTables: {
      intents: { undo: false },
      sync_jobs: { undoes: null },
      list_orders: {},
      sync_pairs: {
        selection_sealed: null,
        selection_hash: null,
        prefix_sealed: null,
        prefix_hash: null,
        history_name_sealed: null,
        history_length: null,
      },
    },
    namesIndexesAnew: true,
  },
  {
    version: 5,
    newTables: [],
    changedTables: {
      sync_pairs: { source_container: "", target_container: "", containers_sealed: null },
      sync_cursors: { token_sealed: null },
      user_services: { server_url: null },
    },
  },
  { version: 6, newTables: ["watch_channels"], changedTables: { sync_jobs: {} } },
  {
    version: 7,
    newTables: [],
    changedTables: {
      user_services: {},
      intent_items: {},
      sync_jobs: {},
      sync_schedules: { cron: null, time_zone: null, jitter_ms: 0 },
      service_limits: { next_at: null, version: 0, under_way: "[]", day: "[]" },
    },
  },
  {
    // Jobs of the new tasks are of a newer format, which older workers leave to others.
    version: 8,
    newTables: ["plans", "plan_items", "idempotency_keys", "deliveries"],
    changedTables: { sync_jobs: { task: "sync", plan_id: null } },
  },
];

/** From this version on a column that came later has a default in the database. */
const FIRST_WITH_DEFAULTS = 7;

/**
 * What the database itself puts into a column: what old rows got when it came, so that code of an older release, whose
 * inserts do not name it, goes on working. Null: nothing.
 */
export function defaultOf(table: string, column: string, steps: readonly SchemaStep[] = schemaSteps): Scalar {
  for (const { version, changedTables } of steps) {
    if (version < FIRST_WITH_DEFAULTS) continue;
    const fill = (changedTables as Readonly<Record<string, Readonly<Record<string, Fill>>>>)[table]?.[column];
    if (fill !== undefined && (fill === null || typeof fill !== "object")) return fill;
  }
  return null;
}

export interface SchemaChanges {
  readonly newTables: ReadonlySet<string>;
  /** Tables that changed, with what their old rows get in which new columns. */
  readonly changedTables: ReadonlyMap<string, ReadonlyMap<string, Fill>>;
  readonly namesIndexesAnew?: true;
}

/** All that is different now from what it was in this version. */
export function changesSince(version: number, steps: readonly SchemaStep[] = schemaSteps): SchemaChanges {
  const newTables = new Set<string>();
  const changedTables = new Map<string, Map<string, Fill>>();
  for (const step of steps) {
    if (step.version <= version) continue;
    for (const table of step.newTables) newTables.add(table);
    for (const [table, columns] of Object.entries<Readonly<Record<string, Fill>>>(step.changedTables)) {
      // A table that is new as well is made in its present form and has no old rows.
      if (newTables.has(table)) continue;
      changedTables.set(table, new Map([...(changedTables.get(table) ?? []), ...Object.entries(columns)]));
    }
  }
  const isRenaming = steps.some((step) => step.version > version && step.namesIndexesAnew);
  return { newTables, changedTables, ...(isRenaming ? { namesIndexesAnew: true } : {}) };
}

/** The expression that gives an old row its value of a new column. */
export function filling(dialect: SqlDialect, fill: Fill): RawBuilder<unknown> {
  if (fill === null || typeof fill !== "object") return sql.lit(dialect.encode(fill));
  const cases = Object.entries(fill.words).map(
    ([word, value]) => sql`when ${sql.lit(word)} then ${sql.lit(dialect.encode(value))}`,
  );
  return sql`case ${sql.ref(fill.of)} ${sql.join(cases, sql` `)} end`;
}
