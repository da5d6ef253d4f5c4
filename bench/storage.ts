import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { memoryStorage, type Row, type StorageAdapter, schema } from "@syncer/core";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import type { BenchRow } from "./bench-row.ts";

const PAIRS = 100;
const LINKS_PER_PAIR = 10_000;
const UPSERTED = 50_000;
const BATCH = 5_000;

/** What the engine reads of each link to plan. */
const PLANNED = [
  "link_key",
  "source_id",
  "target_id",
  "state",
  "alias",
  "generation",
  "retry_at",
  "attempts",
] as const satisfies readonly (keyof Row<"links">)[];

/** The link store on SQLite in a file, beside the same statement by hand on the bare driver, and in memory. */
export default async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "syncer-bench-"));
  try {
    return [...(await upserts(folder)), ...(await reads(folder)), ...(await inMemory())];
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
  const pairs = Array.from({ length: PAIRS }, (_, n) => `pair-${n}`);
  await prepare(storage, pairs);
  // The pairs grow side by side, so that no pair's links lie together in the file.
  const slice = LINKS_PER_PAIR / 20;
  for (let from = 0; from < LINKS_PER_PAIR; from += slice) {
    await upsert(
      storage,
      pairs.flatMap((pair) => linksOf(pair, slice, from)),
    );
  }
  const largest = "pair-large";
  await upsert(storage, [], [largest]);
  await upsert(storage, linksOf(largest, 100_000));
  await storage.close();

  const fresh = sqlite(join(folder, "million.db"));
  const total = await fresh.count({ table: "links" });
  const tenThousand = await timeOf(() => readPair(fresh, "pair-42", LINKS_PER_PAIR));
  const large = Math.min(...(await repeat(3, () => readPair(fresh, largest, 100_000))));
  const paged = await timeOf(() => readPages(fresh, largest, 100_000));
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

async function prepare(storage: StorageAdapter, pairs: readonly string[]): Promise<void> {
  await storage.migrate();
  await upsert(storage, [], pairs);
}

async function upsert(
  storage: StorageAdapter,
  links: readonly Row<"links">[],
  pairs: readonly string[] = [],
): Promise<void> {
  await storage.write({ statements: [{ insert: "sync_pairs", rows: pairs.map(pairOf) }] });
  for (const rows of batches(links)) {
    await storage.write({ statements: [{ insert: "links", rows, onConflict: "replace" }] });
  }
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

async function readPair(storage: StorageAdapter, pair_id: string, expected: number): Promise<void> {
  const links = await storage.select({ table: "links", columns: PLANNED, where: { pair_id } });
  if (links.length !== expected) throw new Error(`read ${links.length} links instead of ${expected}`);
}

async function readPages(storage: StorageAdapter, pair_id: string, expected: number): Promise<void> {
  let read = 0;
  let after: string[] | undefined;
  for (;;) {
    const page = await storage.select({
      table: "links",
      columns: PLANNED,
      where: { pair_id },
      orderBy: ["link_key"],
      limit: 1_000,
      ...(after && { after }),
    });
    read += page.length;
    const last = page.at(-1);
    if (!last || page.length < 1_000) break;
    after = [last.link_key];
  }
  if (read !== expected) throw new Error(`read ${read} links instead of ${expected}`);
}

function linksOf(pair_id: string, amount: number, from = 0): Row<"links">[] {
  return Array.from({ length: amount }, (_, index) => {
    // Catalogue ids come in no order; 7,919 is prime to the modulus, so no two numbers meet.
    const number = ((from + index) * 7_919) % 1_000_003;
    const source_id = number.toString(36).padStart(22, "0");
    return {
      pair_id,
      link_key: `source:${source_id}`,
      tenant_id: "default",
      source_id,
      target_id: `${number}`,
      source_sealed: null,
      target_sealed: null,
      source_checksum: null,
      target_checksum: null,
      source_version: null,
      target_version: null,
      source_fields: null,
      target_fields: null,
      source_modified_at: null,
      target_modified_at: null,
      turns: 0,
      last_written: null,
      state: "linked",
      reason: null,
      alias: false,
      matched_by: "lookup",
      confidence: 0.97,
      generation: 0,
      attempts: 0,
      retry_at: null,
      created_at: 1_700_000_000_000,
      updated_at: 1_700_000_000_000,
    };
  });
}

function pairOf(id: string): Row<"sync_pairs"> {
  return {
    id,
    tenant_id: "default",
    user_id: id,
    source_connection_id: `${id}-source`,
    target_connection_id: `${id}-target`,
    source_container: "",
    target_container: "",
    containers_sealed: null,
    sync_type: "favorites",
    parent_id: null,
    container: "",
    mode: "sync-from",
    propagation: "additive",
    prune: false,
    conflict_policy: "skip",
    match_threshold: 0.8,
    match_policies: null,
    selection_sealed: null,
    selection_hash: null,
    prefix_sealed: null,
    prefix_hash: null,
    history_name_sealed: null,
    history_length: null,
    state: "active",
    state_reason: null,
    not_before: null,
    delete_free: false,
    held_plan_hash: null,
    confirmed_plan_hash: null,
    pruned_once: false,
    last_run_at: null,
    last_success_at: null,
    version: 1,
    created_at: 1_700_000_000_000,
    updated_at: 1_700_000_000_000,
  };
}

function batches<TRow>(rows: readonly TRow[]): TRow[][] {
  return Array.from({ length: Math.ceil(rows.length / BATCH) }, (_, n) => rows.slice(n * BATCH, (n + 1) * BATCH));
}

async function timeOf(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function repeat(times: number, work: () => Promise<void>): Promise<number[]> {
  const all: number[] = [];
  for (let n = 0; n < times; n += 1) all.push(await timeOf(work));
  return all;
}

function noTimes(): { insert: number[]; replace: number[] } {
  return { insert: [], replace: [] };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) console.table(await run());
