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
import type { BenchRow } from "./bench-row.ts";
import { buildChild } from "./support/build-child.ts";

type Scenario = "one-way" | "two-way" | "notes";
type Action = "plan-first" | "plan-changed" | "plan-quiet" | "run-quiet" | "run-changed";

interface Measured {
  readonly ms: number;
  readonly operations: number;
  /** Selects, and rows that they gave. */
  readonly reads: number;
  readonly rowsRead: number;
  readonly statements: number;
  readonly rowsWritten: number;
  /** Of those, rows that are about items: links, metadata, journal, conflicts. */
  readonly itemRowsWritten: number;
  /** To the side that was asked more often. */
  readonly requests: number;
  readonly peakMb: number;
}

const runFile = promisify(execFile);
const SIZES = [1_000, 10_000, 100_000];
const LARGEST = 100_000;
const PEAK_MB = 300;

/** Measures each action on a library of that size: in step, but for `plan-first`. */
async function measure<A extends Action>(
  scenario: Scenario,
  count: number,
  actions: readonly A[],
): Promise<Readonly<Record<A, Measured>>> {
  const folder = await mkdtemp(join(tmpdir(), "syncer-bench-"));
  try {
    const child = await buildChild(fileURLToPath(new URL("./engine-child.ts", import.meta.url)), folder);
    const file = join(folder, "bench.db");
    const inChild = async (what: string) =>
      (await runFile(process.execPath, [child, what, scenario, String(count), file])).stdout.trim();
    const measured: [A, Measured][] = [];
    let prepared = false;
    for (const action of actions) {
      if (action !== "plan-first" && !prepared) {
        await inChild("prepare");
        prepared = true;
      }
      const text = await inChild(action);
      if (text === "") throw new Error(`${action} measured nothing`);
      measured.push([action, JSON.parse(text) as Measured]);
    }
    return Object.fromEntries(measured) as Record<A, Measured>;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const seconds = (ms: number) => Math.round(ms) / 1_000;
const perItem = ({ ms }: Measured, count: number) => Math.round((ms / count) * 100_000) / 100;

export default async function run(): Promise<BenchRow[]> {
  return [
    ...(await changedRows("one-way", "", 2)),
    ...(await changedRows("two-way", "two-way, ", 2)),
    ...(await changedRows("notes", "notes, two-way, ")),
    ...(await firstRows("one-way", "", 5)),
    ...(await firstRows("two-way", "two-way, ", 5)),
    ...(await firstRows("notes", "notes, two-way, ")),
    ...(await quietRows("one-way", "")),
    ...(await quietRows("two-way", "two-way ")),
    ...(await quietRows("notes", "two-way, notes, ")),
  ];
}

/** One percent has changed of what was in step: time per item against that of the smallest library, and memory. */
async function changedRows(scenario: Scenario, label: string, bar?: number): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  let smallest: number | undefined;
  for (const count of SIZES) {
    const { "plan-changed": plan } = await measure(scenario, count, ["plan-changed"]);
    const expected = scenario === "two-way" ? 4 * Math.ceil(count / 400) : count / 100;
    if (plan.operations !== expected) throw new Error(`expected ${expected} operations, planned ${plan.operations}`);
    smallest ??= plan.ms / count;
    const isLargest = count === LARGEST && bar !== undefined;
    rows.push(
      {
        name: `${label}plan ${count} × ${count}, linked, 1 % changed`,
        value: seconds(plan.ms),
        unit: "s",
        better: "lower",
        ratio: Math.round((plan.ms / count / smallest) * 100) / 100,
        ...(isLargest ? { bar } : {}),
      },
      { name: "  per item", value: perItem(plan, count), unit: "µs", better: "lower" },
      {
        name: "  peak of that process",
        value: Math.round(plan.peakMb),
        unit: "MB",
        better: "lower",
        ...(isLargest ? { bar: PEAK_MB } : {}),
      },
    );
  }
  return rows;
}

async function firstRows(scenario: Scenario, label: string, bar?: number): Promise<BenchRow[]> {
  const { "plan-first": first } = await measure(scenario, LARGEST, ["plan-first"]);
  return [
    {
      name: `${label}first plan ${LARGEST} × ${LARGEST}, ${scenario === "notes" ? "equal content" : "ISRC on every track"}`,
      value: seconds(first.ms),
      unit: "s",
      better: "lower",
      ...(bar === undefined ? {} : { bar }),
    },
    { name: "  peak of that process", value: Math.round(first.peakMb), unit: "MB", better: "lower" },
  ];
}

async function quietRows(scenario: Scenario, label: string): Promise<BenchRow[]> {
  const { "run-quiet": quiet } = await measure(scenario, 10_000, ["run-quiet"]);
  return [
    {
      name: `rows written by a quiet ${label}run of 10000 linked items`,
      value: quiet.rowsWritten,
      unit: "rows",
      better: "lower",
      bar: 20,
    },
    { name: "  of them about items", value: quiet.itemRowsWritten, unit: "rows", better: "lower", bar: 0 },
    { name: "  requests per side", value: quiet.requests, unit: "requests", better: "lower", bar: 1 },
    { name: "  its time", value: seconds(quiet.ms), unit: "s", better: "lower" },
  ];
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) console.table(await run());
