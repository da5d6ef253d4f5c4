import {
  eraseTenant,
  eraseUser,
  exportUser,
  memoryStorage,
  type StorageAdapter,
  type TableName,
  tableNames,
} from "@syncer/core";
import { sampleRow } from "@syncer/testkit";
import { describe, expect, it } from "vitest";

/** Puts a row into every table for this user, and a second page of links. */
async function fill(storage: StorageAdapter, tenant_id: string, user_id: string, links = 1): Promise<void> {
  const own = `${tenant_id}/${user_id}`;
  const of = { tenant_id, user_id };
  await storage.write({
    statements: [
      { insert: "tenant_keys", rows: [sampleRow("tenant_keys", { tenant_id })], onConflict: "ignore" },
      {
        insert: "user_services",
        rows: [sampleRow("user_services", { ...of, id: `c ${own}`, access_token: "sealed" })],
      },
      { insert: "pending_oauth_auth", rows: [sampleRow("pending_oauth_auth", { ...of, state_hash: own })] },
      { insert: "sync_pairs", rows: [sampleRow("sync_pairs", { ...of, id: `p ${own}` })] },
      {
        insert: "links",
        rows: Array.from({ length: links }, (_, n) =>
          sampleRow("links", { tenant_id, pair_id: `p ${own}`, link_key: `source:${n}` }),
        ),
      },
      { insert: "sync_metadata", rows: [sampleRow("sync_metadata", { tenant_id, connection_id: `c ${own}` })] },
      { insert: "sync_cursors", rows: [sampleRow("sync_cursors", { tenant_id, pair_id: `p ${own}` })] },
      { insert: "list_orders", rows: [sampleRow("list_orders", { tenant_id, pair_id: `p ${own}` })] },
      { insert: "intents", rows: [sampleRow("intents", { tenant_id, id: `i ${own}`, pair_id: `p ${own}` })] },
      { insert: "intent_items", rows: [sampleRow("intent_items", { tenant_id, intent_id: `i ${own}` })] },
      { insert: "run_lists", rows: [sampleRow("run_lists", { tenant_id, job_id: `j ${own}`, pair_id: `p ${own}` })] },
      { insert: "conflicts", rows: [sampleRow("conflicts", { ...of, id: `k ${own}`, pair_id: `p ${own}` })] },
      { insert: "sync_jobs", rows: [sampleRow("sync_jobs", { ...of, id: `j ${own}`, pair_id: `p ${own}` })] },
      { insert: "sync_logs", rows: [sampleRow("sync_logs", { tenant_id, id: `l ${own}`, pair_id: `p ${own}` })] },
      { insert: "sync_schedules", rows: [sampleRow("sync_schedules", { ...of, id: `s ${own}`, pair_id: `p ${own}` })] },
      { insert: "match_overrides", rows: [sampleRow("match_overrides", { ...of, id: `o ${own}` })] },
      {
        insert: "watch_channels",
        rows: [sampleRow("watch_channels", { ...of, id: `w ${own}`, connection_id: `c ${own}` })],
      },
      { insert: "plans", rows: [sampleRow("plans", { ...of, id: `n ${own}`, pair_id: `p ${own}` })] },
      { insert: "plan_items", rows: [sampleRow("plan_items", { tenant_id, plan_id: `n ${own}` })] },
      { insert: "idempotency_keys", rows: [sampleRow("idempotency_keys", { ...of, key_hash: `i ${own}` })] },
      { insert: "deliveries", rows: [sampleRow("deliveries")], onConflict: "ignore" },
      { insert: "leases", rows: [sampleRow("leases", { tenant_id, name: `lease ${own}` })] },
      { insert: "service_limits", rows: [sampleRow("service_limits")], onConflict: "ignore" },
      { insert: "audit_log", rows: [sampleRow("audit_log", { ...of, id: `a ${own}` })] },
    ],
  });
}

async function exported(storage: StorageAdapter, tenantId: string, userId: string): Promise<Map<TableName, unknown[]>> {
  const tables = new Map<TableName, unknown[]>();
  for await (const { table, rows } of exportUser(storage, { tenantId, userId })) {
    tables.set(table, [...(tables.get(table) ?? []), ...rows]);
  }
  return tables;
}

async function counts(
  storage: StorageAdapter,
  where: { tenant_id?: string } = {},
): Promise<Partial<Record<TableName, number>>> {
  const entries: [TableName, number][] = [];
  for (const table of tableNames) {
    const isShared = table === "service_limits" || table === "deliveries";
    entries.push([table, await storage.count({ table, ...(isShared ? {} : { where }) })]);
  }
  return Object.fromEntries(entries.filter(([, amount]) => amount > 0));
}

/** Belongs to the tenant as a whole or to nobody. */
const NOT_A_USERS: readonly TableName[] = ["tenant_keys", "leases", "service_limits", "deliveries"];
const ofUsers = tableNames.filter((table) => !NOT_A_USERS.includes(table));

describe("a user's data", () => {
  it("is exported whole, page by page, with nobody else's", async () => {
    const storage = memoryStorage();
    await fill(storage, "t", "anna", 2_345);
    await fill(storage, "t", "ben");
    await fill(storage, "other", "anna");
    const tables = await exported(storage, "t", "anna");
    expect([...tables.keys()].sort()).toEqual([...ofUsers].sort());
    expect(new Set(tables.get("links")?.map((row) => JSON.stringify(row))).size).toBe(2_345);
    for (const [table, rows] of tables) {
      expect(rows).toHaveLength(table === "links" ? 2_345 : 1);
      const text = JSON.stringify(rows);
      expect(text).not.toMatch(/ben|other/);
    }
    expect(tables.get("user_services")).toMatchObject([{ access_token: "sealed" }]);
  });

  it("is empty for somebody who is not there", async () => {
    const storage = memoryStorage();
    await fill(storage, "t", "anna");
    expect([...(await exported(storage, "t", "nobody"))]).toEqual([]);
  });

  it("goes with the user, and nobody else's does", async () => {
    const storage = memoryStorage();
    await fill(storage, "t", "ben");
    const before = await counts(storage);
    await fill(storage, "t", "anna", 10);
    expect(await eraseUser(storage, { tenantId: "t", userId: "anna" })).toBe(6);
    expect([...(await exported(storage, "t", "anna"))]).toEqual([]);
    // A lease belongs to the tenant; it expires and is purged.
    expect(await counts(storage)).toEqual({ ...before, leases: 2 });
    expect(await eraseUser(storage, { tenantId: "t", userId: "anna" })).toBe(0);
  });

  it("stays gone when a run under way writes late", async () => {
    const storage = memoryStorage();
    await fill(storage, "t", "anna");
    await eraseUser(storage, { tenantId: "t", userId: "anna" });
    const late = sampleRow("links", { tenant_id: "t", pair_id: "p t/anna", link_key: "late" });
    await expect(storage.write({ statements: [{ insert: "links", rows: [late] }] })).rejects.toMatchObject({
      code: "storage.constraint",
    });
  });

  it("goes with the tenant, key and leases included", async () => {
    const storage = memoryStorage();
    await fill(storage, "other", "anna");
    const before = await counts(storage);
    await fill(storage, "t", "anna");
    await fill(storage, "t", "ben");
    await eraseTenant(storage, "t");
    expect(await counts(storage)).toEqual(before);
    expect(await counts(storage, { tenant_id: "t" })).toEqual({ service_limits: 1, deliveries: 1 });
  });
});
