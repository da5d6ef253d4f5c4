import { postgres } from "@syncer/storage-adapters/postgres";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fillForPlans, hotQueries, purges } from "../support/hot-queries.ts";
import { type TestDatabase, testDatabase } from "../support/postgres-server.ts";
import { wrappedPool } from "../support/wrapped-pool.ts";

const found = await testDatabase();
const database = found as TestDatabase;

interface PlanNode {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly Plans?: readonly PlanNode[];
}

function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

describe.skipIf(!found)("PostgreSQL finds by an index", () => {
  const hosts = new pg.Pool({ connectionString: found?.connectionString });
  let last: { text: string; values: readonly unknown[] } = { text: "", values: [] };
  const pool = wrappedPool(hosts, {
    before(text, values) {
      last = { text, values };
    },
  });
  const storage = postgres({ pool });

  beforeAll(async () => {
    await storage.migrate();
    await fillForPlans(storage);
    await database.run("analyze");
  }, 60_000);
  afterAll(async () => {
    await hosts.end();
    await database.drop();
  });

  it.each([...hotQueries, ...purges])("%s", async (_, ask) => {
    await ask(storage);
    const rows = await database.run(`explain (format json) ${last.text}`, last.values);
    const nodes = rows.flatMap((row) =>
      (row["QUERY PLAN"] as { Plan: PlanNode }[]).flatMap(({ Plan }) => nodesOf(Plan)),
    );
    expect(nodes.map((node) => node["Node Type"])).not.toContain("Seq Scan");
    expect(nodes.some((node) => node["Index Name"] !== undefined)).toBe(true);
  });
});
