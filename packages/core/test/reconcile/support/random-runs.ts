import fc from "fast-check";

/** Invented histories per property: `FC_RUNS`; with the default, all properties of this folder together make > 10,000. */
const runs = positive("FC_RUNS") ?? 1_500;
/** Another seed each time; `FC_SEED` repeats one, and CI names one. */
const seed = positive("FC_SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1;

/** Set where only that something fails matters, not the smallest case: shrinking takes longer than finding. */
const endOnFailure = process.env.FC_END_ON_FAILURE === "1";

/** For tests that go through invented values: machines that run tests are slow at times. */
export const patient = { timeout: 300_000 } as const;

/**
 * Checks a property for as many invented values as asked for, and prints how to repeat it.
 * @param share of the runs, for what takes longer than others
 */
export function holdsFor<T>(name: string, arbitrary: fc.Arbitrary<T>, predicate: (value: T) => void, share = 1): void {
  // biome-ignore lint/suspicious/noConsole: a run that nobody can repeat is worth little
  console.info(`${name}: FC_SEED=${seed} FC_RUNS=${runs}`);
  fc.assert(fc.property(arbitrary, predicate), { seed: seedOf(name), numRuns: Math.ceil(runs * share), endOnFailure });
}

/** Its own for each property, so that no two look at the same values. */
function seedOf(name: string): number {
  let mixed = seed;
  for (const letter of name) mixed = (Math.imul(mixed, 31) + letter.charCodeAt(0)) | 0;
  return mixed;
}

function positive(variable: string): number | undefined {
  const text = process.env[variable];
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${variable} must be a whole number above 0`);
  return value;
}
