import fc from "fast-check";
import { numbersFrom } from "./chance.ts";
import { Tally } from "./tally.ts";
import { Violation } from "./violation.ts";

/** What became of a step: for the statistics, and for the digest. */
export interface Outcome {
  readonly outcome: string;
  readonly detail?: string;
}

/** A kind of history: how they are invented, and how they are lived through. */
export interface World<TStep extends { readonly do: string }, THistory extends { readonly steps: readonly TStep[] }> {
  readonly name: string;
  readonly histories: fc.Arbitrary<THistory>;
  open(history: THistory): Promise<Life<TStep>>;
}

/** One history under way. Everything in it throws a {@link Violation} where the semantics are broken. */
export interface Life<TStep> {
  /** Runs that were begun so far, by whichever process. */
  readonly runs: number;
  perform(step: TStep): Promise<Outcome>;
  /** After the last step: faults stop, and everything comes into step. */
  end(): Promise<Outcome>;
}

// biome-ignore lint/suspicious/noExplicitAny: a world is explored without a look at its steps
export type AnyWorld = World<any, any>;

export interface FoundViolation {
  readonly world: string;
  /** Of the history; to be given as `--seed` with `--steps 1`. */
  readonly seed: number;
  readonly rule: string;
  readonly message: string;
  /** The shortest history that was found to show it. */
  readonly history: unknown;
}

export interface Exploration {
  readonly world: string;
  readonly seed: number;
  readonly histories: number;
  readonly steps: number;
  readonly runs: number;
  readonly violations: readonly FoundViolation[];
  /** How often each command came to what. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** SHA-256 of all commands and outcomes in their order. */
  readonly digest: string;
  readonly durationMs: number;
}

export interface ExploreOptions {
  readonly seed: number;
  /** At least so many; the last history is lived to its end. */
  readonly steps: number;
  /** Stop after so many violations; 1 by default. */
  readonly most?: number;
  /** Look for a shorter history that shows the same; `true` by default. */
  readonly shrink?: boolean;
}

/** Lives through histories that a seed decides. The first of them has the seed itself, so each can be repeated alone. */
export async function explore(world: AnyWorld, options: ExploreOptions): Promise<Exploration> {
  const startedAtMs = performance.now();
  const { seed, steps, most = 1 } = options;
  const next = numbersFrom(seed);
  const tally = new Tally();
  const violations: FoundViolation[] = [];
  let histories = 0;
  for (let own = seed >>> 0; tally.steps < steps && violations.length < most; own = next()) {
    histories++;
    const found = await tryHistory(world, own, tally, options.shrink ?? true);
    if (found) violations.push(found);
  }
  return {
    world: world.name,
    seed,
    histories,
    steps: tally.steps,
    runs: tally.runs,
    violations,
    outcomes: Object.fromEntries([...tally.outcomes].sort(([left], [right]) => (left < right ? -1 : 1))),
    digest: tally.digest(),
    durationMs: Math.round(performance.now() - startedAtMs),
  };
}

async function tryHistory(
  world: AnyWorld,
  seed: number,
  tally: Tally,
  shrink: boolean,
): Promise<FoundViolation | undefined> {
  let first: Tally | undefined = tally;
  let rule: string | undefined;
  const property = fc.asyncProperty(fc.noBias(world.histories), async (history) => {
    // Only the history itself counts, not the shorter ones that are tried when it fails.
    const counted = first ?? new Tally();
    first = undefined;
    try {
      await live(world, history, counted);
    } catch (error) {
      const broken = ruleOf(error);
      rule ??= broken;
      // A shorter history that breaks another rule is another finding.
      if (broken === rule) throw error;
    }
  });
  const { failed, counterexample, errorInstance } = await fc.check(property, {
    seed: seed | 0,
    numRuns: 1,
    endOnFailure: !shrink,
  });
  if (!failed) return undefined;
  const broken = ruleOf(errorInstance);
  const message = errorInstance instanceof Violation ? errorInstance.message : `${broken}: ${stackOf(errorInstance)}`;
  return { world: world.name, seed, rule: broken, message, history: counterexample?.[0] };
}

function ruleOf(error: unknown): string {
  return error instanceof Violation ? error.rule : "nothing unforeseen is thrown";
}

/** Lives through one history. @throws {Violation} the semantics were broken */
export async function live(
  world: AnyWorld,
  history: { readonly steps: readonly { readonly do: string }[] },
  tally: Tally,
): Promise<void> {
  const life = await world.open(history);
  try {
    for (const step of history.steps) {
      const { outcome, detail } = await told(tally, step, () => life.perform(step));
      tally.step(step.do, outcome, detail);
    }
    const { outcome, detail } = await life.end();
    tally.step("end", outcome, detail);
  } finally {
    tally.runs += life.runs;
  }
}

/** A step that fails counts too: a digest tells where. */
async function told(tally: Tally, step: { readonly do: string }, perform: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await perform();
  } catch (error) {
    tally.step(step.do, `VIOLATION ${error instanceof Violation ? error.rule : "thrown"}`);
    throw error;
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
