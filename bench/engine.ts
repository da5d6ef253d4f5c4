/**
 * The engine's own cost with the network stubbed, each figure in a process of its own on a SQLite file:
 * `npx node --conditions=@syncer/source bench/engine.ts`.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import type { BenchRow } from "./bench-row.ts";

interface Measured {
  readonly planMs: number;
  readonly operations: number;
  readonly rowsWritten: number;
  readonly peakMb: number;
}

const runFile = promisify(execFile);

/** The child as a host runs its code, as JavaScript: taking types off at run time costs 40 MB that are not the engine's. */
async function buildChild(folder: string): Promise<string> {
  const outfile = join(folder, "engine-child.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("./engine-child.ts", import.meta.url))],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    conditions: ["@syncer/source"],
  });
  return outfile;
}

async function inChild(child: string, what: string, count: number, file: string): Promise<Measured | undefined> {
  const { stdout } = await runFile(process.execPath, [child, what, String(count), file]);
  return stdout.trim() === "" ? undefined : (JSON.parse(stdout) as Measured);
}

async function measure(what: string, count: number, linked: boolean): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), "syncer-bench-"));
  try {
    const file = join(folder, "bench.db");
    const child = await buildChild(folder);
    if (linked) await inChild(child, "prepare", count, file);
    const measured = await inChild(child, what, count, file);
    if (!measured) throw new Error(`${what} measured nothing`);
    return measured;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const seconds = (ms: number) => Math.round(ms) / 1_000;

export default async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const base = await measure("one-percent", 1_000, true);
  for (const count of [1_000, 10_000, 100_000]) {
    const { planMs, peakMb, operations } = await measure("one-percent", count, true);
    if (operations !== count / 100) throw new Error(`expected ${count / 100} operations, planned ${operations}`);
    const big = count === 100_000;
    rows.push(
      {
        name: `plan ${count} × ${count}, linked, 1 % changed`,
        value: seconds(planMs),
        unit: "s",
        better: "lower",
        ratio: Math.round((planMs / count / (base.planMs / 1_000)) * 100) / 100,
        ...(big ? { bar: 2 } : {}),
      },
      {
        name: "  peak of that process",
        value: Math.round(peakMb),
        unit: "MB",
        better: "lower",
        ...(big ? { bar: 300 } : {}),
      },
    );
  }
  const first = await measure("first", 100_000, false);
  rows.push({
    name: "first plan 100000 × 100000, ISRC on every track",
    value: seconds(first.planMs),
    unit: "s",
    better: "lower",
    bar: 5,
  });
  rows.push({ name: "  peak of that process", value: Math.round(first.peakMb), unit: "MB", better: "lower" });
  const quiet = await measure("quiet", 10_000, true);
  rows.push({
    name: "rows written by a quiet run of 10000 linked items",
    value: quiet.rowsWritten,
    unit: "rows",
    better: "lower",
    bar: 20,
  });
  return rows;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) console.table(await run());
