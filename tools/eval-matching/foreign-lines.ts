import { readFileSync } from "node:fs";
import type { UniversalTrack } from "@syncer/core";
import { z } from "zod";
import type { JudgedPair, PickSet } from "./labelled-pairs.ts";

/** A labelled pair or a pick-one set of a foreign file; the format is told in README.md. */
export interface ForeignCases {
  readonly pairs: readonly JudgedPair[];
  readonly sets: readonly PickSet[];
}

/** A file that cannot be judged; every problem names file, line and field. */
export class BadInput extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "BadInput";
    this.problems = problems;
  }
}

const whole = z.number().int().nonnegative().nullish();
const text = z.string().nullish();

const trackLine = z
  .object({
    title: z.string(),
    artists: z.array(z.string()).nullish(),
    artist: text,
    album: text,
    version: text,
    durationMs: z.number().nonnegative().nullish(),
    isrc: text,
    explicit: z.boolean().nullish(),
    releaseDate: text,
    year: z.union([z.number().int(), z.string().regex(/^\d{4}$/, "a year of four digits")]).nullish(),
    trackNumber: whole,
    discNumber: whole,
  })
  .transform((line): UniversalTrack => {
    const releaseDate = line.releaseDate || (line.year ? String(line.year) : undefined);
    return {
      title: line.title,
      artists: line.artists ?? (line.artist ? [line.artist] : []),
      externalIds: {},
      ...(line.album ? { album: line.album } : {}),
      ...(line.version ? { version: line.version } : {}),
      ...(line.durationMs ? { durationMs: line.durationMs } : {}),
      ...(line.isrc ? { isrc: line.isrc } : {}),
      ...(typeof line.explicit === "boolean" ? { explicit: line.explicit } : {}),
      ...(releaseDate ? { releaseDate } : {}),
      ...(line.trackNumber ? { trackNumber: line.trackNumber } : {}),
      ...(line.discNumber ? { discNumber: line.discNumber } : {}),
    };
  });

const pairLine = z.object({ a: trackLine, b: trackLine, same: z.boolean(), class: z.string().default("pair") });
const setLine = z
  .object({
    source: trackLine,
    candidates: z.array(trackLine),
    right: z.array(z.number().int().nonnegative()),
    class: z.string().default("set"),
  })
  .superRefine(({ candidates, right }, context) => {
    right.forEach((place, i) => {
      if (place < candidates.length) return;
      context.addIssue({
        code: "custom",
        path: ["right", i],
        message: `there is no candidate ${place}, the last is ${candidates.length - 1}`,
      });
    });
  });

const mostShown = 20;

/** @throws {BadInput} a file that cannot be read, or lines that are neither kind */
export function readForeign(files: readonly string[]): ForeignCases {
  const pairs: JudgedPair[] = [];
  const sets: PickSet[] = [];
  const problems: string[] = [];
  for (const file of files) {
    linesOf(file).forEach((line, i) => {
      if (line.trim() === "") return;
      const where = `${file}:${i + 1}`;
      const value = parseJson(line);
      if (value === undefined) problems.push(`${where}: not a JSON object`);
      else if ("source" in value) take(setLine, value, where, sets, problems);
      else if ("a" in value || "b" in value) take(pairLine, value, where, pairs, problems);
      else problems.push(`${where}: neither a pair ("a", "b", "same") nor a set ("source", "candidates", "right")`);
    });
  }
  if (pairs.length + sets.length + problems.length === 0) problems.push(`${files.join(", ")}: no lines`);
  if (problems.length > mostShown)
    problems.splice(mostShown, problems.length, `… and ${problems.length - mostShown} more problems`);
  if (problems.length > 0) throw new BadInput(problems);
  return { pairs, sets };
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch (error) {
    throw new BadInput([`${file}: cannot be read (${error instanceof Error ? error.message : "unknown error"})`]);
  }
}

function parseJson(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function take<T>(schema: z.ZodType<T>, value: object, where: string, into: T[], problems: string[]): void {
  const read = schema.safeParse(value);
  if (read.success) into.push(read.data);
  else for (const { path, message } of read.error.issues) problems.push(`${where}: ${path.join(".")}: ${message}`);
}
