import { parseArgs } from "node:util";

export const usage = `npm run soak -- [--steps N] [--seed S] [--world NAME] [--most K] [--no-shrink] [--json FILE]
npm run soak -- --check FILE [--slice K]

  --steps N     at least so many, shared out among the worlds; 100000 by default
  --seed S      decides all that happens, 0 to 4294967295; another each time by default
  --world NAME  only this world
  --most K      stop after so many violations; 1 by default
  --no-shrink   show a violation as it was found, without a search for a shorter history
  --json FILE   write a report
  --check FILE  repeat the slices of a report and compare their digests
  --slice K     only the K-th of them, from 1`;

/** What is asked for. */
export type Command =
  | {
      readonly do: "explore";
      readonly seed: number;
      readonly steps: number;
      readonly world?: string;
      readonly most: number;
      readonly shrink: boolean;
      readonly json?: string;
    }
  | { readonly do: "check"; readonly file: string; readonly slice?: number };

/** What was asked for makes no sense; the message says why. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const options = {
  steps: { type: "string" },
  seed: { type: "string" },
  world: { type: "string" },
  most: { type: "string" },
  shrink: { type: "boolean" },
  json: { type: "string" },
  check: { type: "string" },
  slice: { type: "string" },
} as const;

/**
 * @param worlds the names that `--world` may have
 * @param freshSeed for when none is given
 * @throws {UsageError} these are no such options
 */
export function readCommand(args: readonly string[], worlds: readonly string[], freshSeed: () => number): Command {
  const values = parse(args);
  if (values.check !== undefined) {
    const { check: file, slice, ...others } = values;
    const [other] = Object.keys(others);
    if (other !== undefined) throw new UsageError(`--${other} has no meaning beside --check`);
    return { do: "check", file, ...(slice === undefined ? {} : { slice: whole("slice", slice, 1) }) };
  }
  if (values.slice !== undefined) throw new UsageError("--slice has a meaning beside --check only");
  const { world, json } = values;
  if (world !== undefined && !worlds.includes(world)) {
    throw new UsageError(`--world must be one of ${worlds.join(", ")}, not "${world}"`);
  }
  return {
    do: "explore",
    steps: whole("steps", values.steps ?? "100000", 1),
    seed: values.seed === undefined ? freshSeed() : whole("seed", values.seed, 0, 2 ** 32 - 1),
    most: whole("most", values.most ?? "1", 1),
    shrink: values.shrink ?? true,
    ...(world === undefined ? {} : { world }),
    ...(json === undefined ? {} : { json }),
  };
}

function parse(args: readonly string[]) {
  try {
    return { ...parseArgs({ args: [...args], options, allowNegative: true }).values };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function whole(option: string, text: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  throw new UsageError(`--${option} must be a whole number ${range}, not "${text}"`);
}
