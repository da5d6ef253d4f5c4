import { describe, expect, it } from "vitest";
import type { ProviderHarness } from "./harness.ts";
import type { ProviderCheck } from "./provider-check.ts";
import { providerChecksBySubject } from "./provider-checks.ts";

/**
 * The conformance suite of provider packages, as vitest tests: one test for each promise of the contract that applies to
 * what the harness can show, and one that names those that do not apply, and why.
 *
 * @param name how the tests name the provider
 * @param createHarness makes provider, user and stand-in anew for each test
 */
export function describeProvider(name: string, createHarness: () => ProviderHarness | Promise<ProviderHarness>): void {
  // A check waits for nothing but the machine that it runs on.
  describe(`provider contract: ${name}`, { timeout: 30_000 }, async () => {
    const shown = await createHarness();
    const reasonOf = (check: ProviderCheck) => check.skipReason(shown);
    const leftOut: ProviderCheck[] = [];
    for (const [subject, checks] of Object.entries(providerChecksBySubject)) {
      leftOut.push(...checks.filter((check) => reasonOf(check) !== undefined));
      const applying = checks.filter((check) => reasonOf(check) === undefined);
      if (applying.length === 0) continue;
      describe(subject, () => {
        for (const check of applying) registerCheck(check, createHarness);
      });
    }
    await shown.close?.();

    if (leftOut.length > 0) {
      const reasons = [...new Set(leftOut.map(reasonOf))].join("; ");
      it(`leaves out ${leftOut.length} checks that do not apply (${reasons})`, async () => {
        const harness = await createHarness();
        for (const check of leftOut) expect(check.skipReason(harness), check.name).toBeDefined();
        await harness.close?.();
      });
    }
  });
}

function registerCheck(check: ProviderCheck, createHarness: () => ProviderHarness | Promise<ProviderHarness>): void {
  it(check.name, async () => {
    const harness = await createHarness();
    try {
      await check.run(harness);
    } finally {
      await harness.close?.();
    }
  });
}
