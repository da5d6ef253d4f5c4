import { describeStorageAdapter } from "@syncer/testkit";
import { afterAll, beforeAll } from "vitest";
import { type D1Runtime, startD1Runtime } from "./support/d1-runtime.ts";

let runtime: D1Runtime;
beforeAll(async () => {
  runtime = await startD1Runtime({ databases: 200, workers: 2 });
}, 60_000);
afterAll(() => runtime.stop());

// Each call crosses into the workers runtime, so fewer histories are invented here than for SQLite.
describeStorageAdapter(
  "D1, in the workers runtime",
  () => {
    const database = runtime.freshDatabase();
    return { storage: runtime.open(database), another: () => runtime.open(database, { worker: 1 }) };
  },
  { needsMigration: true, openedBy: "adapters", histories: 40 },
);
