/**
 * Makes each declared mistake in turn and says which test notices it.
 *
 * `npm run mutate`, `npm run mutate -- reconcile guards/few` (only ids that begin so), `npm run mutate -- --list`.
 * Exits with 1 if a mutant survives, no longer fits the sources, or breaks the tests in another way than failing them.
 */
import { assertAllApply, loadAreas } from "./areas.ts";
import type { Mutant, MutantArea } from "./mutant.ts";
import { type TestRun, TestRunner } from "./test-runner.ts";

/** A mutant that makes a test go on for ever cannot be stopped from outside: it ends everything, by name. */
const STUCK_MS = 120_000;

const prefixes = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const chosen = ({ id }: Mutant) => prefixes.length === 0 || prefixes.some((prefix) => id.startsWith(prefix));

const areas = (await loadAreas())
  .map((area) => ({ ...area, mutants: area.mutants.filter(chosen) }))
  .filter(({ mutants }) => mutants.length > 0);
await assertAllApply(areas);

if (process.argv.includes("--list")) {
  for (const { id, description } of areas.flatMap(({ mutants }) => mutants)) console.log(`${id}: ${description}`);
} else {
  process.exitCode = (await mutateAll(areas)) ? 0 : 1;
}

async function mutateAll(areas: readonly MutantArea[]): Promise<boolean> {
  const startedAtMs = performance.now();
  const runner = await TestRunner.start();
  const verdicts: Verdict[] = [];
  try {
    for (const area of areas) {
      assertSound(area, await runner.run(area));
      for (const mutant of area.mutants) {
        const verdict = await judge(runner, area, mutant);
        verdicts.push(verdict);
        console.log(line(verdict));
      }
    }
  } finally {
    await runner.close();
  }
  const bad = verdicts.filter(({ outcome }) => outcome !== "killed");
  const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(0);
  console.log(
    `\n${verdicts.length} mutants, ${verdicts.length - bad.length} killed, ${bad.length} not, in ${seconds} s`,
  );
  for (const verdict of bad) console.log(line(verdict));
  return bad.length === 0 && verdicts.length > 0;
}

interface Verdict {
  readonly mutant: Mutant;
  readonly outcome: "killed" | "SURVIVED" | "BROKEN";
  readonly says: string;
}

async function judge(runner: TestRunner, area: MutantArea, mutant: Mutant): Promise<Verdict> {
  const { stuckMs = STUCK_MS } = area;
  const stuck = setTimeout(() => {
    console.log(`${mutant.id}: STUCK for ${stuckMs} ms; give up. Bound what it makes endless, or declare another.`);
    process.exit(1);
  }, stuckMs);
  const { failed, broken } = await runner.run(area, mutant);
  clearTimeout(stuck);
  const [first, ...others] = failed;
  if (first !== undefined) {
    return { mutant, outcome: "killed", says: others.length > 0 ? `${first} (and ${others.length} more)` : first };
  }
  if (broken.length > 0) return { mutant, outcome: "BROKEN", says: broken.join("; ") };
  return { mutant, outcome: "SURVIVED", says: `no test of ${area.tests.join(", ")} notices` };
}

function line({ mutant, outcome, says }: Verdict): string {
  return `${outcome.padEnd(8)}  ${mutant.id}: ${mutant.description}\n          → ${says}`;
}

/** Tests that fail without a mutant say nothing about one. */
function assertSound({ area }: MutantArea, { failed, broken }: TestRun): void {
  const problems = [...failed, ...broken];
  if (problems.length > 0) throw new Error(`${area}: the tests fail without a mutant:\n  ${problems.join("\n  ")}`);
}
