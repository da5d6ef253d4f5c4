import fc from "fast-check";
import { leftRecordings, rightRecordings } from "./recordings.ts";
import type { ShelfHabits } from "./shelf.ts";

/** What a user does between two syncs. Removals are few at a time, or guards would stop what this is not about. */
export interface Step {
  readonly leftAdds: readonly string[];
  readonly leftRemoves: readonly string[];
  readonly rightAdds: readonly string[];
  readonly rightRemoves: readonly string[];
  /** Time that passes before the sync. */
  readonly waitMs: number;
  /** Plan first and apply that, or both at once. */
  readonly twoCalls: boolean;
}

export interface History {
  readonly propagation: "additive" | "mirror";
  readonly steps: readonly Step[];
}

const leftIds = leftRecordings.map(({ id }) => id);
const rightIds = rightRecordings.map(({ id }) => id);
const some = (ids: readonly string[], most: number) => fc.uniqueArray(fc.constantFrom(...ids), { maxLength: most });

const MINUTE_MS = 60_000;

const step: fc.Arbitrary<Step> = fc.record({
  leftAdds: some(leftIds, 6),
  leftRemoves: some(leftIds, 3),
  rightAdds: some(rightIds, 2),
  rightRemoves: some(rightIds, 2),
  waitMs: fc.constantFrom(MINUTE_MS, 60 * MINUTE_MS, 25 * 60 * MINUTE_MS),
  twoCalls: fc.boolean(),
});

export const history: fc.Arbitrary<History> = fc.record({
  propagation: fc.constantFrom("additive", "mirror"),
  steps: fc.array(step, { minLength: 1, maxLength: 4 }),
});

/** A hint overlooks what leaves total and outermost row as they were, for a day at most; histories have their own time. */
export const habits: fc.Arbitrary<ShelfHabits> = fc.record({
  pageSize: fc.constantFrom(1, 2, 3, 7, 50),
  order: fc.constantFrom("newest-first", "oldest-first", "none"),
  totals: fc.constantFrom("exact", "inexact"),
  probe: fc.constantFrom("exact", "none"),
  batchSize: fc.constantFrom(1, 2, 5, 50),
});

/** Invented histories per property: `FC_RUNS`; the properties of this folder share at least 2,000 by default. */
const runs = Number(process.env.FC_RUNS || 2_000);
/** Another seed each time; `FC_SEED` repeats one, and CI names one. */
const seed = Number(process.env.FC_SEED || crypto.getRandomValues(new Uint32Array(1))[0]) >>> 1;

/** For tests that go through invented histories: machines that run tests are slow at times. */
export const patient = { timeout: 300_000 } as const;

/**
 * Checks a property for a share of the runs, and prints how to repeat it.
 * @param share of `FC_RUNS`
 */
export async function holds<T>(
  name: string,
  share: number,
  arbitrary: fc.Arbitrary<T>,
  check: (value: T) => Promise<void>,
): Promise<void> {
  const numRuns = Math.max(20, Math.ceil(runs * share));
  // biome-ignore lint/suspicious/noConsole: a run that nobody can repeat is worth little
  console.info(`${name}: FC_SEED=${seed * 2} FC_RUNS=${runs}, ${numRuns} histories`);
  await fc.assert(fc.asyncProperty(arbitrary, check), {
    seed,
    numRuns,
    endOnFailure: process.env.FC_END_ON_FAILURE === "1",
  });
}
