import { join } from "node:path";
import { createVitest, type TestModule, type Vitest } from "vitest/node";
import { root } from "./areas.ts";
import type { Mutant, MutantArea } from "./mutant.ts";
import { MUTANT_VARIABLE, mutantPlugin } from "./mutant-plugin.ts";

/** Random tests look at the same values for every mutant, so that the same tests notice it each time. */
const env = { FC_RUNS: "200", FC_SEED: "20261122", FC_END_ON_FAILURE: "1" };

export interface TestRun {
  /** Names of failed tests, as `file > suite > test`. */
  readonly failed: readonly string[];
  /** What failed outside of any test: such a mutant proves nothing. */
  readonly broken: readonly string[];
}

/** One vitest process for all mutants: only the mutated file, and the tests, are loaded anew. */
export class TestRunner {
  readonly #vitest: Vitest;
  readonly #served: Set<string>;

  private constructor(vitest: Vitest, served: Set<string>) {
    this.#vitest = vitest;
    this.#served = served;
  }

  static async start(): Promise<TestRunner> {
    const served = new Set<string>();
    const plugin = await mutantPlugin(({ id }) => served.add(id));
    const vitest = await createVitest(
      {
        root,
        config: join(root, "vitest.config.ts"),
        watch: false,
        reporters: [{}],
        silent: true,
        // Its key knows the source on disk only, so it would answer with the source as it was before the mistake.
        fsModuleCache: false,
        env,
        typecheck: { enabled: false },
      },
      { plugins: [plugin] },
    );
    await vitest.standalone();
    return new TestRunner(vitest, served);
  }

  /**
   * Runs an area's test files one by one until one fails.
   * @param mutant what is wrong in the sources; without one they are as they are
   */
  async run(area: MutantArea, mutant?: Mutant): Promise<TestRun> {
    if (mutant) process.env[MUTANT_VARIABLE] = mutant.id;
    else delete process.env[MUTANT_VARIABLE];
    Object.assign(this.#vitest.config.env, env, area.env);
    this.#forget(mutant);
    try {
      for (const test of area.tests) {
        const run = await this.#runFile(test);
        if (run.failed.length + run.broken.length > 0) return run;
      }
      const unseen = mutant !== undefined && !this.#served.has(mutant.id);
      return { failed: [], broken: unseen ? [`no test of the area loads ${mutant.file}`] : [] };
    } finally {
      delete process.env[MUTANT_VARIABLE];
      this.#forget(mutant);
    }
  }

  async #runFile(test: string): Promise<TestRun> {
    const path = join(root, test);
    const specifications = (await this.#vitest.globTestSpecifications([test])).filter(
      ({ moduleId }) => moduleId === path,
    );
    if (specifications.length !== 1) return { failed: [], broken: [`${test} is not a test file`] };
    const { testModules, unhandledErrors } = await this.#vitest.runTestSpecifications(specifications);
    // Files of earlier runs are among them, as they ended then.
    const ran = testModules.filter(({ moduleId }) => moduleId === path);
    const broken = [...ran.flatMap((module) => module.errors()), ...unhandledErrors].map(messageOf);
    if (ran.length !== 1) broken.push(`${test} did not run`);
    return { failed: ran.flatMap(failedTests), broken };
  }

  #forget(mutant: Mutant | undefined): void {
    if (mutant) this.#vitest.invalidateFile(join(root, mutant.file));
  }

  async close(): Promise<void> {
    await this.#vitest.close();
  }
}

function failedTests(module: TestModule): string[] {
  const file = module.relativeModuleId.split("/").at(-1) ?? module.relativeModuleId;
  return [...module.children.allTests("failed")].map(({ fullName }) => `${file} > ${fullName}`);
}

function messageOf(error: unknown): string {
  const message = typeof error === "object" && error !== null && "message" in error ? error.message : error;
  return String(message).split("\n", 1)[0] ?? "";
}
