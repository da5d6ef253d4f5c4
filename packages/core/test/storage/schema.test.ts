import { type ColumnClass, tableShapes } from "@syncer/core";
import { describe, expect, it } from "vitest";

const HASHES_AND_SEALS: readonly ColumnClass[] = ["hash", "field-hashes", "ciphertext"];
const TEXT: readonly ColumnClass[] = [
  "id",
  "catalogue-id",
  "catalogue-ids",
  "cron",
  "numbers",
  "name",
  "enum",
  "code",
  ...HASHES_AND_SEALS,
];
const NUMERIC: readonly ColumnClass[] = ["time", "count", "flag", "ratio"];

const columns = [...tableShapes].flatMap(([table, shape]) =>
  Object.entries(shape.columns).map(([column, definition]) => ({ table, column, definition })),
);

/** What a column of user content would be called. Such a word in a name is fine only where the value is no content. */
const CONTENT = /title|artist|album|name|email|mail|description|text|note|place|query|url|token|account|verifier|body/;

describe("what is stored", () => {
  it.each(columns)(
    "$table.$column is an id, a word of the code, a hash, a ciphertext or a number",
    ({ definition }) => {
      expect([...TEXT, ...NUMERIC]).toContain(definition.class);
      expect(definition.values !== undefined).toBe(definition.class === "enum");
    },
  );

  it("seals or hashes whatever sounds like content", () => {
    const open = columns.filter(
      ({ column, definition }) =>
        CONTENT.test(column) && TEXT.includes(definition.class) && !HASHES_AND_SEALS.includes(definition.class),
    );
    // `token_type` is "Bearer", `token_expiry` an enum; a lease's `name` is made of our own ids.
    expect(open.map(({ table, column }) => `${table}.${column}`).sort()).toEqual([
      "leases.name",
      "user_services.token_expiry",
      "user_services.token_type",
    ]);
  });

  it("has the tables that connections, change detection, jobs and schedules need", () => {
    for (const table of [
      "user_services",
      "pending_oauth_auth",
      "sync_metadata",
      "sync_jobs",
      "sync_logs",
      "sync_schedules",
      "sync_pairs",
      "links",
      "sync_cursors",
      "intents",
      "conflicts",
      "match_overrides",
      "watch_channels",
      "plans",
      "plan_items",
      "idempotency_keys",
      "deliveries",
      "audit_log",
    ]) {
      expect([...tableShapes.keys()]).toContain(table);
    }
  });

  it("keeps of a connection the sealed tokens, their end, the scopes, the account, and when to sync", () => {
    const shape = tableShapes.get("user_services");
    expect(shape?.columns).toMatchObject({
      access_token: { class: "ciphertext" },
      refresh_token: { class: "ciphertext" },
      token_expires_at: { class: "time" },
      scopes: { class: "name" },
      account_id: { class: "ciphertext" },
      account_hash: { class: "hash" },
      account_name: { class: "ciphertext" },
      last_sync_at: { class: "time" },
      default_frequency_ms: { class: "count" },
      enabled: { class: "flag" },
    });
  });

  const purposes: [string, string, object][] = [
    ["the next sync of connections", "user_services", { columns: ["enabled", "last_sync_at", "default_frequency_ms"] }],
    ["items by last change", "sync_metadata", { columns: ["connection_id", "item_type", "last_modified_at"] }],
    ["items by checksum", "sync_metadata", { columns: ["connection_id", "item_type", "checksum"] }],
    ["jobs in their order", "sync_jobs", { columns: ["status", "priority", "created_at"] }],
    ["waiting jobs of a lane", "sync_jobs", { columns: ["status", "lane", "next_retry_at"] }],
    ["due retries", "sync_jobs", { columns: ["next_retry_at"], where: { column: "next_retry_at", is: "not-null" } }],
    ["a user's conflicts", "conflicts", { columns: ["tenant_id", "user_id", "state", "created_at"] }],
    ["a link's open conflict", "conflicts", { columns: ["pair_id", "state", "link_key"] }],
    [
      "a user's overrides, in the order of their making",
      "match_overrides",
      { columns: ["tenant_id", "user_id", "created_at", "id"] },
    ],
    ["the channels of a collection", "watch_channels", { columns: ["connection_id", "sync_type", "container"] }],
    ["channels that are due", "watch_channels", { columns: ["due_at", "id"] }],
    ["a user's schedules", "sync_schedules", { columns: ["tenant_id", "user_id"] }],
    ["due schedules", "sync_schedules", { columns: ["next_run_at"], where: { column: "enabled", is: true } }],
  ];
  it.each(["id_a", "id_b"])("has an index for overrides of two services by %s", (column) => {
    const columns = ["tenant_id", "user_id", "item_kind", "service_a", "service_b", column];
    expect(tableShapes.get("match_overrides")?.indexes).toContainEqual({ columns });
  });

  it.each(purposes)("has an index for %s", (_, table, index) => {
    expect(tableShapes.get(table)?.indexes).toContainEqual(index);
  });

  it("has an index or a key that leads from each row to what belongs to it, so that a cascade reads no whole table", () => {
    for (const { references, primaryKey, indexes } of tableShapes.values()) {
      if (!references) continue;
      const starts = [primaryKey, ...indexes.filter(({ where }) => !where).map((index) => index.columns)];
      expect(starts.map((list) => list.slice(0, references.columns.length))).toContainEqual(references.columns);
    }
  });

  it("names only columns that are there, and refers only to keys", () => {
    for (const { columns: own, primaryKey, indexes, references } of tableShapes.values()) {
      const used = [primaryKey, ...indexes.map((index) => index.columns), references?.columns ?? []].flat();
      for (const { where } of indexes) if (where) used.push(where.column);
      for (const column of used) expect(Object.keys(own)).toContain(column);
      if (references) expect(tableShapes.get(references.table)?.primaryKey).toEqual(references.target);
    }
  });

  it("lists a table after the one that it refers to, so that tables can be made and filled in this order", () => {
    const tables = [...tableShapes.keys()];
    for (const [table, { references }] of tableShapes) {
      if (references) expect(tables.indexOf(references.table)).toBeLessThan(tables.indexOf(table));
    }
  });

  it("scopes every row that is not shared by all by tenant, and every user's row by user", () => {
    for (const shape of tableShapes.values()) {
      expect("tenant_id" in shape.columns).toBe(shape.owner !== "shared");
      expect("user_id" in shape.columns).toBe(shape.owner === "user");
    }
  });

  it("knows of every row when it came and when it last changed, but for what never changes by itself", () => {
    const without = [...tableShapes]
      .filter(([, { columns: own }]) => !("created_at" in own && "updated_at" in own))
      .map(([table]) => table);
    // Logs have the one moment they tell of; items share the moments of their intent or plan; a delivery only expires.
    expect(without).toEqual(["intent_items", "sync_logs", "plan_items", "deliveries", "audit_log"]);
  });
});
