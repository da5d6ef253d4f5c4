import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { memoryStorage, type Row, schema } from "@syncer/core";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import type { BenchRow } from "./bench-row.ts";
import {
  batches,
  fillMillion,
  LARGEST,
  LINKS_PER_PAIR,
  linksOf,
  noTimes,
  prepare,
  readPages,
  readPair,
  repeat,
  timeOf,
  UPSERTED,
  upsert,
} from "./support/link-store.ts";
import { onPostgres } from "./support/link-store-postgres.ts";

/** The link store on SQLite in a file and on PostgreSQL, beside the same statement by hand on the bare drivers, and in memory. */
export default async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "syncer-bench-"));
  try {
    return [...(await upserts(folder)), ...(await reads(folder)), ...(await onPostgres()), ...(await inMemory())];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function upserts(folder: string): Promise<BenchRow[]> {
  const links = linksOf("pair-0", UPSERTED);
  const ours = sqlite(join(folder, "ours.db"));
  await prepare(ours, ["pair-0"]);
  const bare = new DatabaseSync(join(folder, "bare.db"));
  bare.exec("pragma journal_mode = wal; pragma synchronous = normal");
  bare.exec(sqlite(":memory:").migrationSql());
  const [pair] = await ours.select({ table: "sync_pairs" });
  if (!pair) throw new Error("the pair is not there");
  upsertByHand(bare, "sync_pairs", [pair]);

  // By turns, so that whatever else the machine does meets both alike; the best of each counts.
  const times = { ours: noTimes(), bare: noTimes() };
  for (let round = 0; round < 3; round += 1) {
    await ours.write({ statements: [{ delete: "links", where: {} }] });
    bare.exec("delete from links");
    for (const kind of ["insert", "replace"] as const) {
      times.ours[kind].push(await timeOf(() => upsert(ours, links)));
      times.bare[kind].push(
        await timeOf(() => {
          for (const rows of batches(links)) upsertByHand(bare, "links", rows);
        }),
      );
    }
  }
  await ours.close();
  bare.close();
  return (["insert", "replace"] as const).map((kind) => {
    const [ourMs, bareMs] = [Math.min(...times.ours[kind]), Math.min(...times.bare[kind])];
    return {
      name: `link store: bulk upsert, ${kind === "insert" ? "new" : "known"} links, of the bare driver's speed`,
      value: Math.round((UPSERTED / ourMs) * 1_000),
      unit: "rows/s",
      ratio: bareMs / ourMs,
      bar: 0.5 * Math.round((UPSERTED / bareMs) * 1_000),
    };
  });
}

async function reads(folder: string): Promise<BenchRow[]> {
  const storage = sqlite(join(folder, "million.db"));
  await fillMillion(storage);
  await storage.close();

  const fresh = sqlite(join(folder, "million.db"));
  const total = await fresh.count({ table: "links" });
  const tenThousand = await timeOf(() => readPair(fresh, "pair-42", LINKS_PER_PAIR));
  const large = Math.min(...(await repeat(3, () => readPair(fresh, LARGEST, 100_000))));
  const paged = await timeOf(() => readPages(fresh, LARGEST, 100_000));
  await fresh.close();
  return [
    {
      name: `link store: one pair of 10,000 out of ${total.toLocaleString("en")}, first read`,
      value: tenThousand,
      unit: "ms",
      bar: 1_000,
      better: "lower",
    },
    { name: "link store: one pair of 100,000, 8 columns", value: large, unit: "ms", bar: 400, better: "lower" },
    { name: "link store: the same in pages of 1,000", value: paged, unit: "ms", better: "lower" },
  ];
}

async function inMemory(): Promise<BenchRow[]> {
  const storage = memoryStorage();
  await prepare(storage, ["pair-0"]);
  const links = linksOf("pair-0", 100_000);
  const writeMs = await timeOf(() => upsert(storage, links));
  const readMs = Math.min(...(await repeat(3, () => readPair(storage, "pair-0", 100_000))));
  return [
    { name: "memory storage: bulk insert", value: Math.round((links.length / writeMs) * 1_000), unit: "rows/s" },
    { name: "memory storage: one pair of 100,000, 8 columns", value: readMs, unit: "ms", bar: 100, better: "lower" },
  ];
}

/** What somebody would write who needs this one statement and nothing else. */
function upsertByHand(
  database: DatabaseSync,
  table: "links" | "sync_pairs",
  rows: readonly Row<"links" | "sync_pairs">[],
): void {
  const { columns, primaryKey } = schema[table];
  const names = Object.keys(columns);
  const key: readonly string[] = primaryKey;
  const changes = names.filter((name) => name !== "created_at" && !key.includes(name));
  const statement = database.prepare(
    `insert into ${table} (${names}) values (${names.map(() => "?")}) on conflict (${key})
     do update set ${changes.map((name) => `${name} = excluded.${name}`)}`,
  );
  database.exec("begin immediate");
  for (const row of rows) {
    statement.run(...Object.values(row).map((value) => (typeof value === "boolean" ? Number(value) : value)));
  }
  database.exec("commit");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) console.table(await run());
