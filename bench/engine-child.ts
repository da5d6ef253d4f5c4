import {
  type AnyProvider,
  createSyncEngine,
  keyring,
  type PairPlan,
  type Row,
  type StorageAdapter,
} from "@syncer/core";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { stubNotesService } from "./stub-notes.ts";
import { type Range, type Requests, stubService, stubTrack } from "./stub-services.ts";

/**
 * One measurement in a process of its own, so that its peak of memory is its own too. Prints one line of JSON.
 * Arguments: what to do, in which scenario, with how many items, the database file.
 *
 * - `prepare`: links everything, so that the other actions find a library in step
 * - `plan-first`, `plan-quiet`, `plan-changed`: one plan; of 1 % changed items, half are new or edited on either side
 * - `run-quiet`, `run-changed`: one whole run, after one that left everything in step where it is to be quiet
 */
const [action = "", scenario = "", countText = "0", file = ""] = process.argv.slice(2);
const count = Number(countText);
const USER = "bench";
/** Where the linked range begins: libraries may have what is before it. */
const BASE = 1_000_000;

const isChanged = action.endsWith("-changed");
const requests = { north: { reads: 0 }, south: { reads: 0 } } satisfies Record<string, Requests>;
const [north, south] = providers();
const storage = sqlite(file);
const passed = { reads: 0, rowsRead: 0, statements: 0, itemRows: 0, rows: 0 };
const ITEM_TABLES = new Set<string>(["links", "sync_metadata", "intents", "intent_items", "conflicts"]);
const engine = createSyncEngine({
  providers: [north, south],
  storage: counted(storage),
  encryption: keyring({ current: "k", keys: { k: new Uint8Array(32).fill(1) } }),
});
await engine.migrate();
for (const service of ["north", "south"]) {
  await engine.connections.addPublic({ userId: USER, service, accountId: `${service}-account` });
}
const type = scenario === "notes" ? "notes" : "favorites";
const mode = scenario === "one-way" ? "sync-from" : "bidirectional";
const between = { source: "north", target: "south", mode } as const;
const request = { userId: USER, pairs: [between], type } as const;

if (action === "prepare") await prepare();
else {
  if (action === "run-quiet") await run();
  const before = { ...passed, north: requests.north.reads, south: requests.south.reads };
  const startedAt = performance.now();
  const operations = action.startsWith("run") ? await run() : await plan();
  console.log(
    JSON.stringify({
      ms: performance.now() - startedAt,
      operations,
      reads: passed.reads - before.reads,
      rowsRead: passed.rowsRead - before.rowsRead,
      statements: passed.statements - before.statements,
      rowsWritten: passed.rows - before.rows,
      itemRowsWritten: passed.itemRows - before.itemRows,
      requests: Math.max(requests.north.reads - before.north, requests.south.reads - before.south),
      peakMb: process.resourceUsage().maxRSS / 1024,
    }),
  );
}
await engine.stop();

function providers(): readonly [AnyProvider, AnyProvider] {
  if (scenario === "notes") {
    // One in 200 is edited on either side, never the same.
    const edited = (rest: number) => ({ count, isEdited: (n: number) => isChanged && n % 200 === rest });
    return [
      stubNotesService("north", edited(0), requests.north),
      stubNotesService("south", edited(100), requests.south),
    ];
  }
  const shift = isChanged ? Math.ceil(count / (scenario === "one-way" ? 200 : 400)) : 0;
  const range = (by: number): Range => ({ from: BASE + by, to: BASE + by + count });
  return [
    stubService("north", range(shift), requests.north),
    stubService("south", range(scenario === "one-way" ? 0 : -shift), requests.south),
  ];
}

async function plan(): Promise<number> {
  const { pairs } = await engine.plan(request);
  const [planned] = pairs;
  if (!planned?.ok) throw planned?.error ?? new Error("no plan");
  return size(planned);
}

function size({ operations, hold }: PairPlan): number {
  return operations.length + (hold?.operations.length ?? 0);
}

async function run(): Promise<number> {
  const [report] = (await engine.sync(request)).pairs;
  if (report?.status !== "succeeded") throw report?.error ?? new Error(`the run ended ${report?.status}`);
  return report.items.length;
}

/** References are linked by hand, since a run would look each of them up; notes by a run, which hashes their fields. */
async function prepare(): Promise<void> {
  if (scenario === "notes") {
    await run();
    return;
  }
  const { id } = await engine.pairs.create({ userId: USER, pair: between, type });
  for (let start = 0; start < count; start += 5_000) {
    const rows = Array.from({ length: Math.min(5_000, count - start) }, (_, index) =>
      linkRow(id, BASE + start + index),
    );
    await storage.write({ statements: [{ insert: "links", rows }] });
  }
}

function counted(adapter: StorageAdapter): StorageAdapter {
  return {
    migrate: () => adapter.migrate(),
    select: async (query) => {
      const rows = await adapter.select(query);
      passed.reads++;
      passed.rowsRead += rows.length;
      return rows;
    },
    count: (query) => adapter.count(query),
    write: (batch) => {
      for (const statement of batch.statements) {
        const rows = "rows" in statement ? statement.rows.length : 1;
        const table = "insert" in statement ? statement.insert : "update" in statement ? statement.update : "";
        passed.statements++;
        passed.rows += rows;
        if (ITEM_TABLES.has(table)) passed.itemRows += rows;
      }
      return adapter.write(batch);
    },
    close: () => adapter.close(),
  };
}

function linkRow(pairId: string, n: number): Row<"links"> {
  const source = stubTrack("north", n).id;
  return {
    pair_id: pairId,
    link_key: `source:${source}`,
    tenant_id: "default",
    source_id: source,
    target_id: stubTrack("south", n).id,
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
    confidence: 0.99,
    generation: 0,
    attempts: 0,
    retry_at: null,
    created_at: 1,
    updated_at: 1,
  };
}
