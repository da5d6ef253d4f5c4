import { type Row, type StorageAdapter, schema } from "@syncer/core";
import { postgres } from "@syncer/storage-adapters/postgres";
import pg from "pg";
import { testDatabase } from "../../packages/storage-adapters/test/support/postgres-server.ts";
import type { BenchRow } from "../bench-row.ts";
import {
  batches,
  fillMillion,
  LARGEST,
  LINKS_PER_PAIR,
  linksOf,
  noTimes,
  PLANNED,
  prepare,
  readPages,
  readPair,
  timeOf,
  UPSERTED,
  upsert,
} from "./link-store.ts";

const ROUNDS = 3;

/** The link store on PostgreSQL, beside the same statements by hand on the bare driver. Nothing where there is no server. */
export async function onPostgres(): Promise<BenchRow[]> {
  const database = await testDatabase();
  if (!database) return [];
  const { connectionString } = database;
  const storage = postgres({ connectionString }, { poolSize: 2 });
  const bare = new pg.Client({ connectionString });
  await bare.connect();
  try {
    await prepare(storage, ["pair-ours", "pair-bare"]);
    const rows = await upserts(storage, bare);
    await storage.write({ statements: [{ delete: "sync_pairs", where: {} }] });
    return [...rows, ...(await reads(storage, bare))];
  } finally {
    await storage.close();
    await bare.end();
    await database.drop();
  }
}

async function upserts(storage: StorageAdapter, bare: pg.Client): Promise<BenchRow[]> {
  const times = { ours: noTimes(), bare: noTimes() };
  const [ours, theirs] = [linksOf("pair-ours", UPSERTED), linksOf("pair-bare", UPSERTED)];
  for (let round = 0; round < ROUNDS; round += 1) {
    await bare.query("truncate links");
    for (const kind of ["insert", "replace"] as const) {
      times.ours[kind].push(await timeOf(() => upsert(storage, ours)));
      times.bare[kind].push(await timeOf(() => upsertByHand(bare, theirs)));
    }
  }
  return (["insert", "replace"] as const).map((kind) =>
    besideBare(
      `link store on PostgreSQL: bulk upsert, ${kind === "insert" ? "new" : "known"} links`,
      UPSERTED,
      Math.min(...times.ours[kind]),
      Math.min(...times.bare[kind]),
    ),
  );
}

async function reads(storage: StorageAdapter, bare: pg.Client): Promise<BenchRow[]> {
  await fillMillion(storage);
  await bare.query("vacuum analyze links");
  const total = await storage.count({ table: "links" });
  const first = await timeOf(() => readPair(storage, "pair-42", LINKS_PER_PAIR));
  const times = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.ours.push(await timeOf(() => readPair(storage, LARGEST, 100_000)));
    times.bare.push(await timeOf(() => readByHand(bare, LARGEST, 100_000)));
  }
  const paged = await timeOf(() => readPages(storage, LARGEST, 100_000));
  const name = `link store on PostgreSQL: one pair of 10,000 out of ${total.toLocaleString("en")}, first read`;
  return [
    { name, value: first, unit: "ms", bar: 1_000, better: "lower" },
    besideBare(
      "link store on PostgreSQL: one pair of 100,000, 8 columns",
      100_000,
      Math.min(...times.ours),
      Math.min(...times.bare),
    ),
    { name: "link store on PostgreSQL: the same in pages of 1,000", value: paged, unit: "ms", better: "lower" },
  ];
}

function besideBare(name: string, rows: number, oursMs: number, bareMs: number): BenchRow {
  return {
    name: `${name}, of the bare driver's speed`,
    value: Math.round((rows / oursMs) * 1_000),
    unit: "rows/s",
    ratio: bareMs / oursMs,
    bar: 0.5 * Math.round((rows / bareMs) * 1_000),
  };
}

/** What somebody would write who needs this one statement and nothing else. */
async function upsertByHand(client: pg.Client, links: readonly Row<"links">[]): Promise<void> {
  const { columns, primaryKey } = schema.links;
  const names = Object.keys(columns) as (keyof Row<"links">)[];
  const key: readonly string[] = primaryKey;
  const types = { time: "bigint", count: "bigint", flag: "boolean", ratio: "double precision" } as Record<
    string,
    string
  >;
  const arrays = names.map((name, index) => `$${index + 1}::${types[columns[name].class] ?? "text"}[]`);
  const changes = names.filter((name) => name !== "created_at" && !key.includes(name));
  const text = `insert into links (${names}) select * from unnest(${arrays}) on conflict (${key})
    do update set ${changes.map((name) => `${name} = excluded.${name}`)}`;
  for (const rows of batches(links)) {
    await client.query(
      text,
      names.map((name) => rows.map((row) => row[name])),
    );
  }
}

async function readByHand(client: pg.Client, pairId: string, expected: number): Promise<void> {
  const { rows } = await client.query(`select ${PLANNED} from links where pair_id = $1`, [pairId]);
  if (rows.length !== expected) throw new Error(`read ${rows.length} links instead of ${expected}`);
}
