import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { World } from "../base/explore.ts";
import { demand } from "../base/violation.ts";
import type { WorldShare } from "../worlds.ts";
import { type Command, readCommand, UsageError } from "./command.ts";
import { readReport } from "./report.ts";
import { checkReport, exploreAll } from "./run.ts";
import { SLICE_STEPS, slicesOf } from "./slices.ts";

interface Count {
  readonly do: "count";
  readonly to: number;
}

/** A world in which nobody may count as far as `most`. */
function counting(name: string, most: number): World<Count, { readonly steps: readonly Count[] }> {
  return {
    name,
    histories: fc.record({
      steps: fc.array(fc.record({ do: fc.constant("count"), to: fc.nat(999) }), { minLength: 20, maxLength: 20 }),
    }),
    open: async () => ({
      runs: 3,
      perform: async ({ to }) => {
        demand(to < most, "nobody counts too far", () => `${to}`);
        return { outcome: to % 2 === 0 ? "even" : "odd", detail: `${to}` };
      },
      end: async () => ({ outcome: "" }),
    }),
  };
}

const sound: readonly WorldShare[] = [
  { world: counting("first", 1_000), share: 2 },
  { world: counting("second", 1_000), share: 1 },
  { world: counting("third", 1_000), share: 1 },
];
const broken: readonly WorldShare[] = [{ world: counting("first", 990), share: 1 }];

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "soak-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function soaked(worlds: readonly WorldShare[], args: readonly string[]) {
  const lines: string[] = [];
  const command = readCommand(args, ["first", "second", "third"], () => 1);
  const surroundings = { worlds, print: (line: string) => lines.push(line) };
  const well = await (command.do === "check" ? checkReport(command, surroundings) : exploreAll(command, surroundings));
  return { well, text: lines.join("\n") };
}

async function reported(worlds: readonly WorldShare[], args: readonly string[]) {
  const file = join(folder, "report.json");
  await soaked(worlds, [...args, "--json", file]);
  return { file, report: readReport(await readFile(file, "utf8")) };
}

describe("the options of the soak command", () => {
  const read = (...args: string[]): Command => readCommand(args, ["first"], () => 77);

  it("has a default for everything, and another seed each time", () => {
    expect(read()).toEqual({ do: "explore", steps: 100_000, seed: 77, most: 1, shrink: true });
  });

  it("takes what is given", () => {
    const args = ["--steps", "5", "--seed", "0", "--world", "first", "--most", "3", "--no-shrink", "--json", "f"];
    expect(read(...args)).toEqual({
      do: "explore",
      steps: 5,
      seed: 0,
      world: "first",
      most: 3,
      shrink: false,
      json: "f",
    });
    expect(read("--check", "f", "--slice", "2")).toEqual({ do: "check", file: "f", slice: 2 });
  });

  it.each([
    [["--steps", "0"], "--steps must be a whole number of 1 or more"],
    [["--steps", "1e3"], "--steps must be a whole number"],
    [["--seed", "4294967296"], "--seed must be a whole number from 0 to 4294967295"],
    [["--world", "other"], '--world must be one of first, not "other"'],
    [["--most", "none"], "--most must be"],
    [["--step", "5"], "--step"],
    [["5"], "5"],
    [["--slice", "1"], "--slice has a meaning beside --check only"],
    [["--check", "f", "--seed", "1"], "--seed has no meaning beside --check"],
    [["--check", "f", "--no-shrink"], "--shrink has no meaning beside --check"],
  ])("refuses %j", (args, message) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(message);
  });
});

describe("the slices of a soak", () => {
  it("share the steps out, and each has its own seed", () => {
    const slices = slicesOf(sound, 9, 100_000);
    const steps = (name: string) =>
      slices.filter(({ world }) => world === name).reduce((sum, slice) => sum + slice.steps, 0);
    expect(["first", "second", "third"].map(steps)).toEqual([50_000, 25_000, 25_000]);
    const first = slices.filter(({ world }) => world === "first");
    expect(new Set(first.map(({ seed }) => seed)).size).toBe(5);
    expect(slices.every((slice) => slice.steps <= SLICE_STEPS)).toBe(true);
    expect(slicesOf(sound, 9, 100_000)).toEqual(slices);
    expect(slicesOf(sound, 10, 100_000)).not.toEqual(slices);
  });

  it("can be asked for by the world, seed and steps that stand in a report", () => {
    for (const slice of slicesOf(sound, 9, 100_000)) {
      expect(
        slicesOf(
          sound.filter(({ world }) => world.name === slice.world),
          slice.seed,
          slice.steps,
        ),
      ).toEqual([slice]);
    }
  });
});

describe("the report of a soak", () => {
  it("is the same for the same seed, but for what was measured", async () => {
    const [once, again] = [await reported(sound, ["--seed", "3"]), await reported(sound, ["--seed", "3"])];
    expect({ ...again.report, measured: {} }).toEqual({ ...once.report, measured: {} });
    const other = await reported(sound, ["--seed", "4"]);
    expect(other.report.digest).not.toBe(once.report.digest);
  });

  it("counts what was done", async () => {
    const { report } = await reported(sound, ["--seed", "3", "--steps", "100"]);
    const [first] = report.worlds;
    const { even = 0, odd = 0 } = first?.outcomes.count ?? {};
    expect(first?.steps).toBeGreaterThanOrEqual(50);
    expect(even + odd + (first?.histories ?? 0)).toBe(first?.steps);
    expect(first?.runs).toBe(3 * (first?.histories ?? 0));
    expect(first?.outcomes.end).toEqual({ done: first?.histories });
  });

  it("is found to be true, as a whole and slice by slice", async () => {
    const { file } = await reported(sound, ["--seed", "3", "--steps", "50000"]);
    expect(await soaked(sound, ["--check", file])).toMatchObject({ well: true });
    expect(await soaked(sound, ["--check", file, "--slice", "2"])).toMatchObject({ well: true });
    await expect(soaked(sound, ["--check", file, "--slice", "99"])).rejects.toThrow("no slice 99");
  });

  it("is found to be false where a digest is another", async () => {
    const { file, report } = await reported(sound, ["--seed", "3", "--steps", "50"]);
    const slices = report.slices.map((slice, index) => (index === 1 ? { ...slice, digest: "00ff" } : slice));
    await writeFile(file, JSON.stringify({ ...report, slices }));
    expect(await soaked(sound, ["--check", file])).toMatchObject({ well: false });
    expect(await soaked(sound, ["--check", file, "--slice", "1"])).toMatchObject({ well: true });
  });

  it("tells of violations, and how to see them again", async () => {
    const { file, report } = await reported(broken, ["--seed", "3", "--most", "2"]);
    expect(report.violations).toHaveLength(2);
    expect(await soaked(broken, ["--check", file])).toMatchObject({ well: true });
    for (const { seed, rule, history } of report.violations) {
      const alone = await soaked(broken, ["--seed", `${seed}`, "--steps", "1"]);
      expect(alone.well).toBe(false);
      expect(alone.text).toContain(`VIOLATION of "${rule}"`);
      expect(alone.text).toContain(`--world first --seed ${seed} --steps 1`);
      expect(alone.text).toContain(JSON.stringify(history));
    }
  });

  it.each(["{", "{}", '{"format":2}'])("is refused where it is none: %s", async (text) => {
    const file = join(folder, "none.json");
    await writeFile(file, text);
    await expect(soaked(sound, ["--check", file])).rejects.toThrow(UsageError);
  });
});
