import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { describeStorageAdapter } from "@syncer/testkit";
import { Kysely } from "kysely";
import { nodeSqliteDialect } from "./node-sqlite-dialect.ts";

describeStorageAdapter(
  "SQLite, a file",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "syncer-sqlite-"));
    const path = join(folder, "syncer.db");
    return {
      storage: sqlite(path),
      another: () => sqlite(path),
      otherProcess: {
        module: new URL("./sqlite-file.ts", import.meta.url).href,
        argument: path,
        nodeOptions: ["--conditions=@syncer/source", "--no-warnings"],
      },
      dispose: () => rmSync(folder, { recursive: true }),
    };
  },
  { needsMigration: true, openedBy: "processes" },
);

describeStorageAdapter(
  "SQLite, a host's own database with a table prefix",
  () => {
    const database = new DatabaseSync(":memory:");
    return {
      storage: sqlite({ database }, { tablePrefix: "syncer_" }),
      another: () => sqlite({ database }, { tablePrefix: "syncer_" }),
      dispose: () => database.close(),
    };
  },
  { needsMigration: true, openedBy: "adapters", histories: 50 },
);

describeStorageAdapter(
  "SQLite, a host's own Kysely",
  () => {
    const kysely = new Kysely<object>({ dialect: nodeSqliteDialect(new DatabaseSync(":memory:")) });
    return {
      storage: sqlite({ kysely }),
      another: () => sqlite({ kysely }),
      dispose: () => kysely.destroy(),
    };
  },
  { needsMigration: true, openedBy: "adapters", histories: 50 },
);
