import { describe, it } from "vitest";
import type { ProviderHarness } from "./harness.ts";
import { providerChecksBySubject } from "./provider-checks.ts";

/**
 * The conformance suite of provider packages, as vitest tests: one test for each promise of the contract.
 *
 * @param name how the tests name the provider
 * @param createHarness makes provider, user and stand-in anew for each test
 */
export function describeProvider(name: string, createHarness: () => ProviderHarness | Promise<ProviderHarness>): void {
  // A check waits for nothing but the machine that it runs on.
  describe(`provider contract: ${name}`, { timeout: 30_000 }, () => {
    for (const [subject, checks] of Object.entries(providerChecksBySubject)) {
      describe(subject, () => {
        for (const check of checks) {
          it(check.name, async (context) => {
            const harness = await createHarness();
            try {
              const reason = check.skipReason(harness);
              if (reason !== undefined) return context.skip(reason);
              await check.run(harness);
            } finally {
              await harness.close?.();
            }
          });
        }
      });
    }
  });
}
