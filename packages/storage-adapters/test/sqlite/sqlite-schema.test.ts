import { DatabaseSync } from "node:sqlite";
import { type ColumnClass, SCHEMA_VERSION, type StorageAdapter, tableShapes } from "@syncer/core";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { sampleRow } from "@syncer/testkit";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { indexName } from "../../src/shared/index-name.ts";

const TYPES: { readonly [C in ColumnClass]: "TEXT" | "INTEGER" | "REAL" } = {
  id: "TEXT",
  "catalogue-id": "TEXT",
  name: "TEXT",
  enum: "TEXT",
  code: "TEXT",
  hash: "TEXT",
  "catalogue-ids": "TEXT",
  cron: "TEXT",
  numbers: "TEXT",
  "field-hashes": "TEXT",
  ciphertext: "TEXT",
  time: "INTEGER",
  count: "INTEGER",
  flag: "INTEGER",
  ratio: "REAL",
};

const ofTwoServices = { tenant_id: "t", user_id: "u", item_kind: "track", service_a: "s", service_b: "z" };
const manyIds = Array.from({ length: 100 }, (_, n) => `id-${n}`);

async function migrated(tablePrefix = ""): Promise<DatabaseSync> {
  const database = new DatabaseSync(":memory:");
  onTestFinished(() => database.close());
  await sqlite({ database }, { tablePrefix }).migrate();
  return database;
}

const names = (database: DatabaseSync, type: "table" | "index") =>
  database
    .prepare("select name from sqlite_master where type = ? and name not like 'sqlite_%' order by name")
    .all(type)
    .map(({ name }) => String(name));

describe("the SQLite schema", () => {
  it("has the schema's tables and the one that tells its version, and no others", async () => {
    expect(names(await migrated(), "table")).toEqual([...tableShapes.keys(), "schema_version"].sort());
  });

  it.each([...tableShapes])("gives %s exactly the schema's columns, in strict types", async (table, shape) => {
    const database = await migrated();
    const columns = database.prepare('select name, type, "notnull" from pragma_table_info(?)').all(table);
    expect(columns.map((column) => ({ ...column }))).toEqual(
      Object.entries(shape.columns).map(([name, column]) => ({
        name,
        type: TYPES[column.class],
        notnull: column.nullable ? 0 : 1,
      })),
    );
    expect(database.prepare("select strict from pragma_table_list(?)").get(table)).toMatchObject({ strict: 1 });
  });

  it.each([...tableShapes])("gives %s its key, its indexes and its parent", async (table, shape) => {
    const database = await migrated();
    const key = database.prepare("select name from pragma_table_info(?) where pk > 0 order by pk").all(table);
    expect(key.map(({ name }) => name)).toEqual(shape.primaryKey);
    const indexes = database.prepare('select name, "unique", partial from pragma_index_list(?) where origin = ?');
    const found = indexes.all(table, "c").map((index) => ({
      columns: database
        .prepare("select name from pragma_index_info(?) order by seqno")
        .all(String(index.name))
        .map(({ name }) => name),
      unique: index.unique === 1,
      partial: index.partial === 1,
    }));
    const wanted = shape.indexes.map(({ columns, unique = false, where }) => ({
      columns,
      unique,
      partial: where !== undefined,
    }));
    expect(found).toHaveLength(wanted.length);
    expect(found).toEqual(expect.arrayContaining(wanted));
    const parents = database.prepare('select "table", "from", "to", on_delete from pragma_foreign_key_list(?)');
    const { references } = shape;
    expect(parents.all(table).map((parent) => ({ ...parent }))).toEqual(
      references
        ? references.columns.map((from, at) => ({
            table: references.table,
            from,
            to: references.target[at],
            on_delete: "CASCADE",
          }))
        : [],
    );
  });

  it.each([
    ["what is no word of an enum", "mode = 'sideways'", "CHECK constraint"],
    ["what is no flag", "prune = 2", "CHECK constraint"],
    ["what is no ratio", "match_threshold = 1.5", "CHECK constraint"],
    ["text where a number belongs", "version = 'many'", "cannot store TEXT"],
    ["nothing where something belongs", "sync_type = null", "NOT NULL constraint"],
  ])("refuses %s by itself, whoever writes it", async (_, change, refusal) => {
    const database = await migrated();
    const row = sampleRow("sync_pairs");
    await sqlite({ database }).write({ statements: [{ insert: "sync_pairs", rows: [row] }] });
    expect(() => database.exec(`update sync_pairs set ${change}`)).toThrow(refusal);
    expect(await sqlite({ database }).select({ table: "sync_pairs" })).toStrictEqual([row]);
  });

  it.each(["", "a_host_", "p".repeat(63)])(
    "gives each index a name of its own, which PostgreSQL would keep whole, with the prefix %j",
    async (tablePrefix) => {
      const all = [...tableShapes].flatMap(([table, shape]) =>
        shape.indexes.map((index) => ({
          own: `${tablePrefix}${table}_by_`,
          name: indexName(tablePrefix + table, index),
        })),
      );
      expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
      for (const { own, name } of all) {
        expect(name.startsWith(own)).toBe(true);
        // A prefix that leaves no room is not for such a database.
        expect(name.length).toBeLessThanOrEqual(Math.max(63, own.length + 9));
      }
      expect(names(await migrated(tablePrefix), "index")).toEqual(all.map(({ name }) => name).sort());
    },
  );

  it("tells two long names apart that begin alike, and gives each of them always the same", () => {
    const columns = ["tenant_id", "user_id", "source_connection_id", "target_connection_id"];
    const named = (last: string) => indexName("sync_pairs", { columns: [...columns, last] });
    expect(named("mode")).toBe("sync_pairs_by_tenant_id_user_id_source_connection_id_t_b9e83427");
    expect(named("mode")).not.toBe(named("state"));
    expect(indexName("sync_pairs", { columns: ["parent_id"] })).toBe("sync_pairs_by_parent_id");
  });

  const plans: [what: string, query: (storage: StorageAdapter) => Promise<unknown>, plan: RegExp][] = [
    [
      "due schedules by their partial index",
      (storage) => storage.select({ table: "sync_schedules", where: { enabled: true, next_run_at: { lte: 5 } } }),
      /USING INDEX sync_schedules_by_next_run_at_where_enabled_true \(next_run_at<\?\)$/,
    ],
    [
      "due retries by theirs",
      (storage) => storage.select({ table: "sync_jobs", where: { next_retry_at: { lte: 5 } } }),
      /USING INDEX sync_jobs_by_next_retry_at_where_next_retry_at_not_null \(next_retry_at<\?\)$/,
    ],
    [
      "old tombstones by theirs",
      (storage) => storage.select({ table: "links", where: { state: "dropped", updated_at: { lt: 5 } }, limit: 10 }),
      /USING INDEX links_by_updated_at_where_state_dropped \(updated_at<\?\)$/,
    ],
    [
      "ids that were replaced long ago by theirs",
      (storage) => storage.select({ table: "links", where: { state: "superseded", updated_at: { lt: 5 } }, limit: 10 }),
      /USING INDEX links_by_updated_at_where_state_superseded \(updated_at<\?\)$/,
    ],
    [
      "old conflicts by theirs",
      (storage) =>
        storage.select({ table: "conflicts", where: { state: "resolved", resolved_at: { lt: 5 } }, limit: 10 }),
      /USING INDEX conflicts_by_resolved_at_where_resolved_at_not_null \(resolved_at<\?\)$/,
    ],
    [
      "a user's open conflicts, the oldest first, without sorting",
      (storage) =>
        storage.select({
          table: "conflicts",
          where: { tenant_id: "t", user_id: "u", state: "open" },
          orderBy: ["created_at"],
        }),
      /^SEARCH conflicts USING INDEX conflicts_by_tenant_id_user_id_state_created_at \(tenant_id=\? AND user_id=\? AND state=\?\)$/,
    ],
    [
      "the open conflict of a link",
      (storage) =>
        storage.select({ table: "conflicts", where: { pair_id: "p", state: "open", link_key: { in: manyIds } } }),
      /^SEARCH conflicts USING INDEX conflicts_by_pair_id_state_link_key \(pair_id=\? AND state=\? AND link_key=\?\)/,
    ],
    [
      "what waits in a lane until now",
      (storage) =>
        storage.select({
          table: "sync_jobs",
          where: { status: "queued", lane: "manual", next_retry_at: { lte: 5 } },
          orderBy: ["next_retry_at"],
        }),
      /^SEARCH sync_jobs USING INDEX sync_jobs_by_status_lane_next_retry_at \(status=\? AND lane=\? AND next_retry_at<\?\)$/,
    ],
    [
      "the next page of a pair's links by their key, without sorting",
      (storage) =>
        storage.select({
          table: "links",
          where: { pair_id: "p" },
          orderBy: ["pair_id", "link_key"],
          after: ["p", "k"],
          limit: 10,
        }),
      /^SEARCH links USING INDEX sqlite_autoindex_links_1 \(pair_id=\? AND link_key>\?\)$/,
    ],
    [
      "many links by the other side's ids",
      (storage) => storage.select({ table: "links", where: { pair_id: "p", target_id: { in: manyIds } } }),
      /^SEARCH links USING INDEX links_by_pair_id_target_id \(pair_id=\? AND target_id=\?\)/,
    ],
    [
      "what a user decided about two services",
      (storage) => storage.select({ table: "match_overrides", where: ofTwoServices, orderBy: ["id"], limit: 10 }),
      /^SEARCH match_overrides USING INDEX match_overrides_by_tenant_id_user_id_item_kind_service_\w{8} \(.* AND service_b=\?\); USE TEMP B-TREE FOR ORDER BY$/,
    ],
    [
      "what a user decided about many items, by either",
      (storage) => storage.select({ table: "match_overrides", where: { ...ofTwoServices, id_b: { in: manyIds } } }),
      /^SEARCH match_overrides USING INDEX match_overrides_by_tenant_id_user_id_item_kind_service_\w{8} \(.* AND id_b=\?\)/,
    ],
    [
      "the next page of a user's decisions, in the order of their making, without sorting",
      (storage) =>
        storage.select({
          table: "match_overrides",
          where: { tenant_id: "t", user_id: "u" },
          orderBy: ["created_at", "id"],
          after: [1, "i"],
          limit: 10,
        }),
      /^SEARCH match_overrides USING INDEX match_overrides_by_tenant_id_user_id_created_at_id \(.* AND \(created_at,id\)>\(\?,\?\)\)$/,
    ],
    [
      "the channels of a collection",
      (storage) =>
        storage.select({ table: "watch_channels", where: { connection_id: "c", sync_type: "events", container: "" } }),
      /^SEARCH watch_channels USING INDEX watch_channels_by_connection_id_sync_type_container \(connection_id=\? AND sync_type=\? AND container=\?\)$/,
    ],
    [
      "the channels with which something is to be done, the longest due first, without sorting",
      (storage) =>
        storage.select({
          table: "watch_channels",
          where: { due_at: { lte: 5 } },
          orderBy: ["due_at", "id"],
          limit: 10,
        }),
      /^SEARCH watch_channels USING INDEX watch_channels_by_due_at_id \(due_at<\?\)$/,
    ],
  ];
  it.each(plans)("finds %s", async (_, query, plan) => {
    const database = await migrated();
    const prepared = vi.spyOn(database, "prepare");
    await query(sqlite({ database }));
    const sql = prepared.mock.lastCall?.[0];
    const steps = database.prepare(`explain query plan ${sql}`).all();
    expect(steps.map(({ detail }) => String(detail)).join("; ")).toMatch(plan);
  });

  it("gives every table and index the prefix", async () => {
    const database = await migrated("syncer_");
    for (const name of [...names(database, "table"), ...names(database, "index")]) expect(name).toMatch(/^syncer_/);
    await sqlite({ database }, { tablePrefix: "second_" }).migrate();
    expect(names(database, "table")).toHaveLength(2 * (tableShapes.size + 1));
  });

  it("makes by its SQL text what migrate makes", async () => {
    const byHand = new DatabaseSync(":memory:");
    onTestFinished(() => byHand.close());
    const storage = sqlite({ database: byHand }, { tablePrefix: "x_" });
    byHand.exec(storage.migrationSql());
    const dump = (database: DatabaseSync) => database.prepare("select sql from sqlite_master order by name").all();
    expect(dump(byHand)).toEqual(dump(await migrated("x_")));
    expect(await storage.migrate()).toEqual({ from: SCHEMA_VERSION, to: SCHEMA_VERSION });
  });

  it("is, in version 8, what it was when version 8 came out", async () => {
    // A change of the schema after a release needs a new SCHEMA_VERSION and the steps that lead there.
    expect(SCHEMA_VERSION).toBe(8);
    await expect(sqlite(":memory:").migrationSql()).toMatchFileSnapshot("./schema-v8.sql");
  });
});
