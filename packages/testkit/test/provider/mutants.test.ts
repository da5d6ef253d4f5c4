import { describe, expect, it } from "vitest";
import { createJukeboxHarness } from "../../../../examples/custom-provider/test/jukebox-harness.ts";
import { CheckFailure, type ProviderCheck, type ProviderHarness, providerChecks } from "../../src/index.ts";
import { containerMutants } from "./support/container-mutants.ts";
import { documentMutants } from "./support/document-mutants.ts";
import { ordered, ranged, scrobbling } from "./support/make-container-mutant.ts";
import { mutants as referenceMutants } from "./support/mutants.ts";
import { createNotesHarness } from "./support/notes-harness.ts";
import { ringing, webhookMutants } from "./support/webhook-mutants.ts";

const mutants = [...referenceMutants, ...documentMutants, ...containerMutants, ...webhookMutants];

/** The providers that all mutants are made of. */
const whole: readonly (() => ProviderHarness)[] = [
  createJukeboxHarness,
  () => createNotesHarness({ probe: "exact" }),
  () => createNotesHarness({ identity: "marker" }),
  ranged,
  ordered,
  () => scrobbling(),
  () => ringing(),
];

function checksNamed(name: string | RegExp): readonly ProviderCheck[] {
  const found = providerChecks.filter((check) =>
    typeof name === "string" ? check.name.startsWith(name) : name.test(check.name),
  );
  expect(found, `checks called "${name}"`).not.toHaveLength(0);
  return found;
}

async function failureOf(check: ProviderCheck, harness: ProviderHarness): Promise<unknown> {
  expect(check.skipReason(harness), `"${check.name}" is skipped`).toBeUndefined();
  return check.run(harness).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("the conformance suite catches a provider that", { timeout: 60_000 }, () => {
  for (const { flaw, caughtBy, create } of mutants) {
    it(flaw, async () => {
      for (const check of caughtBy.flatMap(checksNamed)) {
        expect(await failureOf(check, create()), `"${check.name}" passes`).toBeInstanceOf(Error);
      }
    });
  }
});

describe("the conformance suite", { timeout: 60_000 }, () => {
  it("passes the providers that all mutants are made of, with every check for one of them at least", async () => {
    for (const check of providerChecks) {
      const able = whole.filter((create) => check.skipReason(create()) === undefined);
      expect(able, `providers to try "${check.name}" with`).not.toHaveLength(0);
      for (const create of able) expect(await failureOf(check, create()), check.name).toBeUndefined();
    }
  });

  it("has no check that no mutant can fail", () => {
    const used = new Set(mutants.flatMap(({ caughtBy }) => caughtBy.flatMap(checksNamed)));
    expect(providerChecks.filter((check) => !used.has(check)).map(({ name }) => name)).toEqual([]);
  });

  it("names every check once, so that a report can name the promise that was broken", () => {
    const names = providerChecks.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it("says what it saw and what the contract asks for", async () => {
    const harness = createJukeboxHarness();
    const [check] = checksNamed("says who it is");
    const error = await failureOf(check!, { ...harness, provider: { ...harness.provider, displayName: " " } });
    expect(error).toBeInstanceOf(CheckFailure);
    expect(error).toHaveProperty("message", "displayName is empty");
  });

  it("skips what a harness cannot show, and says what is missing", () => {
    const { standIn: _, ...live } = createJukeboxHarness();
    const [check] = checksNamed("lists an empty collection");
    expect(check!.skipReason(live)).toBe("needs stand-in");
  });
});
