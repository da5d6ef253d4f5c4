import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Row, StorageAdapter } from "@syncer/core";
import { postgres } from "@syncer/storage-adapters/postgres";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { sampleRow } from "@syncer/testkit";
import { testDatabase } from "../packages/storage-adapters/test/support/postgres-server.ts";
import type { BenchRow } from "./bench-row.ts";

const SCHEDULES = 100_000;
const LOT = 5_000;
/** How many are due, and what one look asks for. */
const DUE = 500;
const LOOK = 100;
const BUDGET_MS = 50;
const NOW_MS = 1_800_000_000_000;

/** How long a look for due schedules takes among a hundred thousand. */
export default async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "syncer-bench-"));
  const database = await testDatabase();
  try {
    const rows = [await look("SQLite", sqlite(join(folder, "schedules.db")))];
    if (database) {
      const storage = postgres({ connectionString: database.connectionString });
      rows.push(await look("PostgreSQL", storage, () => database.run("analyze")));
    }
    return rows;
  } finally {
    await database?.drop();
    rmSync(folder, { recursive: true });
  }
}

async function look(name: string, storage: StorageAdapter, filled: () => Promise<unknown> = async () => {}) {
  await storage.migrate();
  for (let from = 0; from < SCHEDULES; from += LOT) {
    const numbers = Array.from({ length: LOT }, (_, index) => from + index);
    await storage.write({
      statements: [
        { insert: "sync_pairs", rows: numbers.map(pairOf) },
        { insert: "sync_schedules", rows: numbers.map(scheduleOf) },
      ],
    });
  }
  await filled();
  const times: number[] = [];
  for (let count = 0; count < 21; count += 1) {
    const beganMs = performance.now();
    const due = await storage.select({
      table: "sync_schedules",
      where: { enabled: true, next_run_at: { lte: NOW_MS } },
      orderBy: ["next_run_at", "id"],
      limit: LOOK,
    });
    times.push(performance.now() - beganMs);
    if (due.length !== LOOK) throw new Error(`${due.length} are due, and not ${LOOK}`);
  }
  await storage.close();
  const [median = 0] = times.sort((a, b) => a - b).slice(10);
  const what = `${name}: the first ${LOOK} of ${DUE} due among ${SCHEDULES.toLocaleString("en")} schedules`;
  return { name: what, value: median, unit: "ms", bar: BUDGET_MS, better: "lower" as const };
}

function pairOf(index: number): Row<"sync_pairs"> {
  const sides = { source_connection_id: `source ${index}`, target_connection_id: `target ${index}` };
  return sampleRow("sync_pairs", { id: `pair ${index}`, user_id: `user ${index}`, ...sides });
}

/** Due ones are spread over the table, as users are over the hours. */
function scheduleOf(index: number): Row<"sync_schedules"> {
  const isDue = index % (SCHEDULES / DUE) === 0;
  const next_run_at = isDue ? NOW_MS - (index % 3_600_000) : NOW_MS + 1 + ((index * 7_919) % 86_400_000);
  const id = { id: `schedule ${index}`, pair_id: `pair ${index}`, user_id: `user ${index}` };
  return sampleRow("sync_schedules", { ...id, enabled: true, next_run_at });
}
