import { describe, expect, it } from "vitest";
import { explore } from "../base/explore.ts";
import { worlds } from "../worlds.ts";
import { type Slice, slicesOf } from "./slices.ts";

/** Of all worlds together, `SOAK_STEPS`. */
const steps = positive("SOAK_STEPS") ?? 125_000;
/** Where it is enough that a rule is broken, nobody needs the shortest history that breaks it. */
const shrink = process.env.SOAK_SHRINK !== "no";
/** The same in each run, so that a change is tried with what the last one was tried with. */
const FIXED_SEED = 20_260_101;
/** For machines that are slow at times. */
const patient = { timeout: 600_000 } as const;
const TWICE_STEPS = 1_000;

/**
 * Lives through a world's share of histories: the same each time where changes are judged, and elsewhere the last slice
 * with a fresh seed. What a fresh seed finds is no fault of the change that happens to be tried with it.
 */
export function describeHistoriesOf(name: string): void {
  const freshSeed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const slices = slicesOf(worlds, FIXED_SEED, steps).filter(({ world }) => world === name);
  const isJudged = (process.env.CI ?? "") !== "";
  const fixed = isJudged ? slices : slices.slice(0, -1);
  const fresh = { ...(slices.at(-1) ?? { world: name, steps: 1 }), seed: freshSeed };
  const world = worlds.find((each) => each.world.name === name)?.world;
  if (!world) throw new RangeError(`there is no world "${name}"`);

  const livesThrough = async (slice: Slice): Promise<void> => {
    const { violations } = await explore(world, { ...slice, shrink });
    const told = violations.map(({ message, history }) => `${message}\n${JSON.stringify(history)}`);
    expect(told, repeatedWith(slice)).toEqual([]);
  };

  describe(`invented histories of ${name}`, patient, () => {
    it.each(fixed)("break no rule with seed $seed", livesThrough);

    if (!isJudged) {
      it("break no rule with a seed that was never tried", async () => {
        // biome-ignore lint/suspicious/noConsole: a run that nobody can repeat is worth little
        console.info(repeatedWith(fresh));
        await livesThrough(fresh);
      });
    }

    it("are the same again with the same seed", async () => {
      const slice = { seed: FIXED_SEED, steps: Math.min(TWICE_STEPS, steps), shrink: false };
      const { durationMs: _, ...once } = await explore(world, slice);
      const { durationMs: __, ...again } = await explore(world, slice);
      expect(again).toEqual(once);
      const other = await explore(world, { ...slice, seed: FIXED_SEED + 1 });
      expect(other.digest).not.toBe(once.digest);
    });
  });
}

function repeatedWith({ world, seed, steps }: Slice): string {
  return `npm run soak -- --world ${world} --seed ${seed} --steps ${steps}`;
}

function positive(variable: string): number | undefined {
  const text = process.env[variable];
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${variable} must be a whole number above 0`);
  return value;
}
