import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import {
  type Governor,
  memoryGovernor,
  memoryStorage,
  type RateLimit,
  sharedGovernor,
  systemClock,
} from "@syncer/core";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import type { BenchRow } from "./bench-row.ts";
import type { GovernorChildSetting } from "./support/governor-child.ts";

const CHILD = join(import.meta.dirname, "support/governor-child.ts");
const PROCESSES = 4;
const NO_LIMIT: RateLimit = { requests: 100_000, perMs: 1_000, concurrency: 1_000, sharedBy: "client" };
/** Three requests in a second: what Spotify is taken to allow. */
const PACED: RateLimit = { requests: 90, perMs: 30_000, concurrency: 8, sharedBy: "client" };

/** One budget: what the shared governor costs, what it admits, and what it leaves unused. */
export default async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "syncer-bench-"));
  try {
    return [...(await costs(folder)), await admitted(folder), await paced(folder)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function costs(folder: string): Promise<BenchRow[]> {
  const clock = systemClock();
  const storage = sqlite(join(folder, "one.db"));
  await storage.migrate();
  const memory = await perRequest(memoryGovernor({ clock }), 5_000);
  const rows: BenchRow[] = [{ name: "one request at a time, no limit: governor in memory", value: memory, unit: "ms" }];
  for (const [name, shared] of [
    ["shared on memory storage", sharedGovernor({ storage: memoryStorage(), clock })],
    ["shared on SQLite", sharedGovernor({ storage, clock })],
  ] as const) {
    const value = await perRequest(shared, 2_000);
    rows.push({ name: `the same: ${name}`, value, unit: "ms", ratio: value / memory });
  }
  await storage.close();
  return rows;
}

async function perRequest(governor: Governor, amount: number): Promise<number> {
  const budget = { key: "budget", service: "bench", limit: NO_LIMIT };
  const claim = { party: "one", cost: 1, maxWaitMs: 60_000, signal: new AbortController().signal };
  const send = () => governor.run(budget, claim, async () => {});
  for (let n = 0; n < 100; n += 1) await send();
  const startMs = performance.now();
  for (let n = 0; n < amount; n += 1) await send();
  return (performance.now() - startMs) / amount;
}

async function admitted(folder: string): Promise<BenchRow> {
  const starts = await fleet(join(folder, "open.db"), { speed: 1, limit: NO_LIMIT, parties: 4, requestsEach: 250 });
  const tookMs = Math.max(...starts) - Math.min(...starts);
  const name = `${PROCESSES} processes with 4 parties each on SQLite, no limit: requests that one budget admits`;
  return { name, value: Math.round((starts.length / tookMs) * 1_000), unit: "requests/s", bar: 100 };
}

async function paced(folder: string): Promise<BenchRow> {
  const setting = { speed: 20, limit: PACED, parties: 2, requestsEach: 125 };
  const starts = (await fleet(join(folder, "paced.db"), setting)).sort((a, b) => a - b);
  const busiest = Math.max(
    ...starts.map((from) => starts.filter((at) => at >= from && at < from + PACED.perMs).length),
  );
  if (busiest > PACED.requests) throw new Error(`${busiest} requests in a window of ${PACED.requests}`);
  const tookMs = Math.max(...starts) - Math.min(...starts);
  const idealMs = ((starts.length - 1) * PACED.perMs) / PACED.requests;
  const name = `1,000 requests at 3/s by 8 parties in ${PROCESSES} processes (clock 20 times as fast): clock time`;
  return { name, value: tookMs / idealMs, unit: "x ideal", bar: 1.1, better: "lower" };
}

/** @returns when requests went out, in clock time */
async function fleet(
  file: string,
  setting: Pick<GovernorChildSetting, "speed" | "limit" | "parties" | "requestsEach">,
): Promise<number[]> {
  const storage = sqlite(file);
  await storage.migrate();
  await storage.close();
  const env = { ...process.env, GOVERNOR_SETTING: JSON.stringify({ ...setting, file, epochMs: Date.now() }) };
  const children = Array.from({ length: PROCESSES }, () => {
    const child = spawn(process.execPath, ["--no-warnings", "--conditions=@syncer/source", CHILD], {
      env,
      stdio: ["pipe", "pipe", "inherit"],
    });
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  });
  const next = async (lines: AsyncIterator<string>): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error("a process of the fleet ended early; see what it wrote to stderr");
    return value;
  };
  try {
    for (const { lines } of children) await next(lines);
    for (const { child } of children) child.stdin.write("go\n");
    const answers = await Promise.all(children.map(({ lines }) => next(lines)));
    return answers.flatMap((line) => JSON.parse(line) as number[]);
  } finally {
    for (const { child } of children) child.kill();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) console.table(await run());
