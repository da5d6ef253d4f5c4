import { createHash } from "node:crypto";
import { z } from "zod";
import type { Exploration } from "../base/explore.ts";
import type { Slice } from "./slices.ts";

/** A slice, and what came of it. */
const sliceReport = z.strictObject({
  world: z.string(),
  seed: z.int().min(0),
  /** As asked for. */
  steps: z.int().min(1),
  lived: z.int(),
  histories: z.int(),
  runs: z.int(),
  violations: z.int().min(0),
  digest: z.hex(),
});

const report = z.strictObject({
  format: z.literal(1),
  seed: z.int().min(0),
  steps: z.int().min(1),
  /** Of the digests of all slices, in their order. */
  digest: z.hex(),
  worlds: z.array(
    z.strictObject({
      world: z.string(),
      steps: z.int(),
      histories: z.int(),
      runs: z.int(),
      /** By command: how often it came to what. */
      outcomes: z.record(z.string(), z.record(z.string(), z.int())),
    }),
  ),
  violations: z.array(
    z.strictObject({
      world: z.string(),
      /** Of the history: repeated with `--steps 1`. */
      seed: z.int().min(0),
      rule: z.string(),
      message: z.string(),
      history: z.unknown(),
    }),
  ),
  slices: z.array(sliceReport),
  /** Where and how fast: no part of what is compared. */
  measured: z.strictObject({ node: z.string(), durationMs: z.int() }),
});

export type SliceReport = z.infer<typeof sliceReport>;
export type SoakReport = z.infer<typeof report>;

/** What was explored of a slice. */
export interface Explored {
  readonly slice: Slice;
  readonly exploration: Exploration;
}

/** @throws {SyntaxError | z.ZodError} the text is no report */
export function readReport(text: string): SoakReport {
  return report.parse(JSON.parse(text));
}

export function sliceReportOf({ slice, exploration }: Explored): SliceReport {
  const { steps: lived, histories, runs, violations, digest } = exploration;
  return { ...slice, lived, histories, runs, violations: violations.length, digest };
}

export function reportOf(
  { seed, steps }: { readonly seed: number; readonly steps: number },
  explored: readonly Explored[],
  durationMs: number,
): SoakReport {
  const slices = explored.map(sliceReportOf);
  return {
    format: 1,
    seed,
    steps,
    digest: digestOf(slices),
    worlds: [...Map.groupBy(explored, ({ slice }) => slice.world)].map(([world, own]) => totalsOf(world, own)),
    violations: explored.flatMap(({ exploration }) => exploration.violations.map((violation) => ({ ...violation }))),
    slices,
    measured: { node: process.version, durationMs: Math.round(durationMs) },
  };
}

function digestOf(slices: readonly SliceReport[]): string {
  const hash = createHash("sha256");
  for (const { digest } of slices) hash.update(`${digest}\n`);
  return hash.digest("hex");
}

function totalsOf(world: string, explored: readonly Explored[]): SoakReport["worlds"][number] {
  const sum = (count: (exploration: Exploration) => number) =>
    explored.reduce((total, { exploration }) => total + count(exploration), 0);
  return {
    world,
    steps: sum(({ steps }) => steps),
    histories: sum(({ histories }) => histories),
    runs: sum(({ runs }) => runs),
    outcomes: byCommand(explored.flatMap(({ exploration }) => Object.entries(exploration.outcomes))),
  };
}

/** `sync → held` is an outcome of `sync`. */
function byCommand(
  counts: readonly (readonly [name: string, count: number])[],
): Record<string, Record<string, number>> {
  const commands: Record<string, Record<string, number>> = {};
  for (const [name, count] of counts.toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    const [command = "", outcome = "done"] = name.split(" → ");
    const outcomes = commands[command] ?? {};
    outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
    commands[command] = outcomes;
  }
  return commands;
}
