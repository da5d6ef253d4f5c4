import { open, readFile, writeFile } from "node:fs/promises";
import { z } from "zod";
import { type AnyWorld, explore, type FoundViolation } from "../base/explore.ts";
import type { WorldShare } from "../worlds.ts";
import { type Command, UsageError } from "./command.ts";
import { type Explored, readReport, reportOf, type SliceReport, type SoakReport, sliceReportOf } from "./report.ts";
import { type Slice, slicesOf } from "./slices.ts";

type Print = (line: string) => void;

interface Surroundings {
  readonly worlds: readonly WorldShare[];
  readonly print: Print;
}

/** Looks at as many histories as asked for. @returns whether no violation was found @throws {UsageError} */
export async function exploreAll(
  command: Extract<Command, { do: "explore" }>,
  { worlds, print }: Surroundings,
): Promise<boolean> {
  const { seed, steps, most, shrink, json } = command;
  if (json !== undefined) await assertWritable(json);
  const startedAtMs = performance.now();
  const chosen = worlds.filter(({ world }) => command.world === undefined || command.world === world.name);
  const slices = slicesOf(chosen, seed, steps);
  print(`seed ${seed}, ${steps} steps, slices: ${slices.length}, Node ${process.version}`);
  const explored: Explored[] = [];
  const violations: FoundViolation[] = [];
  for (const slice of slices) {
    if (violations.length >= most) break;
    const exploration = await explore(worldNamed(slice.world, worlds), {
      ...slice,
      most: most - violations.length,
      shrink,
    });
    explored.push({ slice, exploration });
    violations.push(...exploration.violations);
    print(
      `${explored.length}/${slices.length} ${lineOf(sliceReportOf({ slice, exploration }), exploration.durationMs)}`,
    );
    for (const violation of exploration.violations) tell(violation, print);
  }
  const report = reportOf(command, explored, performance.now() - startedAtMs);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, undefined, 2)}\n`);
  summarize(report, print);
  return violations.length === 0;
}

/** Repeats what a report tells of. @returns whether all of it came out as it says @throws {UsageError} */
export async function checkReport(
  { file, slice }: Extract<Command, { do: "check" }>,
  { worlds, print }: Surroundings,
): Promise<boolean> {
  const { slices, measured } = await loadReport(file, worlds);
  print(`made by Node ${measured.node}, repeated by Node ${process.version}`);
  const chosen = slices
    .map((each, index) => [index + 1, each] as const)
    .filter(([number]) => number === (slice ?? number));
  if (chosen.length === 0) throw new UsageError(`the report has ${slices.length} slices, and no slice ${slice}`);
  let differing = 0;
  for (const [number, expected] of chosen) {
    const differences = await repeat(expected, worldNamed(expected.world, worlds));
    print(`${number}/${slices.length} ${lineOf(expected)}: ${differences.length === 0 ? "the same" : "DIFFERS"}`);
    for (const difference of differences) print(`  ${difference}`);
    if (differences.length > 0) differing++;
  }
  print(`slices repeated: ${chosen.length}, different: ${differing}`);
  return differing === 0;
}

/** Explores a slice once more. @returns in what the result is another */
export async function repeat(expected: SliceReport, world: AnyWorld): Promise<readonly string[]> {
  const { seed, steps, lived, violations } = expected;
  const slice: Slice = { world: world.name, seed, steps };
  // Where the slice was left at a violation, it is left there again.
  const most = lived >= steps ? Number.POSITIVE_INFINITY : violations;
  const exploration = await explore(world, { ...slice, most, shrink: false });
  const found = sliceReportOf({ slice, exploration });
  return (["lived", "histories", "runs", "violations", "digest"] as const)
    .filter((key) => found[key] !== expected[key])
    .map((key) => `${key}: ${expected[key]} in the report, ${found[key]} now`);
}

function worldNamed(name: string, worlds: readonly WorldShare[]): AnyWorld {
  const found = worlds.find(({ world }) => world.name === name);
  if (!found) throw new RangeError(`there is no world "${name}"; there are ${worlds.map(({ world }) => world.name)}`);
  return found.world;
}

/** Before hours are spent on what then cannot be kept. */
async function assertWritable(file: string): Promise<void> {
  try {
    await (await open(file, "a")).close();
  } catch (error) {
    throw new UsageError(`--json ${file}: ${messageOf(error)}`);
  }
}

async function loadReport(file: string, worlds: readonly WorldShare[]): Promise<SoakReport> {
  try {
    const report = readReport(await readFile(file, "utf8"));
    for (const { world } of report.slices) worldNamed(world, worlds);
    return report;
  } catch (error) {
    throw new UsageError(`--check ${file}: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}

function lineOf({ world, seed, steps, lived, histories, runs, digest }: SliceReport, durationMs?: number): string {
  const took = durationMs === undefined ? "" : `, ${(durationMs / 1_000).toFixed(1)} s`;
  return `--world ${world} --seed ${seed} --steps ${steps}: ${lived} steps, ${histories} histories, ${runs} runs${took}, ${digest.slice(0, 12)}`;
}

function tell({ world, seed, rule, message, history }: FoundViolation, print: Print): void {
  print(`VIOLATION of "${rule}"`);
  print(`  ${message.replaceAll("\n", "\n  ")}`);
  print(`  repeat it with: npm run soak -- --world ${world} --seed ${seed} --steps 1`);
  print(`  shortest history: ${JSON.stringify(history)}`);
}

function summarize({ worlds, violations, digest, measured }: SoakReport, print: Print): void {
  for (const { world, steps, histories, runs } of worlds) {
    print(`${world}: ${steps} steps in ${histories} histories, ${runs} runs`);
  }
  const steps = worlds.reduce((sum, each) => sum + each.steps, 0);
  const seconds = measured.durationMs / 1_000;
  print(`${steps} steps in ${seconds.toFixed(1)} s (${Math.round(steps / seconds)} a second), digest ${digest}`);
  print(violations.length === 0 ? "no violation" : `violations: ${violations.length}`);
}
