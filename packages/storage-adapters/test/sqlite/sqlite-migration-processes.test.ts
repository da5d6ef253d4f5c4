import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { SCHEMA_VERSION } from "@syncer/core";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { contentsOf, createVersion1, dump, fill, read } from "./old-database.ts";

type JournalMode = "wal" | "delete";
const ROWS = 200;

/** A file of version 1 with many rows in every table. */
function oldFile(journalMode: JournalMode): string {
  const folder = mkdtempSync(join(tmpdir(), "syncer-sqlite-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "syncer.db");
  withDatabase(path, (database) => {
    database.exec(`pragma journal_mode = ${journalMode}; begin`);
    createVersion1(database);
    const [contents] = fc.sample(contentsOf(database, { min: ROWS, max: ROWS }), { seed: 5, numRuns: 1 });
    if (contents) fill(database, contents);
    database.exec("commit");
  });
  return path;
}

function withDatabase<TResult>(path: string, use: (database: DatabaseSync) => TResult): TResult {
  const database = new DatabaseSync(path);
  try {
    return use(database);
  } finally {
    database.close();
  }
}

interface Migrator {
  readonly child: ChildProcess;
  /** Tells it to migrate. Resolves what it then prints: its report, or nothing if it was killed. */
  readonly go: () => Promise<string | undefined>;
}

async function migrator(path: string, ...killedAt: string[]): Promise<Migrator> {
  const module = fileURLToPath(new URL("./migrate-child.ts", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=@syncer/source", "--no-warnings", module, path, ...killedAt], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  expect(await lines.next()).toMatchObject({ value: "ready" });
  return {
    child,
    async go() {
      child.stdin.end("go\n");
      return (await lines.next()).value;
    },
  };
}

/** Each test starts processes, which take seconds on a busy machine. */
const patient = { timeout: 120_000 } as const;

describe("a file of version 1", patient, () => {
  const kills = (["wal", "delete"] as const).flatMap((mode) =>
    ['drop table "intents"', 'insert into "links"', 'insert into "schema_version"'].map((at) => [mode, at] as const),
  );
  it.each(kills)("is whole after its migration was killed: journal mode %s, at %s", async (journalMode, killedAt) => {
    const path = oldFile(journalMode);
    const before = withDatabase(path, dump);
    const { child, go } = await migrator(path, killedAt);
    const end = once(child, "exit");
    expect(await go()).toBeUndefined();
    expect(await end).toEqual([null, "SIGKILL"]);
    // What had been done was on the disk, so there is something that must not count.
    expect(statSync(`${path}-${journalMode === "wal" ? "wal" : "journal"}`).size).toBeGreaterThan(100_000);
    expect(withDatabase(path, dump)).toEqual(before);
    const storage = sqlite(path);
    onTestFinished(() => storage.close());
    expect(await storage.migrate()).toEqual({ from: 1, to: SCHEMA_VERSION });
    expect(await storage.count({ table: "intent_items" })).toBe(ROWS);
    expect(await storage.count({ table: "links" })).toBe(ROWS);
  });

  it.each(["wal", "delete"] as const)(
    "is migrated once by several processes at once, journal mode %s",
    async (mode) => {
      const path = oldFile(mode);
      const migrators = await Promise.all([1, 2, 3].map(() => migrator(path)));
      const lines = await Promise.all(migrators.map(({ go }) => go()));
      const reports = lines.map((line) => JSON.parse(line ?? "") as { from: number; to: number });
      expect(reports.map(({ to }) => to)).toEqual([SCHEMA_VERSION, SCHEMA_VERSION, SCHEMA_VERSION]);
      expect(reports.filter(({ from }) => from === 1)).toHaveLength(1);
      expect(withDatabase(path, (database) => read(database, "links"))).toHaveLength(ROWS);
    },
  );
});
