import { createSyncEngine, keyring } from "@syncer/core";
import { caldav } from "@syncer/provider-caldav";
import { sqlite } from "@syncer/storage-adapters/sqlite";

/**
 * Two calendars and a database file, in a process of its own, as a host that a timer starts would do it. `connect` makes the
 * connections and prints their ids; `sync` runs the pair, and prints what each run did. Each prints one line of JSON. Arguments: the
 * action, and a {@link ChildTask}.
 */
export interface ChildTask {
  /** The database. */
  readonly file: string;
  readonly serverUrl: string;
  readonly password: string;
  /** `connectionId` as `connect` has given it. */
  readonly sides: readonly { readonly username: string; readonly calendar: string; readonly connectionId?: string }[];
  /** How often `sync` runs the pair, as a host that goes on running does. Default 1. */
  readonly runs?: number;
  /** Absent: the provider's own. */
  readonly rateLimit?: { readonly requests: number; readonly perMs: number; readonly concurrency: number };
}

export interface ChildResult {
  /** From the call of `engine.sync` to its report. */
  readonly syncMs: number;
  readonly status: string;
  readonly added: number;
  /** Requests that are not about who the account is, by side. */
  readonly requests: readonly number[];
}

const USER = { userId: "bench" } as const;
/** Counted apart: asked once after a process has started, not in each run. */
const COUNTED_APART = new Set(["token", "identity"]);

const [action, text = "{}"] = process.argv.slice(2);
const task = JSON.parse(text) as ChildTask;
const engine = createSyncEngine({
  providers: [
    caldav({
      addresses: { allowPrivate: true, schemes: ["http"] },
      ...(task.rateLimit ? { rateLimit: task.rateLimit } : {}),
    }),
  ],
  storage: sqlite(task.file),
  encryption: keyring({ current: "k", keys: { k: new Uint8Array(32).fill(1) } }),
});
await engine.migrate();
console.log(JSON.stringify(action === "connect" ? await connect() : await runs(task.runs ?? 1)));
await engine.stop();

async function connect(): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const { username } of task.sides) {
    const login = { serverUrl: task.serverUrl, username, password: task.password };
    ids.push((await engine.connections.addBasic({ ...USER, service: "caldav", ...login })).connection.id);
  }
  return ids;
}

async function runs(count: number): Promise<readonly ChildResult[]> {
  const results: ChildResult[] = [];
  while (results.length < count) results.push(await sync());
  return results;
}

async function sync(): Promise<ChildResult> {
  const startedAt = performance.now();
  const [source, target] = task.sides.map(({ calendar, connectionId = "" }) => ({ connectionId, container: calendar }));
  if (!source || !target) throw new Error("a pair has two sides");
  const pairs = [{ source, target, mode: "bidirectional" as const }];
  const [report] = (await engine.sync({ ...USER, pairs, type: "events" })).pairs;
  if (!report) throw new Error("a sync of one pair reports one pair");
  if (report.status !== "succeeded") throw report.error ?? new Error(`the sync ended ${report.status}`);
  const { requests, counts, status } = report;
  const total = (side: "source" | "target") =>
    Object.entries(requests[side]).reduce((sum, [purpose, count]) => sum + (COUNTED_APART.has(purpose) ? 0 : count), 0);
  const syncMs = performance.now() - startedAt;
  return { syncMs, status, added: counts.added, requests: [total("source"), total("target")] };
}
