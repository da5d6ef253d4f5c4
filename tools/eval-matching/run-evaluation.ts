import { parseArgs } from "node:util";
import { missedFloors, parseFloors } from "./floors.ts";
import { BadInput, readForeign } from "./foreign-lines.ts";
import { baselineJudges, matcherJudge } from "./judges.ts";
import { type JudgedPair, labelledPairs, type PickSet, pickSets } from "./labelled-pairs.ts";
import { printReport } from "./print-report.ts";
import { reportOf, worstErrors } from "./report.ts";

const options = {
  threshold: { type: "string", default: "0.8" },
  worst: { type: "string", default: "12" },
  half: { type: "string", default: "report" },
  floor: { type: "string", multiple: true },
  class: { type: "string" },
  without: { type: "string" },
  baselines: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

/** Where the lines go. */
export interface Output {
  print(line: string): void;
  complain(line: string): void;
}

/** @returns the exit code: 0, 1 below a floor, 2 for wrong input */
export function runEvaluation(args: readonly string[], output: Output): 0 | 1 | 2 {
  try {
    return evaluate(args, output);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    output.complain(error.message);
    return 2;
  }
}

function evaluate(args: readonly string[], { print, complain }: Output): 0 | 1 {
  const { values, positionals } = readArguments(args);
  const floors = parseFloors((values.floor ?? []).join(","));
  const judge = matcherJudge(numberOf("--threshold", values.threshold, 0.01, 1));
  const worstCount = numberOf("--worst", values.worst, 0, 1_000_000);
  const { pairs, sets } = casesOf(positionals, values.half, (name) => isAsked(name, values.class, values.without));
  const judges = [judge, ...(values.baselines ? baselineJudges() : [])];
  const reports = judges.map((each) => reportOf(each, pairs, sets));
  const worst = worstErrors(judge, pairs, worstCount);
  if (values.json) print(JSON.stringify({ judges: reports, worst }, null, 2));
  else printReport(reports, worst, print);
  const [matcher] = reports;
  const missed = matcher === undefined ? [] : missedFloors(floors, matcher);
  for (const line of missed) complain(line);
  return missed.length === 0 ? 0 : 1;
}

function readArguments(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new BadInput([error instanceof Error ? error.message : "wrong options"]);
  }
}

function numberOf(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= least && value <= most))
    throw new BadInput([`${name}: expected a number from ${least} to ${most}, got "${text}"`]);
  return value;
}

function casesOf(
  files: readonly string[],
  half: string,
  isWanted: (name: string) => boolean,
): { pairs: readonly JudgedPair[]; sets: readonly PickSet[] } {
  if (half !== "report" && half !== "fit") throw new BadInput([`--half: expected "report" or "fit", got "${half}"`]);
  const all =
    files.length > 0
      ? readForeign(files)
      : { pairs: labelledPairs().filter((pair) => pair.half === half), sets: pickSets(half) };
  return {
    pairs: all.pairs.filter((pair) => isWanted(pair.class)),
    sets: all.sets.filter((set) => isWanted(set.class)),
  };
}

function isAsked(name: string, only: string | undefined, without: string | undefined): boolean {
  return (only === undefined || name.includes(only)) && (without === undefined || !name.includes(without));
}
