import type { Row, StorageAdapter } from "@syncer/core";
import { sampleRow } from "@syncer/testkit";

const PAIRS = 100;
export const LINKS_PER_PAIR = 10_000;
export const UPSERTED = 50_000;
const BATCH = 5_000;

/** What the engine reads of each link to plan. */
export const PLANNED = [
  "link_key",
  "source_id",
  "target_id",
  "state",
  "alias",
  "generation",
  "retry_at",
  "attempts",
] as const satisfies readonly (keyof Row<"links">)[];

export async function prepare(storage: StorageAdapter, pairs: readonly string[]): Promise<void> {
  await storage.migrate();
  await upsert(storage, [], pairs);
}

/** The pair that has 100,000 links on top of the million. */
export const LARGEST = "pair-large";

export async function fillMillion(storage: StorageAdapter): Promise<void> {
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
  await upsert(storage, [], [LARGEST]);
  await upsert(storage, linksOf(LARGEST, 100_000));
}

export async function upsert(
  storage: StorageAdapter,
  links: readonly Row<"links">[],
  pairs: readonly string[] = [],
): Promise<void> {
  await storage.write({ statements: [{ insert: "sync_pairs", rows: pairs.map(pairOf) }] });
  for (const rows of batches(links)) {
    await storage.write({ statements: [{ insert: "links", rows, onConflict: "replace" }] });
  }
}

export async function readPair(storage: StorageAdapter, pair_id: string, expected: number): Promise<void> {
  const links = await storage.select({ table: "links", columns: PLANNED, where: { pair_id } });
  if (links.length !== expected) throw new Error(`read ${links.length} links instead of ${expected}`);
}

export async function readPages(storage: StorageAdapter, pair_id: string, expected: number): Promise<void> {
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

export function linksOf(pair_id: string, amount: number, from = 0): Row<"links">[] {
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
  return sampleRow("sync_pairs", {
    id,
    user_id: id,
    source_connection_id: `${id}-source`,
    target_connection_id: `${id}-target`,
  });
}

export function batches<TRow>(rows: readonly TRow[]): TRow[][] {
  return Array.from({ length: Math.ceil(rows.length / BATCH) }, (_, n) => rows.slice(n * BATCH, (n + 1) * BATCH));
}

export async function timeOf(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export async function repeat(times: number, work: () => Promise<void>): Promise<number[]> {
  const all: number[] = [];
  for (let n = 0; n < times; n += 1) all.push(await timeOf(work));
  return all;
}

/** Times in ms, the best of which counts. */
export function noTimes(): { insert: number[]; replace: number[] } {
  return { insert: [], replace: [] };
}
