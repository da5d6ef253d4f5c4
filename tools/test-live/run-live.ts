import { type Clock, collectionsOf, memoryGovernor, systemClock } from "@syncer/core";
import { type ProviderCheck, type ProviderHarness, providerChecks } from "@syncer/testkit";
import { type AnswerShapes, compareShapes, recordShapes } from "./answer-shapes.ts";
import { type Environment, type LiveTarget, liveTargets } from "./live-targets.ts";

export interface LiveRunOptions {
  readonly env: Environment;
  /** Lets checks change the account's library; what they add they remove again. */
  readonly write: boolean;
  readonly fetch: typeof globalThis.fetch;
  /** Default: the machine's. */
  readonly clock?: Clock;
  readonly print: (line: string) => void;
}

/**
 * Runs the conformance suite against the real services with credentials from the environment, and beside it against the
 * sandbox, and prints where the two differ: in the verdict of a check, or in the shape of an answer.
 *
 * @returns how many checks failed live
 */
export async function runLive(options: LiveRunOptions): Promise<number> {
  const { env, write, print } = options;
  let failed = 0;
  for (const target of liveTargets(env)) {
    if (target.missing.length > 0) {
      print(`\n!!! SKIPPED: ${target.name}. Not set: ${target.missing.join(", ")}. Nothing of it was tried.`);
      continue;
    }
    print(`\n=== ${target.name} (${write ? "reading and writing" : "reading only; --write tries writes too"})`);
    failed += await runTarget(target, options);
  }
  return failed;
}

async function runTarget(target: LiveTarget, options: LiveRunOptions): Promise<number> {
  const { print, clock = systemClock() } = options;
  const shapes = { live: new Map(), sandbox: new Map() } satisfies Record<string, AnswerShapes>;
  const live = recordShapes(options.fetch, shapes.live);
  let harness: ProviderHarness;
  try {
    harness = {
      ...(await target.prepare(live.fetch, options.write)),
      fetch: live.fetch,
      clock,
      governor: memoryGovernor({ clock }),
    };
  } catch (error) {
    print(`FAILED  could not begin: ${messageOf(error)}`);
    return 1;
  }
  // What was asked to prepare is not the provider's doing.
  shapes.live.clear();
  let failed = 0;
  const skipped: string[] = [];
  for (const check of providerChecks) {
    const reason = check.skipReason(harness);
    if (reason !== undefined) {
      skipped.push(reason);
      continue;
    }
    const problem = await problemOf(check, harness);
    const stoodIn = await problemInSandbox(check, target, shapes.sandbox);
    if (problem !== undefined) {
      failed += 1;
      print(`FAILED  ${check.name}\n        ${problem}`);
    }
    if ((problem === undefined) !== (stoodIn === undefined)) {
      print(
        `DIFFERS ${check.name}: ${problem ? "fails" : "passes"} live, ${stoodIn ? "fails" : "passes"} in the sandbox`,
      );
    }
  }
  for (const difference of compareShapes(shapes.live, shapes.sandbox)) print(`DIFFERS ${difference}`);
  print(
    `${target.name}: ${providerChecks.length - skipped.length - failed} passed, ${failed} failed, ${skipped.length} skipped (${countsOf(skipped)}); ${live.count()} requests`,
  );
  return failed;
}

/** The same check under the same conditions: a library with something in it, no back door, no unplayable item known. */
async function problemInSandbox(
  check: ProviderCheck,
  target: LiveTarget,
  shapes: AnswerShapes,
): Promise<string | undefined> {
  const { standIn, signIn: _, fixtures, ...harness } = target.createSandbox();
  const items = Object.fromEntries(
    Object.entries(fixtures.items ?? {}).map(([kind, { unavailableId: __, ...known }]) => [kind, known] as const),
  );
  for (const [type, collection] of collectionsOf(harness.provider)) {
    if (collection.shape === "membership") await standIn?.fill(type, items[collection.kind]?.ids.slice(-5) ?? []);
  }
  return problemOf(check, {
    ...harness,
    fixtures: { ...fixtures, items },
    fetch: recordShapes(harness.fetch, shapes).fetch,
  });
}

async function problemOf(check: ProviderCheck, harness: ProviderHarness): Promise<string | undefined> {
  try {
    await check.run(harness);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function countsOf(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${count} ${reason}`).join("; ") || "none";
}
