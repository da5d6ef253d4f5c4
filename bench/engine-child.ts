import { createSyncEngine, keyring, type Row, type StorageAdapter } from "@syncer/core";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { stubService, stubTrack } from "./stub-services.ts";

/**
 * One measurement in a process of its own, so that its peak of memory is its own too. Prints one line of JSON.
 * Arguments: what to measure, how many items, the database file.
 */
const [what = "", countText = "0", file = ""] = process.argv.slice(2);
const count = Number(countText);
const USER = "bench";

const storage = sqlite(file);
const writes = { batches: 0, rows: 0 };
const counted: StorageAdapter = {
  ...bound(storage),
  write: (batch) => {
    writes.batches++;
    for (const statement of batch.statements) writes.rows += "rows" in statement ? statement.rows.length : 1;
    return storage.write(batch);
  },
};

const changed = Math.round(count / 100);
// 1 % changed: half of it left the source, half is new there.
const shift = what === "one-percent" ? changed / 2 : 0;
const north = stubService("north", { from: shift, to: count + shift });
const south = stubService("south", { from: 0, to: count });

const engine = createSyncEngine({
  providers: [north, south],
  storage: counted,
  encryption: keyring({ current: "k", keys: { k: new Uint8Array(32).fill(1) } }),
});
await engine.migrate();
const connectionIds: string[] = [];
for (const service of ["north", "south"]) {
  const { connection } = await engine.connections.addPublic({ userId: USER, service, accountId: `${service}-account` });
  connectionIds.push(connection.id);
}
const between = { source: "north", target: "south", mode: "sync-from" } as const;
const request = { userId: USER, pairs: [between], type: "favorites" } as const;
if (what === "prepare") {
  const { id } = await engine.pairs.create({ userId: USER, pair: between, type: "favorites" });
  for (let start = 0; start < count; start += 5_000) {
    const rows = Array.from({ length: Math.min(5_000, count - start) }, (_, index) => linkRow(id, start + index));
    await storage.write({ statements: [{ insert: "links", rows }] });
  }
} else {
  if (what === "quiet") await engine.sync(request);
  global.gc?.();
  const before = { ...writes };
  const startedAt = performance.now();
  const plan = await engine.plan(request);
  const planMs = performance.now() - startedAt;
  const [planned] = plan.pairs;
  if (!planned?.ok) throw planned?.error ?? new Error("no plan");
  if (what === "quiet") await engine.sync(request);
  const rowsWritten = writes.rows - before.rows;
  const operations = planned.operations.length + (planned.hold?.operations.length ?? 0);
  console.log(JSON.stringify({ planMs, operations, rowsWritten, peakMb: process.resourceUsage().maxRSS / 1024 }));
}
await engine.stop();

function bound(adapter: StorageAdapter): StorageAdapter {
  return {
    migrate: () => adapter.migrate(),
    select: (query) => adapter.select(query),
    count: (query) => adapter.count(query),
    write: (batch) => adapter.write(batch),
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
