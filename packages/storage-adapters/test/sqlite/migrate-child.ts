import { DatabaseSync } from "node:sqlite";
import { sqlite } from "@syncer/storage-adapters/sqlite";

/**
 * A process of its own that migrates a file when told to and prints the report. Told how a statement begins, it is killed
 * when it comes to that one, with a page cache so small that what the transaction did before is already on the disk.
 */
const [path = "", killedAt] = process.argv.slice(2);
const database = new DatabaseSync(path);
database.exec("pragma cache_size = 1");
const prepare = database.prepare.bind(database);
database.prepare = (sql, ...options) => {
  if (killedAt !== undefined && sql.startsWith(killedAt)) process.kill(process.pid, "SIGKILL");
  return prepare(sql, ...options);
};
process.stdin.once("data", async () => {
  process.stdout.write(`${JSON.stringify(await sqlite({ database }, { busyTimeoutMs: 60_000 }).migrate())}\n`, () =>
    process.exit(0),
  );
});
process.stdout.write("ready\n");
